"""Opening the SQLite files: the owner writes and keeps its file open, everybody else reads."""

import sqlite3
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

OWNER_WAITS_S = 1.0
READER_WAITS_S = 0.2  # in WAL mode a reader is kept waiting only while a crashed writer's file is recovered


def own(path: Path, migrations: Migrations) -> Database:
    """Open a file as its one writer: WAL, synchronous=FULL, foreign keys, newest tables."""
    connection = sqlite3.connect(path, timeout=OWNER_WAITS_S, check_same_thread=False)
    db = Database(connection)
    db.enable_wal()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    migrations.apply(db)
    return db


def read(path: Path) -> Database | None:
    """Open another service's file for reading; None while its owner has not made it yet."""
    if not path.exists():
        return None
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=READER_WAITS_S, check_same_thread=False
    )
    try:
        made = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'events'").fetchone()[0]
    except sqlite3.OperationalError:
        made = 0
    if not made:  # the owner is between creating the file and its tables
        connection.close()
        return None
    return Database(connection)
