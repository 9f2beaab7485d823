"""The step after which the master may go: the finisher reads the lossless copy back from the disk."""

import ctypes
import mmap
import os
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from held_meetings import ALL, AUDIO, EVENTS, Held, contents, finish_all, finisher, held, idle, logged, offered

from appliance.finisher import last_look
from appliance.store import finish
from appliance.store.folders import Folders, MeetingFolder

FLAC = "recording.flac"


def before_the_last_look(folders: Folders, seconds: float = 3.5, meeting: str = "2026-03-02-K7QF") -> Held:
    """A meeting that was complete before there was such a step."""
    made = held(folders, seconds, meeting)
    finish_all(folders)
    with closing(finish.own(made.folder)) as db, db.conn:
        db.conn.execute("DELETE FROM steps WHERE step = ?", (finish.MASTER_MAY_GO,))
        db.conn.execute("DELETE FROM events WHERE event = ?", (finish.MASTER_MAY_GO,))
    return made


def steps(folder: MeetingFolder) -> set[str]:
    db = finish.read(folder)
    assert db is not None
    with closing(db):
        return finish.steps(db)


def test_a_meeting_that_was_complete_already_gets_it(folders: Folders) -> None:
    meeting = before_the_last_look(folders)
    before = contents(meeting.folder)
    finish_all(folders)
    assert logged(meeting.folder) == EVENTS and finish.master_may_go(meeting.folder)
    assert contents(meeting.folder) == before and offered(meeting.folder) == ALL


@pytest.mark.parametrize("place", [9, 9_000, -1])
def test_a_bit_that_the_disk_lost_keeps_the_master(
    folders: Folders, place: int, capfd: pytest.CaptureFixture[str]
) -> None:
    bad, good = before_the_last_look(folders, 3, "2026-03-03-BAD0"), held(folders, 3, "2026-03-02-G00D")
    flac = bad.folder.copies / FLAC
    content = bytearray(flac.read_bytes())
    content[place] ^= 1
    flac.write_bytes(content)
    with finisher(folders) as one:
        idle(one)
        idle(one)  # not again and again in one life
    assert logged(bad.folder) == [*EVENTS[:-1], "copy differs"] and not finish.master_may_go(bad.folder)
    assert logged(good.folder) == EVENTS
    said = (
        "The copy recording.flac of meeting 2026-03-03-BAD0 is not on the disk as it was made (its SHA-256 is another)."
    )
    assert capfd.readouterr().err.count(said) == 1
    assert bad.folder.master.exists() and flac.read_bytes() == content
    content[place] ^= 1
    flac.write_bytes(content)
    finish_all(folders)
    assert logged(bad.folder)[-1] == "master may go"


def test_a_copy_that_is_not_there_keeps_the_master(folders: Folders, capfd: pytest.CaptureFixture[str]) -> None:
    meeting = before_the_last_look(folders)
    (meeting.folder.copies / FLAC).unlink()
    finish_all(folders)
    assert logged(meeting.folder)[-1] == "copy differs" and steps(meeting.folder) >= {"complete"}
    assert "as it was made (No such file or directory)" in capfd.readouterr().err
    assert meeting.folder.master.exists() and not (meeting.folder.copies / FLAC).exists()


def test_it_waits_for_the_transcript(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    finish_all(folders)
    assert not finish.master_may_go(meeting.folder)
    meeting.transcribe()
    finish_all(folders)
    assert finish.master_may_go(meeting.folder)


def test_transcripts_that_are_switched_on_later_are_waited_for_while_the_master_is_there(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    finish_all(folders, transcribing=False)
    with closing(finish.own(meeting.folder)) as db, db.conn:
        db.conn.execute("DELETE FROM steps WHERE step = ?", (finish.MASTER_MAY_GO,))
    finish_all(folders)
    assert not finish.master_may_go(meeting.folder) and offered(meeting.folder) == [*AUDIO, "bundle.zip"]
    meeting.transcribe()
    finish_all(folders)
    assert finish.master_may_go(meeting.folder) and sorted(offered(meeting.folder)) == sorted(ALL)


def test_others_are_served_while_a_long_copy_is_read(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = before_the_last_look(folders, 10)
    size = (meeting.folder.copies / FLAC).stat().st_size
    monkeypatch.setattr(last_look, "PIECE_BYTES", 10_000)
    with finisher(folders) as one:
        assert idle(one) > size // 10_000


def resident(path: Path) -> int:
    """How many pages of a file are in memory (mincore(2))."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        pages = -(-len(mapped) // mmap.PAGESIZE)
        found = ctypes.create_string_buffer(pages)
        place = ctypes.c_char.from_buffer(mapped)
        assert (
            ctypes.CDLL(None).mincore(ctypes.c_void_p(ctypes.addressof(place)), ctypes.c_size_t(len(mapped)), found)
            == 0
        )
        del place
        return sum(page & 1 for page in found.raw)


def test_memory_does_not_vouch_for_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "copy.flac"
    path.write_bytes(np.random.default_rng(1).bytes(100 * mmap.PAGESIZE))
    assert resident(path) == 100
    with path.open("rb") as file:
        last_look.put_out_of_memory(file)
    left = resident(path)
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    assert left == resident(path)  # none, unless this folder has no disk but memory alone
