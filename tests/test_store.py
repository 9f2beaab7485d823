"""The files that services meet at: one writer, many readers, and nothing half done."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils.migrations import Migrations

from appliance.errors import DataNotWritable
from appliance.store import box, database, finish, migrations, record, room, tickets, transcript
from appliance.store.folders import Folders, MeetingFolder

pytestmark = pytest.mark.pure

NOBODY = 65534
SETS = [
    migrations.box,
    migrations.tickets,
    migrations.record,
    migrations.transcript,
    migrations.room,
    migrations.finish,
    migrations.seats,
    migrations.operator,
]


@pytest.fixture
def meeting(folders: Folders) -> MeetingFolder:
    return folders.make_meeting("2026-11-23-K7QF")


@pytest.mark.parametrize("tables", SETS, ids=lambda one: one.name)
def test_every_table_is_strict_and_migrating_twice_is_migrating_once(tmp_path: Path, tables: Migrations) -> None:
    for _ in range(2):
        db = database.own(tmp_path / "some.db", tables)
        names = [name for name in db.table_names() if not name.startswith("_")]
        assert "events" in names
        assert all(db.table(name).strict for name in names)
        db.conn.close()


def test_what_its_owner_has_not_made_yet_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    assert database.read(path) is None
    path.write_bytes(b"")
    assert database.read(path) is None
    half = sqlite3.connect(path)
    half.execute("CREATE TABLE meetings (id)")
    half.commit()
    half.close()
    assert database.read(path) is None


def test_a_reader_cannot_write(meeting: MeetingFolder) -> None:
    owner = record.own(meeting)
    reader = record.read(meeting)
    assert reader is not None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        record.end(reader, 1, "now")
    owner.conn.close()


def test_a_file_that_was_closed_can_be_read_by_a_user_who_may_write_nothing(short_tmp: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    short_tmp.chmod(0o755)
    folder = short_tmp / "meeting"
    folder.mkdir(mode=0o755)
    made = MeetingFolder(folder)
    owner = record.own(made)
    record.describe(owner, "2026-11-23-K7QF", 16000, "1")
    database.close(owner)
    made.record_db.chmod(0o644)
    child = os.fork()
    if child == 0:  # nothing but exit codes comes back from here
        try:
            os.setuid(NOBODY)
            reader = record.read(made)
            os._exit(0 if reader is not None and record.described(reader) is not None else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_passage_is_written_whole_or_not_at_all(meeting: MeetingFolder) -> None:
    db = transcript.own(meeting)
    passage = transcript.Passage(0, 320_000, 12.5, 1.0, "base")
    good = transcript.Line(0.5, 2.0, "Good morning.", "en", ())
    bad = transcript.Line(2.0, 3.0, None, "en", ())  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        transcript.add_passage(db, passage, [good, bad])
    assert list(transcript.lines(db)) == []
    assert transcript.cursor(db) == transcript.Cursor(0, complete=False)
    transcript.add_passage(db, passage, [good])
    assert [line.text for line in transcript.lines(db)] == ["Good morning."]
    assert transcript.cursor(db).transcribed == 320_000


def test_a_step_and_its_copies_are_written_together(meeting: MeetingFolder) -> None:
    db = finish.own(meeting)
    copy = finish.Copy("recording.mp3", "audio/mpeg", 5, "ab", "now")
    with pytest.raises(sqlite3.IntegrityError):
        finish.add_step(db, "small copy", "now", [copy, copy])
    assert finish.steps(db) == set()
    assert list(finish.copies(db)) == []


def test_only_hashes_of_tickets_are_kept(folders: Folders) -> None:
    db = tickets.own(folders)
    secret = tickets.Secret(b"t" * 32, b"c" * 32)
    tickets.add(db, meeting="M", secret=secret, pseudonym="Blue Heron", wall="now")
    by_token, by_code = tickets.by_hash(db, b"t" * 32), tickets.by_hash(db, b"c" * 32)
    assert by_token == by_code
    assert by_token is not None
    assert by_token.pseudonym == "Blue Heron"
    assert tickets.by_hash(db, b"x" * 32) is None


def test_a_copy_is_collected_once(meeting: MeetingFolder) -> None:
    db = room.own(meeting)
    assert room.collect(db, 1, "recording.mp3", "now")
    assert not room.collect(db, 1, "recording.mp3", "later")
    assert room.collectors(db) == {1}


def test_a_meeting_ends_once(folders: Folders) -> None:
    db = box.own(folders)
    box.add_meeting(db, "M", "10:02", "unknown")
    box.end_meeting(db, "M", "11:00", "stopped by the button")
    box.end_meeting(db, "M", "12:00", "ended by a restart")
    assert [(one.ended_wall, one.ended_because) for one in box.meetings(db)] == [("11:00", "stopped by the button")]


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "some.db").write_bytes(b"These are the minutes. " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        database.read(tmp_path / "some.db")


def test_an_owner_syncs_each_commit_and_heeds_references(folders: Folders) -> None:
    db = box.own(folders)
    assert db.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.conn.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    with pytest.raises(sqlite3.IntegrityError):
        box.set_state(db, box.BoxState("notice", 1.0, "now", "boot", "", "no such meeting"))


def test_after_the_seconds_each_commit_is_synced_again(meeting: MeetingFolder) -> None:
    db = record.own(meeting)
    record.add_seconds(db, [record.Second(0, 16000, b"leaf", -40.0, 90, 0)])
    assert db.conn.execute("PRAGMA synchronous").fetchone() == (2,)
    with pytest.raises(sqlite3.IntegrityError):
        record.add_seconds(db, [record.Second(1, 16000, None, -40.0, 90, 0)])  # type: ignore[arg-type]
    assert db.conn.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_closed_file_is_one_file_even_if_somebody_had_read_it(meeting: MeetingFolder) -> None:
    owner, reader = record.own(meeting), record.read(meeting)
    record.describe(owner, meeting.id, 16000, "1")
    assert reader is not None
    reader.conn.close()
    database.close(owner)
    assert [path.name for path in meeting.path.iterdir()] == ["record.db"]


def test_a_file_can_be_closed_while_somebody_reads_it(meeting: MeetingFolder) -> None:
    owner, reader = record.own(meeting), record.read(meeting)
    assert reader is not None
    reader.conn.execute("BEGIN")
    assert record.described(reader) is None
    record.describe(owner, meeting.id, 16000, "1")
    database.close(owner)
    reader.conn.close()
    with database.opened(record.read(meeting)) as again:
        assert again is not None
        assert record.described(again) is not None


def test_describing_twice_keeps_the_first(meeting: MeetingFolder) -> None:
    db = record.own(meeting)
    assert record.extent(meeting) is None
    record.describe(db, meeting.id, 16000, "1")
    record.describe(db, meeting.id, 48000, "2")
    assert record.described(db) == record.Described(meeting.id, 16000, "s16le", "1", None, None)
    assert record.extent(meeting) == record.Extent(16000, 0, ended=False)


def test_a_meetings_folder_is_made_once_and_shared_with_the_group(folders: Folders) -> None:
    made = folders.make_meeting("2026-11-23-K7QF")
    assert made.path.stat().st_mode & 0o7777 == 0o3770
    with pytest.raises(FileExistsError):
        folders.make_meeting("2026-11-23-K7QF")
    assert folders.every_meeting() == [made]


def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataNotWritable, match="cannot be written"):
        Folders(tmp_path / "file").prepare()


def test_a_file_whose_owner_was_killed_between_two_ways_of_writing_is_mended_by_its_owner(
    tmp_path: Path, meeting: MeetingFolder
) -> None:
    """The kill leaves a journal to be rolled back, which a reader may not do: to it the file is out of reach."""
    db = finish.own(meeting)
    finish.add_step(db, "flac", "2026-11-23T10:00:00.000Z")
    database.close(db)
    writer = sqlite3.connect(meeting.finish_db, isolation_level=None)
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("BEGIN")
    for number in range(2000):
        writer.execute("INSERT INTO steps VALUES (?, ?)", (f"half {number}", "x" * 100))
    left = MeetingFolder(tmp_path / "left")
    left.path.mkdir()
    for part in (meeting.finish_db, meeting.finish_db.with_name("finish.db-journal")):
        (left.path / part.name).write_bytes(part.read_bytes())
    writer.execute("ROLLBACK")
    writer.close()
    assert finish.read(left) is None
    assert not finish.master_may_go(left)
    database.close(finish.own(left))
    mended = finish.read(left)
    assert mended is not None
    assert finish.steps(mended) == {"flac"}
