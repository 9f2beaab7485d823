"""The table of the house: total, and never recording where the promises forbid it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import link
from appliance.recorder import machine
from appliance.recorder.machine import Event as E
from appliance.recorder.machine import State as S

pytestmark = pytest.mark.pure

unhurried = settings(deadline=None)
PAIRS = [(state, event) for state in S for event in E]


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_every_pair_is_decided_once(state: S, event: E) -> None:
    assert ((state, event) in machine.TABLE) != (event in machine.IGNORED[state])
    machine.step(state, event)


def story(start: S, *events: E) -> list[str]:
    """The states that a row of events leads through."""
    path, state = [], start
    for event in events:
        state, _ = machine.step(state, event)
        path.append(str(state))
    return path


def test_a_meeting() -> None:
    assert story(S.READY, E.PRESS, E.PRESS, E.PRESS, E.TIME_UP, E.TIME_UP) == [
        "notice",
        "recording",
        "stopping",
        "ended",
        "ready",
    ]


def test_a_stop_that_was_a_mistake() -> None:
    assert story(S.RECORDING, E.PRESS, E.PRESS) == ["stopping", "recording"]


def test_a_short_break_and_a_long_one() -> None:
    assert story(S.RECORDING, E.HOLD, E.PRESS) == ["paused", "recording"]
    assert story(S.RECORDING, E.HOLD, E.TOO_OLD, E.PRESS, E.PRESS) == [
        "paused",
        "paused_long",
        "notice_again",
        "recording",
    ]


def test_a_new_group_after_a_long_break_gets_a_meeting_of_its_own() -> None:
    state, acts = machine.step(S.NOTICE_AGAIN, E.HOLD)
    assert state is S.NOTICE
    assert acts[:2] == (machine.EndMeeting("a new group came"), machine.OpenMeeting())


def test_after_a_power_cut_only_the_notice_leads_on() -> None:
    assert story(S.STARTING, E.FOUND_STALE, E.PRESS, E.PRESS) == ["paused_long", "notice_again", "recording"]
    assert machine.step(S.PAUSED_LONG, E.BACK) == (S.PAUSED_LONG, ())


def test_an_unfit_box_refuses_and_says_so() -> None:
    assert machine.step(S.UNFIT, E.PRESS) == (S.UNFIT, (machine.Sound("refused"),))


def test_an_objection_is_marked_and_stops_the_start_by_itself() -> None:
    state, acts = machine.step(S.NOTICE, E.OBJECTION)
    assert state is S.NOTICE
    assert machine.StayUntilPressed() in acts
    assert machine.Mark("objection") in acts
    assert machine.Sound("twice") in acts


def test_every_press_and_hold_is_answered_by_a_sound() -> None:
    for state in set(S) - {S.STARTING}:
        for gesture in (E.PRESS, E.HOLD):
            _, acts = machine.step(state, gesture)
            assert any(isinstance(act, machine.Sound) for act in acts), (state, gesture)


def test_only_recording_is_steady() -> None:
    assert [state for state, light in machine.LIGHT.items() if light == "steady"] == [S.RECORDING]


def test_recording_begins_only_by_the_button_or_alone_after_an_interruption() -> None:
    entrances = {key for key, (new, _) in machine.TABLE.items() if new is S.RECORDING and key[0] is not S.RECORDING}
    assert entrances == {
        (S.NOTICE, E.PRESS),
        (S.NOTICE, E.START_BY_ITSELF),  # a setting; the button opened the notice
        (S.NOTICE_AGAIN, E.PRESS),
        (S.STOPPING, E.PRESS),
        (S.PAUSED, E.PRESS),
        (S.INTERRUPTED, E.BACK),
    }


ENDINGS = [
    (S.NOTICE, E.HOLD, S.ENDED, "held, not recorded"),
    (S.NOTICE, E.TIME_UP, S.READY, "nobody started the recording"),
    (S.NOTICE, E.UNFIT, S.UNFIT, "could not record"),
    (S.STARTING, E.FOUND_OLD_NOTICE, S.UNFIT, "power cut before the recording began"),
    (S.STARTING, E.FOUND_STOPPING, S.ENDED, "stopped by the button"),
    (S.STOPPING, E.HOLD, S.ENDED, "stopped by the button"),
    (S.STOPPING, E.TIME_UP, S.ENDED, "stopped by the button"),
    (S.PAUSED, E.HOLD, S.ENDED, "ended in a pause"),
    (S.PAUSED_LONG, E.HOLD, S.ENDED, "ended in a pause"),
    (S.PAUSED_LONG, E.TIME_UP, S.ENDED, "nobody went on after a pause"),
    (S.INTERRUPTED, E.PRESS, S.ENDED, "ended in an interruption"),
    (S.INTERRUPTED, E.HOLD, S.ENDED, "ended in an interruption"),
    (S.RECORDING, E.LONGEST, S.ENDED, "longest meeting reached"),
    (S.RECORDING, E.STORAGE_FULL, S.ENDED_FULL, "storage full"),
    (S.INTERRUPTED, E.STORAGE_FULL, S.ENDED_FULL, "storage full"),
    (S.NOTICE_AGAIN, E.HOLD, S.NOTICE, "a new group came"),
]


def test_a_meeting_ends_in_these_ways_and_no_other() -> None:
    found = [
        (state, event, new, act.because)
        for (state, event), (new, acts) in machine.TABLE.items()
        for act in acts
        if isinstance(act, machine.EndMeeting)
    ]
    assert sorted(found) == sorted(ENDINGS)


def test_an_interruption_ends_alone_within_two_minutes_and_only_through_the_notice_later() -> None:
    assert story(S.RECORDING, E.LOST, E.BACK) == ["interrupted", "recording"]
    assert story(S.RECORDING, E.LOST, E.TOO_OLD, E.BACK, E.PRESS, E.PRESS) == [
        "interrupted",
        "paused_long",
        "paused_long",
        "notice_again",
        "recording",
    ]


def test_the_admission_ends_by_time_by_a_hold_or_by_the_next_meeting() -> None:
    assert machine.step(S.ENDED, E.TIME_UP) == (S.READY, (machine.EndAdmission(),))
    assert machine.step(S.ENDED, E.HOLD) == (S.READY, (machine.EndAdmission(), machine.ACCEPTED))
    assert machine.step(S.ENDED, E.PRESS) == (S.NOTICE, (machine.OpenMeeting(), machine.ACCEPTED))


def test_silence_and_length_are_announced_before_they_act() -> None:
    for event in (E.QUIET, E.NEARLY_LONGEST):
        assert machine.step(S.RECORDING, event) == (S.RECORDING, (machine.WARNING,))
    assert story(S.RECORDING, E.QUIET, E.QUIET_LONG, E.PRESS) == ["recording", "paused", "recording"]


def test_a_recorder_that_comes_back_goes_on_where_the_box_was() -> None:
    assert [(event.name, machine.step(S.STARTING, event)[0].name) for event in E if event in machine.FINDINGS] == [
        ("FOUND_NOTHING", "UNFIT"),
        ("FOUND_RECORDING", "INTERRUPTED"),
        ("FOUND_PAUSED", "PAUSED"),
        ("FOUND_STALE", "PAUSED_LONG"),
        ("FOUND_STOPPING", "ENDED"),
        ("FOUND_NOTICE", "NOTICE"),
        ("FOUND_OLD_NOTICE", "UNFIT"),
        ("FOUND_ENDED", "ENDED"),
    ]


def test_the_panel_knows_every_light_and_sound_of_the_table() -> None:
    assert set(machine.LIGHT) == set(S)
    assert set(machine.LIGHT.values()) <= link.LIGHTS
    sounds = {act.name for _, acts in machine.TABLE.values() for act in acts if isinstance(act, machine.Sound)}
    assert sounds <= link.SOUNDS


def test_whatever_ends_or_makes_a_folder_comes_before_the_state_is_written_and_what_begins_after() -> None:
    used = {type(act) for _, acts in machine.TABLE.values() for act in acts}
    after = {machine.OpenMicrophone, machine.Sound, machine.Mark, machine.StayUntilPressed}
    assert used == set(machine.BEFORE_STATE) | after
    assert not set(machine.BEFORE_STATE) & after


@unhurried
@given(st.lists(st.sampled_from(E), max_size=80))
def test_after_two_minutes_or_from_ready_only_a_notice_leads_to_recording(events: list[E]) -> None:
    state, told = S.STARTING, False
    for event in events:
        new, _ = machine.step(state, event)
        if new in (S.PAUSED_LONG, S.READY, S.UNFIT):
            told = False
        if new in (S.NOTICE, S.NOTICE_AGAIN) or event in (E.FOUND_RECORDING, E.FOUND_PAUSED):
            told = True
        if new is S.RECORDING and state is not S.RECORDING:
            assert told
            assert event in (E.PRESS, E.START_BY_ITSELF, E.BACK)
            assert (event is E.BACK) == (state is S.INTERRUPTED)
        state = new


@unhurried
@given(st.lists(st.sampled_from(E), max_size=60))
def test_the_microphone_is_open_in_recording_or_tried_in_an_interruption_and_meetings_never_overlap(
    events: list[E],
) -> None:
    state, open_microphone, meeting = S.STARTING, False, False
    for event in [E.FOUND_NOTHING, *events]:
        state, acts = machine.step(state, event)
        before = [act for act in acts if isinstance(act, machine.BEFORE_STATE)]
        after = [act for act in acts if not isinstance(act, machine.BEFORE_STATE)]
        for act in [*before, *after]:
            match act:
                case machine.OpenMicrophone():
                    open_microphone = True
                case machine.CloseMicrophone():
                    open_microphone = False
                case machine.OpenMeeting():
                    assert not meeting
                    meeting = True
                case machine.EndMeeting():
                    assert not open_microphone
                    meeting = False
        assert open_microphone <= (state in (S.RECORDING, S.INTERRUPTED))
        assert meeting == (state in machine.IN_A_MEETING - {S.ENDED, S.ENDED_FULL})
