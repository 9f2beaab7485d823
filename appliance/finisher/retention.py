"""Deleting a meeting when it was promised: only by a trusted clock, never against a hold, and with a tombstone.

The finisher signs the tombstone, from which moment the meeting counts as deleted everywhere, and removes the copies,
which are its own. The meeting's folder is the recorder's, and the recorder removes it. Each step is durable before the
next and can be repeated.
"""

import sqlite3
import sys

from appliance import retention
from appliance.clock import Clock, stamp
from appliance.errors import BadStatement, CandourError, HoldsUnreadable
from appliance.evidence import statement, tombstone
from appliance.evidence.claims import NOT_RECORDED, SEAL, Claims
from appliance.evidence.key import Key
from appliance.finisher import burial
from appliance.retention import UNTRUSTED, Promise
from appliance.store import box, database, finish, holds, record
from appliance.store.database import opened
from appliance.store.finish import Retention
from appliance.store.folders import Folders, MeetingFolder

LOOK_S = 600.0
"""A meeting goes when two looks in a row find that it is due: somebody may just have set the clock wrong."""


class Deletions:
    """All meetings of a box; `keep_days` holds for those that were never sealed."""

    def __init__(self, folders: Folders, clock: Clock, keep_days: int) -> None:
        self._folders, self._clock, self._keep_days = folders, clock, keep_days
        self._looked = -LOOK_S
        self._due: set[str] = set()
        self._said: set[str] = set()

    def look(self, key: Key | None) -> list[str]:
        """Every ten minutes: go on with what was begun, and delete what is due; returns the meetings deleted.

        Without a key nothing could show that it was deleted, and so nothing is.
        """
        now = self._clock.monotonic()
        if now - self._looked < LOOK_S:
            return []
        self._looked = now
        if key is None:
            self._due = set()
            return []
        burial.tidy(self._folders, key)
        open_one = box.open_meeting(self._folders)
        due = {one.id: one for one in self._folders.every_meeting() if one.id != open_one and self._is_due(one)}
        gone = [name for name in sorted(due.keys() & self._due) if self._delete(due[name], key)]
        self._due = due.keys() - set(gone)
        return gone

    def _is_due(self, folder: MeetingFolder) -> bool:
        """What cannot be read is not due, and that is said once."""
        if self._clock.trust() == UNTRUSTED:
            return False
        try:
            promise = self._promise(folder)
            if promise is None:
                return False
            asked = holds.of_meeting(self._folders, folder.id)
            seen = self._note(folder, promise, asked)
            on = retention.due(promise, seen.ended_wall, seen.freed_wall)
            return on is not None and on <= self._clock.wall() and not any(hold.in_force for hold in asked)
        except (HoldsUnreadable, BadStatement, sqlite3.Error, OSError) as error:
            self._say(f"Meeting {folder.id} is not deleted: {error}")
            return False

    def _promise(self, folder: MeetingFolder) -> Promise | None:
        """None while it has not ended."""
        if not folder.record_db.exists():  # it was set aside as damaged
            return Promise(None, self._keep_days) if folder.id in box.ended_meetings(self._folders) else None
        with opened(record.read(folder)) as db:
            about = record.described(db) if db else None
            if db is None or about is None or about.ended_wall is None:
                return None
            jws = record.statement(db, SEAL) or record.statement(db, NOT_RECORDED)
        return retention.promised(statement.read(jws).claims if jws else None, self._keep_days)

    def _note(self, folder: MeetingFolder, promise: Promise, asked: list[holds.Hold]) -> Retention:
        """Write down what was seen for the first time, now that the clock is trusted."""
        with opened(finish.read(folder)) as db:
            before = finish.retention(db) if db else Retention()
        now, liftings = stamp(self._clock.wall()), sum(not hold.in_force for hold in asked)
        seen = Retention(
            before.ended_wall if before.ended_wall or promise.ended else now,
            now if liftings > before.liftings else before.freed_wall,
            max(liftings, before.liftings),
        )
        if seen != before:
            own = finish.own(folder)
            try:
                finish.set_retention(own, seen)
            finally:
                database.close(own)
        return seen

    def _delete(self, folder: MeetingFolder, key: Key) -> bool:
        """False where somebody asked to keep it in the last moment, or something could not be read or written."""
        grave = self._folders.tombstone(folder.id)
        try:
            promise, remains = self._promise(folder), burial.dig(folder, grave)
            if promise is None or self._is_held(folder) or self._clock.trust() == UNTRUSTED:
                burial.abandon(grave)
                return False
            burial.sign(grave, remains, promise.because, self._log_head(), self._clock, key)
        except (CandourError, sqlite3.Error, OSError) as error:
            self._say(f"Meeting {folder.id} is not deleted: {error}")
            return False
        self._say(f"Meeting {folder.id} is deleted: {promise.because}.")
        burial.remove_copies(folder)
        return True

    def _is_held(self, folder: MeetingFolder) -> bool:
        """Asked once the intention stands: who asks from now on sees that it does."""
        return any(hold.in_force for hold in holds.of_meeting(self._folders, folder.id))

    def _log_head(self) -> Claims:
        with opened(box.read(self._folders)) as db:
            if db is None:
                raise BlockingIOError(f"{self._folders.box_db} is out of reach just now")
            return tombstone.head(box.log_leaves(db))

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            print(sentence, file=sys.stderr, flush=True)
