"""Is what the microphone gives the sound of a room? Pure: captured samples in, a sentence or notes out.

A real converter always has a few steps of noise. Thresholds are engineering values, not yet compared with hardware.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

FULL_SCALE = 32768
RAIL = 32767
WINDOW_S = 1.0  # judged over the last second, so that it is told within 2
FEWEST_VALUES = 3  # in a second, of a converter that lives
MANY = frozenset(range(FEWEST_VALUES))
RAILS_DEAD = 0.5  # of all samples of a second: nothing can be understood; a door that slams is over by then
OFFSET_DEAD = 0.25  # of full scale
RAILS_POOR = 0.001
OFFSET_POOR = 0.01
QUIET_DBFS = -80.0
QUIET_S = 5.0
POOR_LASTS_S = 10.0

SILENT = "The microphone gives digital silence. See whether it is switched off or muted, and whether its cable is firm."
STUCK = "The microphone gives one and the same value. Unplug it and plug it in again."
REPEATS = "The microphone repeats itself. Unplug it and plug it in again."
CLIPPED = "The microphone is far too loud to be understood. Turn its gain down or move it away."
OFFSET = "The microphone gives a constant offset and hardly any sound. Use another one."
LOUD = "The sound is too loud and clips. Move the microphone away from whoever speaks."
OFF_CENTRE = "The microphone's signal is off centre. It can be understood, but have the microphone looked at."
QUIET = "The microphone hears hardly anything. Move it closer, or turn its gain up."


@dataclass(frozen=True)
class Block:
    """What is remembered of a block: its only values, or MANY; `power` is the mean square around the mean."""

    samples: int
    values: frozenset[int]
    rails: int
    mean: float
    power: float
    repeats: bool


class SignalCheck:
    """Hears s16le blocks of one channel, one after another."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._window: deque[Block] = deque()
        self._before = b""
        self._quiet = 0
        self._notes: dict[str, int] = {}  # sentence -> samples for which it still stands

    def hear(self, pcm: bytes) -> str:
        """Why this is not a room's sound; empty while it may be one."""
        self._window.append(_measured(pcm, pcm == self._before or not self._before))  # the first may be anything
        self._before = pcm
        while self._samples() - self._window[0].samples >= self._rate * WINDOW_S:
            self._window.popleft()
        if self._samples() < self._rate * WINDOW_S:
            return ""
        self._note()
        return self._dead()

    @property
    def notes(self) -> tuple[str, ...]:
        """What could be better, or has just been so; the words can be understood all the same."""
        return tuple(self._notes)

    def _samples(self) -> int:
        return sum(block.samples for block in self._window)

    def _share_at_rails(self) -> float:
        return sum(block.rails for block in self._window) / self._samples()

    def _mean(self) -> float:
        return sum(block.mean * block.samples for block in self._window) / self._samples()

    def _dead(self) -> str:
        values = frozenset[int]().union(*(block.values for block in self._window))
        if values == {0}:
            return SILENT
        if len(values) < FEWEST_VALUES:
            return STUCK
        if len(self._window) > 1 and all(block.repeats for block in self._window):
            return REPEATS
        if self._share_at_rails() >= RAILS_DEAD:
            return CLIPPED
        return OFFSET if abs(self._mean()) >= OFFSET_DEAD * FULL_SCALE else ""

    def _note(self) -> None:
        new = self._window[-1].samples
        level = sum(block.power * block.samples for block in self._window) / self._samples() / FULL_SCALE**2
        self._quiet = self._quiet + new if level < 10 ** (QUIET_DBFS / 10) else 0
        self._notes = {note: left - new for note, left in self._notes.items() if left > new}
        for note, holds in (
            (LOUD, self._share_at_rails() >= RAILS_POOR),
            (OFF_CENTRE, abs(self._mean()) >= OFFSET_POOR * FULL_SCALE),
            (QUIET, self._quiet >= QUIET_S * self._rate),
        ):
            if holds:
                self._notes[note] = round(POOR_LASTS_S * self._rate)


def _measured(pcm: bytes, repeats: bool) -> Block:
    samples = np.frombuffer(pcm, "<i2")
    low, high = int(samples.min()), int(samples.max())
    only_two = bool(np.all((samples == low) | (samples == high)))
    return Block(
        samples=len(samples),
        values=frozenset({low, high}) if only_two else MANY,
        rails=int(np.count_nonzero((samples >= RAIL) | (samples <= -RAIL))),
        mean=float(samples.mean()),
        power=float(samples.var()),
        repeats=repeats,
    )
