"""Examining the box again and again: at the start, once a day, and at each tick what costs nothing."""

from appliance.errors import CandourError
from appliance.evidence import key
from appliance.evidence.key import Key
from appliance.recorder import fitness
from appliance.recorder.ports import Ports
from appliance.recorder.recording import Recording
from appliance.settings import Settings
from appliance.store.folders import Folders

DAY_S = 24 * 3600.0
FAILED_AGAIN_S = 60.0
NEARLY_FULL_S = 10 * 60


class Examination:
    """Raises CandourError when the storage fails its first test: then there is nothing to record on."""

    def __init__(self, settings: Settings, folders: Folders, ports: Ports) -> None:
        self._settings, self._folders, self._ports = settings, folders, ports
        folders.prepare()
        ports.disk.take_ballast()
        fitness.storage_self_test(folders)
        self.key: Key | None = None
        """What the recorder signs with; None where it cannot be used: then the box does not begin a meeting."""
        self._unsigned = ""
        try:
            key.make(folders.evidence)
            self.key = key.load(folders.evidence, settings.evidence.issued)
        except CandourError as error:
            self._unsigned = str(error)
        self._tested_real = ports.real()
        self._failed = ""

    def renew(self, now_real: float) -> None:
        """Between meetings: the storage's self-test when a day has passed, sooner when it failed, and the ballast."""
        self._ports.disk.take_ballast()
        if now_real - self._tested_real < (FAILED_AGAIN_S if self._failed else DAY_S):
            return
        self._tested_real = now_real
        try:
            fitness.storage_self_test(self._folders)
            self._failed = ""
        except CandourError as error:
            self._failed = str(error)

    def problems(self, recording: Recording | None) -> list[str]:
        """Everything that keeps the box from recording (the rest of) the longest meeting, one sentence each."""
        found = fitness.problems(
            self._settings,
            self._folders,
            panel_there=self._ports.panel.there,
            stuck=self._ports.panel.stuck,
            find=self._ports.find_microphone,
            already_recorded_s=recording.seconds if recording else 0.0,
        )
        return [said for said in (self._failed, self._unsigned) if said] + found

    def is_full(self) -> bool:
        """Is less than the reserve free?"""
        return self._ports.disk.full or self._left_mb() < 0

    def is_nearly_full(self) -> bool:
        """Is there room for less than 10 minutes?"""
        return self._left_mb() < fitness.recording_mb(NEARLY_FULL_S, self._settings.microphone.rate)

    def _left_mb(self) -> float:
        return fitness.free_mb(self._folders.data) - self._settings.store.reserve_mb
