"""What lies between the stretches of a clip that were found in a meeting, and at its ends. Pure.

All positions and lengths are in samples at one rate, those of the meeting as if it had that rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Kind(StrEnum):
    """What a join is."""

    EDGE = "unproven edge"
    """At an end of the clip, too short to be recognised alone."""
    FOREIGN = "not found in the meeting"
    MISSING = "missing"
    """Sound of the meeting was left out."""
    ALTERED = "altered"
    """In its place and as long, but not the meeting's sound."""
    INSERTED = "inserted"
    REPLACED = "replaced"
    """Left out, and other sound put there that is not as long."""
    ORDER = "order broken"
    """The next stretch is one that came earlier, or goes on after sound that stands elsewhere in the clip."""
    TOO_SHORT = "too short to be found"
    """The whole clip is shorter than what is looked for."""


@dataclass(frozen=True)
class Stretch:
    """Sound of the meeting from `origin` on that stands in the clip at `start`."""

    start: int
    origin: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def origin_end(self) -> int:
        return self.origin + self.length


@dataclass(frozen=True)
class Join:
    """`length` samples of the clip from `start` on are of no stretch; it concerns the meeting from `origin` on."""

    kind: Kind
    start: int
    length: int
    origin: int = 0
    concerned: int = 0
    """So many samples of the meeting."""
    left_out: int = 0
    """How many samples shorter the clip is here than the meeting; negative where it is longer."""


def joins(stretches: Sequence[Stretch], clip: int, meeting: int, unseen: int, slack: int = 0) -> list[Join]:
    """Everything in a clip, of so many samples, that is no stretch; `stretches` in the clip's order.

    `unseen`: a piece shorter than this is not recognised, so that it may be the meeting's; `slack`: how inexact
    positions are.
    """
    if not stretches:
        return [Join(Kind.FOREIGN, 0, clip)] if clip else []
    found = [_before(stretches[0], unseen, slack)]
    found += [_between(one, next_one, stretches, unseen, slack) for one, next_one in pairwise(stretches)]
    found.append(_after(stretches[-1], clip, meeting, unseen, slack))
    return [one for one in found if one is not None]


def _before(first: Stretch, unseen: int, slack: int) -> Join | None:
    if first.start <= slack:
        return None
    if first.start < unseen and first.start <= first.origin + slack:
        return Join(Kind.EDGE, 0, first.start, max(0, first.origin - first.start), min(first.origin, first.start))
    return Join(Kind.FOREIGN, 0, first.start)


def _after(last: Stretch, clip: int, meeting: int, unseen: int, slack: int) -> Join | None:
    left, remains = clip - last.end, meeting - last.origin_end
    if left <= slack:
        return None
    if left < unseen and left <= remains + slack:
        return Join(Kind.EDGE, last.end, left, last.origin_end, max(0, min(left, remains)))
    return Join(Kind.FOREIGN, last.end, left)


def _between(one: Stretch, after: Stretch, all_of_them: Sequence[Stretch], unseen: int, slack: int) -> Join:
    unknown, passed = after.start - one.end, after.origin - one.origin_end
    if passed < -slack:
        return Join(Kind.ORDER, one.end, unknown, after.origin, -passed, passed - unknown)
    origin, end = _nowhere(one.origin_end, after.origin, all_of_them, slack)
    if passed > slack and end - origin <= slack:
        return Join(Kind.ORDER, one.end, unknown, one.origin_end, passed, passed - unknown)
    return Join(_kind(unknown, passed, unseen, slack), one.end, unknown, origin, end - origin, passed - unknown)


def _kind(unknown: int, passed: int, unseen: int, slack: int) -> Kind:
    if abs(passed - unknown) <= slack:
        return Kind.ALTERED
    if passed < unknown:
        return Kind.INSERTED
    # A bare cut leaves less than one recognisable piece before it and less than one behind it.
    return Kind.MISSING if unknown < 2 * unseen else Kind.REPLACED


def _nowhere(origin: int, end: int, stretches: Sequence[Stretch], slack: int) -> tuple[int, int]:
    """What remains of a part of the meeting without what the clip has of it elsewhere, from its first to its last."""
    for stretch in sorted(stretches, key=lambda one: one.origin):
        if stretch.origin <= origin + slack:
            origin = max(origin, min(end, stretch.origin_end))
    for stretch in sorted(stretches, key=lambda one: one.origin_end, reverse=True):
        if stretch.origin_end >= end - slack:
            end = min(end, max(origin, stretch.origin))
    return origin, end
