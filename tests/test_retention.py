"""When a meeting is to be deleted: by its promise, by a clock that can be trusted, and never against a hold."""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from held_meetings import Held, chosen, finish_all, held

from appliance import holding, retention
from appliance.evidence import key
from appliance.evidence.tombstone import Remains
from appliance.finisher import burial
from appliance.finisher.retention import LOOK_S, Deletions
from appliance.retention import Promise
from appliance.store import box, database, operator, record, room
from appliance.store.folders import Folders, MeetingFolder, TombstoneFolder

pytestmark = pytest.mark.pure
DAY = 24 * 3600.0
ENDED = "2026-03-02T10:00:00.000Z"  # as held_meetings seals it, to be kept for 90 days
PROMISED = datetime.fromisoformat("2026-05-31T10:00:00Z")


@pytest.mark.parametrize(
    ("ended", "days", "seen", "freed", "on"),
    [
        (ENDED, 90, None, None, "2026-05-31T10:00:00Z"),
        (ENDED, 1, "2026-04-01T00:00:00Z", None, "2026-03-03T10:00:00Z"),  # the promise counts, not who saw it
        (None, 90, None, None, None),
        (None, 90, "2026-03-05T08:00:00Z", None, "2026-06-03T08:00:00Z"),
        (ENDED, 90, None, "2026-03-10T10:00:00Z", "2026-05-31T10:00:00Z"),  # lifted long before
        (ENDED, 90, None, "2026-05-30T10:00:00Z", "2026-06-06T10:00:00Z"),
        (ENDED, 90, None, "2027-05-30T10:00:00Z", "2027-06-06T10:00:00Z"),
        (None, 90, None, "2027-05-30T10:00:00Z", None),
    ],
)
def test_the_day(ended: str | None, days: int, seen: str | None, freed: str | None, on: str | None) -> None:
    promise = Promise(datetime.fromisoformat(ended) if ended else None, days)
    assert retention.due(promise, seen, freed) == (datetime.fromisoformat(on) if on else None)


def test_the_promise_is_what_was_signed_and_without_that_what_the_settings_say() -> None:
    sealed = {"ended": {"time": ENDED, "clock": "rtc"}, "keep_days": 30}
    assert retention.promised(sealed, 90) == Promise(datetime.fromisoformat(ENDED), 30)
    sealed["ended"] = {"time": ENDED, "clock": "unknown"}
    assert retention.promised(sealed, 90) == Promise(None, 30)
    assert retention.promised(None, 90) == Promise(None, 90)


class Box:
    """A box with one finished meeting, whose finisher looks every ten minutes at what is due."""

    def __init__(self, folders: Folders) -> None:
        self.folders, self.clock = folders, FakeClock()
        self.clock.trusted = True
        (self.meeting,) = folders.every_meeting()
        self.settings = chosen(folders)
        self.key = key.load(folders.evidence)
        self.begin()

    def begin(self) -> None:
        """A life of the finisher."""
        self.deletions = Deletions(self.folders, self.clock, keep_days=90)

    def is_at(self, moment: datetime) -> None:
        self.clock.set_wall((moment - self.clock.wall()).total_seconds())

    def looks(self, times: int = 2) -> bool:
        """Whether the meeting is gone after so many looks."""
        for _ in range(times):
            self.deletions.look(self.key)
            self.clock.pass_s(LOOK_S)
        return self.folders.tombstone(self.meeting.id).stands


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    folders = Folders(tmp_path_factory.mktemp("made") / "data")
    folders.prepare()
    with closing(box.own(folders)):
        held(folders, 2.5)
        finish_all(folders)
    return folders


@pytest.fixture
def folders(made: Folders, tmp_path: Path) -> Folders:
    shutil.copytree(made.data, tmp_path / "data")
    return Folders(tmp_path / "data")


@pytest.fixture
def one(folders: Folders) -> Box:
    return Box(folders)


def test_it_goes_on_its_day_and_not_an_hour_before(one: Box) -> None:
    one.is_at(PROMISED - timedelta(hours=1))
    assert not one.looks(3)
    one.clock.pass_s(3600)
    assert not one.looks(1)  # a second look must find the same
    assert one.looks(1)


def test_without_a_clock_that_can_be_trusted_nothing_goes(one: Box) -> None:
    one.clock.trusted = False
    one.is_at(PROMISED + timedelta(days=3650))
    assert not one.looks(5)
    one.clock.trusted = True
    assert one.looks()


def test_a_clock_set_wrong_for_a_moment_deletes_nothing(one: Box) -> None:
    one.is_at(PROMISED - timedelta(days=30))
    for _ in range(3):
        one.clock.set_wall(60 * DAY)
        assert not one.looks(1)
        one.clock.set_wall(-60 * DAY)
        assert not one.looks(1)


def test_a_clock_set_back_only_delays(one: Box) -> None:
    one.is_at(PROMISED + timedelta(days=1))
    assert not one.looks(1)
    one.clock.set_wall(-400 * DAY)
    assert not one.looks(4)
    one.is_at(PROMISED + timedelta(days=1))
    assert one.looks()


