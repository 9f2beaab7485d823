"""room.db, written by the web: what the people of one meeting did on the page."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import MeetingFolder

STAFF = 0
"""Stands for a ticket where the staff page asked to keep a meeting."""


@dataclass(frozen=True)
class Note:
    """What a ticket's holder says of the seconds `first_s` to `last_s`, both included; `id` is 0 until it is written.

    `home_wall` and `name`: when and by whom it was written at home, as that computer says; None where it was not.
    """

    ticket: int
    pseudonym: str
    first_s: int
    last_s: int
    says: str
    wall: str
    name: str = ""
    home_wall: str | None = None
    id: int = 0


@dataclass(frozen=True)
class StickRequest:
    """A holder asks for the copies on the USB stick that is plugged in; `monotonic` is of the boot `boot_id`."""

    id: int
    ticket: int
    monotonic: float
    boot_id: str


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


def add_notes(db: Database, notes: Iterable[Note]) -> None:
    """All of them, or none; nothing changes or removes one again."""
    with db.conn:
        db.conn.executemany(
            "INSERT INTO notes (ticket, pseudonym, first_s, last_s, says, wall, name, home_wall)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(n.ticket, n.pseudonym, n.first_s, n.last_s, n.says, n.wall, n.name, n.home_wall) for n in notes],
        )


def notes(db: Database, after: int = 0) -> list[Note]:
    """Those with an id greater than `after`, in the order in which they were written."""
    rows = db.conn.execute(
        "SELECT ticket, pseudonym, first_s, last_s, says, wall, name, home_wall, id FROM notes"
        " WHERE id > ? ORDER BY id",
        (after,),
    )
    return [Note(*row) for row in rows]


def ask_for_stick(db: Database, ticket: int, monotonic: float, boot_id: str, wall: str) -> None:
    with db.conn:
        db.conn.execute(
            "INSERT INTO sticks (ticket, monotonic, boot_id, wall) VALUES (?, ?, ?, ?)",
            (ticket, monotonic, boot_id, wall),
        )


def stick_requests(db: Database, after: int = 0) -> list[StickRequest]:
    """Those with an id greater than `after`, in their order."""
    rows = db.conn.execute("SELECT id, ticket, monotonic, boot_id FROM sticks WHERE id > ? ORDER BY id", (after,))
    return [StickRequest(*row) for row in rows]
