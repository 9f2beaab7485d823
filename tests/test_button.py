"""From raw edges to press and hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.panel.button import BOUNCE_S, HOLD_S, Button

pytestmark = pytest.mark.pure

Edge = tuple[float, bool]
unhurried = settings(deadline=None)
bounces = st.lists(st.floats(0.0005, 0.004), max_size=6)


def played(edges: list[Edge], until: float, ask_every: float = 0.01) -> list[str]:
    """What is told when the edges come and the button is asked now and then."""
    button, told, now = Button(), [], 0.0
    for at, down in edges:
        while now + ask_every < at:
            now += ask_every
            told.append(button.at(now))
        told.append(button.edge(down, at))
        now = at
    while now < until:
        now += ask_every
        told.append(button.at(now))
    return [gesture for gesture in told if gesture]


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
    assert played([(1.0, True)], 100) == ["hold"]


def test_a_hold_is_told_while_the_finger_is_still_down() -> None:
    button = Button()
    button.edge(True, 1.0)
    button.at(1.0 + BOUNCE_S)
    assert button.deadline == 1.0 + HOLD_S
    assert button.at(1.0 + HOLD_S) == "hold"
    assert button.deadline is None


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
    assert button.deadline is None


def test_a_bounce_in_the_middle_of_a_hold_does_not_break_it() -> None:
    assert played([(1.0, True), (2.0, False), (2.01, True), (4.0, False)], 6) == ["hold"]


def test_an_edge_to_the_same_level_is_no_edge() -> None:
    assert played([(1.0, True), (1.01, True), (1.02, True), (1.3, False), (1.31, False)], 5) == ["press"]
