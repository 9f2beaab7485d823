"""A whole recording in which something was cut out or put in that is no whole second, so that all the rest is shifted.

It is followed through the sealed seconds; where they do not go on, the next 12 s are searched as a clip is. Only these
are in memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from appliance.evidence import clip, clip_words
from appliance.evidence.clip import Run
from appliance.evidence.joins import Join, Kind, Stretch, joins
from appliance.evidence.merkle import Hash, leaf
from appliance.evidence.places import Samples, Sealed
from appliance.evidence.verdict import About, Verdict

WINDOW_S = 12
PATIENCE_S = 120  # of sound that is nowhere in the meeting; after that only a tenth is looked at
BESIDE_A_CUT = "At its {at}, {length} beside the cut are no whole second and cannot be proven."


class Tape:
    """Samples (s16le) that come in pieces, from `at` on as many as somebody wants to see."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._held = iter(pieces), np.empty(0, dtype=np.int16)
        self.at = 0

    def view(self, samples: int) -> Samples:
        """The next so many; fewer at the end."""
        parts = [self._held]
        while sum(map(len, parts)) < samples and (piece := next(self._pieces, None)) is not None:
            parts.append(np.frombuffer(piece, "<i2").astype(np.int16))
        self._held = np.concatenate(parts) if len(parts) > 1 else self._held
        return self._held[:samples]

    def skip(self, samples: int) -> None:
        gone = len(self.view(samples))
        self._held = self._held[gone:]
        self.at += gone


def may_be_shifted(offered: Sequence[Hash], sealed: Sequence[Hash]) -> bool:
    """Whether two neighbouring seconds stand nowhere in the sealed recording."""
    known = set(sealed)
    strange = [one not in known for one in offered]
    return any(one and after for one, after in pairwise(strange))


def stretches(pieces: Iterable[bytes], sealed: Sealed) -> tuple[list[Stretch], int]:
    """Where the sound is the sealed one, in samples, and how many samples it has."""
    tape = Tape(pieces)
    return list(_through(tape, sealed)), tape.at


def _through(tape: Tape, sealed: Sealed) -> Iterator[Stretch]:
    expected = strange = 0
    while len(window := tape.view(WINDOW_S * sealed.rate)):
        if followed := _follow(tape, sealed, expected):
            yield followed
            expected, strange = -(-followed.origin_end // sealed.rate), 0
        elif runs := clip.find(window, sealed).runs:
            tape.skip(runs[0].start)
            expected = _meant(runs[0], expected)
        else:
            strange += len(window)
            skipped = 10 * WINDOW_S if strange > PATIENCE_S * sealed.rate else WINDOW_S - 1
            tape.skip(skipped * sealed.rate if len(window) == WINDOW_S * sealed.rate else len(window))


def is_shifted(found: Sequence[Stretch], rate: int) -> bool:
    return any((one.start - one.origin) % rate for one in found)


def tell(part: str, found: Sequence[Stretch], samples: int, sealed: Sealed, verdict: Verdict) -> None:
    """Say what lies between the stretches, and between them and the ends of the sealed recording."""
    first, last = Stretch(0, 0, 0), Stretch(samples, sealed.samples, 0)
    ends = [*([first] if (found[0].start, found[0].origin) != (0, 0) else []), *found]
    if (found[-1].end, found[-1].origin_end) != (samples, sealed.samples):
        ends.append(last)
    for join in joins(ends, samples, sealed.samples, sealed.rate):
        about = About.COMPLETENESS if join.kind is Kind.MISSING else About.INTEGRITY
        verdict.find(part, about, clip_words.said(join, sealed.rate), _seconds(join, sealed.rate))
        if join.kind is Kind.MISSING and join.length:
            says = clip_words.filled(BESIDE_A_CUT, join, sealed.rate)
            verdict.find(part, About.INTEGRITY, says, _seconds(join, sealed.rate))


def _follow(tape: Tape, sealed: Sealed, expected: int) -> Stretch | None:
    """The stretch of the sound that goes on from a sealed second; None where the first is not that one."""
    start, second = tape.at, expected
    while second < len(sealed.leaves) and leaf(tape.view(sealed.length(second)).tobytes()) == sealed.leaves[second]:
        tape.skip(sealed.length(second))
        second += 1
    return Stretch(start, expected * sealed.rate, tape.at - start) if second > expected else None


def _meant(run: Run, expected: int) -> int:
    """Of equal seconds the next one."""
    return next((second for second in run.one_of if second >= expected), run.first)


def _seconds(join: Join, rate: int) -> tuple[int, ...]:
    """The sealed seconds that a join is about."""
    first, end = join.origin // rate, -(-(join.origin + join.concerned) // rate)
    return tuple(range(first, end))
