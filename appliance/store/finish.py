"""finish.db, written by the finisher: the steps done and the copies of one meeting."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import MeetingFolder


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
