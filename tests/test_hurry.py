"""What is left out when the board is too slow, and when it is taken up again."""

import pytest

from appliance.transcriber.hurry import Hurry, hurry

pytestmark = pytest.mark.pure


def steps(*waiting_s: float) -> list[Hurry]:
    now, found = Hurry.NONE, []
    for waiting in waiting_s:
        now = hurry(now, waiting)
        found.append(now)
    return found


def test_each_step_begins_when_more_sound_waits() -> None:
    assert steps(0, 25, 59.9, 60, 119, 120, 3600) == [0, 0, 0, 1, 1, 2, 2]


def test_it_eases_only_once_the_transcript_has_caught_up() -> None:
    assert steps(130, 100, 59, 30, 29.9, 59, 60, 31, 29) == [2, 2, 2, 2, 0, 0, 1, 1, 0]
