"""What there is of a meeting's sound at this moment: what its recorder has acknowledged, and nothing else."""

from dataclasses import dataclass

from appliance.store import record, wav
from appliance.store.folders import MeetingFolder
from appliance.transcriber import sound
from appliance.transcriber.passages import FRAME, LATEST, RATE
from appliance.transcriber.sound import Audio


@dataclass(frozen=True)
class Durable:
    """So many samples of the master; `ended`: no more will come; `missing`: acknowledged but not in the file."""

    rate: int
    samples: int
    ended: bool
    missing: int

    @property
    def frame(self) -> int:
        """Samples of the master in one frame of the speech detector."""
        return FRAME * self.rate // RATE

    @property
    def over(self) -> bool:
        """Whether what is there is all there ever was."""
        return self.ended and not self.missing

    def whole_frames(self, cursor: int) -> int:
        """Frames after the cursor that more sound would not change; all there are, once it is over."""
        samples = self.samples - cursor
        if self.over:
            return -(-samples // self.frame)
        return max(0, samples - sound.margin(self.rate)) // self.frame


def durable(folder: MeetingFolder) -> Durable | None:
    """None while the recorder has not described the meeting."""
    told = record.extent(folder)
    if told is None:
        return None
    there = min(told.samples, wav.samples(folder.master))
    return Durable(told.rate, there, told.ended, told.samples - there)


def longest_passage(folder: MeetingFolder, extent: Durable, cursor: int) -> Audio:
    """The sound in which the next passage lies: from the cursor, 29 s at most, at 16 kHz."""
    wanted = min(extent.samples - cursor, LATEST * extent.frame + sound.margin(extent.rate))
    return sound.heard(wav.pcm(folder.master, cursor, wanted), extent.rate)[: LATEST * FRAME]
