"""What the recorder signs: receipts of durable seconds only, one start record, and a seal over everything it kept."""

import sqlite3
from pathlib import Path

import pytest
from fake_clock import FakeClock
from test_master import noise
from test_recording import OPENED, RATE

from appliance import notice
from appliance.evidence import claims, key, merkle, statement
from appliance.evidence.claims import NOT_RECORDED, SEAL, START, mark_leaf
from appliance.evidence.key import Key
from appliance.evidence.statement import Statement
from appliance.recorder.disk import Disk
from appliance.recorder.recording import Recording
from appliance.recorder.timeline import Block
from appliance.recorder.witness import Signing, Told
from appliance.settings import Settings
from appliance.store import record, wav
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder

pytestmark = pytest.mark.pure

STOPPED = "stopped by the button"
TOLD = Told(90, notice.claims(notice.shown(Settings())))


@pytest.fixture
def box(tmp_path: Path) -> Key:
    key.make(tmp_path / "evidence")
    return key.load(tmp_path / "evidence")


class Signed:
    """An open recording that signs, fed with blocks of 100 ms; `durable` is what was fsynced when it was said."""

    def __init__(self, data: Path, box: Key | None) -> None:
        folders = Folders(data)
        folders.prepare()
        self.folder, self.clock, self.box = folders.make_meeting("2026-11-23-AAAA"), FakeClock(), box
        self.recording = self.reopened()

    def reopened(self) -> Recording:
        disk = Disk(self.folder.path)
        self.recording = Recording(self.folder, RATE, self.clock, disk, lambda: None, Signing(self.box, told=TOLD))
        return self.recording

    def feed(self, pcm: bytes) -> None:
        self.recording.microphone_opened()
        for at in range(0, len(pcm), 3200):
            block = pcm[at : at + 3200]
            self.clock.pass_s(len(block) / 2 / RATE)
            self.recording.put([Block(self.clock.monotonic(), block)], "")

    def receipts(self) -> list[Statement]:
        with opened(record.read(self.folder)) as db:
            return [statement.read(jws) for jws in record.receipts(db)] if db else []

    def said(self, kind: str) -> Statement | None:
        with opened(record.read(self.folder)) as db:
            jws = record.statement(db, kind) if db else None
        return statement.read(jws) if jws else None


def leaves_of(folder: MeetingFolder) -> list[bytes]:
    """From the sound itself."""
    pcm = wav.pcm(folder.master, 0, wav.samples(folder.master))
    return [merkle.leaf(pcm[at : at + 2 * RATE]) for at in range(0, len(pcm), 2 * RATE)]


def test_a_receipt_every_ten_seconds_of_what_is_in_the_file(tmp_path: Path, box: Key) -> None:
    signed = Signed(tmp_path, box)
    signed.feed(noise(34.5))
    leaves, receipts = leaves_of(signed.folder), signed.receipts()
    assert [one.claims["seconds"] for one in receipts] == [10, 20, 30]
    for one in receipts:
        assert one.kind == "candour-receipt"
        assert one.key == box.fingerprint
        assert one.claims["root"] == merkle.root(leaves[: one.claims["seconds"]]).hex()
        assert (one.claims["marks"], one.claims["marks_root"]) == (0, merkle.EMPTY.hex())


def test_a_pause_gives_a_receipt_with_its_mark(tmp_path: Path, box: Key) -> None:
    signed = Signed(tmp_path, box)
    signed.feed(noise(12.5))
    signed.recording.mark("objection")
    signed.recording.close_capture()
    last = signed.receipts()[-1].claims
    with opened(record.read(signed.folder)) as db:
        assert db is not None
        marks = [mark_leaf(mark) for mark in record.marks(db)]
    assert (last["seconds"], last["marks"], last["marks_root"]) == (12, 1, merkle.root(marks).hex())
    signed.recording.close_capture()
    assert len(signed.receipts()) == 2  # nothing new, nothing signed


def test_no_receipt_contradicts_another_after_a_crash(tmp_path: Path, box: Key) -> None:
    signed = Signed(tmp_path, box)
    signed.feed(noise(25))
    with opened(record.read(signed.folder)) as db:
        assert db is not None
    sqlite3.connect(signed.folder.record_db).execute("DELETE FROM seconds WHERE number > 3").connection.commit()
    signed.recording.close()
    signed.reopened()
    signed.feed(noise(10))
    signed.recording.end(OPENED, STOPPED)
    leaves = leaves_of(signed.folder)
    for one in signed.receipts():
        assert one.claims["root"] == merkle.root(leaves[: one.claims["seconds"]]).hex()
    assert [one.claims["seconds"] for one in signed.receipts()][:2] == [10, 20]


