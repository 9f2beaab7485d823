"""What each service did, in order, in its own file."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.clock import Clock, stamp


@dataclass(frozen=True)
class Event:
    """One thing that a service did."""

    monotonic: float
    event: str
    detail: str


def log(db: Database, clock: Clock, event: str, detail: str = "") -> None:
    """Add an event to the file of the service that did it."""
    with db.conn:
        db.conn.execute(
            "INSERT INTO events (monotonic, wall, event, detail) VALUES (?, ?, ?, ?)",
            (clock.monotonic(), stamp(clock.wall()), event, detail),
        )


def events(db: Database) -> Iterator[Event]:
    """All events of one file, oldest first."""
    for row in db.conn.execute("SELECT monotonic, event, detail FROM events ORDER BY id"):
        yield Event(*row)


@dataclass(frozen=True)
class Numbered:
    """An event with its number in its file and its time of day."""

    id: int
    wall: str
    event: str
    detail: str


def since(db: Database, last: int) -> Iterator[Numbered]:
    """The events of one file after the one with this number, oldest first."""
    for row in db.conn.execute("SELECT id, wall, event, detail FROM events WHERE id > ? ORDER BY id", (last,)):
        yield Numbered(*row)
