"""room.db, written by the web: what the people of one meeting did on the page."""

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import MeetingFolder

STAFF = 0
"""Stands for a ticket where the staff page asked to keep a meeting."""


def own(folder: MeetingFolder) -> Database:
    return database.own(folder.room_db, migrations.room)


def read(folder: MeetingFolder) -> Database | None:
    return database.read(folder.room_db)


def collect(db: Database, ticket: int, copy: str, wall: str) -> bool:
    """Note that a ticket's holder took a copy; True the first time."""
    with db.conn:
        done = db.conn.execute("INSERT OR IGNORE INTO collections VALUES (?, ?, ?)", (ticket, copy, wall))
    return done.rowcount == 1


def add_objection(db: Database, ticket: int, wall: str) -> bool:
    """Note that a ticket's holder objects to the recording; True the first time."""
    with db.conn:
        done = db.conn.execute("INSERT OR IGNORE INTO objections (ticket, wall) VALUES (?, ?)", (ticket, wall))
    return done.rowcount == 1


def objections(db: Database) -> int:
    """How many holders object."""
    found: int = db.conn.execute("SELECT count(*) FROM objections").fetchone()[0]
    return found


def has_objected(db: Database, ticket: int) -> bool:
    return db.conn.execute("SELECT 1 FROM objections WHERE ticket = ?", (ticket,)).fetchone() is not None


def collectors(db: Database) -> set[int]:
    """The tickets with which at least one copy was taken."""
    return {row[0] for row in db.conn.execute("SELECT DISTINCT ticket FROM collections")}


def add_hold(db: Database, ticket: int, pseudonym: str, why: str, wall: str) -> None:
    """A ticket's holder asks to keep the meeting."""
    with db.conn:
        db.conn.execute(
            "INSERT INTO holds (ticket, pseudonym, why, wall) VALUES (?, ?, ?, ?)", (ticket, pseudonym, why, wall)
        )


def lift_holds(db: Database, ticket: int, wall: str) -> bool:
    """The same holder asks no more; True where there was something to lift."""
    with db.conn:
        done = db.conn.execute(
            "UPDATE holds SET lifted_wall = ? WHERE ticket = ? AND lifted_wall IS NULL", (wall, ticket)
        )
    return done.rowcount > 0
