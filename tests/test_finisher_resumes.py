"""A finisher that was stopped somewhere goes on there: nothing is done twice, nothing half made is given out."""

from contextlib import closing

from fake_recording import StillClock
from held_meetings import ALL, EVENTS, Held, contents, finish_all, finisher, held, idle, logged, offered

from appliance.recorder.spent_masters import let_go
from appliance.store import events, finish
from appliance.store.folders import Folders


def test_what_is_done_is_never_done_again(folders: Folders) -> None:
    meeting = held(folders, 5)
    finish_all(folders)
    for path in meeting.folder.copies.iterdir():
        path.unlink()  # whatever becomes of it: nobody shall get other bytes under the same name
    finish_all(folders)
    assert contents(meeting.folder) == {} and logged(meeting.folder) == EVENTS


def test_finished_meetings_are_not_looked_into(folders: Folders) -> None:
    meetings = [held(folders, 1, f"2026-03-02-000{n}") for n in range(3)]
    with finisher(folders) as one:
        idle(one)
        for meeting in meetings:
            meeting.folder.finish_db.write_bytes(b"not a database, and nobody should notice" * 99)
            meeting.folder.record_db.write_bytes(b"nor is this" * 999)
        assert idle(one) == 1


def test_what_a_crash_left_half_made_is_thrown_away(folders: Folders) -> None:
    meeting = held(folders, 3)
    meeting.folder.copies.mkdir()
    for name in (*ALL, "from-an-older-version.zip"):
        (meeting.folder.copies / f"{name}.partial").write_bytes(b"half")
    finish_all(folders)
    assert offered(meeting.folder) == ALL and sorted(contents(meeting.folder)) == sorted(ALL)


def test_a_file_that_got_its_name_just_before_a_crash_is_taken_as_it_is(folders: Folders) -> None:
    meeting = held(folders, 3)
    finish_all(folders)
    before = {path.name: path.stat().st_ino for path in meeting.folder.copies.iterdir()}
    for path in meeting.folder.path.glob("finish.db*"):
        path.unlink()
    finish_all(folders)
    assert {path.name: path.stat().st_ino for path in meeting.folder.copies.iterdir()} == before
    assert offered(meeting.folder) == ALL


def test_with_the_master_gone_too_the_copies_are_taken_as_they_are(folders: Folders) -> None:
    meeting = held(folders, 3)
    finish_all(folders)
    before = contents(meeting.folder)
    assert let_go(folders) == [meeting.folder.id]
    for path in meeting.folder.path.glob("finish.db*"):
        path.unlink()
    finish_all(folders)
    assert contents(meeting.folder) == before and offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS


def test_an_event_that_was_logged_just_before_a_crash_is_not_logged_again(folders: Folders) -> None:
    meeting = held(folders, 3)
    with closing(finish.own(meeting.folder)) as db:
        events.log(db, StillClock(), "small copy ready")
    finish_all(folders)
    assert logged(meeting.folder) == EVENTS and offered(meeting.folder) == ALL


def test_a_meeting_deleted_in_between_is_forgotten(folders: Folders) -> None:
    gone, other = Held(folders, "2026-03-03-G0NE"), held(folders, 3)
    gone.talk(3)
    with finisher(folders) as one:
        idle(one)
        gone.close()
        for path in sorted(gone.folder.path.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        gone.folder.path.rmdir()
        idle(one)
    assert not gone.folder.path.exists() and offered(other.folder) == ALL
