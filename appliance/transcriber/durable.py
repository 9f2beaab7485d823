"""What there is of a meeting's sound at this moment: what its recorder has acknowledged, and nothing else."""

from dataclasses import dataclass

from appliance.store import box, record, wav
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder

CLOSED = frozenset(("stopping", "paused", "paused_long"))
"""States of the box in which its microphone is closed and whatever follows in the meeting begins with a gap."""
CLOSING_GAP_S = 1.0
"""A gap that ends a passage. A shorter one is sound that was lost in the middle of a word."""


@dataclass(frozen=True)
class Durable:
    """So many samples of the master; `ended`: no more will come; `missing`: acknowledged but not in the file.

    `closed`: how the box said that its microphone is closed, while it is; `gaps`: (first sample, after the last) of
    those that end a passage.
    """

    rate: int
    samples: int
    ended: bool
    missing: int
    gaps: tuple[tuple[int, int], ...] = ()
    closed: str = ""

    @property
    def over(self) -> bool:
        """Whether what is there is all there ever was."""
        return self.ended and not self.missing

    def gap_at(self, sample: int) -> int | None:
        """Where the gap ends in which a sample lies, as far as it is there; None outside."""
        end = next((end for first, end in self.gaps if first <= sample < end), None)
        return None if end is None else min(end, self.samples)

    def next_gap(self, sample: int) -> int | None:
        return next((first for first, _ in self.gaps if sample < first < self.samples), None)


def durable(folders: Folders, folder: MeetingFolder) -> Durable | None:
    """None while the recorder has not described the meeting."""
    closed = _closed(folders, folder)
    with opened(record.read(folder)) as db:
        told = record.extent_of(db) if db else None
        if db is None or told is None:
            return None
        gaps = [(gap.first_sample, gap.first_sample + gap.samples) for gap in record.gaps(db)]
    there = min(told.samples, wav.samples(folder.master))
    closing = tuple(gap for gap in gaps if gap[1] - gap[0] >= CLOSING_GAP_S * told.rate)
    return Durable(told.rate, there, told.ended, told.samples - there, closing, closed)


def _closed(folders: Folders, folder: MeetingFolder) -> str:
    with opened(box.read(folders)) as db:
        now = box.state(db) if db else None
    here = now is not None and now.meeting == folder.id and now.state in CLOSED
    return f"{now.boot_id} {now.since_monotonic}" if now and here else ""
