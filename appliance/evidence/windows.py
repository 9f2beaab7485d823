"""Windows of a re-encoded clip, looked for everywhere in the fingerprint of a meeting. Pure.

A window of 3 s is found when so few of its bits differ as practically never happens by chance.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.evidence.fingerprint import BITS, STEP, UNHEARD, Words

WINDOW = 96  # words, 3 s
EVERY = 3  # of a window's words are compared at first: neighbours share nine tenths of their sound
STRIDE = WINDOW // 3
MOST_WRONG = 0.35  # share of differing bits up to which a window is found, as in the paper; codecs come to 0.26
MOST_WRONG_FOLLOWING = 0.40  # where the window before was found and this one goes on
CHANCE_SIGMAS = 8.0  # below the mean of chance; the least of 10^10 places is at about 6.5
LEAST_HEARD = 0.75  # share of a window that is not digital silence

Heard = dict[int, Words]
"""The words of a clip from different samples of it on, so that one of them comes near to the meeting's words."""


@dataclass(frozen=True)
class Place:
    """The clip's word n, from its sample `n * STEP + phase` on, is the meeting's word `n + ahead`."""

    phase: int
    ahead: int

    @property
    def samples(self) -> int:
        """How much later a sample of the clip is in the meeting."""
        return self.ahead * STEP - self.phase


def places_of(heard: Heard, words: int, meeting: Words) -> Iterator[Place]:
    """The place of each window that is found, in the clip's order, among its first so many words."""
    at, before = 0, None
    while at + WINDOW <= words:
        window = {phase: one[at : at + WINDOW] for phase, one in heard.items()}
        place = (_following(window, meeting, at, before) if before else None) or _search(window, meeting, at)
        if place:
            yield place
        before = place
        last = words - WINDOW
        at = min(at + (STRIDE if place else WINDOW // 2), last) if at < last else words


def _following(window: Heard, meeting: Words, at: int, before: Place) -> Place | None:
    """The place of the window before, or one step from it where the clip runs a little faster or slower."""
    steps = [Place(before.phase, before.ahead + step) for step in (0, -1, 1)]
    wrong = [float(wrong_at(window[one.phase], meeting, at + one.ahead).mean()) for one in steps]
    best = int(np.argmin(wrong))
    return steps[best] if wrong[best] <= MOST_WRONG_FOLLOWING else None


def _search(window: Heard, meeting: Words, at: int) -> Place | None:
    """The place at which this window differs so little as nothing else does by chance."""
    found: list[tuple[float, Place]] = []
    for phase, words in window.items():
        some = words[::EVERY]
        count = len(meeting) - WINDOW + 1
        if count < 1 or np.count_nonzero(some != UNHEARD) < LEAST_HEARD * len(some):
            continue
        wrong = np.zeros(count, dtype=np.uint16)
        for n, word in enumerate(some):
            wrong += np.bitwise_count(meeting[n * EVERY : n * EVERY + count] ^ word)
        best = int(np.argmin(wrong))
        usual, upper = np.quantile(wrong[:: 1 + count // 10_000], (0.5, 0.8413))  # above the mean there is no match
        sigma = max(float(upper - usual), np.sqrt(BITS * len(some)) / 2)
        exactly = float(wrong_at(words, meeting, best).mean())
        if wrong[best] <= usual - CHANCE_SIGMAS * sigma and exactly <= MOST_WRONG:
            found.append((exactly, Place(phase, best - at)))
    return min(found, key=lambda one: one[0])[1] if found else None


def wrong_at(words: Words, meeting: Words, ahead: int) -> NDArray[np.float32]:
    """The share of differing bits of each word against the meeting from `ahead` on; 1 before and behind it."""
    wrong = np.ones(len(words), dtype=np.float32)
    first, last = max(0, -ahead), min(len(words), len(meeting) - ahead)
    if first < last:
        wrong[first:last] = np.bitwise_count(words[first:last] ^ meeting[first + ahead : last + ahead]) / np.float32(
            BITS
        )
    return wrong
