"""The master on the disk and its index: durable first, rows behind, and everything mended after a crash."""

import hashlib
import sqlite3
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_clock import FakeClock

from appliance.recorder.master import Master
from appliance.recorder.recording import Recording
from appliance.recorder.timeline import Block
from appliance.store import record, wav
from appliance.store.folders import Folders, MeetingFolder

pytestmark = pytest.mark.pure

RATE = 16000


def noise(seconds: float, seed: int = 1) -> bytes:
    return np.random.default_rng(seed).integers(-3000, 3000, round(seconds * RATE)).astype("<i2").tobytes()


class Meeting:
    """An open recording that is fed blocks of 100 ms, and what it said was durable."""

    def __init__(self, folder: MeetingFolder) -> None:
        self.folder, self.clock = folder, FakeClock()
        self.durable: list[int] = []
        self.recording = self.reopened()

    def reopened(self) -> Recording:
        """As the next recorder finds it."""
        self.recording = Recording(self.folder, RATE, self.clock, self._is_durable)
        return self.recording

    def _is_durable(self) -> None:
        self.durable.append(wav.samples(self.folder.master))  # as another process sees the file at that instant

    def feed(self, pcm: bytes, cause: str = "") -> None:
        for at in range(0, len(pcm), 3200):
            block = pcm[at : at + 3200]
            self.clock.pass_s(len(block) / 2 / RATE)
            self.recording.put(Block(self.clock.monotonic(), block), cause)

    @property
    def rows(self) -> list[record.Second]:
        db = record.read(self.folder)
        assert db is not None
        return list(record.seconds(db))

    @property
    def gaps(self) -> list[record.Gap]:
        db = record.read(self.folder)
        assert db is not None
        return list(record.gaps(db))


@pytest.fixture
def meeting(tmp_path: Path) -> Iterator[Meeting]:
    folders = Folders(tmp_path / "data")
    folders.prepare()
    made = Meeting(folders.make_meeting("2026-11-23-K7QF"))
    yield made


def test_a_second_is_durable_once_its_bytes_are_in_the_file(meeting: Meeting) -> None:
    meeting.feed(noise(3.5))
    assert meeting.durable == [RATE, 2 * RATE, 3 * RATE]
    assert [row.number for row in meeting.rows] == [0, 1, 2]


def test_each_leaf_is_the_hash_of_its_second(meeting: Meeting) -> None:
    pcm = noise(2.25)
    meeting.feed(pcm)
    meeting.recording.end()
    wanted = [hashlib.sha256(b"\0" + pcm[at : at + 2 * RATE]).digest() for at in range(0, len(pcm), 2 * RATE)]
    assert [row.leaf for row in meeting.rows] == wanted
    assert [row.samples for row in meeting.rows] == [RATE, RATE, RATE // 4]


def test_rows_that_a_crash_lost_are_made_again_from_the_sound(meeting: Meeting) -> None:
    meeting.feed(noise(4))
    before = meeting.rows
    meeting.recording.close()
    with sqlite3.connect(meeting.folder.record_db) as db:
        db.execute("DELETE FROM seconds WHERE number >= 1")
    db.close()
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


def test_after_a_power_cut_with_an_untrusted_clock_ten_seconds_stand_for_the_gap(meeting: Meeting) -> None:
    meeting.feed(noise(2))
    meeting.recording.close()
    with sqlite3.connect(meeting.folder.record_db) as db:
        db.execute("UPDATE captures SET boot_id = 'another boot'")
    db.close()
    meeting.clock.pass_s(-10_000)
    meeting.reopened()
    meeting.feed(noise(1), "power cut or restart of the box")
    assert [(gap.samples, gap.length_known) for gap in meeting.gaps] == [(10 * RATE, False)]


def test_after_a_power_cut_with_a_trusted_clock_the_gap_is_as_long_as_it_was(meeting: Meeting) -> None:
    meeting.clock.trusted = True
    meeting.feed(noise(2))
    meeting.recording.close()
    with sqlite3.connect(meeting.folder.record_db) as db:
        db.execute("UPDATE captures SET boot_id = 'another boot'")
    db.close()
    meeting.clock.pass_s(90)
    meeting.reopened()
    meeting.feed(noise(1), "power cut or restart of the box")
    (gap,) = meeting.gaps
    assert gap.length_known
    assert abs(gap.samples / RATE - 90) < 0.3


def test_a_lock_on_the_index_does_not_make_a_second_late(meeting: Meeting) -> None:
    meeting.feed(noise(1))
    lock = sqlite3.connect(meeting.folder.record_db, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    meeting.feed(noise(1, seed=2))
    assert len(meeting.durable) == 2
    assert len(meeting.rows) == 1
    lock.execute("ROLLBACK")
    lock.close()
    meeting.feed(noise(1, seed=3))
    assert len(meeting.rows) == 3


def test_ending_twice_is_ending_once(meeting: Meeting) -> None:
    meeting.feed(noise(1.5))
    meeting.recording.end()
    meeting.recording.close()
    before = [(row.number, row.samples, row.leaf) for row in meeting.rows]
    meeting.reopened().end()
    assert [(row.number, row.samples, row.leaf) for row in meeting.rows] == before


def test_a_mark_of_the_next_capture_stands_behind_the_gap(meeting: Meeting) -> None:
    meeting.feed(noise(1))
    meeting.recording.close_capture()
    meeting.clock.pass_s(3)
    meeting.recording.mark("resumed by the button", at_next_capture=True)
    meeting.feed(noise(1), "paused")
    db = record.read(meeting.folder)
    assert db is not None
    assert [(mark.mark, mark.sample) for mark in record.marks(db)] == [("resumed by the button", 4 * RATE)]


@pytest.mark.parametrize("left", [b"", b"RIFF", wav.header(RATE), wav.header(RATE) + b"\1\2\3"])
def test_whatever_a_crash_left_of_the_file_can_be_gone_on_with(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "master.wav"
    path.write_bytes(left)
    master = Master(path, RATE)
    before = master.samples
    master.append(noise(0.5))
    assert wav.samples(path) == before + RATE // 2
    assert wav.pcm(path, before, RATE) == noise(0.5)
    master.close()


def test_others_can_read_it_while_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "master.wav"
    master = Master(path, RATE)
    master.append(noise(0.75))
    wanted = np.frombuffer(noise(0.75), "<i2")
    read, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    assert np.array_equal(read, wanted)
    with wave.open(str(path)) as opened:
        assert opened.readframes(10**6) == noise(0.75)
    master.close()
