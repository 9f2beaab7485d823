"""tickets.db, written by the web: who may take a copy of which meeting. Only hashes of the secrets are kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import Folders

ROOM, HOLDER, SLIP = "room", "holder", "slip"
COLUMNS = "id, meeting, pseudonym, issued_wall, way, host"


@dataclass(frozen=True)
class Ticket:
    """One person's right to a copy of one meeting; `way` is how it was come by, `host` the ticket that let in."""

    id: int
    meeting: str
    pseudonym: str
    issued_wall: str
    way: str = ROOM
    host: int | None = None


@dataclass(frozen=True)
class Secret:
    """The hashes of a token and of its code."""

    token_sha256: bytes
    code_sha256: bytes


@dataclass(frozen=True)
class Slip:
    """A printed ticket; `ticket` is None until it is first used, `used_wall` until a browser took the ticket."""

    id: int
    ticket: int | None
    used_wall: str | None


def own(folders: Folders) -> Database:
    return database.own(folders.tickets_db, migrations.tickets)


def read(folders: Folders) -> Database | None:
    return database.read(folders.tickets_db)


def add(
    db: Database,
    *,
    meeting: str,
    secret: Secret,
    pseudonym: str,
    wall: str,
    way: str = ROOM,
    host: int | None = None,
    slip: Slip | None = None,
    taken: bool = True,
) -> None:
    """Issue a ticket, and with it spend the invitation of `host` or bind `slip`; `taken`: by a browser, not on paper.

    Raises sqlite3.IntegrityError when the pseudonym is already somebody's in this meeting.
    """
    with db.conn:
        done = db.conn.execute(
            "INSERT INTO tickets (meeting, token_sha256, code_sha256, pseudonym, issued_wall, way, host)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (meeting, secret.token_sha256, secret.code_sha256, pseudonym, wall, way, host),
        )
        if way == HOLDER:
            db.conn.execute("DELETE FROM invitations WHERE ticket = ?", (host,))
        if slip:
            row = (done.lastrowid, wall if taken else None, slip.id)
            db.conn.execute("UPDATE slips SET ticket = ?, used_wall = ? WHERE id = ?", row)


def replace(db: Database, ticket: int, secret: Secret, slip: Slip | None = None, wall: str = "") -> None:
    """From now on the ticket has another token and code, and those before are nobody's; that spends `slip`."""
    with db.conn:
        db.conn.execute(
            "UPDATE tickets SET token_sha256 = ?, code_sha256 = ? WHERE id = ?",
            (secret.token_sha256, secret.code_sha256, ticket),
        )
        if slip:
            db.conn.execute("UPDATE slips SET used_wall = ? WHERE id = ?", (wall, slip.id))


def by_id(db: Database, ticket: int) -> Ticket:
    row = db.conn.execute(f"SELECT {COLUMNS} FROM tickets WHERE id = ?", (ticket,)).fetchone()
    return Ticket(*row)


def by_hash(db: Database, sha256: bytes) -> Ticket | None:
    """The ticket whose token or code has this hash."""
    row = db.conn.execute(
        f"SELECT {COLUMNS} FROM tickets WHERE token_sha256 = ? OR code_sha256 = ?", (sha256, sha256)
    ).fetchone()
    return Ticket(*row) if row else None


def of_meeting(db: Database, meeting: str) -> list[Ticket]:
    """All tickets of a meeting in the order in which they were issued."""
    rows = db.conn.execute(f"SELECT {COLUMNS} FROM tickets WHERE meeting = ? ORDER BY id", (meeting,))
    return [Ticket(*row) for row in rows]


def invite(db: Database, ticket: int, code_sha256: bytes, until: float, boot_id: str) -> None:
    """A holder lets one person in; whoever was invited before with the same ticket and has not come is not any more."""
    with db.conn:
        db.conn.execute("INSERT OR REPLACE INTO invitations VALUES (?, ?, ?, ?)", (ticket, code_sha256, until, boot_id))


def host(db: Database, code_sha256: bytes, now: float, boot_id: str) -> Ticket | None:
    """Whose invitation this is, while it lasts; `now` is monotonic."""
    row = db.conn.execute(
        f"SELECT {COLUMNS} FROM tickets WHERE id IN"
        " (SELECT ticket FROM invitations WHERE code_sha256 = ? AND until > ? AND boot_id = ?)",
        (code_sha256, now, boot_id),
    ).fetchone()
    return Ticket(*row) if row else None


def add_slips(db: Database, secrets: Iterable[Secret], wall: str) -> None:
    with db.conn:
        db.conn.executemany(
            "INSERT INTO slips (token_sha256, code_sha256, printed_wall) VALUES (?, ?, ?)",
            [(one.token_sha256, one.code_sha256, wall) for one in secrets],
        )


def slip(db: Database, sha256: bytes) -> Slip | None:
    """The slip whose token or code has this hash."""
    row = db.conn.execute(
        "SELECT id, ticket, used_wall FROM slips WHERE token_sha256 = ? OR code_sha256 = ?", (sha256, sha256)
    ).fetchone()
    return Slip(*row) if row else None
