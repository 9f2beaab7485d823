"""What the simulated room heard and what the box kept, sample by sample."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from sqlite_utils import Database

from appliance.bench import sound, stage
from appliance.evidence.merkle import leaf
from appliance.store import finish, record, wav
from appliance.store.folders import MeetingFolder

RATE = 16000
Samples = np.ndarray[tuple[int], np.dtype[np.int16]]


def sample_meeting(target: Path, seconds: float | None = None) -> Path:
    """The project's sample meeting as PCM, cut to a length."""
    sound.to_pcm(stage.SAMPLE, target, RATE)
    if seconds is not None:
        target.write_bytes(target.read_bytes()[: 2 * round(seconds * RATE)])
    return target


@dataclass(frozen=True)
class Kept:
    """A meeting's record and the room's own sound."""

    folder: MeetingFolder
    room: Path

    @property
    def db(self) -> Database:
        found = record.read(self.folder)
        assert found is not None
        return found

    @property
    def heard(self) -> Samples:
        return np.frombuffer(self.room.read_bytes(), "<i2")

    @property
    def master(self) -> Samples:
        """The sound itself; once the recorder has let the master go, from the lossless copy that stands in for it."""
        try:
            return np.frombuffer(wav.pcm(self.folder.master, 0, wav.UNTIL_THE_END), "<i2")
        except FileNotFoundError:
            decoded, _ = soundfile.read(self.folder.copies / finish.FLAC, dtype="int16")
            return np.asarray(decoded)

    @property
    def gaps(self) -> list[record.Gap]:
        return list(record.gaps(self.db))

    def is_true_to_the_room(self) -> bool:
        """Every sample outside the gaps is the room's sample of that time, every sample inside is zero."""
        master, heard = self.master, self.heard
        wanted = heard[: len(master)].copy()
        for gap in self.gaps:
            wanted[gap.first_sample : gap.first_sample + gap.samples] = 0
        return len(master) <= len(heard) and bool(np.array_equal(master, wanted))

    def every_second_has_its_leaf(self) -> bool:
        """The rows describe the whole master, and each leaf is that of its sound."""
        seconds, master = list(record.seconds(self.db)), self.master
        leaves = [leaf(master[s.number * RATE : (s.number + 1) * RATE].tobytes()) for s in seconds]
        return sum(s.samples for s in seconds) == len(master) and leaves == [s.leaf for s in seconds]
