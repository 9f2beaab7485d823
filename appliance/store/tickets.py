"""tickets.db, written by the web: who may take a copy of which meeting. Only hashes of the secrets are kept."""

from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import Folders


@dataclass(frozen=True)
class Ticket:
    """One person's right to a copy of one meeting."""

    id: int
    meeting: str
    pseudonym: str
    issued_wall: str


def own(folders: Folders) -> Database:
    return database.own(folders.tickets_db, migrations.tickets)


def read(folders: Folders) -> Database | None:
    return database.read(folders.tickets_db)


def add(db: Database, *, meeting: str, token_sha256: bytes, code_sha256: bytes, pseudonym: str, wall: str) -> None:
    """Raises sqlite3.IntegrityError when the pseudonym is already somebody's in this meeting."""
    with db.conn:
        db.conn.execute(
            "INSERT INTO tickets (meeting, token_sha256, code_sha256, pseudonym, issued_wall) VALUES (?, ?, ?, ?, ?)",
            (meeting, token_sha256, code_sha256, pseudonym, wall),
        )


def by_hash(db: Database, sha256: bytes) -> Ticket | None:
    """The ticket whose token or code has this hash."""
    row = db.conn.execute(
        "SELECT id, meeting, pseudonym, issued_wall FROM tickets WHERE token_sha256 = ? OR code_sha256 = ?",
        (sha256, sha256),
    ).fetchone()
    return Ticket(*row) if row else None


def of_meeting(db: Database, meeting: str) -> list[Ticket]:
    """All tickets of a meeting in the order in which they were issued."""
    return [
        Ticket(*row)
        for row in db.conn.execute(
            "SELECT id, meeting, pseudonym, issued_wall FROM tickets WHERE meeting = ? ORDER BY id", (meeting,)
        )
    ]
