"""The master on the disk and its index: durable first, rows behind; what a crash leaves is in test_findings.py."""

import hashlib
import sqlite3
from pathlib import Path

import pytest
from fake_clock import FakeClock
from sqlite_utils import Database
from test_master import full_at, noise

from appliance.evidence.claims import Moment
from appliance.recorder.disk import Disk
from appliance.recorder.recording import Recording
from appliance.recorder.timeline import Block
from appliance.store import box, record, wav
from appliance.store.folders import Folders, MeetingFolder

pytestmark = pytest.mark.pure

RATE = 16000
OPENED = Moment("2026-11-23T10:00:00.000Z", "synchronised")


class Meeting:
    """An open recording that is fed blocks of 100 ms, and what it said was durable."""

    def __init__(self, folder: MeetingFolder) -> None:
        self.folder, self.clock = folder, FakeClock()
        self.durable: list[int] = []
        self.recording = self.reopened()

    def reopened(self) -> Recording:
        """As the next recorder finds it."""
        self.recording = Recording(self.folder, RATE, self.clock, Disk(self.folder.path), self._is_durable)
        return self.recording

    def _is_durable(self) -> None:
        self.durable.append(wav.samples(self.folder.master))  # as another process sees the file at that instant

    def feed(self, pcm: bytes, cause: str = "") -> None:
        for at in range(0, len(pcm), 3200):
            block = pcm[at : at + 3200]
            self.clock.pass_s(len(block) / 2 / RATE)
            self.recording.put([Block(self.clock.monotonic(), block)], cause)

    @property
    def db(self) -> Database:
        found = record.read(self.folder)
        assert found is not None
        return found

    @property
    def rows(self) -> list[record.Second]:
        return list(record.seconds(self.db))

    @property
    def gaps(self) -> list[record.Gap]:
        return list(record.gaps(self.db))

    @property
    def marks(self) -> list[tuple[str, int]]:
        return [(mark.mark, mark.sample) for mark in record.marks(self.db)]

    def changed(self, sql: str) -> None:
        """As a crash might have left the index."""
        with sqlite3.connect(self.folder.record_db) as db:
            db.execute(sql)
        db.close()


@pytest.fixture
def meeting(folders: Folders) -> Meeting:
    return Meeting(folders.make_meeting("2026-11-23-K7QF"))


def locked(path: Path) -> sqlite3.Connection:
    """Somebody who keeps everybody else from writing a file; let go with close()."""
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    return lock


def test_a_second_is_durable_once_its_bytes_are_in_the_file(meeting: Meeting) -> None:
    meeting.feed(noise(3.5))
    assert meeting.durable == [RATE, 2 * RATE, 3 * RATE]
    assert [row.number for row in meeting.rows] == [0, 1, 2]


