"""What to leave out when the board is slower than the room talks. Pure.

The meeting is never hurt: it is the transcript that falls behind. Each step costs less than the one before; what was
read in a hurry and would have come out differently is a draft, and is read again when there is time.
"""

from enum import IntEnum


class Hurry(IntEnum):
    """How a passage is read."""

    NONE = 0
    """Every way there is, until one gives sense."""
    ONE_WAY = 1
    """The first way only."""
    SMALLER_MODEL = 2
    """By a smaller model, where one is installed: every line is a draft."""


BEHIND_S = {Hurry.ONE_WAY: 60.0, Hurry.SMALLER_MODEL: 120.0}
"""How much sound waits when a step begins."""
CAUGHT_UP_S = 30.0
"""With less than this waiting there is no hurry, and time to read a draft again."""


def hurry(now: Hurry, waiting_s: float) -> Hurry:
    """The next step, from the last one and the seconds of durable sound that wait to be read; it eases only once the
    transcript has caught up."""
    if waiting_s < CAUGHT_UP_S:
        return Hurry.NONE
    return max([now, *(step for step, behind_s in BEHIND_S.items() if waiting_s >= behind_s)])
