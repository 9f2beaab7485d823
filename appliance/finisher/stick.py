"""Copies on a USB stick: a holder asks on the page, and what there is goes on the stick that is plugged in.

Only what was asked for a moment ago: no request waits for a stick that somebody else plugs in later.
"""

import errno
import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from appliance.clock import Clock, stamp
from appliance.errors import BadStatement
from appliance.evidence import statement
from appliance.finisher.bundled import BUNDLE
from appliance.finisher.copies import MP3
from appliance.finisher.naming import partial, publish
from appliance.finisher.seals import COPIES_NAME, SEAL_NAME
from appliance.store import database, events, finish, room
from appliance.store.database import opened
from appliance.store.finish import FLAC, Copy
from appliance.store.folders import Folders, MeetingFolder
from appliance.store.room import StickRequest

GOOD_FOR_S = 120.0
"""After a request; copying itself may take longer."""
PIECE_BYTES = 1 << 20
DONE, GONE, FULL, READ_ONLY, NOTHING, LATE, FAILED = (
    "done",
    "no stick",
    "full",
    "read-only",
    "nothing yet",
    "too late",
    "failed",
)
TROUBLES = {errno.ENOSPC: FULL, errno.EFBIG: FULL, errno.EROFS: READ_ONLY, errno.EACCES: READ_ONLY}
ALONE = (MP3, FLAC, SEAL_NAME, COPIES_NAME)
"""What goes on it while there is no bundle."""


class Stick:
    """The one that appears at `path`; `is_there` says whether there is one."""

    def __init__(
        self, folders: Folders, path: Path, clock: Clock, is_there: Callable[[Path], bool] = Path.is_mount
    ) -> None:
        self._folders, self._path, self._clock, self._is_there = folders, path, clock, is_there
        self._seen: dict[str, int] = {}
        self._said: set[str] = set()

    def look(self) -> bool:
        """Do what was asked for; True where something was."""
        if not self._is_there(self._path):
            return False
        done = [self._serve(folder) for folder in self._folders.every_meeting()]
        return any(done)

    def _serve(self, folder: MeetingFolder) -> bool:
        try:
            asked = self._asked(folder)
            if not asked:
                return False
            fresh = [one for one in asked if self._is_fresh(one)]
            outcome = self._put(folder) if fresh else LATE
            with_end = {one.id: outcome if one in fresh else LATE for one in asked}
            own = finish.own(folder)
            try:
                for request, ended in with_end.items():
                    finish.end_stick(own, request, ended, stamp(self._clock.wall()))
                events.log(own, self._clock, "usb stick", outcome)
            finally:
                database.close(own)
            self._seen[folder.id] = asked[-1].id
        except (sqlite3.Error, OSError) as error:
            self._say(f"A USB stick for meeting {folder.id} was not served: {error}")
            return False
        return True

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            print(sentence, file=sys.stderr, flush=True)

    def _asked(self, folder: MeetingFolder) -> list[StickRequest]:
        """What has no outcome yet."""
        if not folder.room_db.exists() or not folder.finish_db.exists():
            return []
        with opened(room.read(folder)) as db:
            asked = room.stick_requests(db, self._seen.get(folder.id, 0)) if db else []
        if not asked:
            return []
        with opened(finish.read(folder)) as db:
            ended = finish.sticks(db) if db else {}
        return [one for one in asked if one.id not in ended]

    def _is_fresh(self, one: StickRequest) -> bool:
        return one.boot_id == self._clock.boot_id() and self._clock.monotonic() - one.monotonic <= GOOD_FOR_S

    def _put(self, folder: MeetingFolder) -> str:
        """The outcome of copying."""
        with opened(finish.read(folder)) as db:
            copies = {one.name: one for one in finish.copies(db)} if db else {}
        wanted = [copies[BUNDLE]] if BUNDLE in copies else [copies[name] for name in ALONE if name in copies]
        if not wanted or self._folders.tombstone(folder.id).is_begun:
            return NOTHING
        try:
            if shutil.disk_usage(self._path).free < sum(one.bytes for one in wanted):
                return FULL
            for one in wanted:
                if not self._copy(folder, one):
                    return FAILED
        except OSError as error:
            return TROUBLES.get(error.errno or 0, FAILED) if self._is_there(self._path) else GONE
        return DONE

    def _copy(self, folder: MeetingFolder, copy: Copy) -> bool:
        """Whether what can be read back from the stick is the copy."""
        target = self._path / _name(folder, copy.name)
        try:
            with (folder.copies / copy.name).open("rb") as source, partial(target).open("wb") as file:
                shutil.copyfileobj(source, file, PIECE_BYTES)
                file.flush()
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            with partial(target).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != copy.sha256:
                    return False
            publish(target)
            # FAT keeps a file's length with its name, and has written it under the old one only.
            with target.open("rb") as file:
                os.fsync(file.fileno())
        finally:
            partial(target).unlink(missing_ok=True)
        return True


def _name(folder: MeetingFolder, name: str) -> str:
    """As the page saves it: with the start of the root, by which people know it again."""
    try:
        root = str(statement.read((folder.copies / SEAL_NAME).read_text()).claims["audio"]["root"])[:8]
    except (BadStatement, OSError, LookupError):
        root = ""
    return " ".join(filter(None, (folder.id, root, name)))
