"""record.db, written by the recorder: seconds, gaps and marks of one meeting."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.database import opened
from appliance.store.folders import MeetingFolder

ROWS_WAIT_MS = 50
OBJECTION, ANSWER, CLOCK_CHANGED = "objection", "objection answered", "the clock was changed"


@dataclass(frozen=True)
class Second:
    """One durable second of the master."""

    number: int
    samples: int
    leaf: bytes
    level: float
    speech: int
    clipped: int


@dataclass(frozen=True)
class Gap:
    """A stretch without sound, filled with digital zero; written down once its length is known."""

    id: int
    first_sample: int
    samples: int
    cause: str
    length_known: bool


@dataclass(frozen=True)
class Capture:
    """The microphone was opened: `first_sample` was in the air at `monotonic` of that boot."""

    first_sample: int
    monotonic: float
    wall: str
    clock_trust: str
    boot_id: str


@dataclass(frozen=True)
class Mark:
    """Something that happened at a sample of the master."""

    sample: int
    mark: str
    detail: str
    wall: str
    clock_trust: str
    monotonic: float = 0.0
    boot_id: str = ""


@dataclass(frozen=True)
class Described:
    """What the meeting's sound is; `samples` and `ended_wall` are None until the meeting has ended."""

    meeting: str
    rate: int
    sample_format: str
    software: str
    samples: int | None
    ended_wall: str | None


@dataclass(frozen=True)
class Extent:
    """How far a recording is: so many samples are durable; `ended`: there will be no more."""

    rate: int
    samples: int
    ended: bool


def own(folder: MeetingFolder) -> Database:
    return database.own(folder.record_db, migrations.record)


def read(folder: MeetingFolder) -> Database | None:
    return database.read(folder.record_db)


def is_sound(folder: MeetingFolder) -> bool:
    """Whether SQLite finds the file in order, or there is none yet."""
    try:
        with opened(read(folder)) as db:
            return db is None or db.conn.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return False
        raise


def describe(db: Database, meeting_id: str, rate: int, software: str) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT OR IGNORE INTO meeting VALUES (1, ?, ?, 's16le', ?, NULL, NULL)",
            (meeting_id, rate, software),
        )


def described(db: Database) -> Described | None:
    row = db.conn.execute("SELECT meeting, rate, sample_format, software, samples, ended_wall FROM meeting").fetchone()
    return Described(*row) if row else None


def end(db: Database, samples: int, wall: str, kind: str = "", jws: str = "") -> None:
    """Say that no sample will follow, and in the same breath keep what was signed about it."""
    with db.conn:
        db.conn.execute("UPDATE meeting SET samples = ?, ended_wall = ?", (samples, wall))
        if jws:
            db.conn.execute("INSERT OR IGNORE INTO statements VALUES (?, ?)", (kind, jws))


def add_capture(db: Database, capture: Capture) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT INTO captures (first_sample, monotonic, wall, clock_trust, boot_id) VALUES (?, ?, ?, ?, ?)",
            (capture.first_sample, capture.monotonic, capture.wall, capture.clock_trust, capture.boot_id),
        )


def first_capture(db: Database) -> Capture | None:
    row = db.conn.execute(
        "SELECT first_sample, monotonic, wall, clock_trust, boot_id FROM captures ORDER BY id LIMIT 1"
    ).fetchone()
    return Capture(*row) if row else None


def captures(db: Database) -> Iterator[Capture]:
    """All of them, oldest first."""
    for row in db.conn.execute("SELECT first_sample, monotonic, wall, clock_trust, boot_id FROM captures ORDER BY id"):
        yield Capture(*row)


