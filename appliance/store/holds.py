"""Who asked to keep a meeting, and who lifted that: from room.db and operator.db together.

What cannot be read may hold a hold: then nothing is deleted.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from appliance.errors import HoldsUnreadable
from appliance.store import operator, room
from appliance.store.database import opened
from appliance.store.folders import Folders
from appliance.store.operator import Lifting

Found = TypeVar("Found")
HOLDER, OPERATOR = "room", "operator"
LONGEST_WHY = 300  # characters
MOST_OF_A_TICKET = 50


@dataclass(frozen=True)
class Hold:
    """`source` and `id` say where it is written, `who` is a pseudonym or a name; `lifted` is None while it is in force.

    `ticket` is that of the holder; None for an operator's. Times are RFC 3339, UTC.
    """

    source: str
    id: int
    who: str
    why: str
    since: str
    ticket: int | None = None
    lifted: str | None = None
    lifted_by: str = ""
    lifted_why: str = ""

    @property
    def in_force(self) -> bool:
        return self.lifted is None


def of_meeting(folders: Folders, meeting: str) -> list[Hold]:
    """All that there ever were, oldest first. Raises HoldsUnreadable."""
    folder = folders.meeting(meeting)
    by_operators = _read(folders.operator_db, lambda: operator.read(folders), lambda db: _operators(db, meeting))
    by_holders = _read(folder.room_db, lambda: room.read(folder), _holders)
    own, lifted = by_operators or ([], [])
    return sorted(_lifted([*(by_holders or []), *own], lifted), key=lambda hold: (hold.since, hold.source, hold.id))


def reason(text: str) -> str:
    """What people wrote, on one line, without what a page or a terminal could trip over."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _read(path: Path, read: Callable[[], Database | None], ask: Callable[[Database], Found]) -> Found | None:
    """None where there is no such file."""
    try:
        if not path.exists():
            return None
        with opened(read()) as db:
            if db is None:
                raise HoldsUnreadable(path=path, why="it is locked or was left half made")
            return ask(db)
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, HoldsUnreadable):
            raise
        raise HoldsUnreadable(path=path, why=error) from error


def _operators(db: Database, meeting: str) -> tuple[list[Hold], list[Lifting]]:
    own = [Hold(OPERATOR, row.id, row.who, row.why, row.wall) for row in operator.holds(db, meeting)]
    return own, list(operator.liftings(db, meeting))


def _holders(db: Database) -> list[Hold]:
    rows = db.conn.execute("SELECT id, pseudonym, why, wall, ticket, lifted_wall FROM holds ORDER BY id")
    return [
        Hold(HOLDER, number, who, why, since, ticket, lifted, who if lifted else "")
        for number, who, why, since, ticket, lifted in rows
    ]


def _lifted(holds: Iterable[Hold], liftings: list[Lifting]) -> list[Hold]:
    by = {(one.source, one.hold): one for one in liftings}
    return [_as_lifted(hold, by.get((hold.source, hold.id))) for hold in holds]


def _as_lifted(hold: Hold, one: Lifting | None) -> Hold:
    if one is None or not hold.in_force:
        return hold
    return Hold(hold.source, hold.id, hold.who, hold.why, hold.since, hold.ticket, one.wall, one.who, one.why)
