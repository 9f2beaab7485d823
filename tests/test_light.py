"""The light: what each pattern looks like, and its fall to fault when nobody feeds it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.link import LIGHT_LASTS_S, LIGHTS
from appliance.link import SOUNDS as SOUND_NAMES
from appliance.panel.light import PATTERNS, SOUNDS, Buzzer, Light

pytestmark = pytest.mark.pure

LONGEST_BLINK_S = 0.6
unhurried = settings(deadline=None)
moments = st.floats(0, 20)


def test_only_steady_is_on_for_longer_than_a_blink() -> None:
    for name, pattern in PATTERNS.items():
        longest = max((seconds for on, seconds in pattern if on), default=0)
        assert (longest > LONGEST_BLINK_S) == (name == "steady")


def test_every_other_pattern_begins_dark() -> None:
    assert [name for name, pattern in PATTERNS.items() if pattern[0][0]] == ["steady"]


def test_every_word_of_the_line_has_its_pattern() -> None:
    assert set(PATTERNS) == LIGHTS
    assert set(SOUNDS) == SOUND_NAMES


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


@unhurried
@given(st.sampled_from(sorted(PATTERNS)), moments, st.floats(0, 1))
def test_nothing_changes_before_the_deadline(pattern: str, later: float, part: float) -> None:
    light = Light(0.0)
    light.feed(pattern, 0.0)
    on = light.on(later)
    deadline = light.deadline(later)
    assert deadline >= later
    assert light.on(later + (deadline - later) * part * 0.999) == on


@unhurried
@given(st.sampled_from(sorted(PATTERNS)), moments)
def test_from_the_last_word_on_it_is_never_lit_for_longer_than_the_promise(pattern: str, fed: float) -> None:
    light = Light(0.0)
    light.feed(pattern, fed)
    shown = "".join("1" if light.on(fed + tick / 50) else "0" for tick in range(250))
    assert len(shown) - len(shown.lstrip("1")) < 2.0 * 50
    assert max(map(len, shown.lstrip("1").split("0"))) <= LONGEST_BLINK_S * 50 + 1


@unhurried
@given(st.lists(st.tuples(st.sampled_from([*sorted(PATTERNS), ""]), st.floats(0, 3)), max_size=30))
def test_steady_is_lit_only_by_steady(words: list[tuple[str, float]]) -> None:
    light, now, said_steady = Light(0.0), 0.0, -10.0
    for word, passed in words:
        light.starve(now) if word == "" else light.feed(word, now)
        said_steady = now if word == "steady" else -10.0
        assert light.on(now) == (word == "steady" or light.on(now))
        now += passed
        light.on(now)
        assert (light.pattern == "steady") == (now - said_steady < LIGHT_LASTS_S)


def test_a_light_that_was_never_fed_is_fault() -> None:
    light = Light(5.0)
    assert light.pattern == "fault"
    assert [light.on(5.0 + tenth / 10 + 0.05) for tenth in range(12)] == [False, True] * 3 + [False] * 6


def test_the_same_word_again_does_not_begin_the_pattern_again() -> None:
    light = Light(0.0)
    light.feed("pulse", 0.0)
    light.feed("pulse", 0.8)
    assert light.on(0.95)


def test_a_new_sound_takes_over() -> None:
    buzzer = Buzzer()
    buzzer.play("warning", 0.0)
    buzzer.play("accepted", 0.1)
    assert buzzer.on(0.15)
    assert not buzzer.on(0.2)


def test_a_sound_plays_once() -> None:
    buzzer = Buzzer()
    buzzer.play("twice", 10.0)
    heard = [buzzer.on(10.0 + tenth / 10 + 0.05) for tenth in range(12)]
    assert heard == [True, True, False, False, True, True, False, False, False, False, False, False]
    assert buzzer.deadline(11.0) is None
