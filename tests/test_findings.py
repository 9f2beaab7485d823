"""What a recorder makes of what the last one left, after a crash and after a power cut."""

import pytest
from fake_clock import FakeClock
from test_master import RATE, noise
from test_recording import Meeting

from appliance.evidence.claims import Moment
from appliance.recorder.disk import Disk
from appliance.recorder.findings import cause, finding
from appliance.recorder.machine import Event, State
from appliance.recorder.meetings import CROCKFORD, Meetings, new_id
from appliance.store import box, record, wav
from appliance.store.box import BoxState
from appliance.store.folders import Folders

pytestmark = pytest.mark.pure

BOOT = FakeClock().boot


def left(state: State, since: float = 900.0, boot: str | None = None) -> BoxState:
    return BoxState(state, since, "2026-11-23T10:02:00Z", boot or BOOT, "", "2026-11-23-K7QF")


@pytest.mark.parametrize(
    ("state", "fresh", "stale", "other_boot"),
    [
        (State.RECORDING, Event.FOUND_RECORDING, Event.FOUND_STALE, Event.FOUND_STALE),
        (State.INTERRUPTED, Event.FOUND_RECORDING, Event.FOUND_STALE, Event.FOUND_STALE),
        (State.PAUSED, Event.FOUND_PAUSED, Event.FOUND_STALE, Event.FOUND_STALE),
        (State.PAUSED_LONG, Event.FOUND_STALE, Event.FOUND_STALE, Event.FOUND_STALE),
        (State.NOTICE_AGAIN, Event.FOUND_STALE, Event.FOUND_STALE, Event.FOUND_STALE),
        (State.STOPPING, Event.FOUND_STOPPING, Event.FOUND_STOPPING, Event.FOUND_STOPPING),
        (State.NOTICE, Event.FOUND_NOTICE, Event.FOUND_NOTICE, Event.FOUND_OLD_NOTICE),
        (State.ENDED, Event.FOUND_ENDED, Event.FOUND_ENDED, Event.FOUND_NOTHING),
    ],
)
def test_only_a_recording_of_the_last_two_minutes_of_this_boot_goes_on_alone(
    state: State, fresh: Event, stale: Event, other_boot: Event
) -> None:
    assert finding(left(state), BOOT, 1120.0, 1000.0) is fresh
    assert finding(left(state), BOOT, 1120.1, 1000.0) is stale
    assert finding(left(state, boot="another"), BOOT, 1001.0, None) is other_boot


def test_a_recording_without_a_second_counts_from_the_press() -> None:
    assert finding(left(State.RECORDING, since=900), BOOT, 1020.0, None) is Event.FOUND_RECORDING
    assert finding(left(State.RECORDING, since=900), BOOT, 1020.1, None) is Event.FOUND_STALE


def test_a_box_without_a_meeting_begins_anew() -> None:
    assert finding(None, BOOT, 5.0, None) is Event.FOUND_NOTHING
    assert finding(BoxState("ready", 1.0, "", BOOT, "", None), BOOT, 5.0, None) is Event.FOUND_NOTHING


def test_the_gap_is_put_down_to_what_caused_it() -> None:
    assert cause(left(State.RECORDING), BOOT) == "the recorder restarted"
    assert cause(left(State.RECORDING, boot="another"), BOOT) == "power cut or restart of the box"
    assert cause(left(State.PAUSED, boot="another"), BOOT) == "paused"


def meetings_of(folders: Folders) -> Meetings:
    return Meetings(box.own(folders), folders, FakeClock(), 16000, Disk(folders.data), lambda: None)


def endings(folders: Folders) -> list[str | None]:
    db = box.read(folders)
    assert db is not None
    return [one.ended_because for one in box.meetings(db)]


def test_the_meeting_that_was_left_is_opened_again_and_all_others_are_ended(folders: Folders) -> None:
    meetings = meetings_of(folders)
    meetings.open()
    meetings.close()
    meetings.open()
    meetings.close()
    again = meetings_of(folders)
    again.come_back(meetings.id)
    assert again.id == meetings.id
    assert again.recording is not None
    assert endings(folders) == [None, "ended by a restart"]


def test_a_meeting_that_a_crash_kept_from_getting_its_folder_is_ended(folders: Folders) -> None:
    db = box.own(folders)
    box.add_meeting(db, "2026-11-23-K7QF", "10:02", "unknown")
    meetings_of(folders).come_back(None)
    assert endings(folders) == ["its folder is gone"]


def test_a_meeting_whose_record_has_ended_never_goes_on(folders: Folders) -> None:
    meetings = meetings_of(folders)
    meetings.open()
    assert meetings.recording is not None
    meetings.recording.end(
        Moment("2026-11-23T10:00:00.000Z", "unknown"), "stopped by the button"
    )  # killed before the list says so too
    meetings.recording.close()
    again = meetings_of(folders)
    again.come_back(meetings.id)
    assert endings(folders) != [None]
    assert again.recording is None


