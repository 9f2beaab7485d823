"""Masters that are no longer needed: the recorder alone may remove its own files, once the finisher says so."""

import sqlite3
import sys

from appliance.store import finish, record
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder, sync_folder


def let_go(folders: Folders) -> list[str]:
    """Remove the masters whose lossless copies stand in for them; returns the meetings.

    Only meetings that still have a master are looked into. What cannot be read or removed just now stays until the next
    call; where that is not for a lock, which passes, it is said.
    """
    gone = []
    for folder in folders.every_meeting():
        try:
            if folder.master.exists() and _may_go(folder):
                folder.master.unlink()
                gone.append(folder.id)
                sync_folder(folder.path)
        except (OSError, sqlite3.Error) as error:
            print(f"The master of meeting {folder.id} was not removed: {error}", file=sys.stderr, flush=True)
    return gone


def _may_go(folder: MeetingFolder) -> bool:
    return finish.master_may_go(folder) and _has_ended(folder) and _is_copied(folder)


def _has_ended(folder: MeetingFolder) -> bool:
    with opened(record.read(folder)) as db:
        about = record.described(db) if db else None
        return about is not None and about.ended_wall is not None


def _is_copied(folder: MeetingFolder) -> bool:
    made = finish.copy(folder, finish.FLAC)
    return made is not None and (folder.copies / made.name).stat().st_size == made.bytes
