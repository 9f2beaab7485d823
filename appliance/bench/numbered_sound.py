"""A sound in which every moment has a number that can be read off the samples: what was lost is seen without any clock.

Two samples, an even and an odd one, carry 12 bits each of a scrambled count; so any 4 samples in a row tell where in
the sound they stand. It is white noise of at most -18 dBFS, without clipping and without an offset.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Places = npt.NDArray[np.int64]

HALF_BITS = 12  # in each sample; its lowest bit says which half of the count it is
HALF = 1 << HALF_BITS
MASK = HALF * HALF - 1
ODD_1, ODD_2 = 0x9E3779, 0xC2B2AF  # odd, so that multiplying by them modulo 2^24 can be undone
WINDOW = 4
NOWHERE = -1
LONGEST = 2 * HALF * HALF
"""Samples: 35 minutes at 16 kHz."""


@dataclass(frozen=True)
class Run:
    """`samples` in a row that were kept from sample `position` of a recording on are the sound's from `place` on."""

    position: int
    place: int
    samples: int

    @property
    def end(self) -> int:
        """The position after its last sample."""
        return self.position + self.samples

    @property
    def place_end(self) -> int:
        """The place after its last sample."""
        return self.place + self.samples


class NumberedSound:
    """Another seed is another sound."""

    def __init__(self, seed: int = 0) -> None:
        self._key = int(np.random.default_rng(seed).integers(MASK + 1))

    def samples(self, first: int, count: int) -> Samples:
        """The sound itself. Raises ValueError beyond its end."""
        if first < 0 or first + count > LONGEST:
            raise ValueError(f"the sound has only {LONGEST} samples")
        return self._at(np.arange(first, first + count))

    def make(self, path: Path, samples: int) -> Path:
        """Write its beginning as s16le, one channel."""
        path.write_bytes(self.samples(0, samples).astype("<i2").tobytes())
        return path

    def places(self, kept: Samples) -> Places:
        """For each 4 samples in a row where in the sound they stand, NOWHERE where they are not of it."""
        windows = max(0, len(kept) - WINDOW + 1)
        level = np.concatenate([kept.astype(np.int64), np.zeros(2, np.int64)])
        pairs = self._number(level[:-1], level[1:])
        odd = level[:windows] & 1
        found = np.where(odd, 2 * pairs[1 : windows + 1] - 1, 2 * pairs[:windows])
        inside = np.clip(found, 0, LONGEST - WINDOW)
        true = inside == found
        for step in range(WINDOW):
            true &= self._at(inside + step) == kept[step : step + windows]
        return np.where(true, found, NOWHERE)

    def runs(self, kept: Samples) -> list[Run]:
        """The stretches of the sound in a recording, in the recording's order."""
        places = self.places(kept)
        shift = np.where(places == NOWHERE, LONGEST, places - np.arange(len(places)))
        starts = np.flatnonzero(np.diff(shift, prepend=LONGEST))
        ends = np.append(starts, len(places))[1:]
        return [
            Run(int(start), int(places[start]), int(end - start) + WINDOW - 1)
            for start, end in zip(starts, ends, strict=True)
            if places[start] != NOWHERE
        ]

    def _at(self, place: Places) -> Samples:
        count = self._scramble(place >> 1)
        half = np.where(place & 1, 2 * (count & (HALF - 1)) + 1, 2 * (count >> HALF_BITS))
        return (half - HALF).astype(np.int16)

    def _number(self, even: Places, odd: Places) -> Places:
        """The count that a pair carries; any number where it is no such pair."""
        high, low = (even + HALF) >> 1, (odd + HALF - 1) >> 1
        return self._unscramble((high << HALF_BITS | low) & MASK)

    def _scramble(self, count: Places) -> Places:
        mixed = (count ^ self._key) * ODD_1 & MASK
        mixed = (mixed ^ mixed >> HALF_BITS) * ODD_2 & MASK
        return mixed ^ mixed >> HALF_BITS

    def _unscramble(self, mixed: Places) -> Places:
        count = (mixed ^ mixed >> HALF_BITS) * pow(ODD_2, -1, MASK + 1) & MASK
        count = (count ^ count >> HALF_BITS) * pow(ODD_1, -1, MASK + 1) & MASK
        return count ^ self._key
