"""An exact clip: which of its stretches are which sealed seconds, wherever it was cut. Pure.

A place in the clip may be the beginning of a second when its first 64 samples agree with a hint (docs/evidence.md); it
is one when its leaf is sealed. From there the seconds before and behind follow by their leaves alone. Hints are not
signed, so where none leads anywhere every place within one second is tried by its leaf.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from appliance.evidence.joins import Join, Kind, Stretch, joins
from appliance.evidence.places import Places, Samples, Sealed, Seconds

LONG_S = 600
"""When more than this is left, only runs of 12 s or more are looked for: a place costs a hash, 2 h take minutes."""
SPARSE_S = 10


@dataclass(frozen=True)
class Run:
    """`seconds` neighbouring sealed seconds from `first` on, in `samples` samples of the clip from `start` on."""

    start: int
    samples: int
    first: int
    seconds: int
    one_of: tuple[int, ...] = ()
    """Every second that `first` may be, where equal seconds were sealed; empty where it can be no other."""

    @property
    def end(self) -> int:
        return self.start + self.samples


@dataclass(frozen=True)
class Found:
    """The runs in the clip's order, and what lies between them and at the ends (in samples)."""

    runs: tuple[Run, ...]
    joins: tuple[Join, ...]
    thorough: bool
    """Whether every run would have been found, and not only those of 12 s or more."""

    @property
    def exact(self) -> bool:
        """Every full second of it is sealed sound, in the order in which it was recorded, with nothing left out."""
        return bool(self.runs) and all(join.kind is Kind.EDGE for join in self.joins)


def find(clip: Samples, sealed: Sealed) -> Found:
    """Where a clip (samples,), at the rate of the meeting, stands in it; 2 s of it are always enough."""
    search = _Search(clip, sealed)
    thorough = search.everything()
    runs = tuple(_settled(search.found))
    stretches = [Stretch(run.start, run.first * sealed.rate, run.samples) for run in runs]
    between = joins(stretches, len(clip), sealed.samples, sealed.rate)
    if not runs and len(clip) < 2 * sealed.rate - 1:
        between = [Join(Kind.TOO_SHORT, 0, len(clip))]
    return Found(runs, tuple(between), thorough)


def _settled(found: list[tuple[Run, Seconds]]) -> Iterator[Run]:
    """The runs in order; of several equal places that which goes on from the run before."""
    expected = 0
    for run, seconds in found:
        later = seconds[seconds >= expected]
        first = int(later[0] if len(later) else seconds[0])
        yield Run(run.start, run.samples, first, run.seconds, tuple(seconds.tolist()) if len(seconds) > 1 else ())
        expected = first + run.seconds


class _Search:
    """`found`: the runs, in the clip's order, with every second that may be their first."""

    def __init__(self, clip: Samples, sealed: Sealed) -> None:
        self._sealed, self._rate, self._size = sealed, sealed.rate, len(clip)
        self._places = Places(clip, sealed)
        self._doubtful: set[int] = set()  # where one of several equal seconds begins
        self.found: list[tuple[Run, Seconds]] = []

    def everything(self) -> bool:
        """Find what is certain, then what is doubtful; False where too much was left to look for short runs."""
        if self._size > LONG_S * self._rate:
            self._scan(SPARSE_S)
        thorough = sum(end - start for start, end in self._left()) <= LONG_S * self._rate
        if thorough:
            self._scan(1)
        self._doubts()
        while self._by_leaf_alone():
            pass
        return thorough

    def _left(self) -> list[tuple[int, int]]:
        """The parts of the clip that are no run: (first, after the last)."""
        ends = [0, *(run.end for run, _ in self.found)]
        starts = [*(run.start for run, _ in self.found), self._size]
        return [(end, start) for end, start in zip(ends, starts, strict=True) if end < start]

    def _scan(self, every_s: int) -> None:
        """Take every run of which a second begins in the first of every so many seconds."""
        for start, end in self._left():
            reached = start
            for first in range(start, end, every_s * self._rate):
                last = min(first + self._rate, end)
                while (taken := self._first(max(first, reached), last, reached, end)) is not None:
                    reached = taken

    def _first(self, first: int, last: int, start: int, end: int) -> int | None:
        """Take the first certain run that has a second between two places; where it ends."""
        for at in self._places.agreeing(first, last):
            seconds = self._places.seconds(at, end)
            if len(seconds) == 1 and not self._places.is_silent(at):
                return self._take(at, seconds, start, end)
            if len(seconds):
                self._doubtful.add(at)
        return None

    def _doubts(self) -> None:
        doubtful = np.array(sorted(self._doubtful), dtype=np.intp)
        for start, end in self._left():
            reached = start
            for at in doubtful[np.searchsorted(doubtful, start) : np.searchsorted(doubtful, end)].tolist():
                if at >= reached and len(seconds := self._places.seconds(at, end)):
                    reached = self._take(at, seconds, reached, end)

    def _by_leaf_alone(self) -> bool:
        """Take a run from the longest part that is left, whose hints were not true; False where none is there."""
        start, end = max(self._left(), key=lambda part: part[1] - part[0], default=(0, 0))
        if end - start < 2 * self._rate - 1:
            return False
        middle = max(start, (start + end) // 2 - self._rate)
        for at in self._places.different(middle, middle + self._rate):
            if len(seconds := self._places.whole(at, end)):
                self._take(at, seconds, start, end)
                return True
        return False

    def _take(self, at: int, seconds: Seconds, start: int, end: int) -> int:
        """Take the run through a place, as far as it goes within a part of the clip; where it ends."""
        first, count = at, 1
        while len(before := self._kept(seconds - 1, first - self._rate, start, first)):
            first, seconds, count = first - self._rate, before, count + 1
        stop = at + self._sealed.length(int(seconds[0]) + count - 1)
        while len(longer := self._kept(seconds + count, stop, start, end)):
            stop += self._sealed.length(int(longer[0]))
            seconds, count = longer - count, count + 1
        self.found.append((Run(first, stop - first, int(seconds[0]), count), seconds))
        self.found.sort(key=lambda one: one[0].start)
        return stop

    def _kept(self, seconds: Seconds, at: int, start: int, end: int) -> Seconds:
        """Those of the seconds (-1 and one too many are allowed) that may stand at a place."""
        there = np.zeros(len(self._sealed.leaves) + 1, dtype=np.bool_)  # -1 and one too many are the same last element
        if at >= start:
            there[self._places.seconds(at, end)] = True
        return seconds[there[seconds]]
