"""The rows of the house's table, each played on the real recorder with the real light, in simulated time."""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from simulated_box import RATE, SimulatedBox

from appliance import news
from appliance.recorder.machine import State as S
from appliance.settings import Meeting, Microphone, Settings, Store
from appliance.store import box, record
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder

pytestmark = pytest.mark.pure


def memory_folder() -> str | None:
    """Files in memory make a simulated hour cheap; any folder will do."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="candour-", dir=memory_folder()))
    yield folder
    shutil.rmtree(folder)


def settings(data: Path, **meeting: float) -> Settings:
    return Settings(
        meeting=Meeting(**{"longest_hours": 0.5, **meeting}),  # type: ignore[arg-type]
        store=Store(data=str(data), run=str(data / "run"), reserve_mb=10),
        microphone=Microphone(rate=16000),
    )


@pytest.fixture
def simulated(data: Path) -> Iterator[SimulatedBox]:
    made = SimulatedBox(settings(data))
    made.until(S.READY)
    with closing(made):
        yield made


def begin(simulated: SimulatedBox) -> None:
    simulated.press()
    simulated.pass_s(5)
    simulated.press()
    simulated.pass_s(10)
    assert simulated.is_in(S.RECORDING)
    assert simulated.panel.look() == "steady"


def folder(simulated: SimulatedBox) -> MeetingFolder:
    return Folders(simulated.data).every_meeting()[0]


def marks(simulated: SimulatedBox) -> list[str]:
    with opened(record.read(folder(simulated))) as db:
        assert db is not None
        return [mark.mark for mark in record.marks(db)]


def gaps(simulated: SimulatedBox) -> list[tuple[float, str]]:
    """Length in seconds and cause of each."""
    with opened(record.read(folder(simulated))) as db:
        assert db is not None
        return [(round(gap.samples / RATE, 2), gap.cause) for gap in record.gaps(db)]


def endings(simulated: SimulatedBox) -> list[str | None]:
    """Why the meetings ended, newest first."""
    with opened(box.read(Folders(simulated.data))) as db:
        assert db is not None
        return [meeting.ended_because for meeting in box.meetings(db)]


def lights(simulated: SimulatedBox) -> list[str]:
    return [light for _, light in simulated.panel.history]


def told_after(simulated: SimulatedBox, trouble: float) -> float:
    """Seconds from a moment until the light first showed fault."""
    return next(at for at, light in simulated.panel.history if at >= trouble and light == "fault") - trouble


# --- notice


def test_the_notice_is_heard_every_30_seconds_and_given_up_after_15_minutes(simulated: SimulatedBox) -> None:
    simulated.press()
    simulated.pass_s(14 * 60 + 50)
    assert simulated.is_in(S.NOTICE)
    assert simulated.panel.sounds.count("reminder") == 29
    simulated.until(S.READY)
    assert endings(simulated) == ["nobody started the recording"]
    assert simulated.room.openings == []


def test_a_hold_in_the_notice_is_held_not_recorded(simulated: SimulatedBox) -> None:
    simulated.press()
    simulated.hold()
    assert simulated.is_in(S.ENDED)
    assert endings(simulated) == ["held, not recorded"]


def test_an_objection_stops_the_start_by_itself_and_the_button_answers_it(data: Path) -> None:
    simulated = SimulatedBox(settings(data, start_by_itself_seconds=60))
    simulated.until(S.READY)
    simulated.press()
    simulated.pass_s(50)
    simulated.object()
    simulated.pass_s(100)
    assert simulated.is_in(S.NOTICE)
    assert simulated.panel.sounds.count("twice") == 1
    said = news.latest(data / "run" / "recorder.json")
    assert said is not None
    assert said.objections == 1
    simulated.press()
    simulated.pass_s(3)
    said = news.latest(data / "run" / "recorder.json")
    assert said is not None
    assert said.objections == 0
    assert marks(simulated) == ["objection", "objection answered", "started by the button"]
    simulated.close()


def test_what_ends_is_told_with_the_press_itself(simulated: SimulatedBox) -> None:
    begin(simulated)
    for gesture, state in ((simulated.press, S.STOPPING), (simulated.hold, S.ENDED), (simulated.press, S.NOTICE)):
        simulated.pass_s(0.2)  # so that no tick falls on the gesture
        gesture()
        said = news.latest(simulated.data / "run" / "recorder.json")
        assert said is not None
        assert said.state == state


def test_without_an_objection_the_notice_can_start_by_itself(data: Path) -> None:
    simulated = SimulatedBox(settings(data, start_by_itself_seconds=60))
    simulated.until(S.READY)
    simulated.press()
    simulated.pass_s(62)
    assert simulated.is_in(S.RECORDING)
    assert marks(simulated) == ["started after the notice"]
    simulated.close()


# --- recording


def test_two_objections_during_the_recording_are_two_marks_at_their_second(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.object()
    simulated.object()
    simulated.pass_s(1)
    simulated.hold()
    assert marks(simulated)[1:] == ["objection", "objection", "objection answered", "paused by the button"]
    assert simulated.panel.sounds.count("twice") == 2


def test_nobody_speaks(data: Path) -> None:
    simulated = SimulatedBox(settings(data))
    simulated.until(S.READY)
    simulated.room.sound = "murmur"
    begin(simulated)
    simulated.pass_s(9 * 60 + 45)
    assert "warning" not in simulated.panel.sounds
    simulated.pass_s(30)
    assert simulated.panel.sounds.count("warning") == 1
    said = news.latest(simulated.data / "run" / "recorder.json")
    assert said is not None
    assert said.because.startswith("Nobody has been heard")
    simulated.close()


def test_the_longest_meeting_is_announced_and_ends(data: Path) -> None:
    simulated = SimulatedBox(settings(data, longest_hours=0.2))
    simulated.until(S.READY)
    begin(simulated)
    simulated.pass_s(105)
    assert "warning" not in simulated.panel.sounds
    simulated.pass_s(20)
    assert simulated.panel.sounds.count("warning") == 1
    simulated.until(S.ENDED, within_s=620)
    assert endings(simulated) == ["longest meeting reached"]
    simulated.close()


def test_a_stop_can_be_taken_back_for_15_seconds(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.press()
    simulated.pass_s(14)
    simulated.press()
    simulated.pass_s(3)
    assert simulated.is_in(S.RECORDING)
    ((length, cause),) = gaps(simulated)
    assert length == pytest.approx(14, abs=0.15)
    assert cause == "stopped, then gone on"
    simulated.press()
    simulated.until(S.ENDED, within_s=16)
    assert endings(simulated) == ["stopped by the button"]


def test_the_admission_ends_with_the_next_notice(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.press()
    simulated.hold()
    assert simulated.is_in(S.ENDED)
    simulated.press()
    assert simulated.is_in(S.NOTICE)
    assert endings(simulated) == [None, "stopped by the button"]


# --- pauses


def test_a_short_pause_goes_on_with_a_press(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.hold()
    simulated.pass_s(119)
    simulated.press()
    simulated.pass_s(5)
    assert simulated.is_in(S.RECORDING)
    assert simulated.panel.look() == "steady"
    ((length, cause),) = gaps(simulated)
    assert length == pytest.approx(119, abs=0.15)
    assert cause == "paused"


def test_a_long_pause_goes_on_through_the_notice_and_ends_after_90_minutes(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.hold()
    paused = simulated.clock.monotonic()
    simulated.pass_s(125)
    simulated.press()
    assert simulated.is_in(S.NOTICE_AGAIN)
    simulated.until(S.PAUSED_LONG, within_s=16 * 60)
    assert simulated.panel.sounds.count("reminder") > 20
    simulated.until(S.ENDED, within_s=90 * 60)
    assert simulated.clock.monotonic() - paused == pytest.approx(90 * 60, abs=2)
    assert endings(simulated) == ["nobody went on after a pause"]


def test_another_group_after_a_long_pause_has_its_own_meeting(simulated: SimulatedBox) -> None:
    begin(simulated)
    before = folder(simulated).master.stat().st_size
    simulated.hold()
    simulated.pass_s(200)
    simulated.press()
    simulated.hold()
    assert simulated.is_in(S.NOTICE)
    simulated.press()
    simulated.pass_s(5)
    assert endings(simulated) == [None, "a new group came"]
    sizes = {one.master.stat().st_size for one in Folders(simulated.data).every_meeting()}
    assert len(sizes) == 2
    assert min(sizes, key=lambda size: abs(size - before)) <= before + RATE * 2


def test_two_minutes_count_from_the_last_second_and_not_from_a_press_that_brought_none(
    simulated: SimulatedBox,
) -> None:
    begin(simulated)
    simulated.hold()
    simulated.pass_s(115)
    simulated.room.sound = "silence"
    simulated.press()
    simulated.until(S.INTERRUPTED)
    simulated.until(S.PAUSED_LONG, within_s=7)
    simulated.room.sound = "noise"
    simulated.pass_s(300)
    assert simulated.is_in(S.PAUSED_LONG)


# --- trouble


def test_an_unplugged_microphone_is_told_and_goes_on_alone(simulated: SimulatedBox) -> None:
    begin(simulated)
    at = simulated.clock.monotonic()
    simulated.room.unplug()
    simulated.pass_s(60)
    assert simulated.is_in(S.INTERRUPTED)
    assert told_after(simulated, at) <= 2
    assert simulated.panel.sounds.count("warning") == 1
    simulated.room.plugged = True
    simulated.pass_s(6)
    assert simulated.is_in(S.RECORDING)
    assert simulated.panel.look() == "steady"
    assert marks(simulated) == ["started by the button", "interrupted", "resumed by itself"]
    ((length, cause),) = gaps(simulated)
    assert length == pytest.approx(61, abs=2.5)
    assert cause == "It went away."


def test_a_microphone_that_is_away_for_long_needs_the_notice(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.room.unplug()
    simulated.until(S.PAUSED_LONG, within_s=125)
    simulated.room.plugged = True
    simulated.pass_s(60)
    assert simulated.is_in(S.PAUSED_LONG)
    simulated.press()
    simulated.press()
    simulated.pass_s(3)
    assert simulated.is_in(S.RECORDING)


@pytest.mark.parametrize("sound", ["nothing", "silence"])
def test_a_microphone_that_falls_silent_is_told_within_two_seconds_and_retried(
    simulated: SimulatedBox, sound: str
) -> None:
    begin(simulated)
    at = simulated.clock.monotonic()
    simulated.room.sound = sound
    simulated.pass_s(30)
    assert simulated.is_in(S.INTERRUPTED)
    assert told_after(simulated, at) <= 2
    kept = folder(simulated).master.stat().st_size
    simulated.pass_s(30)
    assert folder(simulated).master.stat().st_size == kept
    simulated.room.sound = "noise"
    simulated.pass_s(8)
    assert simulated.is_in(S.RECORDING)
    assert len(gaps(simulated)) == 1


@pytest.mark.parametrize("sound", ["nothing", "silence"])
def test_a_dead_microphone_is_told_at_the_start_and_keeps_nothing(simulated: SimulatedBox, sound: str) -> None:
    simulated.room.sound = sound
    simulated.press()
    simulated.press()
    at = simulated.clock.monotonic()
    simulated.pass_s(20)
    assert simulated.is_in(S.INTERRUPTED)
    assert "steady" not in lights(simulated)
    assert told_after(simulated, at) <= 2
    assert not folder(simulated).master.exists()
    simulated.press()
    assert simulated.is_in(S.ENDED)


def test_a_press_ends_an_interruption_while_the_microphone_is_being_tried(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.room.sound = "silence"
    simulated.until(S.INTERRUPTED)
    while simulated.room.open is None:
        simulated.pass_s(0.1)
    simulated.press()
    assert simulated.is_in(S.ENDED)
    assert simulated.room.open is None


def test_a_panel_that_is_gone_stops_the_capture_until_it_is_back(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.lose_panel()
    simulated.pass_s(0.2)
    assert simulated.room.open is None
    simulated.pass_s(10)
    assert simulated.room.open is None
    simulated.find_panel()
    simulated.pass_s(5)
    assert simulated.is_in(S.RECORDING)
    assert gaps(simulated)[0][1] == "The button and the light do not answer."


def test_a_slow_card_is_told_and_loses_nothing(simulated: SimulatedBox) -> None:
    begin(simulated)
    at = simulated.clock.monotonic()
    simulated.card.slow_s = 3.0
    simulated.pass_s(10)
    assert told_after(simulated, at) <= 3  # the second before it was durable
    assert lights(simulated)[-3:] == ["steady", "fault", "steady"]
    assert gaps(simulated) == []
    assert simulated.is_in(S.RECORDING)


def test_a_full_card_ends_the_meeting_cleanly_and_is_told(simulated: SimulatedBox) -> None:
    begin(simulated)
    at, kept = simulated.clock.monotonic(), folder(simulated).master.stat().st_size
    simulated.card.no_room = True
    simulated.pass_s(2)
    assert simulated.is_in(S.ENDED_FULL)
    assert told_after(simulated, at) <= 2
    assert endings(simulated) == ["storage full"]
    assert folder(simulated).master.stat().st_size >= kept
    simulated.press()
    assert simulated.panel.sounds[-1] == "refused"
    simulated.until(S.READY, S.UNFIT, within_s=125)


def test_a_card_that_fails_is_told_and_the_meeting_goes_on_when_it_is_back(simulated: SimulatedBox) -> None:
    begin(simulated)
    at = simulated.clock.monotonic()
    simulated.card.failing = True
    simulated.pass_s(20)
    assert simulated.recorder is None
    assert told_after(simulated, at) <= 2
    assert simulated.room.open is None
    simulated.card.failing = False
    simulated.start()
    simulated.pass_s(6)
    assert simulated.is_in(S.RECORDING)
    assert gaps(simulated)[0][0] == pytest.approx(20, abs=4)


# --- restarts


def test_a_recorder_that_is_killed_goes_on_alone_within_two_minutes(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.kill()
    simulated.pass_s(100)
    simulated.start()
    simulated.pass_s(5)
    assert simulated.is_in(S.RECORDING)
    ((length, cause),) = gaps(simulated)
    assert cause == "the recorder restarted"
    assert length == pytest.approx(101, abs=2)


def test_a_recorder_that_was_away_for_long_waits_for_the_button(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.kill()
    simulated.pass_s(125)
    simulated.start()
    simulated.pass_s(30)
    assert simulated.is_in(S.PAUSED_LONG)


@pytest.mark.parametrize("off_s", [1, 3600])
def test_after_a_power_cut_only_the_notice_leads_on(simulated: SimulatedBox, off_s: float) -> None:
    begin(simulated)
    simulated.cut_power(off_s=off_s, trusted=False)
    simulated.pass_s(300)
    assert simulated.is_in(S.PAUSED_LONG)
    assert simulated.room.open is None
    simulated.press()
    assert simulated.is_in(S.NOTICE_AGAIN)
    simulated.press()
    simulated.pass_s(4)
    assert simulated.is_in(S.RECORDING)
    ((length, cause),) = gaps(simulated)
    assert (length, cause) == (10, "power cut or restart of the box")


def test_after_a_power_cut_the_90_minutes_begin_when_the_clock_is_known(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.cut_power(off_s=30, trusted=False)
    simulated.pass_s(100 * 60)
    assert simulated.is_in(S.PAUSED_LONG)
    simulated.clock.trusted = True
    simulated.pass_s(89 * 60)
    assert simulated.is_in(S.PAUSED_LONG)
    simulated.until(S.ENDED, within_s=70)


def test_a_power_cut_of_hours_on_a_trusted_clock_ends_the_meeting(simulated: SimulatedBox) -> None:
    simulated.clock.trusted = True
    begin(simulated)
    simulated.cut_power(off_s=2 * 3600, trusted=True)
    simulated.until(S.ENDED, within_s=5)


def test_after_a_power_cut_on_a_trusted_clock_the_gap_has_its_true_length(simulated: SimulatedBox) -> None:
    simulated.clock.trusted = True
    begin(simulated)
    simulated.cut_power(off_s=600, trusted=True)
    simulated.press()
    simulated.press()
    simulated.pass_s(4)
    ((length, _),) = gaps(simulated)
    assert length == pytest.approx(600, abs=1)


# --- what attacks have found


def test_an_objection_is_not_forgotten_by_a_restart_nor_by_a_loop_that_was_held_up(data: Path) -> None:
    simulated = SimulatedBox(settings(data, start_by_itself_seconds=60))
    simulated.until(S.READY)
    simulated.press()
    simulated.pass_s(10)
    simulated.object()
    simulated.pass_s(5)
    simulated.kill()
    simulated.pass_s(5)
    simulated.start()
    simulated.pass_s(70)
    assert simulated.is_in(S.NOTICE)
    simulated.close()


def test_stopping_and_taking_it_back_again_and_again_does_not_go_around_the_notice(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.hold()
    simulated.pass_s(119)
    simulated.press()
    simulated.pass_s(0.5)
    for _ in range(6):
        simulated.press()
        simulated.pass_s(14)
        simulated.press()
        simulated.pass_s(0.5)
    assert not simulated.is_in(S.RECORDING)


def test_restarts_do_not_begin_the_two_minutes_anew(simulated: SimulatedBox) -> None:
    simulated.room.sound = "nothing"
    simulated.press()
    simulated.press()
    simulated.pass_s(20)
    for _ in range(6):
        simulated.pass_s(50)
        simulated.kill()
        simulated.pass_s(2)
        simulated.start()
    simulated.room.sound = "noise"
    simulated.pass_s(12)
    assert simulated.is_in(S.PAUSED_LONG)


def test_a_notice_does_not_last_longer_for_a_restart(simulated: SimulatedBox) -> None:
    simulated.press()
    simulated.pass_s(14 * 60)
    simulated.kill()
    simulated.start()
    simulated.pass_s(61)
    assert simulated.is_in(S.READY)


@pytest.mark.parametrize("harm", ["gone", "garbled", "emptied of sense"])
def test_one_meeting_that_is_damaged_does_not_keep_the_box_from_the_next(simulated: SimulatedBox, harm: str) -> None:
    begin(simulated)
    simulated.kill()
    harmed = folder(simulated)
    if harm == "gone":
        shutil.rmtree(harmed.path)
    else:
        damaged = bytearray(harmed.record_db.read_bytes())
        first = 4096 if harm == "garbled" else 0
        damaged[first:] = b"\xa5" * (len(damaged) - first)
        harmed.record_db.write_bytes(damaged)
        for left in ("record.db-wal", "record.db-shm"):
            (harmed.path / left).unlink(missing_ok=True)
    simulated.start()
    simulated.until(S.READY)
    begin(simulated)
    assert endings(simulated)[1] in ("its folder is gone", "its index is damaged")
    assert harm == "gone" or harmed.master.exists()


def test_a_card_that_fails_again_and_again_costs_no_open_files(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.kill()
    simulated.card.failing = True
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(30):
        simulated.start()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2


def test_a_clock_that_was_set_in_the_meeting_does_not_make_the_gap_of_a_power_cut_untrue(
    simulated: SimulatedBox,
) -> None:
    simulated.clock.trusted = True
    begin(simulated)
    simulated.clock.set_wall(-300)
    simulated.pass_s(20)
    simulated.cut_power(off_s=60, trusted=True)
    simulated.press()
    simulated.press()
    simulated.pass_s(4)
    ((length, _),) = gaps(simulated)
    assert length == pytest.approx(60, abs=1.5)


def test_news_that_cannot_be_told_stops_nothing(simulated: SimulatedBox) -> None:
    begin(simulated)
    shutil.rmtree(simulated.data / "run")
    (simulated.data / "run").write_text("a file stands where the folder should be")
    simulated.pass_s(3)
    assert simulated.panel.look() == "steady"


def test_a_pause_stays_one_though_the_card_fails_as_it_is_written_down(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.card.failing = True  # the sync of the last second is the first to notice
    simulated.hold()
    simulated.pass_s(2)
    simulated.card.failing = False
    simulated.start()
    simulated.pass_s(6)
    assert simulated.is_in(S.PAUSED)


# --- before a meeting


def test_an_unfit_box_refuses_says_why_and_becomes_fit_when_the_microphone_is_there(data: Path) -> None:
    simulated = SimulatedBox(settings(data))
    simulated.room.plugged = False
    simulated.pass_s(5)
    assert simulated.is_in(S.UNFIT)
    assert simulated.panel.look() == "fault"
    said = news.latest(data / "run" / "recorder.json")
    assert said is not None
    assert "No microphone" in said.because
    simulated.press()
    assert simulated.panel.sounds == ["refused"]
    simulated.room.plugged = True
    simulated.pass_s(1)
    assert simulated.is_in(S.READY)
    assert simulated.panel.look() == "dark"
    simulated.close()


def test_a_stuck_button_makes_the_box_unfit(simulated: SimulatedBox) -> None:
    simulated.panel.stuck = True
    simulated.pass_s(1)
    assert simulated.is_in(S.UNFIT)
    simulated.panel.stuck = False
    simulated.pass_s(1)
    assert simulated.is_in(S.READY)


def test_a_meeting_for_which_there_is_no_room_is_refused(data: Path) -> None:
    needed_hours = shutil.disk_usage(data).free / (3600 * RATE * 2 * 1.9) + 1
    asked = settings(data, longest_hours=0.5)
    simulated = SimulatedBox(dataclasses.replace(asked, meeting=Meeting(longest_hours=needed_hours)))
    simulated.pass_s(2)
    assert simulated.is_in(S.UNFIT)
    simulated.press()
    assert simulated.panel.sounds == ["refused"]
    assert Folders(data).every_meeting() == []
    simulated.close()


# --- time


def test_a_clock_that_is_set_during_the_meeting_is_a_mark_and_nothing_else(simulated: SimulatedBox) -> None:
    begin(simulated)
    simulated.clock.set_wall(-7200)
    simulated.pass_s(5)
    simulated.clock.trusted = True
    simulated.pass_s(5)
    assert marks(simulated) == ["started by the button", "the clock was changed", "the clock was changed"]
    assert gaps(simulated) == []
    assert set(lights(simulated)[-1:]) == {"steady"}


EXTREMES: list[dict[str, float]] = [
    {"longest_hours": 0.1},
    {"longest_hours": 12.0},
    {"admission_minutes": 60.0},
    {"start_by_itself_seconds": 60},
    {"start_by_itself_seconds": 900},
]


def light_of_a_story(settings: Settings) -> list[tuple[float, str]]:
    simulated = SimulatedBox(settings)
    simulated.until(S.READY)
    simulated.press()
    simulated.pass_s(40)
    simulated.press()
    simulated.pass_s(20)
    simulated.room.unplug()
    simulated.pass_s(10)
    simulated.room.plugged = True
    simulated.pass_s(10)
    simulated.hold()
    simulated.pass_s(30)
    simulated.press()
    simulated.pass_s(10)
    simulated.press()
    simulated.pass_s(5)
    simulated.press()
    simulated.pass_s(10)
    simulated.press()
    simulated.hold()
    simulated.pass_s(30)
    simulated.hold()
    simulated.pass_s(5)
    simulated.close()
    return [(round(at, 1), light) for at, light in simulated.panel.history]


def test_no_setting_changes_what_the_light_says(data: Path) -> None:
    """Every setting at each extreme, the same story, the same light."""
    usual = light_of_a_story(settings(data / "usual"))
    assert [light for _, light in usual].count("steady") == 4
    base = settings(data / "base")
    told = [light_of_a_story(settings(data / f"{n}", **meeting)) for n, meeting in enumerate(EXTREMES)]
    for n, (section, changes) in enumerate(SECTIONS):
        changed = dataclasses.replace(getattr(base, section), **changes)
        store = dataclasses.replace(base.store, data=str(data / f"section {n}"), run=str(data / f"run {n}"))
        parts: dict[str, Any] = {"store": store, section: changed}
        told.append(light_of_a_story(dataclasses.replace(base, **parts)))
    assert all(one == usual for one in told)


SECTIONS: list[tuple[str, dict[str, Any]]] = [
    ("room", {"name": "", "organisation": "x" * 200, "help_line": "y" * 200}),
    ("panel", {"button_pin": 2, "light_pin": 3, "buzzer_pin": 4}),
    ("panel", {"button_pin": 27, "light_pin": 26, "buzzer_pin": 25, "pin_factory": "rpigpio"}),
    ("microphone", {"channels": 8, "master_channel": 8}),
    ("microphone", {"device": "pcm:none"}),
    ("transcript", {"enabled": False}),
    ("transcript", {"language": "auto", "model": "/nowhere"}),
    ("web", {"host": "127.0.0.1", "port": 65535, "address": "http://10.41.0.1"}),
]
