"""The finisher, from the first durable second to the last copy, and killed at every point of the way."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_recording import StillClock

from appliance.evidence import merkle
from appliance.finisher.service import Finisher
from appliance.settings import Room, Settings, Store, Transcript
from appliance.store import box, database, events, finish, record, transcript, wav
from appliance.store.folders import Folders, MeetingFolder

RATE = 16_000
AUDIO = ["recording.mp3", "recording.flac"]
ALL = [*AUDIO, "transcript.txt", "transcript.vtt"]
EVENTS = ["small copy ready", "flac compared", "transcript written", "copies complete"]
LATEST = "2026-03-02T10:30:00.000Z"


class Held:
    """A meeting, written by the store's own functions as recorder and transcriber write it."""

    def __init__(self, folders: Folders, meeting: str = "2026-03-02-K7QF") -> None:
        self.folder = folders.make_meeting(meeting)
        self._db = record.own(self.folder)
        record.describe(self._db, meeting, RATE, "test")
        self.samples = 0
        self._sounds = np.random.default_rng(meeting.encode()[-1])

    def talk(self, seconds: float) -> None:
        """Whole seconds, but for the last of a meeting: into the file first, then into the rows."""
        if not self.samples:
            self.folder.master.write_bytes(wav.header(RATE))
            record.add_capture(self._db, record.Capture(0, 1.0, "2026-03-02T10:02:30.000Z", "synchronised", "boot"))
        sizes = [min(RATE, round(seconds * RATE) - at) for at in range(0, round(seconds * RATE), RATE)]
        parts = [self._sounds.integers(-8000, 8000, size, dtype=np.int16).tobytes() for size in sizes]
        self.write(b"".join(parts))
        first = self.samples // RATE
        rows = [record.Second(first + n, len(p) // 2, merkle.leaf(p), -20.0, 99, 0) for n, p in enumerate(parts)]
        record.add_seconds(self._db, rows)
        self.samples += sum(sizes)

    def write(self, pcm: bytes) -> None:
        with self.folder.master.open("ab") as file:
            file.write(pcm)

    def end(self) -> None:
        record.end(self._db, self.samples, LATEST)
        self.close()

    def close(self) -> None:
        database.close(self._db)

    def transcribe(self) -> None:
        with closing(transcript.own(self.folder)) as db:
            line = transcript.Line(0.5, 1.5, "Good morning.", "en", ())
            transcript.add_passage(db, transcript.Passage(0, self.samples, 1.0, 0.1, "whisper base"), [line])
            transcript.complete(db)

    def spoil(self, second: int) -> None:
        """Change one bit of the master, as a failing card does."""
        place = wav.HEADER_BYTES + second * RATE * wav.SAMPLE_BYTES + 999
        with self.folder.master.open("r+b") as file:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ 1]))


def held(folders: Folders, seconds: float, meeting: str = "2026-03-02-K7QF") -> Held:
    """A meeting that has ended and is transcribed."""
    made = Held(folders, meeting)
    if seconds:
        made.talk(seconds)
        made.transcribe()
    made.end()
    return made


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "data")
    made.prepare()
    return made


def chosen(folders: Folders, *, transcribing: bool = True) -> Settings:
    return Settings(
        room=Room(name="Room 3"), transcript=Transcript(enabled=transcribing), store=Store(data=str(folders.data))
    )


@contextmanager
def finisher(folders: Folders, *, transcribing: bool = True) -> Iterator[Finisher]:
    with closing(Finisher(chosen(folders, transcribing=transcribing), StillClock())) as made:
        yield made


def idle(one: Finisher) -> int:
    """Let it work until there is nothing to do; returns how many rounds that took."""
    rounds = 1
    while one.step():
        rounds += 1
    return rounds


def finish_all(folders: Folders, *, transcribing: bool = True) -> None:
    with finisher(folders, transcribing=transcribing) as one:
        idle(one)