def test_the_seal_says_everything_that_was_kept(tmp_path: Path, box: Key) -> None:
    signed = Signed(tmp_path, box)
    signed.recording.mark("objection")
    signed.recording.mark("objection answered", "recording")
    signed.feed(noise(3.25))
    signed.recording.close_capture()
    signed.clock.pass_s(7)
    signed.feed(noise(2))
    signed.recording.end(OPENED, STOPPED)
    seal = signed.said(SEAL)
    assert seal is not None
    leaves = leaves_of(signed.folder)
    audio = seal.claims["audio"]
    assert (audio["samples"], audio["rate"]) == (wav.samples(signed.folder.master), RATE)
    assert (audio["seconds"], audio["root"]) == (len(leaves), merkle.root(leaves).hex())
    assert [(gap["first_sample"], gap["length_known"]) for gap in seal.claims["gaps"]] == [(52000, True)]
    assert seal.claims["because"] == STOPPED
    assert seal.claims["opened"] == OPENED.claims()
    assert [one["answer"] for one in seal.claims["objections"]] == ["recording"]
    assert seal.claims["notice"] == TOLD.notice
    start = signed.said(START)
    assert start is not None
    assert seal.claims["start"] == start.digest
    assert signed.said(NOT_RECORDED) is None


def test_a_meeting_that_was_held_but_not_recorded_is_signed_for(tmp_path: Path, box: Key) -> None:
    signed = Signed(tmp_path, box)
    signed.recording.end(OPENED, "held, not recorded")
    said = signed.said(NOT_RECORDED)
    assert said is not None
    assert (said.claims["because"], said.claims["started"]) == ("held, not recorded", None)
    assert (signed.said(SEAL), signed.said(START)) == (None, None)


def test_what_was_sealed_once_stays(tmp_path: Path, box: Key) -> None:
    signed = Signed(tmp_path, box)
    signed.feed(noise(2))
    signed.recording.end(OPENED, STOPPED)
    first = signed.said(SEAL)
    signed.recording.close()
    signed.clock.pass_s(60)
    signed.reopened().end(OPENED, "ended by a restart")
    assert signed.said(SEAL) == first


def test_without_a_key_everything_is_recorded(tmp_path: Path) -> None:
    signed = Signed(tmp_path, None)
    signed.feed(noise(21))
    signed.recording.end(OPENED, STOPPED)
    assert signed.receipts() == []
    assert (signed.said(SEAL), signed.said(START)) == (None, None)
    assert record.extent(signed.folder) == record.Extent(RATE, 21 * RATE, ended=True)


def test_who_locks_the_file_costs_no_second_and_delays_the_receipt(tmp_path: Path, box: Key) -> None:
    signed = Signed(tmp_path, box)
    signed.feed(noise(9))
    lock = sqlite3.connect(signed.folder.record_db, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    block = noise(2)
    for at in range(0, len(block), 3200):
        signed.clock.pass_s(0.1)
        signed.recording.put([Block(signed.clock.monotonic(), block[at : at + 3200])], "")
    assert signed.receipts() == []
    lock.execute("ROLLBACK")
    lock.close()
    signed.clock.pass_s(1)
    signed.recording.put([Block(signed.clock.monotonic(), noise(1))], "")
    (receipt,) = signed.receipts()
    assert receipt.claims["root"] == merkle.root(leaves_of(signed.folder)[: receipt.claims["seconds"]]).hex()
    assert receipt.claims["seconds"] == 12


def test_a_mark_is_a_line_that_anybody_can_hash() -> None:
    mark = record.Mark(16000, "objection", "Tŷ", "2026-11-23T10:02:11.250Z", "rtc", 5.0, "boot")
    line = claims.mark_entry(mark)
    said = '"clock":"rtc","detail":"Tŷ","mark":"objection","sample":16000,"time":"2026-11-23T10:02:11.250Z"'
    assert line.decode() == "{" + said + "}"
    assert claims.mark_leaf(mark) == merkle.leaf(line)
