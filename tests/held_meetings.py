"""Meetings as the recorder and the transcriber leave them, and a finisher to finish them."""

import atexit
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import numpy as np
from fake_recording import StillClock

from appliance.evidence import key, merkle
from appliance.evidence.claims import Claims, Moment
from appliance.evidence.key import Key
from appliance.evidence.merkle import Tree
from appliance.finisher.service import Finisher
from appliance.notice import claims, shown
from appliance.recorder.witness import Signing, Told, Witness
from appliance.settings import Room, Settings, Store, Transcript
from appliance.store import database, events, finish, record, transcript, wav
from appliance.store.folders import Folders, MeetingFolder

RATE = 16_000
AUDIO = ["recording.mp3", "seal.jws", "copies.jws", "recording.flac"]
TEXTS = [f"transcript.{form}" for form in ("txt", "vtt", "srt", "docx", "json", "jws")]
ALL = [*AUDIO, *TEXTS, "bundle.zip"]
EVENTS = ["small copy ready", "flac compared", "transcript written", "bundle built", "copies complete", "master may go"]
TOLD = Told(90, claims(shown(Settings())))
LATEST = "2026-03-02T10:30:00.000Z"


class Held:
    """A meeting, written by the store's own functions as recorder and transcriber write it."""

    def __init__(self, folders: Folders, meeting: str = "2026-03-02-K7QF") -> None:
        self.folder = folders.make_meeting(meeting)
        self._db = record.own(self.folder)
        record.describe(self._db, meeting, RATE, "test")
        self.samples = 0
        self.key = key_of_the_box(folders)
        self.head: Callable[[], Claims] = dict  # of the log
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

    def mark(self, name: str, detail: str = "") -> None:
        record.add_mark(self._db, record.Mark(self.samples, name, detail, LATEST, "synchronised"))

    def pause(self, seconds: int) -> None:
        """Whole seconds of digital zero, with the row of their gap."""
        record.add_gap(self._db, self.samples, seconds * RATE, "paused")
        self.write(bytes(2 * RATE * seconds))
        first, leaf = self.samples // RATE, merkle.leaf(bytes(2 * RATE))
        record.add_seconds(self._db, [record.Second(first + n, RATE, leaf, -120.0, 0, 0) for n in range(seconds)])
        self.samples += seconds * RATE

    def end(self) -> None:
        witness = Witness(self._db, self.folder.id, StillClock(), Signing(self.key, self.head, TOLD))
        if self.samples:
            witness.started()
        leaves = Tree(second.leaf for second in record.seconds(self._db))
        witness.end(leaves, self.samples, Moment("2026-03-02T10:00:00.000Z", "synchronised"), "stopped by the button")
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


def key_of_the_box(folders: Folders) -> Key:
    """The same one for all boxes of this run, so that what they sign can be compared."""
    if not folders.evidence.exists():
        shutil.copytree(_one_box(), folders.evidence)
    return key.load(folders.evidence)


@cache
def _one_box() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="candour-key-"))
    atexit.register(shutil.rmtree, folder)
    key.make(folder)
    return folder


def held(folders: Folders, seconds: float, meeting: str = "2026-03-02-K7QF") -> Held:
    """A meeting that has ended and is transcribed."""
    made = Held(folders, meeting)
    if seconds:
        made.talk(seconds)
        made.transcribe()
    made.end()
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


def contents(folder: MeetingFolder) -> dict[str, str]:
    """What is in the copies, by their names, as SHA-256: so that two can be compared and what differs be read."""
    return {path.name: hashlib.sha256(_content(path)).hexdigest() for path in folder.copies.iterdir()}


def _content(path: Path) -> bytes:
    """Of a bundle what is in it, but for the signature, in which there is chance."""
    if path.suffix != ".zip":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        entries = [info for info in archive.infolist() if not info.filename.endswith(".p7s")]
        return b"".join(info.filename.encode() + archive.read(info) for info in entries)
