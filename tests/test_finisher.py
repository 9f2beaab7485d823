"""The finisher on meetings as the recorder leaves them: copies built once, whatever it is killed in."""

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from fake_clock import FakeClock

from appliance import settings
from appliance.evidence.merkle import leaf
from appliance.finisher.service import Finisher
from appliance.store import events, finish, record, transcript, wav
from appliance.store.folders import Folders, MeetingFolder

RATE = 16000
KILLS = 6


def settings_of(folder: Path, *, enabled: bool = False) -> tuple[Path, settings.Settings]:
    path = folder / "candour.toml"
    path.write_text(f'[transcript]\nenabled = {str(enabled).lower()}\n[store]\ndata = "{folder}/data"\n')
    return path, settings.load(path)


def a_meeting(folder: Path, seconds: float, *, ended: bool = True) -> MeetingFolder:
    """A recorded meeting of noise, with its rows."""
    folders = Folders(folder / "data")
    folders.prepare()
    made = folders.make_meeting("2026-11-23-K7QF")
    pcm = np.random.default_rng(5).integers(-4000, 4000, round(seconds * RATE)).astype("<i2").tobytes()
    made.master.write_bytes(wav.header(RATE) + pcm)
    db = record.own(made)
    record.describe(db, made.id, RATE, "test")
    parts = [pcm[at : at + 2 * RATE] for at in range(0, len(pcm), 2 * RATE)]
    rows = [record.Second(n, len(part) // 2, leaf(part), -20.0, 0, 0) for n, part in enumerate(parts)]
    record.add_seconds(db, rows)
    if ended:
        record.end(db, len(pcm) // 2, "2026-11-23T10:30:00.000Z")
    db.close()
    return made


def finished(folder: Path, made: MeetingFolder) -> dict[str, str]:
    """Let a finisher do all there is to do; the hashes of the copies."""
    finisher = Finisher(settings_of(folder)[1], FakeClock())
    while finisher.step():
        pass
    finisher.close()
    db = finish.read(made)
    assert db is not None
    found = {copy.name: copy.sha256 for copy in finish.copies(db)}
    db.close()
    return found


def steps(made: MeetingFolder) -> set[str]:
    db = finish.read(made)
    return finish.steps(db) if db else set()


@pytest.mark.pure
def test_a_meeting_gets_its_copies(tmp_path: Path) -> None:
    made = a_meeting(tmp_path, 12.3)
    assert set(finished(tmp_path, made)) == {"recording.mp3", "recording.flac"}
    db = finish.read(made)
    assert db is not None
    assert [one.event for one in events.events(db)] == ["small copy ready", "flac compared", "copies complete"]
    for copy in finish.copies(db):
        assert (made.copies / copy.name).stat().st_size == copy.bytes
    db.close()


@pytest.mark.pure
def test_while_the_meeting_lasts_only_the_small_copy_is_made_and_nobody_gets_it(tmp_path: Path) -> None:
    made = a_meeting(tmp_path, 8, ended=False)
    assert finished(tmp_path, made) == {}
    assert [path.name for path in made.copies.iterdir()] == []


@pytest.mark.pure
def test_a_leaf_that_does_not_fit_keeps_the_flac_back_and_the_master_stays(tmp_path: Path) -> None:
    made = a_meeting(tmp_path, 6)
    with made.master.open("r+b") as file:
        file.seek(wav.HEADER_BYTES + 2 * (4 * RATE + 10))
        file.write(b"\x77\x77")
    assert "recording.flac" not in finished(tmp_path, made)
    assert made.master.exists()
    db = finish.read(made)
    assert db is not None
    (differs,) = [one.detail for one in events.events(db) if one.event == "copy differs"]
    assert "at second 4" in differs
    assert "complete" not in finish.steps(db)
    db.close()


@pytest.mark.pure
def test_the_transcript_is_waited_for_and_the_sound_is_not(tmp_path: Path) -> None:
    made = a_meeting(tmp_path, 5)
    text = transcript.own(made)
    finisher = Finisher(settings_of(tmp_path, enabled=True)[1], FakeClock())
    while finisher.step():
        pass
    assert steps(made) == {"small copy", "flac"}
    line = transcript.Line(0.5, 2.0, "Good morning.", "en", ())
    transcript.add_passage(text, transcript.Passage(0, 5 * RATE, 1.5, 0.1, "base"), [line])
    transcript.complete(text)
    while finisher.step():
        pass
    finisher.close()
    assert steps(made) == {"small copy", "flac", "transcript", "complete"}
    assert "[0:00] Good morning." in (made.copies / "transcript.txt").read_text()
    text.close()


def test_killed_at_any_moment_it_makes_the_same_copies_once(tmp_path: Path) -> None:
    (tmp_path / "calm").mkdir()
    wanted = finished(tmp_path / "calm", a_meeting(tmp_path / "calm", 600))
    made = a_meeting(tmp_path, 600)
    path, _ = settings_of(tmp_path)
    moments = random.Random(11)
    for kill in range(KILLS + 1):
        program = subprocess.Popen([sys.executable, "-m", "appliance", "finisher", "--settings", str(path)])
        limit = time.monotonic() + (60 if kill == KILLS else moments.uniform(0.3, 2.5))
        while "complete" not in steps(made) and time.monotonic() < limit:
            time.sleep(0.05)
        program.kill()
        program.wait()
    db = finish.read(made)
    assert db is not None
    assert {copy.name: copy.sha256 for copy in finish.copies(db)} == wanted
    assert [one.event for one in events.events(db)] == ["small copy ready", "flac compared", "copies complete"]
    assert {path.name for path in made.copies.iterdir()} == set(wanted)
    db.close()
