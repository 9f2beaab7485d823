"""The light: what each pattern looks like, and its fall to fault when nobody feeds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.link import LIGHT_LASTS_S
from appliance.panel.light import PATTERNS, Buzzer, Light

pytestmark = pytest.mark.pure

LONGEST_BLINK_S = 0.6
moments = st.floats(0, 20)


def test_only_steady_is_on_for_longer_than_a_blink() -> None:
    for name, pattern in PATTERNS.items():
        longest = max((seconds for on, seconds in pattern if on), default=0)
        assert (longest > LONGEST_BLINK_S) == (name == "steady")


def test_every_other_pattern_begins_dark() -> None:
    assert [name for name, pattern in PATTERNS.items() if pattern[0][0]] == ["steady"]


def test_the_patterns_differ() -> None:
    assert len(set(PATTERNS.values())) == len(PATTERNS)


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_not_fed_it_is_fault_within_the_promise(pattern: str) -> None:
    light = Light(0.0)
    light.feed(pattern, 100.0)
    light.on(100.0 + LIGHT_LASTS_S - 0.01)
    assert light.pattern == pattern
    light.on(100.0 + LIGHT_LASTS_S)
    assert light.pattern == "fault"
    assert LIGHT_LASTS_S < 2.0


def test_steady_that_is_not_fed_goes_dark_at_once() -> None:
    light = Light(0.0)
    light.feed("steady", 10.0)
    assert light.on(11.89)
    assert not light.on(11.9)


def test_steady_that_is_fed_every_second_never_flickers() -> None:
    light = Light(0.0)
    for tenth in range(36_000):
        if tenth % 10 == 0:
            light.feed("steady", tenth / 10)
        assert light.on(tenth / 10)


@given(st.sampled_from(sorted(PATTERNS)), moments, st.floats(0, 1))
def test_nothing_changes_before_the_deadline(pattern: str, later: float, part: float) -> None:
    light = Light(0.0)
    light.feed(pattern, 0.0)
    on = light.on(later)
    deadline = light.deadline(later)
    assert deadline > later
    assert light.on(later + (deadline - later) * part * 0.999) == on


def test_a_sound_plays_once() -> None:
    buzzer = Buzzer()
    buzzer.play("twice", 10.0)
    heard = [buzzer.on(10.0 + tenth / 10 + 0.05) for tenth in range(12)]
    assert heard == [True, True, False, False, True, True, False, False, False, False, False, False]
    assert buzzer.deadline(11.0) is None
