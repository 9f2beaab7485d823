"""What time itself brings, just before its limit and at it."""

from dataclasses import replace

import pytest

from appliance.recorder.machine import Event as E
from appliance.recorder.machine import State as S
from appliance.recorder.timers import Moments, due
from appliance.settings import Meeting

pytestmark = pytest.mark.pure

START = Moments(
    since=0,
    last_durable=0,
    paused_since=0,
    last_speech=0,
    recorded_s=0,
    warned=frozenset(),
    waits_for_press=False,
)


@pytest.mark.parametrize(
    ("state", "limit_s", "event"),
    [
        (S.NOTICE, 15 * 60, E.TIME_UP),
        (S.NOTICE_AGAIN, 15 * 60, E.TIME_UP),
        (S.STOPPING, 15, E.TIME_UP),
        (S.ENDED, 2 * 60, E.TIME_UP),
        (S.ENDED_FULL, 2 * 60, E.TIME_UP),
        (S.PAUSED_LONG, 90 * 60, E.TIME_UP),
    ],
)
def test_a_state_lasts_as_long_as_the_design_says(state: S, limit_s: float, event: E) -> None:
    assert due(state, limit_s - 0.01, START, Meeting()) is None
    assert due(state, limit_s, START, Meeting()) is event


@pytest.mark.parametrize("state", [S.PAUSED, S.INTERRUPTED])
def test_two_minutes_after_the_last_durable_second_only_the_notice_leads_on(state: S) -> None:
    at = replace(START, last_durable=1000, since=1100, last_speech=1100)
    assert due(state, 1120, at, Meeting()) is None
    assert due(state, 1120.01, at, Meeting()) is E.TOO_OLD


def test_a_press_within_the_two_minutes_was_in_time_though_its_first_second_comes_later() -> None:
    at = replace(START, last_durable=1000, since=1119, last_speech=1119)
    assert due(S.RECORDING, 1121, at, Meeting()) is None
    assert due(S.RECORDING, 1239.01, at, Meeting()) is E.TOO_OLD


def test_a_pause_of_unknown_length_is_not_ended_by_time() -> None:
    assert due(S.PAUSED_LONG, 1e6, replace(START, paused_since=None), Meeting()) is None


def test_start_by_itself_is_a_setting_that_an_objection_stops() -> None:
    setting = Meeting(start_by_itself_seconds=60)
    assert due(S.NOTICE, 60, START, Meeting()) is None
    assert due(S.NOTICE, 59.9, START, setting) is None
    assert due(S.NOTICE, 60, START, setting) is E.START_BY_ITSELF
    assert due(S.NOTICE, 60, replace(START, waits_for_press=True), setting) is None


def test_silence_is_told_once_and_then_pauses() -> None:
    at = replace(START, last_speech=100, last_durable=10_000)
    assert due(S.RECORDING, 699.9, at, Meeting()) is None
    assert due(S.RECORDING, 700, at, Meeting()) is E.QUIET
    assert due(S.RECORDING, 701, replace(at, warned=frozenset({E.QUIET})), Meeting()) is None
    assert due(S.RECORDING, 1900, replace(at, warned=frozenset({E.QUIET})), Meeting()) is E.QUIET_LONG


def test_the_longest_meeting_is_announced_and_ends() -> None:
    at = replace(START, last_durable=0, last_speech=0)
    assert due(S.RECORDING, 0, replace(at, recorded_s=4 * 3600 - 601), Meeting()) is None
    assert due(S.RECORDING, 0, replace(at, recorded_s=4 * 3600 - 600), Meeting()) is E.NEARLY_LONGEST
    warned = replace(at, recorded_s=4 * 3600 - 1, warned=frozenset({E.NEARLY_LONGEST}))
    assert due(S.RECORDING, 0, warned, Meeting()) is None
    assert due(S.RECORDING, 0, replace(warned, recorded_s=4 * 3600), Meeting()) is E.LONGEST


def test_the_admission_lasts_as_long_as_it_is_set() -> None:
    setting = Meeting(admission_minutes=7.5)
    assert due(S.ENDED, 449.9, START, setting) is None
    assert due(S.ENDED, 450, START, setting) is E.TIME_UP


def test_an_objection_leaves_the_notice_its_own_end() -> None:
    setting = Meeting(start_by_itself_seconds=900)
    assert due(S.NOTICE, 900, START, setting) is E.START_BY_ITSELF
    assert due(S.NOTICE, 900, replace(START, waits_for_press=True), setting) is E.TIME_UP


def test_a_paused_meeting_goes_on_by_itself_never() -> None:
    setting = Meeting(start_by_itself_seconds=60)
    assert [due(S.NOTICE_AGAIN, at, START, setting) for at in (60, 899.9, 900)] == [None, None, E.TIME_UP]


def test_silence_counts_from_the_resumption_where_nobody_spoke_since() -> None:
    at = replace(START, since=5000, last_speech=100, last_durable=10_000)
    assert due(S.RECORDING, 5599.9, at, Meeting()) is None
    assert due(S.RECORDING, 5600, at, Meeting()) is E.QUIET


def test_each_limit_of_a_recording_comes_before_the_milder_one() -> None:
    everything = replace(START, last_durable=-121, last_speech=-1800, recorded_s=4 * 3600, since=-1800)
    assert due(S.RECORDING, 0, everything, Meeting()) is E.TOO_OLD
    assert due(S.RECORDING, 0, replace(everything, last_durable=0), Meeting()) is E.LONGEST
    quiet = replace(everything, last_durable=0, recorded_s=4 * 3600 - 1)
    assert due(S.RECORDING, 0, quiet, Meeting()) is E.QUIET_LONG


@pytest.mark.parametrize("state", [S.STARTING, S.UNFIT, S.READY])
def test_outside_a_meeting_time_brings_nothing(state: S) -> None:
    assert due(state, 1e9, START, Meeting(start_by_itself_seconds=60)) is None