def last_capture(db: Database) -> Capture | None:
    row = db.conn.execute(
        "SELECT first_sample, monotonic, wall, clock_trust, boot_id FROM captures ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return Capture(*row) if row else None


def add_seconds(db: Database, seconds: Iterable[Second]) -> None:
    """Write rows, which are an index that the WAV can rebuild."""
    with _without_waiting(db):
        db.conn.executemany(
            "INSERT OR REPLACE INTO seconds VALUES (?, ?, ?, ?, ?, ?)",
            [(s.number, s.samples, s.leaf, s.level, s.speech, s.clipped) for s in seconds],
        )


def add_receipt(db: Database, seconds: int, marks: int, jws: str) -> None:
    """Offer a receipt; the next one says all that it says."""
    with _without_waiting(db):
        db.conn.execute("INSERT INTO receipts (seconds, marks, jws) VALUES (?, ?, ?)", (seconds, marks, jws))


@contextmanager
def _without_waiting(db: Database) -> Iterator[None]:
    """One transaction that waits neither for the disk nor for a lock."""
    db.conn.execute("PRAGMA synchronous=NORMAL")
    db.conn.execute(f"PRAGMA busy_timeout={ROWS_WAIT_MS}")
    try:
        with db.conn:
            yield
    finally:
        db.conn.execute(f"PRAGMA busy_timeout={round(database.OWNER_WAITS_S * 1000)}")
        db.conn.execute("PRAGMA synchronous=FULL")


def forget_seconds(db: Database, first: int) -> None:
    """Drop rows from a second on: the WAV does not reach that far."""
    with db.conn:
        db.conn.execute("DELETE FROM seconds WHERE number >= ?", (first,))


def seconds(db: Database, first: int = 0) -> Iterator[Second]:
    for row in db.conn.execute(
        "SELECT number, samples, leaf, level, speech, clipped FROM seconds WHERE number >= ? ORDER BY number",
        (first,),
    ):
        yield Second(*row)


def last_second(db: Database) -> Second | None:
    row = db.conn.execute(
        "SELECT number, samples, leaf, level, speech, clipped FROM seconds ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return Second(*row) if row else None


def recorded(db: Database) -> int:
    """The first cursor: every sample before this one is durable. In samples."""
    last, about = last_second(db), described(db)
    return last.number * about.rate + last.samples if last and about else 0


def extent(folder: MeetingFolder) -> Extent | None:
    """For those who follow a recording; None while its recorder has not described it."""
    with opened(read(folder)) as db:
        return extent_of(db) if db else None


def extent_of(db: Database) -> Extent | None:
    about = described(db)
    if about is None:
        return None
    return Extent(about.rate, recorded(db) if about.samples is None else about.samples, about.samples is not None)


def speech_seconds(db: Database) -> float:
    """Seconds in which somebody spoke."""
    total: float = db.conn.execute("SELECT coalesce(sum(speech), 0) / 100.0 FROM seconds").fetchone()[0]
    return total


def add_gap(db: Database, first_sample: int, samples: int, cause: str, *, length_known: bool = True) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT INTO gaps (first_sample, samples, cause, length_known) VALUES (?, ?, ?, ?)",
            (first_sample, samples, cause, length_known),
        )


def gaps(db: Database) -> Iterator[Gap]:
    for row in db.conn.execute(
        "SELECT id, first_sample, samples, cause, length_known FROM gaps ORDER BY first_sample, id"
    ):
        yield Gap(row[0], row[1], row[2], row[3], bool(row[4]))


def add_mark(db: Database, mark: Mark) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT INTO marks (sample, mark, detail, wall, clock_trust, monotonic, boot_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (mark.sample, mark.mark, mark.detail, mark.wall, mark.clock_trust, mark.monotonic, mark.boot_id),
        )


def objections(db: Database) -> tuple[int, int]:
    """How many marks of an objection there are, and how many since the last answer."""
    row = db.conn.execute(
        "SELECT count(*), coalesce(sum(id > (SELECT coalesce(max(id), 0) FROM marks WHERE mark = ?)), 0)"
        " FROM marks WHERE mark = ?",
        (ANSWER, OBJECTION),
    ).fetchone()
    return row[0], row[1]


def last_mark(db: Database, mark: str) -> Mark | None:
    row = db.conn.execute(
        "SELECT sample, mark, detail, wall, clock_trust, monotonic, boot_id FROM marks WHERE mark = ?"
        " ORDER BY id DESC LIMIT 1",
        (mark,),
    ).fetchone()
    return Mark(*row) if row else None


def marks(db: Database) -> Iterator[Mark]:
    for row in db.conn.execute(
        "SELECT sample, mark, detail, wall, clock_trust, monotonic, boot_id FROM marks ORDER BY id"
    ):
        yield Mark(*row)


def receipts(db: Database) -> Iterator[str]:
    """All that were signed, oldest first."""
    for row in db.conn.execute("SELECT jws FROM receipts ORDER BY id"):
        yield row[0]


def last_receipt(db: Database) -> str | None:
    row = db.conn.execute("SELECT jws FROM receipts ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row else None


def receipted(db: Database) -> tuple[int, int]:
    """The most seconds and marks that a receipt speaks of; 0 and 0 before the first."""
    row = db.conn.execute("SELECT coalesce(max(seconds), 0), coalesce(max(marks), 0) FROM receipts").fetchone()
    return row[0], row[1]


def state(db: Database, kind: str, jws: str) -> None:
    """Keep a signed statement; the first one of its kind stays."""
    with db.conn:
        db.conn.execute("INSERT OR IGNORE INTO statements VALUES (?, ?)", (kind, jws))


def statement(db: Database, kind: str) -> str | None:
    row = db.conn.execute("SELECT jws FROM statements WHERE kind = ?", (kind,)).fetchone()
    return row[0] if row else None


def signed(folder: MeetingFolder, kind: str) -> str:
    """What was signed about a meeting; empty where there is no record, or nothing was signed. Raises OSError."""
    if not folder.record_db.exists():
        return ""
    with opened(read(folder)) as db:
        if db is None:
            raise BlockingIOError(f"{folder.record_db} is out of reach just now")
        return statement(db, kind) or ""