def test_where_the_end_has_no_trusted_time_the_days_count_from_the_first_sight(folders: Folders) -> None:
    one = Box(folders)
    unsure = held(folders, 1.5, "2026-03-02-ABCD").folder
    with closing(record.own(unsure)) as db, db.conn:
        db.conn.execute("DELETE FROM statements")  # as on a box without a key: the settings' 90 days hold
    one.meeting = unsure
    one.is_at(PROMISED)
    assert not one.looks()
    one.begin()  # a restart forgets nothing
    one.clock.pass_s(89.9 * DAY)
    assert not one.looks()
    one.clock.pass_s(0.2 * DAY)
    assert one.looks()


def test_a_meeting_that_goes_on_is_never_touched(folders: Folders) -> None:
    one = Box(folders)
    running = Held(folders, "2026-03-02-ABCD")
    running.talk(3)
    one.meeting = running.folder
    one.is_at(PROMISED + timedelta(days=3650))
    assert not one.looks(4) and running.folder.master.exists()
    running.close()


def test_a_meeting_that_the_list_calls_open_is_never_touched(one: Box) -> None:
    with closing(box.own(one.folders)) as db:
        box.add_meeting(db, one.meeting.id, ENDED, "synchronised")
        box.set_state(db, box.BoxState("recording", 1.0, ENDED, "boot", "", one.meeting.id))
    one.is_at(PROMISED + timedelta(days=3650))
    assert not one.looks(4)


def test_without_a_key_nothing_could_show_that_it_was_deleted(one: Box) -> None:
    one.is_at(PROMISED + timedelta(days=1))
    for _ in range(4):
        assert one.deletions.look(None) == []
        one.clock.pass_s(LOOK_S)
    assert not one.folders.tombstone(one.meeting.id).is_begun


def test_a_hold_of_a_holder_keeps_it_and_seven_days_more(one: Box) -> None:
    one.is_at(PROMISED - timedelta(days=1))
    with closing(room.own(one.meeting)) as db:
        room.add_hold(db, 1, "Blue Wren", "appeal", "2026-05-30T10:00:00.000Z")
    one.clock.pass_s(100 * DAY)
    assert not one.looks(4)
    with closing(room.own(one.meeting)) as db:
        room.lift_holds(db, 1, "2020-01-01T00:00:00.000Z")  # whatever the page's clock says
    assert not one.looks()
    one.clock.pass_s(6.9 * DAY)
    one.begin()
    assert not one.looks()
    one.clock.pass_s(0.2 * DAY)
    assert one.looks()


def test_an_operator_holds_and_lifts_too(one: Box) -> None:
    one.is_at(PROMISED + timedelta(days=1))
    holding.ask(one.settings, one.clock, one.meeting.id, "Legal team", "court order 12/26")
    assert not one.looks(4)
    holding.lift(one.settings, one.clock, one.meeting.id, "Legal team", "the court has it")
    assert not one.looks()
    one.clock.pass_s(7.1 * DAY)
    assert one.looks()


def test_a_second_hold_counts_after_the_first_was_lifted(one: Box) -> None:
    one.is_at(PROMISED + timedelta(days=1))
    for _ in range(3):
        holding.ask(one.settings, one.clock, one.meeting.id, "Legal team", "court order 12/26")
        assert not one.looks()
        holding.lift(one.settings, one.clock, one.meeting.id, "Legal team", "the court has it")
        one.clock.pass_s(6.9 * DAY)
        assert not one.looks()
    one.clock.pass_s(7 * DAY)
    assert one.looks()


@pytest.mark.parametrize("whose", ["room", "operator"])
@pytest.mark.parametrize("damage", ["garbage", "locked", "empty"])
def test_where_holds_cannot_be_read_nothing_goes(
    one: Box, whose: str, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = one.meeting.room_db if whose == "room" else one.folders.operator_db
    database.close(room.own(one.meeting) if whose == "room" else operator.own(one.folders))
    whole = path.read_bytes()
    one.is_at(PROMISED + timedelta(days=1))
    if damage == "locked":
        locking = sqlite3.connect(path, isolation_level=None)
        locking.execute("BEGIN EXCLUSIVE")
        assert not one.looks(3)
        locking.close()
    else:
        path.write_bytes(b"no database at all" * 300 if damage == "garbage" else b"")
        assert not one.looks(3)
        path.write_bytes(whole)
    assert capsys.readouterr().err.count(f"Meeting {one.meeting.id} is not deleted") == 1
    assert one.looks()


def test_a_hold_in_the_last_moment_is_in_time(one: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for between the finisher's decision and its signature."""
    dig = burial.dig

    def while_it_digs(folder: MeetingFolder, grave: TombstoneFolder) -> Remains:
        found = dig(folder, grave)
        with closing(room.own(folder)) as db:
            room.add_hold(db, 1, "Blue Wren", "wait", "2026-05-30T10:00:00.000Z")
        return found

    monkeypatch.setattr(burial, "dig", while_it_digs)
    one.is_at(PROMISED + timedelta(days=1))
    assert not one.looks(3)
    assert not one.folders.tombstone(one.meeting.id).is_begun
    assert (one.meeting.copies / "bundle.zip").exists()
