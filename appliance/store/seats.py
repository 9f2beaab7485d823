"""seats.db, written by the seats service: from which direction one meeting was spoken, block by block.

Directions only: no sound, no spectrum, nothing by which a voice could be known again.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.database import opened
from appliance.store.folders import MeetingFolder


@dataclass(frozen=True)
class Block:
    """A short stretch of the master and where its sound came from."""

    first_sample: int
    samples: int
    angle_deg: float
    """From the first microphone of the ring towards the second, 0 to 360."""
    strength: float
    """How much of the sound above the noise floor points there, 0 or more; comparable within one meeting."""


def own(folder: MeetingFolder) -> Database:
    """Without waiting for the card at each write: its sound's listener could not keep up, and sound would be missed."""
    db = database.own(folder.seats_db, migrations.seats)
    db.conn.execute("PRAGMA synchronous=NORMAL")
    return db


def read(folder: MeetingFolder) -> Database | None:
    return database.read(folder.seats_db)


def add_blocks(db: Database, blocks: Iterable[Block]) -> None:
    """All of them or none."""
    with db.conn:
        db.conn.executemany(
            "INSERT INTO blocks (first_sample, samples, angle_deg, strength) VALUES (?, ?, ?, ?)", map(astuple, blocks)
        )


def blocks(db: Database) -> list[Block]:
    """In the order of time."""
    rows = db.conn.execute("SELECT first_sample, samples, angle_deg, strength FROM blocks ORDER BY first_sample, id")
    return [Block(*row) for row in rows]


def blocks_of(folder: MeetingFolder) -> list[Block]:
    """In the order of time; empty where the box had no array."""
    with opened(read(folder)) as db:
        return blocks(db) if db else []
