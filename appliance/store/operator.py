"""operator.db, written by `candour hold`: the holds of whoever looks after the box, and all that they lifted."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import Folders


@dataclass(frozen=True)
class Row:
    """An operator's hold as it was written down."""

    id: int
    who: str
    why: str
    wall: str


@dataclass(frozen=True)
class Lifting:
    """A hold was lifted by an operator: number `hold` in the file `source`, which is `operator` or `room`."""

    source: str
    hold: int
    who: str
    why: str
    wall: str


def own(folders: Folders) -> Database:
    return database.own(folders.operator_db, migrations.operator)


def read(folders: Folders) -> Database | None:
    return database.read(folders.operator_db)


def add_hold(db: Database, meeting: str, who: str, why: str, wall: str) -> None:
    with db.conn:
        db.conn.execute("INSERT INTO holds (meeting, who, why, wall) VALUES (?, ?, ?, ?)", (meeting, who, why, wall))


def lift(db: Database, meeting: str, lifted: list[Lifting]) -> None:
    with db.conn:
        db.conn.executemany(
            "INSERT OR IGNORE INTO liftings (meeting, source, hold, who, why, wall) VALUES (?, ?, ?, ?, ?, ?)",
            [(meeting, one.source, one.hold, one.who, one.why, one.wall) for one in lifted],
        )


def forget(db: Database, meeting: str) -> None:
    """A meeting is deleted: why it was held goes too."""
    with db.conn:
        db.conn.execute("DELETE FROM holds WHERE meeting = ?", (meeting,))
        db.conn.execute("DELETE FROM liftings WHERE meeting = ?", (meeting,))


def named(db: Database) -> set[str]:
    """The meetings that the file speaks of."""
    return {row[0] for row in db.conn.execute("SELECT meeting FROM holds UNION SELECT meeting FROM liftings")}


def holds(db: Database, meeting: str) -> Iterator[Row]:
    for row in db.conn.execute("SELECT id, who, why, wall FROM holds WHERE meeting = ? ORDER BY id", (meeting,)):
        yield Row(*row)


def liftings(db: Database, meeting: str) -> Iterator[Lifting]:
    for row in db.conn.execute(
        "SELECT source, hold, who, why, wall FROM liftings WHERE meeting = ? ORDER BY id", (meeting,)
    ):
        yield Lifting(*row)
