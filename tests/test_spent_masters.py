"""The recorder removes a master only when its lossless copy was compared, read back, and nobody needs the WAV."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import soundfile
from held_meetings import ALL, EVENTS, RATE, Held, contents, finish_all, held, logged, offered
from sound_of import Kept

from appliance.recorder.spent_masters import let_go
from appliance.store import finish, wav
from appliance.store.folders import Folders

FLAC = "recording.flac"


def finished(folders: Folders, meeting: str = "2026-03-02-K7QF") -> Held:
    made = held(folders, 3.5, meeting)
    finish_all(folders)
    return made


def test_a_master_goes_once_and_every_copy_stays_the_same(folders: Folders) -> None:
    meeting = held(folders, 42.25)
    heard = wav.pcm(meeting.folder.master, 0, meeting.samples)
    finish_all(folders)
    before = contents(meeting.folder)
    assert let_go(folders) == [meeting.folder.id]
    assert not meeting.folder.master.exists()
    assert let_go(folders) == []
    finish_all(folders)
    assert contents(meeting.folder) == before and offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS
    sound, _ = soundfile.read(meeting.folder.copies / FLAC, dtype="int16")
    assert sound.tobytes() == heard


def test_the_sound_is_held_against_the_room_as_before(folders: Folders, tmp_path: Path) -> None:
    meeting, room = held(folders, 42.25), tmp_path / "room.pcm"
    room.write_bytes(wav.pcm(meeting.folder.master, 0, meeting.samples))
    finish_all(folders)
    kept = Kept(meeting.folder, room)
    for _ in range(2):
        assert kept.is_true_to_the_room() and kept.every_second_has_its_leaf()
        assert len(kept.master) == meeting.samples
        let_go(folders)
    assert not meeting.folder.master.exists()


def test_a_meeting_without_transcript_lets_go_where_the_box_writes_none(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    finish_all(folders)
    assert let_go(folders) == [] and meeting.folder.master.exists()  # the transcript will be written
    finish_all(folders, transcribing=False)
    assert let_go(folders) == [meeting.folder.id]


def test_a_meeting_that_goes_on_keeps_its_master(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    finish_all(folders)
    with closing(finish.own(meeting.folder)) as db:  # whatever stands in the file of another
        finish.add_step(db, finish.MASTER_MAY_GO, "now", [finish.Copy(FLAC, "audio/flac", 4, "", "now")])
    (meeting.folder.copies / FLAC).write_bytes(b"fLaC")
    assert let_go(folders) == []
    meeting.end()
    assert let_go(folders) == [meeting.folder.id]


def missing(flac: Path) -> None:
    flac.unlink()


def shorter(flac: Path) -> None:
    os.truncate(flac, flac.stat().st_size - 1)


def longer(flac: Path) -> None:
    with flac.open("ab") as file:
        file.write(b"\0")


@pytest.mark.parametrize("spoil", [missing, shorter, longer])
def test_where_the_copy_is_not_as_it_was_the_master_stays(folders: Folders, spoil: Callable[[Path], None]) -> None:
    bad, good = finished(folders, "2026-03-03-BAD0"), finished(folders, "2026-03-02-G00D")
    spoil(bad.folder.copies / FLAC)
    assert let_go(folders) == [good.folder.id]
    assert let_go(folders) == []
    assert wav.samples(bad.folder.master) == round(3.5 * RATE)


def test_a_copy_that_was_never_read_back_is_not_enough(folders: Folders) -> None:
    meeting = finished(folders)
    with closing(finish.own(meeting.folder)) as db, db.conn:
        db.conn.execute("DELETE FROM steps WHERE step = ?", (finish.MASTER_MAY_GO,))
    assert let_go(folders) == []
    finish_all(folders)
    assert let_go(folders) == [meeting.folder.id]


def test_a_copy_that_differed_is_not_enough(folders: Folders) -> None:
    meeting = held(folders, 3)
    meeting.spoil(1)
    finish_all(folders)
    assert let_go(folders) == [] and meeting.folder.master.exists()


@pytest.mark.parametrize("name", ["record.db", "finish.db"])
def test_a_locked_file_is_tried_again(folders: Folders, name: str) -> None:
    bad, good = finished(folders, "2026-03-03-BAD0"), finished(folders, "2026-03-02-G00D")
    with closing(sqlite3.connect(bad.folder.path / name)) as somebody:
        somebody.execute("BEGIN EXCLUSIVE")
        assert let_go(folders) == [good.folder.id]
    assert let_go(folders) == [bad.folder.id]


@pytest.mark.parametrize("name", ["record.db", "finish.db"])
@pytest.mark.parametrize("content", [b"", b"not a database" * 999, None])
def test_a_file_that_cannot_be_read_keeps_the_master_and_no_other_meeting(
    folders: Folders, name: str, content: bytes | None, capfd: pytest.CaptureFixture[str]
) -> None:
    bad, good = finished(folders, "2026-03-03-BAD0"), finished(folders, "2026-03-02-G00D")
    if content is None:
        (bad.folder.path / name).unlink()
    else:
        (bad.folder.path / name).write_bytes(content)
    assert let_go(folders) == [good.folder.id]
    assert bad.folder.master.exists()
    said = "The master of meeting 2026-03-03-BAD0 was not removed: file is not a database\n"
    assert capfd.readouterr().err == (said if content else "")


def test_meetings_whose_master_is_gone_are_not_looked_into(folders: Folders, capfd: pytest.CaptureFixture[str]) -> None:
    gone = finished(folders)
    assert let_go(folders) == [gone.folder.id]
    for path in (gone.folder.record_db, gone.folder.finish_db):
        path.write_bytes(b"not a database, and nobody should notice" * 99)
    assert let_go(folders) == [] and capfd.readouterr().err == ""


def test_what_was_held_and_not_recorded_is_left_alone(folders: Folders) -> None:
    meeting = finished(folders, "2026-03-02-K7QF")
    nothing = held(folders, 0, "2026-03-03-N0NE")
    folders.make_meeting("2026-03-04-NEW0")
    finish_all(folders)
    assert let_go(folders) == [meeting.folder.id]
    assert logged(nothing.folder) == ["nothing was recorded", "copies complete"]


def test_a_box_without_meetings_has_nothing_to_let_go(folders: Folders) -> None:
    assert let_go(folders) == []
