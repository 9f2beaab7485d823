"""finish.db, written by the finisher: the steps done and the copies of one meeting."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.database import opened
from appliance.store.folders import MeetingFolder

FLAC = "recording.flac"
MASTER_MAY_GO = "master may go"
"""The step after which the lossless copy stands in for the master, which its owner, the recorder, then removes."""


@dataclass(frozen=True)
class Retention:
    """What the finisher saw by a trusted clock: the meeting ended, and the last of so many holds lifted (RFC 3339)."""

    ended_wall: str | None = None
    freed_wall: str | None = None
    liftings: int = 0


@dataclass(frozen=True)
class Copy:
    """A file in the meeting's copies folder that attendees may take; built once, never changed."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    made_wall: str


def own(folder: MeetingFolder) -> Database:
    return database.own(folder.finish_db, migrations.finish)


def read(folder: MeetingFolder) -> Database | None:
    return database.read(folder.finish_db)


def add_step(db: Database, step: str, wall: str, copies: list[Copy] | None = None) -> None:
    """A step is done, together with the copies that it made."""
    with db.conn:
        db.conn.execute("INSERT INTO steps VALUES (?, ?)", (step, wall))
        db.conn.executemany(
            "INSERT INTO copies VALUES (?, ?, ?, ?, ?)",
            [(c.name, c.media_type, c.bytes, c.sha256, c.made_wall) for c in copies or []],
        )


def steps(db: Database) -> set[str]:
    return {row[0] for row in db.conn.execute("SELECT step FROM steps")}


def copies(db: Database) -> Iterator[Copy]:
    """The copies that are ready, in the order in which they were made."""
    for row in db.conn.execute("SELECT name, media_type, bytes, sha256, made_wall FROM copies ORDER BY rowid"):
        yield Copy(*row)


def copy(folder: MeetingFolder, name: str) -> Copy | None:
    """A copy that is ready; None while it is not, or finish.db is out of reach."""
    with opened(read(folder)) as db:
        return next((one for one in copies(db) if one.name == name), None) if db else None


def master_may_go(folder: MeetingFolder) -> bool:
    """Whether the master is removed, or will be; False also while finish.db is out of reach."""
    with opened(read(folder)) as db:
        return db is not None and MASTER_MAY_GO in steps(db)


def retention(db: Database) -> Retention:
    row = db.conn.execute("SELECT ended_wall, freed_wall, liftings FROM retention").fetchone()
    return Retention(*row) if row else Retention()


def set_retention(db: Database, seen: Retention) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT OR REPLACE INTO retention VALUES (1, ?, ?, ?)", (seen.ended_wall, seen.freed_wall, seen.liftings)
        )


def end_stick(db: Database, request: int, outcome: str, wall: str) -> None:
    """What became of a request in room.db for the copies on a USB stick."""
    with db.conn:
        db.conn.execute("INSERT INTO sticks VALUES (?, ?, ?)", (request, outcome, wall))


def sticks(db: Database) -> dict[int, str]:
    """The outcome of each request."""
    return dict(db.conn.execute("SELECT request, outcome FROM sticks ORDER BY request").fetchall())
