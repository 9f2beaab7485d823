"""Where in a clip a sealed second may begin, and which second that is. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from appliance.evidence.lists import HINT_BYTES, HINT_SAMPLES, hint
from appliance.evidence.merkle import Hash, leaf

Samples = NDArray[np.int16]
Seconds = NDArray[np.intp]
NO_SECOND: Seconds = np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class Sealed:
    """A meeting's leaves with their hints (docs/evidence.md), its samples a second, and how many samples it has."""

    leaves: Sequence[Hash]
    hints: Sequence[bytes]
    rate: int
    samples: int

    def length(self, second: int) -> int:
        """The samples of a second; only the last may have fewer."""
        return min(self.rate, self.samples - second * self.rate)


class Places:
    """The samples (s16, one channel) of a clip, looked at through the leaves of a meeting."""

    def __init__(self, clip: Samples, sealed: Sealed) -> None:
        self._clip, self._sealed, self._rate = clip, sealed, sealed.rate
        self._pcm = np.ascontiguousarray(clip, dtype="<i2").view(np.uint8).data
        self._kind_of = {one: kind for kind, one in enumerate(dict.fromkeys(sealed.leaves))}
        self._kinds = np.array([self._kind_of[one] for one in sealed.leaves], dtype=np.intp)
        self._hints = {one for one in sealed.hints if one}
        silence = bytes(2 * sealed.rate)
        self._begins_silent = any(
            begin == hint(silence) and one != leaf(silence)
            for begin, one in zip(sealed.hints, sealed.leaves, strict=True)
        )

    def agreeing(self, start: int, end: int) -> Iterator[int]:
        """The places from `start` on and before `end` that begin as a sealed second does."""
        pcm, hints, size = self._pcm, self._hints, 2 * HINT_SAMPLES
        for place in self.different(start, min(end, len(self._clip) - HINT_SAMPLES + 1)):
            if sha256(pcm[2 * place : 2 * place + size]).digest()[:HINT_BYTES] in hints:
                yield place

    def different(self, start: int, end: int) -> Iterator[int]:
        """The places without those inside digital silence, where every place is like the first."""
        for first in range(start, end, self._rate):
            last = min(first + self._rate, end)
            quiet = self._quiet(first, last)
            worth = quiet < HINT_SAMPLES
            if self._begins_silent:
                worth |= quiet < self._rate
            worth[0] |= first == start
            worth[1:] |= quiet[:-1] == 0
            worth[0] |= first > 0 and self._clip[first - 1] != 0
            yield from (np.flatnonzero(worth) + first).tolist()

    def seconds(self, at: int, end: int) -> Seconds:
        """Which sealed seconds, in their order, may stand at a place of the clip, if it ended at `end`."""
        whole = self.whole(at, end)
        last = len(self._kinds) - 1
        length = self._sealed.length(last)
        if len(whole) or length == self._rate or at + length > end:
            return whole
        is_last = leaf(bytes(self._pcm[2 * at : 2 * (at + length)])) == self._sealed.leaves[last]
        return np.array([last], dtype=np.intp) if is_last else NO_SECOND

    def whole(self, at: int, end: int) -> Seconds:
        """The same without a last second that is shorter than the others."""
        if at < 0 or at + self._rate > end:
            return NO_SECOND
        kind = self._kind_of.get(leaf(bytes(self._pcm[2 * at : 2 * (at + self._rate)])))
        return NO_SECOND if kind is None else np.flatnonzero(self._kinds == kind)

    def is_silent(self, at: int) -> bool:
        """Whether the second at a place is digital silence, so that it may as well begin a little later."""
        return not self._clip[at : at + self._rate].any()

    def _quiet(self, first: int, last: int) -> NDArray[np.intp]:
        """How many samples from each place on are zero, as far as one second behind the last place."""
        end = min(last + self._rate, len(self._clip))
        loud = np.append(np.flatnonzero(self._clip[first:end]), end - first)
        here = np.arange(last - first)
        return loud[np.searchsorted(loud, here)] - here
