"""The notes that people write after a meeting, signed in files of their own: each has those since the one before."""

import hashlib
import sqlite3
import sys
from pathlib import Path

from appliance.clock import Clock, stamp
from appliance.errors import BadStatement
from appliance.evidence import claims, notes, statement
from appliance.evidence.claims import NOTES, Moment
from appliance.evidence.key import Key
from appliance.finisher.naming import written
from appliance.finisher.seals import SEAL_NAME
from appliance.store import database, events, finish, room
from appliance.store.database import opened
from appliance.store.finish import Copy
from appliance.store.folders import Folders, MeetingFolder
from appliance.store.room import Note

LOOK_S = 30.0
"""What people write within this time comes into one file."""
MOST_OF_A_FILE = 100  # so that none is longer than a verifier reads
MEDIA_TYPE = "application/jose"


class Notes:
    """Of all meetings that are sealed."""

    def __init__(self, folders: Folders, clock: Clock) -> None:
        self._folders, self._clock = folders, clock
        self._looked = -LOOK_S
        self._said: set[str] = set()

    def look(self, key: Key | None) -> bool:
        """Sign what is new; True where something was. One meeting that cannot be read keeps none of the others."""
        now = self._clock.monotonic()
        if key is None or now - self._looked < LOOK_S:
            return False
        self._looked = now
        signed = [self._sign(folder, key) for folder in self._folders.every_meeting()]
        return any(signed)

    def _sign(self, folder: MeetingFolder, key: Key) -> bool:
        if not folder.room_db.exists() or not (folder.copies / SEAL_NAME).exists():
            return False
        try:
            files = _files(folder)
            new = _since(folder, _last(folder.copies, files))
            if not new or self._folders.tombstone(folder.id).is_begun:
                return False
            self._write(folder, files, new, key)
        except (BadStatement, LookupError, sqlite3.Error, OSError) as error:
            self._say(f"The notes on meeting {folder.id} were not signed: {error}")
            return False
        return True

    def _write(self, folder: MeetingFolder, files: list[str], new: list[Note], key: Key) -> None:
        """A file that a life before this one left without writing that down is replaced: nobody was given it."""
        name, now = notes.name(len(files) + 1), Moment(stamp(self._clock.wall()), self._clock.trust())
        seal = statement.digest((folder.copies / SEAL_NAME).read_text())
        before = statement.digest((folder.copies / files[-1]).read_text()) if files else ""
        told = claims.notes(folder.id, seal, len(files) + 1, before, new, now)
        target = folder.copies / name
        with written(target) as file:
            file.write(statement.signed(NOTES, told, key).encode())
        content = target.read_bytes()
        copy = Copy(name, MEDIA_TYPE, len(content), hashlib.sha256(content).hexdigest(), now.time)
        own = finish.own(folder)
        try:
            events.log(own, self._clock, "notes signed", str(len(new)))
            finish.add_step(own, name, now.time, [copy])
        finally:
            database.close(own)

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            print(sentence, file=sys.stderr, flush=True)


def _files(folder: MeetingFolder) -> list[str]:
    """The names of those that were made. Raises BlockingIOError where that cannot be told just now."""
    with opened(finish.read(folder)) as db:
        if db is None:
            raise BlockingIOError(f"{folder.finish_db} is out of reach just now")
        made = {copy.name for copy in finish.copies(db)}
    names = map(notes.name, range(1, len(made) + 2))
    return [name for name in names if name in made]


def _last(copies: Path, files: list[str]) -> int:
    """The id of the last note that is in a file; 0 before the first."""
    if not files:
        return 0
    said = statement.read((copies / files[-1]).read_text())
    return int(said.claims["notes"][-1]["id"])


def _since(folder: MeetingFolder, last: int) -> list[Note]:
    with opened(room.read(folder)) as db:
        return room.notes(db, last)[:MOST_OF_A_FILE] if db else []
