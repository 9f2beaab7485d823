"""Removing what is left of a deleted meeting: its folder is the recorder's.

Only after a tombstone that the box itself signed for this very recording, and once the finisher has removed its copies.
The folder goes to `going` in one step, so that after a crash what lies there is removed, and the log forgets the salts.
"""

import shutil
import sqlite3
import sys

from sqlite_utils import Database

from appliance.errors import BadStatement
from appliance.evidence import tombstone
from appliance.evidence.claims import SEAL
from appliance.store import box, record
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder, sync_folder


def let_go(folders: Folders, db: Database, key: str) -> list[str]:
    """Remove the deleted meetings; returns their names, also those of an earlier life. `db` is box.db.

    `key` is the fingerprint of the box's. What cannot be read or removed just now stays until the next call.
    """
    ended = {one.id for one in box.meetings(db) if one.ended_wall}
    for folder in folders.deleted_meetings():
        try:
            if folder.id in ended and not folder.copies.exists() and _has_ended(folder):
                tombstone.check(folders.tombstone(folder.id), record.signed(folder, SEAL), key)
                _take_away(folder, folders)
        except (BadStatement, OSError, sqlite3.Error) as error:
            print(f"The deleted meeting {folder.id} was not removed: {error}", file=sys.stderr, flush=True)
    return [name for name in _left(folders) if _remove(name, folders, db)]


def _has_ended(folder: MeetingFolder) -> bool:
    """By its own record; one that was set aside as damaged has only the list."""
    if not folder.record_db.exists():
        return True
    with opened(record.read(folder)) as db:
        about = record.described(db) if db else None
        return about is not None and about.ended_wall is not None


def _take_away(folder: MeetingFolder, folders: Folders) -> None:
    folders.going.mkdir(mode=0o700, exist_ok=True)
    folder.path.rename(folders.going / folder.id)
    sync_folder(folders.going)
    sync_folder(folders.meetings)


def _left(folders: Folders) -> list[str]:
    return sorted(path.name for path in folders.going.glob("*"))


def _remove(name: str, folders: Folders, db: Database) -> bool:
    """The log forgets first: as long as the folder is there, it is known that something is left to do."""
    try:
        box.forget_salts(db, name)
        shutil.rmtree(folders.going / name)
        sync_folder(folders.going)
    except OSError as error:
        print(f"The deleted meeting {name} was not removed: {error}", file=sys.stderr, flush=True)
        return False
    return True