def test_each_leaf_is_the_hash_of_its_second(meeting: Meeting) -> None:
    pcm = noise(2.25)
    meeting.feed(pcm)
    meeting.recording.end(OPENED, "stopped by the button")
    wanted = [hashlib.sha256(b"\0" + pcm[at : at + 2 * RATE]).digest() for at in range(0, len(pcm), 2 * RATE)]
    assert [row.leaf for row in meeting.rows] == wanted
    assert [row.samples for row in meeting.rows] == [RATE, RATE, RATE // 4]


def test_a_pause_is_a_gap_of_its_true_length(meeting: Meeting) -> None:
    meeting.feed(noise(2.5))
    meeting.recording.close_capture()
    meeting.clock.pass_s(61.25)
    meeting.feed(noise(1, seed=2), "paused")
    assert [(gap.first_sample, gap.samples, gap.cause) for gap in meeting.gaps] == [
        (round(2.5 * RATE), round(61.25 * RATE), "paused")
    ]
    assert wav.pcm(meeting.folder.master, round(63.75 * RATE), RATE) == noise(1, seed=2)


def test_a_pause_takes_no_space_on_the_disk(meeting: Meeting) -> None:
    meeting.feed(noise(1))
    meeting.recording.close_capture()
    meeting.clock.pass_s(5000)
    meeting.feed(noise(1), "paused")
    assert meeting.folder.master.stat().st_blocks * 512 < 1_000_000
    assert meeting.folder.master.stat().st_size > 160_000_000


def test_a_lock_on_the_index_does_not_make_a_second_late(meeting: Meeting) -> None:
    meeting.feed(noise(1))
    lock = locked(meeting.folder.record_db)
    meeting.feed(noise(1, seed=2))
    assert len(meeting.durable) == 2
    assert len(meeting.rows) == 1
    lock.close()
    meeting.feed(noise(1, seed=3))
    assert len(meeting.rows) == 3


def test_while_the_index_is_locked_each_second_is_synced_and_told_once(meeting: Meeting) -> None:
    meeting.feed(noise(1))
    lock = locked(meeting.folder.record_db)
    meeting.feed(noise(1.5, seed=2))
    assert meeting.durable == [RATE, 2 * RATE]
    lock.close()


def test_who_reads_the_index_for_long_and_who_locks_another_file_do_not_matter(
    meeting: Meeting, folders: Folders
) -> None:
    meeting.feed(noise(1))
    reader = meeting.db
    reader.conn.execute("BEGIN")
    assert len(list(record.seconds(reader))) == 1
    box.own(folders).conn.close()
    lock = locked(folders.box_db)
    meeting.feed(noise(2, seed=2))
    meeting.recording.end(OPENED, "stopped by the button")
    assert (meeting.durable, len(meeting.rows)) == ([RATE, 2 * RATE, 3 * RATE], 3)
    assert len(list(record.seconds(reader))) == 1
    reader.conn.close()
    lock.close()


def test_who_reads_while_the_recorder_is_started_anew_does_not_matter(meeting: Meeting) -> None:
    meeting.feed(noise(1))
    meeting.recording.close()
    reader = meeting.db
    reader.conn.execute("BEGIN")
    assert len(list(record.seconds(reader))) == 1
    meeting.reopened()
    meeting.feed(noise(2, seed=2), "the recorder restarted")
    assert len(meeting.rows) == 3
    reader.conn.close()


def test_ending_twice_is_ending_once(meeting: Meeting) -> None:
    meeting.feed(noise(1.5))
    meeting.recording.end(OPENED, "stopped by the button")
    meeting.recording.close()
    before = [(row.number, row.samples, row.leaf) for row in meeting.rows]
    meeting.reopened().end(OPENED, "stopped by the button")
    assert [(row.number, row.samples, row.leaf) for row in meeting.rows] == before


def test_a_mark_of_the_next_capture_stands_behind_the_gap(meeting: Meeting) -> None:
    meeting.feed(noise(1))
    meeting.recording.close_capture()
    meeting.clock.pass_s(3)
    meeting.recording.mark("resumed by the button", at_next_capture=True)
    meeting.feed(noise(1), "paused")
    assert meeting.marks == [("resumed by the button", 4 * RATE)]


def test_a_mark_now_stands_at_the_last_sample(meeting: Meeting) -> None:
    meeting.recording.mark("objection")
    meeting.feed(noise(1.5))
    meeting.recording.mark("objection")
    assert meeting.marks == [("objection", 0), ("objection", round(1.5 * RATE))]


def test_a_mark_of_a_capture_that_gave_nothing_is_kept_at_the_end(meeting: Meeting) -> None:
    meeting.recording.mark("started by the button", at_next_capture=True)
    meeting.recording.end(OPENED, "stopped by the button")
    assert meeting.marks == [("started by the button", 0)]
    assert not meeting.folder.master.exists()


def test_the_end_is_at_the_last_sample(meeting: Meeting) -> None:
    meeting.feed(noise(2.25))
    meeting.recording.end(OPENED, "stopped by the button")
    assert record.extent(meeting.folder) == record.Extent(RATE, round(2.25 * RATE), ended=True)
    assert wav.samples(meeting.folder.master) == round(2.25 * RATE)


def test_sound_that_the_microphone_lost_is_a_gap_of_its_length_at_its_place(meeting: Meeting) -> None:
    meeting.feed(noise(2))
    meeting.clock.pass_s(0.5)
    meeting.feed(noise(1.5, seed=2))
    assert [(gap.first_sample, gap.samples, gap.cause) for gap in meeting.gaps] == [
        (2 * RATE, RATE // 2, "the microphone lost sound")
    ]
    assert wav.pcm(meeting.folder.master, round(2.5 * RATE), 2 * RATE) == noise(1.5, seed=2)


def test_a_block_for_which_there_is_no_room_costs_nothing_that_was_there(meeting: Meeting) -> None:
    meeting.feed(noise(2))
    with full_at(meeting.folder.master.stat().st_size + 1000), pytest.raises(OSError, match="too large"):
        meeting.feed(noise(0.1, seed=2))
    meeting.recording.end(OPENED, "stopped by the button")
    assert record.extent(meeting.folder) == record.Extent(RATE, 2 * RATE, ended=True)
    assert wav.samples(meeting.folder.master) == 2 * RATE
