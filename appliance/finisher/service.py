"""The finisher: calm about one bad meeting, which it reports and leaves; any other surprise ends it with a traceback.

It reads what the others wrote and writes copies, finish.db and tombstones only. Killed at any instant and started
again, it does what was not yet done.
"""

import os
import sys
from contextlib import closing
from pathlib import Path

from appliance import settings
from appliance.clock import Clock
from appliance.errors import CandourError
from appliance.evidence import key
from appliance.evidence.key import Key
from appliance.finisher.meeting import Meeting
from appliance.finisher.notes import Notes
from appliance.finisher.retention import Deletions
from appliance.finisher.steps import Finishing, finish_meeting
from appliance.finisher.stick import Stick
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.store import box
from appliance.store.folders import Folders, MeetingFolder

NICE = 10
LOOK_AGAIN_S = 0.5


def run(settings: settings.Settings, clock: Clock, lifetime: Lifetime, notifier: Notifier) -> None:
    """Finish meetings until life ends."""
    os.nice(NICE)
    with closing(Finisher(settings, clock)) as finisher:
        notifier.ready()
        while not lifetime.over:
            notifier.alive()
            if not finisher.step():
                lifetime.wait(LOOK_AGAIN_S)
    notifier.stopping()


class Finisher:
    """All meetings; one `step` is one piece of work on one of them."""

    def __init__(self, settings: settings.Settings, clock: Clock) -> None:
        self._settings = settings
        self._folders = Folders(Path(settings.store.data))
        self._clock = clock
        self._stick = Stick(self._folders, Path(settings.store.stick), clock)
        self._notes = Notes(self._folders, clock)
        self._deletions = Deletions(self._folders, clock, settings.retention.days)
        self._work: dict[str, Finishing] = {}
        self._left: set[str] = set()  # complete, or not to be tried again in this life
        self._key: Key | None = None

    def close(self) -> None:
        """Let go of what is half made; it is made anew by the next life."""
        for work in self._work.values():
            work.close()
        self._work.clear()

    def step(self) -> bool:
        """Advance the open meeting or else the newest that can be advanced; False when there is nothing to do.

        Before that comes whoever stands there with a USB stick. Only after it notes are signed, and meetings deleted
        whose time has come.
        """
        if self._stick.look():
            return True
        if any(self._advance(folder) for folder in self._unfinished()):
            return True
        if self._notes.look(self._signs_with()):
            return True
        return bool(self._deletions.look(self._signs_with()))

    def _unfinished(self) -> list[MeetingFolder]:
        folders = [folder for folder in self._folders.every_meeting() if folder.id not in self._left]
        for gone in self._work.keys() - {folder.id for folder in folders}:
            self._work.pop(gone).close()
        open_one = box.open_meeting(self._folders)
        return sorted(folders, key=lambda folder: folder.id != open_one)

    def _advance(self, folder: MeetingFolder) -> bool:
        if folder.id not in self._work:
            room, transcribing = self._settings.room, self._settings.transcript.enabled
            service = self._settings.evidence.time_stamp_service
            meeting = Meeting(folder, room.name, transcribing, self._signs_with(), room.organisation, service)
            self._work[folder.id] = finish_meeting(meeting, self._clock)
        worked = next(self._work[folder.id], None)
        if worked is None:
            del self._work[folder.id]
            self._left.add(folder.id)
        return worked is not False

    def _signs_with(self) -> Key | None:
        """The box's key, as soon as the recorder has made it; None where it cannot be used."""
        if self._key is None and key.key_path(self._folders.evidence).exists():
            try:
                self._key = key.load(self._folders.evidence, self._settings.evidence.issued)
            except CandourError as error:
                print(error, file=sys.stderr, flush=True)
        return self._key
