"""The log: what all services did, sequenced by the recorder alone into one Merkle tree of salted hashes.

Its head stands in every seal, so that no event can be taken out or put in later. The salt keeps a leaf from telling
what happened once the meeting, with the events themselves, is deleted.
"""

import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database

from appliance.evidence import merkle
from appliance.evidence.claims import Claims
from appliance.evidence.merkle import Tree
from appliance.evidence.statement import as_json
from appliance.store import box, database, events
from appliance.store.folders import Folders, MeetingFolder

SALT_BYTES = 16


class Log:
    """`db` is box.db; the other files are read, never waited for."""

    def __init__(self, db: Database, folders: Folders) -> None:
        self._db, self._folders = db, folders
        self._tree = Tree(box.log_leaves(db))
        self._seen: dict[str, tuple[int, ...]] = {}  # when a file had last been written as it was read

    def head(self) -> Claims:
        return {"size": self._tree.size, "root": self._tree.root.hex()}

    def follow(self, meeting: MeetingFolder | None = None) -> None:
        """Take in what happened since; with a meeting only what belongs to it or to no meeting."""
        meetings = [meeting] if meeting else self._folders.every_meeting()
        self._take("box", self._db)
        for source, path in self._sources(meetings):
            written = _written(path)
            if written and self._seen.get(source) != written and self._read(source, path):
                self._seen[source] = written

    def _sources(self, meetings: Iterable[MeetingFolder]) -> Iterable[tuple[str, Path]]:
        yield "tickets", self._folders.tickets_db
        yield "operator", self._folders.operator_db
        for one in meetings:
            for path in (one.record_db, one.transcript_db, one.room_db, one.finish_db, one.seats_db):
                yield f"{one.id}/{path.stem}", path

    def _read(self, source: str, path: Path) -> bool:
        """False where the file is out of reach just now: its events come later."""
        try:
            with database.opened(database.read(path)) as db:
                if db is None:
                    return False
                found = list(events.since(db, box.logged(self._db, source)))
        except (sqlite3.DatabaseError, OSError):
            return False
        self._add(source, found)
        return True

    def _take(self, source: str, db: Database) -> None:
        self._add(source, list(events.since(db, box.logged(self._db, source))))

    def _add(self, source: str, found: list[events.Numbered]) -> None:
        entries = [(one, salt := secrets.token_bytes(SALT_BYTES), leaf(source, one, salt)) for one in found]
        if entries:
            box.add_to_log(self._db, source, [(one.id, salt, hashed) for one, salt, hashed in entries])
        for _, _, hashed in entries:
            self._tree.append(hashed)


def leaf(source: str, event: events.Numbered, salt: bytes) -> merkle.Hash:
    """SHA-256 of 0x00, the salt and the event as JSON."""
    told = {"source": source, "id": event.id, "time": event.wall, "event": event.event, "detail": event.detail}
    return merkle.leaf(salt + as_json(told))


def _written(path: Path) -> tuple[int, ...]:
    """When the file and what belongs to it were last written; empty where it is not there."""
    try:
        parts = (path, path.with_name(f"{path.name}-wal"))
        return tuple(part.stat().st_mtime_ns for part in parts if part.exists())
    except OSError:
        return ()
