"""What every page of one request shares: the settings, the clock, and the box's files, opened once and closed after.

Only tickets.db and room.db are written here, one write at a time; everything else is read.
"""

import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from flask import current_app, g
from sqlite_utils import Database

from appliance.clock import Clock
from appliance.notice import Notice
from appliance.settings import Settings
from appliance.store.folders import Folders
from web.patience import Patience

Place = TypeVar("Place", bound=Hashable, contravariant=True)
Seen = TypeVar("Seen")
OUT_OF_REACH = (sqlite3.DatabaseError, OSError)
"""What a file of a card that is damaged, read-only or gone raises."""


class File(Protocol[Place]):
    """A module of `appliance.store` that reads a file in a place."""

    def read(self, place: Place, /) -> Database | None: ...


class OwnFile(File[Place], Protocol[Place]):
    """A module of `appliance.store` whose file is written here."""

    def own(self, place: Place, /) -> Database: ...


@dataclass(frozen=True)
class House:
    """What the pages know of the box; `boot_id` is the kernel's name for this boot."""

    settings: Settings
    clock: Clock
    folders: Folders
    boot_id: str
    notices: list[Notice]
    pen: threading.Lock = field(default_factory=threading.Lock)
    patience: Patience = field(default_factory=Patience)
    staff_patience: Patience = field(default_factory=Patience)


def house() -> House:
    """The house of the current request."""
    here: House = current_app.extensions["candour"]
    return here


def reading(file: File[Place], place: Place) -> Database | None:
    """A file open for reading until the end of the request; None while its owner has not made it."""
    opened: dict[Hashable, Database] = g.setdefault("opened", {})
    key = (file, place)
    if key not in opened:
        db = file.read(place)
        if db is None:
            return None
        opened[key] = db
    return opened[key]


def within_reach(look: Callable[[], Seen], otherwise: Seen) -> Seen:
    """What a look into the box's files finds; `otherwise` where they are out of reach just now."""
    try:
        return look()
    except OUT_OF_REACH as error:
        current_app.logger.warning("Out of reach: %s", error)
        return otherwise


@contextmanager
def writing(file: OwnFile[Place], place: Place) -> Iterator[Database]:
    """A file open for writing, by one thread at a time."""
    with house().pen:
        db = file.own(place)
        try:
            yield db
        finally:
            db.close()


def close_files(_error: BaseException | None) -> None:
    """At the end of a request: close what `reading` opened."""
    for db in g.pop("opened", {}).values():
        db.close()
