"""The log: every service's events in one tree, whose head stands in the seal; nobody's file can hold it up."""

import sqlite3
from pathlib import Path

import pytest
from fake_clock import FakeClock
from held_meetings import chosen, finish_all, held

from appliance import holding
from appliance.evidence import merkle
from appliance.recorder.disk import Disk
from appliance.recorder.log import Log, leaf
from appliance.recorder.meetings import Meetings
from appliance.store import box, events, finish, operator, record, tickets, transcript
from appliance.store.database import opened
from appliance.store.folders import Folders

pytestmark = pytest.mark.pure


def happened(folders: Folders) -> dict[str, list[events.Numbered]]:
    """Every event in every file."""
    found = {}
    sources = {"box": box.read(folders), "tickets": tickets.read(folders), "operator": operator.read(folders)}
    for one in folders.every_meeting():
        for module in (record, transcript, finish):
            name = module.__name__.rpartition(".")[2]
            sources[f"{one.id}/{name}"] = module.read(one)
    for source, db in sources.items():
        with opened(db):
            found[source] = list(events.since(db, 0)) if db else []
    return found


def rows(folders: Folders) -> list[tuple[str, int, bytes, bytes]]:
    with opened(box.read(folders)) as db:
        assert db is not None
        return list(db.conn.execute("SELECT source, event, salt, leaf FROM log ORDER BY number"))


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "data")
    made.prepare()
    return made


def test_every_event_of_everybody_is_in_the_log_once(folders: Folders) -> None:
    held(folders, 1.5)
    finish_all(folders)
    db = box.own(folders)
    events.log(db, FakeClock(), "ready")
    holding.ask(chosen(folders), FakeClock(), "2026-03-02-K7QF", "Legal team", "court order")
    log = Log(db, folders)
    for _ in range(3):
        log.follow()
    logged = rows(folders)
    wanted = {(source, one.id) for source, found in happened(folders).items() for one in found}
    assert {(source, event) for source, event, _, _ in logged} == wanted
    assert len(wanted) == len(logged) > 5
    assert log.head() == {"size": len(logged), "root": merkle.root(row[3] for row in logged).hex()}
    assert len({row[2] for row in logged}) == len(logged)  # no salt twice


def test_each_leaf_is_that_of_its_event_and_of_no_other(folders: Folders) -> None:
    held(folders, 1.5)
    finish_all(folders)
    Log(box.own(folders), folders).follow()
    told = happened(folders)
    for source, event, salt, logged in rows(folders):
        found = next(one for one in told[source] if one.id == event)
        assert leaf(source, found, salt) == logged
        changed = events.Numbered(found.id, found.wall, f"{found.event}!", found.detail)
        assert leaf(source, changed, salt) != logged


def test_it_goes_on_after_a_restart(folders: Folders) -> None:
    db = box.own(folders)
    events.log(db, FakeClock(), "one")
    Log(db, folders).follow()
    events.log(db, FakeClock(), "two")
    again = Log(db, folders)
    again.follow()
    assert again.head()["size"] == 2
    assert again.head() == Log(db, folders).head()


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + bytes(200)])
def test_nobodys_file_can_hold_it_up(folders: Folders, damage: bytes) -> None:
    meeting = held(folders, 1.5).folder
    meeting.transcript_db.write_bytes(damage)
    db = box.own(folders)
    events.log(db, FakeClock(), "ready")
    log = Log(db, folders)
    log.follow()
    assert log.head()["size"] == 1  # this one's record has no events


def test_who_locks_a_file_is_not_waited_for(folders: Folders) -> None:
    meeting = held(folders, 1.5).folder
    finish_all(folders)
    lock = sqlite3.connect(meeting.finish_db, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    log = Log(box.own(folders), folders)
    log.follow()
    before = log.head()["size"]
    lock.execute("ROLLBACK")
    lock.close()
    log.follow()
    assert log.head()["size"] > before


def test_its_head_stands_in_what_is_signed(folders: Folders) -> None:
    db = box.own(folders)
    events.log(db, FakeClock(), "ready")
    meetings = Meetings(db, folders, FakeClock(), 16000, Disk(folders.data), lambda: None)
    meetings.open()
    assert meetings.id is not None
    meetings.end("held, not recorded")
    assert meetings.log.head()["size"] == 1