def test_ending_and_leaving_without_a_meeting_is_nothing(folders: Folders) -> None:
    meetings = meetings_of(folders)
    meetings.end("stopped by the button")
    meetings.leave()
    meetings.close()
    assert endings(folders) == []


def test_the_name_of_a_meeting_can_be_read_out_on_the_telephone() -> None:
    name = new_id(FakeClock())
    assert name.startswith("2026-11-23-")
    assert len(name) == 15
    assert set(name[-4:]) <= set(CROCKFORD)
    assert not set("ILOU") & set(CROCKFORD)


@pytest.fixture
def meeting(folders: Folders) -> Meeting:
    return Meeting(folders.make_meeting("2026-11-23-K7QF"))


@pytest.mark.parametrize("first", [0, 1, 3])
def test_rows_that_a_crash_lost_are_made_again_from_the_sound(meeting: Meeting, first: int) -> None:
    meeting.feed(noise(4))
    before = meeting.rows
    meeting.recording.close()
    meeting.changed(f"DELETE FROM seconds WHERE number >= {first}")
    meeting.reopened()
    assert [row.leaf for row in meeting.rows] == [row.leaf for row in before]


def test_rows_without_sound_are_forgotten(meeting: Meeting) -> None:
    meeting.feed(noise(4))
    meeting.recording.close()
    with meeting.folder.master.open("r+b") as file:
        file.truncate(wav.HEADER_BYTES + 2 * RATE * 2 + 100)
    meeting.reopened()
    assert [row.number for row in meeting.rows] == [0, 1]


def test_a_gap_whose_zeros_a_crash_kept_out_is_put_in(meeting: Meeting) -> None:
    meeting.feed(noise(2))
    meeting.recording.close()
    db = record.own(meeting.folder)
    record.add_gap(db, 2 * RATE, 5 * RATE, "the recorder restarted")
    db.conn.close()
    meeting.reopened()
    assert wav.samples(meeting.folder.master) == 7 * RATE
    assert wav.pcm(meeting.folder.master, 2 * RATE, 5 * RATE) == bytes(10 * RATE)
    assert len(meeting.rows) == 7


def test_after_a_power_cut_with_an_untrusted_clock_ten_seconds_stand_for_the_gap(meeting: Meeting) -> None:
    meeting.feed(noise(2))
    meeting.recording.close()
    meeting.changed("UPDATE captures SET boot_id = 'another boot'")
    meeting.clock.pass_s(-10_000)
    meeting.reopened()
    meeting.feed(noise(1), "power cut or restart of the box")
    assert [(gap.samples, gap.length_known) for gap in meeting.gaps] == [(10 * RATE, False)]


def test_after_a_power_cut_with_a_trusted_clock_the_gap_is_as_long_as_it_was(meeting: Meeting) -> None:
    meeting.clock.trusted = True
    meeting.feed(noise(2))
    meeting.recording.close()
    meeting.changed("UPDATE captures SET boot_id = 'another boot'")
    meeting.clock.pass_s(90)
    meeting.reopened()
    meeting.feed(noise(1), "power cut or restart of the box")
    (gap,) = meeting.gaps
    assert gap.length_known
    assert abs(gap.samples / RATE - 90) < 0.3


def test_after_a_crash_in_the_same_boot_the_gap_is_the_time_without_sound(meeting: Meeting) -> None:
    meeting.feed(noise(2.5))
    assert meeting.recording.last_sample_at == pytest.approx(meeting.clock.monotonic())
    meeting.clock.pass_s(7.5)
    meeting.reopened()  # nothing was closed before
    assert meeting.recording.last_sample_at == pytest.approx(meeting.clock.monotonic() - 7.5)
    meeting.feed(noise(1, seed=2), "the recorder restarted")
    assert [(gap.first_sample, gap.samples) for gap in meeting.gaps] == [(round(2.5 * RATE), round(7.5 * RATE))]
    assert meeting.durable[-1] == 11 * RATE


def test_a_gap_of_which_only_a_part_is_in_the_file_is_made_whole_once(meeting: Meeting) -> None:
    meeting.feed(noise(1.5))
    meeting.recording.close()
    db = record.own(meeting.folder)
    record.add_gap(db, round(1.5 * RATE), 4 * RATE, "paused")
    db.conn.close()
    with meeting.folder.master.open("ab") as file:
        file.write(bytes(2 * RATE))
    for _ in range(2):
        meeting.reopened().close()
        assert wav.samples(meeting.folder.master) == round(5.5 * RATE)
        assert len(meeting.rows) == 5