def offered(folder: MeetingFolder) -> list[str]:
    """The names of the copies, each of which is as it was written down."""
    db = finish.read(folder)
    if db is None:
        return []
    with closing(db):
        found = list(finish.copies(db))
    for copy in found:
        content = (folder.copies / copy.name).read_bytes()
        assert (copy.bytes, copy.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    return [copy.name for copy in found]


def logged(folder: MeetingFolder) -> list[str]:
    db = finish.read(folder)
    assert db is not None
    with closing(db):
        return [event.event for event in events.events(db)]


def contents(folder: MeetingFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.copies.iterdir()}


def test_a_meeting_from_its_first_second_to_its_last_copy(folders: Folders) -> None:
    meeting = Held(folders)
    with finisher(folders) as one:
        assert not one.step()
        assert not meeting.folder.finish_db.exists()  # a notice is not yet a recording
        meeting.talk(40)
        idle(one)
        assert [path.name for path in meeting.folder.copies.iterdir()] == ["recording.mp3.partial"]
        meeting.talk(2.25)
        meeting.end()
        idle(one)
        assert offered(meeting.folder) == AUDIO
        meeting.transcribe()
        idle(one)
        assert offered(meeting.folder) == ALL
    assert logged(meeting.folder) == EVENTS
    assert sorted(contents(meeting.folder)) == sorted(ALL)
    heard, _ = soundfile.read(meeting.folder.copies / "recording.flac", dtype="int16")
    assert heard.tobytes() == wav.pcm(meeting.folder.master, 0, meeting.samples)
    read = (meeting.folder.copies / "transcript.txt").read_text("utf-8")
    assert "Room:    Room 3\n" in read and "Length:  0:42\n" in read and "\n[0:00] Good morning.\n" in read


def test_media_types(folders: Folders) -> None:
    meeting = held(folders, 1)
    finish_all(folders)
    db = finish.read(meeting.folder)
    assert db is not None
    with closing(db):
        types = [copy.media_type for copy in finish.copies(db)]
    assert types == ["audio/mpeg", "audio/flac", "text/plain", "text/vtt"]


def test_nothing_is_offered_before_the_end_and_a_stopped_meeting_may_go_on(folders: Folders) -> None:
    meeting = Held(folders)
    with finisher(folders) as one:
        for _ in range(3):  # stopping -> recording leaves no trace that the finisher could take for the end
            meeting.talk(5)
            idle(one)
            assert offered(meeting.folder) == [] and not (meeting.folder.copies / "recording.mp3").exists()
        meeting.end()
        idle(one)
        assert offered(meeting.folder) == AUDIO
    assert soundfile.info(meeting.folder.copies / "recording.flac").frames == 15 * RATE


@pytest.mark.parametrize("minutes", [1, 12])
def test_the_end_leaves_the_same_little_to_do_whatever_the_length(folders: Folders, minutes: int) -> None:
    meeting = Held(folders)
    with finisher(folders) as one:
        for _ in range(minutes):
            meeting.talk(60)
            idle(one)
        meeting.talk(1)
        meeting.end()
        rounds = 0
        while "recording.mp3" not in offered(meeting.folder):
            one.step()
            rounds += 1
        assert rounds <= 3


def test_only_durable_sound_is_copied(folders: Folders) -> None:
    meeting, plain = Held(folders), held(folders, 9, "2026-03-01-K7QF")
    with finisher(folders) as one:
        meeting.talk(4)
        meeting.write(b"\x12\x34" * RATE)  # captured, but not acknowledged when the power went
        idle(one)
        os.truncate(meeting.folder.master, wav.HEADER_BYTES + 4 * RATE * wav.SAMPLE_BYTES)
        meeting.talk(5)
        meeting.end()
        idle(one)
    assert contents(meeting.folder)["recording.mp3"] == contents(plain.folder)["recording.mp3"]


def test_a_box_without_transcripts_completes_all_the_same(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    finish_all(folders, transcribing=False)
    assert offered(meeting.folder) == AUDIO
    assert logged(meeting.folder) == ["small copy ready", "flac compared", "copies complete"]


def test_a_missing_model_keeps_nobody_from_the_sound(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    finish_all(folders)
    assert offered(meeting.folder) == AUDIO and "copies complete" not in logged(meeting.folder)
    meeting.transcribe()  # years later, when somebody installed it
    finish_all(folders)
    assert offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS


def test_half_a_transcript_is_not_given_out(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    with closing(transcript.own(meeting.folder)) as db:
        transcript.add_passage(db, transcript.Passage(0, RATE, 1.0, 0.1, "whisper base"), [])
    finish_all(folders)
    assert offered(meeting.folder) == AUDIO


def test_a_meeting_that_was_held_and_not_recorded_is_complete_without_copies(folders: Folders) -> None:
    meeting = held(folders, 0)
    finish_all(folders)
    assert offered(meeting.folder) == [] and contents(meeting.folder) == {}
    assert logged(meeting.folder) == ["copies complete"]


def test_a_bad_meeting_is_named_and_the_others_go_on(folders: Folders, capfd: pytest.CaptureFixture[str]) -> None:
    bad, good = held(folders, 5, "2026-03-03-BAD0"), held(folders, 5, "2026-03-02-G00D")
    bad.spoil(3)
    with finisher(folders) as one:
        idle(one)
        assert offered(good.folder) == ALL
        assert offered(bad.folder) == ["recording.mp3", "transcript.txt", "transcript.vtt"]
        assert logged(bad.folder) == ["small copy ready", "copy differs", "transcript written"]
        idle(one)  # not again and again in one life
        assert logged(bad.folder).count("copy differs") == 1
    said = "recording.flac of meeting 2026-03-03-BAD0 does not hold the same sound as the master at second 3."
    assert capfd.readouterr().err.count(said) == 1
    assert sorted(contents(bad.folder)) == ["recording.mp3", "transcript.txt", "transcript.vtt"]
    assert bad.folder.master.exists()
    bad.spoil(3)  # the same bit back
    finish_all(folders)
    assert sorted(offered(bad.folder)) == sorted(ALL) and logged(bad.folder)[-1] == "copies complete"


@pytest.mark.parametrize("left", [None, 0, 44, 44 + 2 * 2 * RATE + 100])
def test_a_master_that_lost_its_end_gives_no_sound_and_ends_nothing(folders: Folders, left: int | None) -> None:
    bad, good = held(folders, 5, "2026-03-03-BAD0"), held(folders, 5, "2026-03-02-G00D")
    if left is None:
        bad.folder.master.unlink()
    else:
        os.truncate(bad.folder.master, left)
    finish_all(folders)
    assert offered(good.folder) == ALL
    assert offered(bad.folder) == ["transcript.txt", "transcript.vtt"]
    assert sorted(contents(bad.folder)) == ["transcript.txt", "transcript.vtt"]


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
    for name in ALL:
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


def test_the_open_meeting_comes_first(folders: Folders) -> None:
    older_by_name = Held(folders, "2026-03-02-0000")
    for n in (1, 2):
        held(folders, 90, f"2026-03-02-ZZZ{n}")
    older_by_name.talk(1)
    with closing(box.own(folders)) as db:
        box.add_meeting(db, older_by_name.folder.id, LATEST, "unknown")
        box.set_state(db, box.BoxState("recording", 1.0, LATEST, "boot", "", older_by_name.folder.id))
    with finisher(folders) as one:
        one.step()
    assert older_by_name.folder.copies.exists()
    assert not (folders.meeting("2026-03-02-ZZZ2").copies).exists()
    older_by_name.close()


PROGRAM = """
import sys
from appliance.clock import SystemClock
from appliance.finisher import service
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.settings import Room, Settings, Store

lifetime = Lifetime()
lifetime.end_on_signals()
chosen = Settings(room=Room(name="Room 3"), store=Store(data=sys.argv[1]))
service.run(chosen, SystemClock(), lifetime, Notifier.of_this_process())
"""


@contextmanager
def life(folders: Folders) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """One process of the finisher from the moment at which it is ready, and what it tells systemd."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        address = f"candour-finisher-{os.getpid()}"
        systemd.bind(f"\0{address}")
        systemd.settimeout(120)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folders.data)], env=os.environ | {"NOTIFY_SOCKET": f"@{address}"}
        )
        try:
            assert systemd.recv(100) == b"READY=1"
            yield process, systemd
        finally:
            process.kill()
            process.wait()


def until_complete(folder: MeetingFolder, systemd: socket.socket) -> None:
    """It says that it is alive in every round, so its rounds are what is waited for."""
    while "copies complete" not in (logged(folder) if folder.finish_db.exists() else []):
        assert systemd.recv(100) == b"WATCHDOG=1"


def test_killed_at_random_moments_it_makes_what_it_would_have_made(folders: Folders, tmp_path: Path) -> None:
    calm = Folders(tmp_path / "calm")
    calm.prepare()
    undisturbed = held(calm, 240)
    finish_all(calm)
    meeting = Held(folders)
    moments = np.random.default_rng(11).uniform(0, 0.7, 6)
    for moment in moments:
        meeting.talk(240 / moments.size)
        with life(folders) as (process, _), pytest.raises(subprocess.TimeoutExpired):
            process.wait(float(moment))
    meeting.transcribe()
    meeting.end()
    for moment in moments:
        with life(folders) as (process, _), pytest.raises(subprocess.TimeoutExpired):
            process.wait(float(moment))
    with life(folders) as (process, systemd):
        until_complete(meeting.folder, systemd)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS
    assert contents(meeting.folder) == contents(undisturbed.folder)


KILLED_AT = """
import os, signal, sys
from appliance.finisher.service import Finisher
from appliance.settings import Room, Settings, Store
sys.path.insert(0, sys.argv[3])
from fake_recording import StillClock

one = Finisher(Settings(room=Room(name="Room 3"), store=Store(data=sys.argv[1])), StillClock())
left = int(sys.argv[2])

def count(event, arguments):
    global left
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect", "os.listdir", "os.scandir"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
while one.step():
    pass
print(int(sys.argv[2]) - left)
"""


def killed_at(folders: Folders, instant: int) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", KILLED_AT, str(folders.data), str(instant), str(Path(__file__).parent)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_killed_between_any_two_touches_of_the_disk(tmp_path: Path) -> None:
    """Every file opened, renamed or removed is an instant; a life ends at one of them, and the next one goes on."""

    def begin(name: str) -> tuple[Folders, Held]:
        folders = Folders(tmp_path / name)
        folders.prepare()
        return folders, held(folders, 2.5)

    calm, undisturbed = begin("calm")
    whole = killed_at(calm, 1_000_000)
    assert whole.returncode == 0, whole.stderr
    instants = int(whole.stdout)
    assert instants > 40 and offered(undisturbed.folder) == ALL
    for instant in range(2, instants, 5):
        folders, meeting = begin(str(instant))
        assert killed_at(folders, instant).returncode == -signal.SIGKILL
        finish_all(folders)
        assert offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS, instant
        assert contents(meeting.folder) == contents(undisturbed.folder), instant


def test_told_to_stop_it_leaves_nothing_half_made(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(5)
    with life(folders) as (process, systemd):
        while not list(meeting.folder.path.glob("copies/*.partial")):
            assert systemd.recv(100) == b"WATCHDOG=1"
        assert os.getpriority(os.PRIO_PROCESS, process.pid) - os.getpriority(os.PRIO_PROCESS, 0) == 10
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        systemd.setblocking(False)
        said: list[bytes] = []
        while not said or said[-1] != b"STOPPING=1":
            said.append(systemd.recv(100))
    assert contents(meeting.folder) == {}
    meeting.close()
