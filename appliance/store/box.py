"""box.db, written by the recorder: the state of the box and the list of meetings."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.database import opened
from appliance.store.folders import Folders


@dataclass(frozen=True)
class BoxState:
    """What the box is doing; `meeting` is the one that is open or whose admission is."""

    state: str
    since_monotonic: float
    since_wall: str
    boot_id: str
    because: str
    meeting: str | None


@dataclass(frozen=True)
class Meeting:
    """One row of the list; `ended_wall` is None while it is open."""

    id: str
    opened_wall: str
    clock_trust: str
    ended_wall: str | None
    ended_because: str | None


@dataclass(frozen=True)
class Refusal:
    """A press that could not begin a meeting; `jws` is what the box signed of it."""

    id: str
    wall: str
    because: str
    jws: str


def own(folders: Folders) -> Database:
    return database.own(folders.box_db, migrations.box)


def read(folders: Folders) -> Database | None:
    return database.read(folders.box_db)


def state(db: Database) -> BoxState | None:
    """The state last written; None before the first start of the recorder."""
    row = db.conn.execute("SELECT state, since_monotonic, since_wall, boot_id, because, meeting FROM box").fetchone()
    return BoxState(*row) if row else None


def open_meeting(folders: Folders) -> str | None:
    """The meeting that the box is in now, for those who serve it first."""
    with opened(read(folders)) as db:
        now = state(db) if db else None
        return now.meeting if now else None


def set_state(db: Database, now: BoxState) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT OR REPLACE INTO box VALUES (1, ?, ?, ?, ?, ?, ?)",
            (now.state, now.since_monotonic, now.since_wall, now.boot_id, now.because, now.meeting),
        )


def add_meeting(db: Database, meeting_id: str, opened_wall: str, clock_trust: str) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT INTO meetings (id, opened_wall, clock_trust) VALUES (?, ?, ?)",
            (meeting_id, opened_wall, clock_trust),
        )


def end_meeting(db: Database, meeting_id: str, wall: str, because: str) -> None:
    """Close a meeting once; a second call for the same one changes nothing."""
    with db.conn:
        db.conn.execute(
            "UPDATE meetings SET ended_wall = ?, ended_because = ? WHERE id = ? AND ended_wall IS NULL",
            (wall, because, meeting_id),
        )


def meetings(db: Database) -> Iterator[Meeting]:
    """All meetings, newest first."""
    for row in db.conn.execute(
        "SELECT id, opened_wall, clock_trust, ended_wall, ended_because FROM meetings ORDER BY rowid DESC"
    ):
        yield Meeting(*row)


def set_certificate(db: Database, pem: str) -> None:
    """Publish the box's certificate, with those of its issuers behind it; a card is not written for nothing."""
    if certificate(db) == pem:
        return
    with db.conn:
        db.conn.execute("INSERT OR REPLACE INTO certificate VALUES (1, ?)", (pem,))


def certificate(db: Database) -> str | None:
    row = db.conn.execute("SELECT pem FROM certificate").fetchone()
    return row[0] if row else None


def add_refusal(db: Database, refusal: Refusal) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT INTO refusals VALUES (?, ?, ?, ?)", (refusal.id, refusal.wall, refusal.because, refusal.jws)
        )


def last_refusal(db: Database) -> Refusal | None:
    row = db.conn.execute("SELECT id, wall, because, jws FROM refusals ORDER BY rowid DESC LIMIT 1").fetchone()
    return Refusal(*row) if row else None


def refusals(db: Database) -> Iterator[Refusal]:
    """All of them, oldest first."""
    for row in db.conn.execute("SELECT id, wall, because, jws FROM refusals ORDER BY rowid"):
        yield Refusal(*row)


def add_to_log(db: Database, source: str, entries: list[tuple[int, bytes, bytes]]) -> None:
    """Events of one file in their order: the number there, the salt, and the leaf."""
    with db.conn:
        db.conn.executemany(
            "INSERT INTO log (source, event, salt, leaf) VALUES (?, ?, ?, ?)",
            [(source, event, salt, leaf) for event, salt, leaf in entries],
        )


def logged(db: Database, source: str) -> int:
    """The number of the last event of a file that the log has; 0 before the first."""
    last: int = db.conn.execute("SELECT coalesce(max(event), 0) FROM log WHERE source = ?", (source,)).fetchone()[0]
    return last


def log_leaves(db: Database) -> Iterator[bytes]:
    for row in db.conn.execute("SELECT leaf FROM log ORDER BY number"):
        yield row[0]


def forget_salts(db: Database, meeting: str) -> None:
    """Leave of a meeting's events only leaves, which tell nothing without their salts. Safe to repeat."""
    db.conn.execute("PRAGMA secure_delete=ON")  # overwritten in the file too; what the card keeps, nobody knows
    with db.conn:
        db.conn.execute(
            "UPDATE log SET salt = NULL WHERE substr(source, 1, ?) = ? AND salt IS NOT NULL",
            (len(meeting) + 1, f"{meeting}/"),
        )


def ended_meetings(folders: Folders) -> set[str]:
    """The meetings that the list says have ended; none where it is out of reach."""
    with opened(read(folders)) as db:
        return {one.id for one in meetings(db) if one.ended_wall} if db else set()
