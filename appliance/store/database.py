"""Opening the SQLite files: the owner writes and keeps its file open, everybody else reads."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

OWNER_WAITS_S = 1.0
READER_WAITS_S = 0.2  # in WAL mode a reader is kept waiting only while a crashed writer's file is recovered
OUT_OF_REACH = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        # The owner was killed as the file went into WAL mode or left it: it rolls back when it opens the file again.
        sqlite3.SQLITE_READONLY_ROLLBACK,
        sqlite3.SQLITE_READONLY_RECOVERY,
    }
)


def own(path: Path, migrations: Migrations) -> Database:
    """Open a file as its one writer: WAL, synchronous=FULL, foreign keys, newest tables."""
    connection = sqlite3.connect(path, timeout=OWNER_WAITS_S, check_same_thread=False)
    db = Database(connection)
    db.enable_wal()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    migrations.apply(db)
    return db


def close(db: Database) -> None:
    """Leave a file that will not be written for long as one plain file, which anybody in the group can read.

    A WAL file whose owner is gone can be opened only by those who may write its folder's files.
    """
    try:
        db.conn.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:  # somebody reads it just now: it stays in WAL mode
            raise
    db.conn.close()


def read(path: Path) -> Database | None:
    """Open another service's file for reading; None while its owner has not made it yet, or has to mend it first."""
    if not path.exists():
        return None
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=READER_WAITS_S, check_same_thread=False
    )
    if _has_tables(connection):
        return Database(connection)
    connection.close()
    return None


@contextmanager
def opened(db: Database | None) -> Iterator[Database | None]:
    """What `read` found, closed at the end of the block."""
    try:
        yield db
    finally:
        if db is not None:
            db.conn.close()


def _has_tables(connection: sqlite3.Connection) -> bool:
    """False while the owner is between creating the file and its tables, of which `events` is the last."""
    try:
        found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'events'").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in OUT_OF_REACH:
            return False
        raise
    return bool(found[0])
