"""From raw edges to press, hold and stuck."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appliance.panel.button import BOUNCE_S, HOLD_S, STUCK_S, Button

pytestmark = pytest.mark.pure

Edge = tuple[float, bool]
unhurried = settings(deadline=None)
bounces = st.lists(st.floats(0.0005, 0.004), max_size=6)


def followed(edges: list[Edge], until: float, ask_every: float = 0.01, *, down: bool = False) -> list[str]:
    """All that is told, with `stuck` and `free`, when the edges come and the button is asked now and then."""
    button, told, now, stuck = Button(down=down), [], 0.0, False

    def note(gesture: str | None) -> None:
        nonlocal stuck
        told.extend([gesture] if gesture else [])
        if button.stuck != stuck:
            stuck = button.stuck
            told.append("stuck" if stuck else "free")

    for at, level in edges:
        while now + ask_every < at:
            now += ask_every
            note(button.at(now))
        note(button.edge(level, at))
        now = at
    while now < until:
        now += ask_every
        note(button.at(now))
    return told


def played(edges: list[Edge], until: float, ask_every: float = 0.01) -> list[str]:
    """The gestures that are told."""
    return [told for told in followed(edges, until, ask_every) if told in ("press", "hold")]


def bouncing(at: float, down: bool, gaps: list[float]) -> list[Edge]:
    """A change of the contact that bounces and settles."""
    edges, moment, level = [(at, down)], at, down
    for gap in gaps:
        moment, level = moment + gap, not level
        edges.append((moment, level))
    if level != down:
        edges.append((moment + 0.001, down))
    return edges


@unhurried
@given(length=st.floats(0.1, 1.9), first=bounces, second=bounces)
def test_a_press_that_bounces_is_one_press(length: float, first: list[float], second: list[float]) -> None:
    edges = bouncing(1.0, True, first) + bouncing(1.0 + length, False, second)
    assert played(edges, 6.0) == ["press"]


@unhurried
@given(length=st.floats(2.1, 60), first=bounces, second=bounces)
def test_a_hold_is_told_once_and_is_no_press(length: float, first: list[float], second: list[float]) -> None:
    edges = bouncing(1.0, True, first) + bouncing(1.0 + length, False, second)
    assert played(edges, length + 5, ask_every=0.05) == ["hold"]


@unhurried
@given(st.lists(st.floats(0.0005, BOUNCE_S - 0.001), min_size=1, max_size=20))
def test_a_contact_that_never_settles_is_nothing(gaps: list[float]) -> None:
    edges, now, down = [], 1.0, True
    for gap in [*gaps, *([0.001] if len(gaps) % 2 == 0 else [])]:
        edges.append((now, down))
        now, down = now + gap, not down
    edges.append((now, False))
    assert played(edges, now + 3) == []


def test_a_stuck_button_is_one_hold() -> None:
    assert followed([(1.0, True)], 100) == ["hold", "stuck"]


def test_a_hold_is_told_while_the_finger_is_still_down() -> None:
    button = Button()
    button.edge(True, 1.0)
    button.at(1.0 + BOUNCE_S)
    assert button.deadline == 1.0 + HOLD_S
    assert button.at(1.0 + HOLD_S) == "hold"
    assert button.deadline == 1.0 + HOLD_S + STUCK_S


def test_asking_only_at_deadlines_is_enough() -> None:
    button, told = Button(), []
    told.append(button.edge(True, 1.0))
    while (at := button.deadline) is not None:
        told.append(button.at(at))
    told.append(button.edge(False, 5.0))
    while (at := button.deadline) is not None:
        told.append(button.at(at))
    assert [gesture for gesture in told if gesture] == ["hold"]


def test_two_presses_are_two() -> None:
    assert played([(1.0, True), (1.2, False), (1.5, True), (1.7, False)], 5) == ["press", "press"]


@unhurried
@given(st.lists(st.floats(0.001, 2.6), min_size=1, max_size=8), st.sampled_from([0.006, 0.05]))
def test_the_answer_does_not_depend_on_how_often_it_is_asked(gaps: list[float], ask_every: float) -> None:
    edges, at = [], 1.0
    for number, gap in enumerate(gaps):
        edges.append((at, number % 2 == 0))
        at += gap
    assert played(edges, at + 3, ask_every) == played(edges, at + 3, ask_every=1000)


@pytest.mark.parametrize("length", [1.975, 1.985, 1.999])
def test_let_go_just_before_two_seconds_is_a_press(length: float) -> None:
    assert played([(1.0, True), (1.0 + length, False)], 5, ask_every=0.003) == ["press"]


@unhurried
@given(st.floats(0, 1e7))
def test_asking_at_the_deadline_brings_it_forward(at: float) -> None:
    button = Button()
    button.edge(True, at)
    first = button.deadline
    assert first is not None
    button.at(first)
    second = button.deadline
    assert second is not None
    assert second > first
    assert button.at(second) == "hold"
    third = button.deadline
    assert third is not None
    assert third > second
    assert not button.stuck
    assert button.at(third) is None
    assert button.stuck
    assert button.deadline is None


def test_a_bounce_in_the_middle_of_a_hold_does_not_break_it() -> None:
    assert played([(1.0, True), (2.0, False), (2.01, True), (4.0, False)], 6) == ["hold"]


def test_an_edge_to_the_same_level_is_no_edge() -> None:
    assert played([(1.0, True), (1.01, True), (1.02, True), (1.3, False), (1.31, False)], 5) == ["press"]


# A storm: what a contact does between leaving one level and resting at the other. No rest in it is as long as BOUNCE_S.
storms = st.lists(st.floats(0.0001, BOUNCE_S - 0.0005), max_size=12)
presses = st.tuples(st.just("press"), st.floats(0.45, 1.5))
holds = st.tuples(st.just("hold"), st.floats(2.5, 19.0))
glitches = st.tuples(st.just(""), st.floats(0.0001, BOUNCE_S - 0.0005))


@unhurried
@given(st.lists(st.tuples(st.one_of(presses, holds, glitches), storms, storms, st.floats(0.45, 3)), max_size=6))
def test_storms_of_bounces_give_exactly_the_real_gestures(
    made: list[tuple[tuple[str, float], list[float], list[float], float]],
) -> None:
    edges, now = [], 1.0
    for (gesture, length), first, second, rest in made:
        if gesture:
            edges += bouncing(now, True, first) + bouncing(now + length, False, second)
        else:
            edges += [(now, True), (now + length, False)]
        now += length + rest
    assert followed(edges, now + 1, ask_every=0.02) == [gesture for (gesture, _), *_ in made if gesture]


@unhurried
@given(st.lists(st.tuples(st.floats(0.05, 3), st.floats(0.0001, BOUNCE_S - 0.0005)), max_size=8))
def test_a_hold_that_loses_contact_for_moments_is_one_hold(moments: list[tuple[float, float]]) -> None:
    edges, now = [(1.0, True)], 3.5
    for later, length in moments:
        edges += [(now + later, False), (now + later + length, True)]
        now += later + length
    assert played([*edges, (now + 1, False)], now + 2, ask_every=0.02) == ["hold"]


@unhurried
@given(st.floats(0, 100), st.sampled_from([0.007, 0.5, 1000.0]))
def test_a_hold_of_any_length(length: float, ask_every: float) -> None:
    assume(all(abs(length - limit) > 0.001 for limit in (BOUNCE_S, HOLD_S, HOLD_S + STUCK_S)))
    gestures = [] if length < BOUNCE_S else ["press"] if length < HOLD_S else ["hold"]
    stuck = ["stuck", "free"] if length > HOLD_S + STUCK_S else []
    assert followed([(1.0, True), (1.0 + length, False)], 3 + length, ask_every) == gestures + stuck


def test_a_button_that_is_down_at_the_start_says_nothing_but_stuck() -> None:
    assert followed([], STUCK_S - 0.1, down=True) == []
    assert followed([], STUCK_S + 0.1, down=True) == ["stuck"]
    assert followed([(100.0, False)], 110, down=True) == ["stuck", "free"]


@pytest.mark.parametrize("let_go", [0.0, 0.02, 0.1, 1.9, 2.1, 10.0, 19.9])
def test_a_finger_that_is_lifted_after_the_start_was_no_gesture(let_go: float) -> None:
    assert followed([(let_go, False)], let_go + 30, down=True) == []
    again = [(let_go, False), (let_go + 1, True), (let_go + 1.5, False)]
    assert followed(again, let_go + 30, down=True) == ["press"]


def test_stuck_then_free_then_a_press_works() -> None:
    edges = [(1.0, True), (60.0, False), (61.0, True), (61.3, False), (62.0, True), (65.0, False)]
    assert followed(edges, 70) == ["hold", "stuck", "free", "press", "hold"]


def test_a_moment_without_contact_does_not_make_it_free() -> None:
    edges = [(1.0, True), (40.0, False), (40.0 + BOUNCE_S / 2, True), (50.0, False)]
    told = followed(edges, 49)
    assert told == ["hold", "stuck"]
    assert followed(edges, 51) == ["hold", "stuck", "free"]


def test_let_go_just_before_it_counts_as_stuck() -> None:
    at = 1.0 + HOLD_S + STUCK_S - BOUNCE_S / 2
    assert followed([(1.0, True), (at, False)], 30, ask_every=0.001) == ["hold"]


def test_asking_only_at_deadlines_tells_of_a_button_that_is_stuck() -> None:
    button, told = Button(down=True, now=500.0), []
    while (at := button.deadline) is not None:
        told.append((at, button.at(at), button.stuck))
    assert told == [(500.0 + STUCK_S, None, True)]
