"""Masters that are no longer needed: the recorder alone may remove its own files, once the finisher says so."""

import sqlite3

from appliance.store import finish, record
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder, sync_folder

STEP = "master may go"
FLAC = "recording.flac"


def let_go(folders: Folders) -> list[str]:
    """Remove the masters whose lossless copies stand in for them; returns the meetings. What cannot be read waits."""
    gone = []
    for folder in folders.every_meeting():
        if folder.master.exists() and _may_go(folder):
            folder.master.unlink()
            sync_folder(folder.path)
            gone.append(folder.id)
    return gone


def _may_go(folder: MeetingFolder) -> bool:
    try:
        with opened(record.read(folder)) as sound, opened(finish.read(folder)) as done:
            about = record.described(sound) if sound else None
            if done is None or about is None or about.ended_wall is None or STEP not in finish.steps(done):
                return False
            size = next((copy.bytes for copy in finish.copies(done) if copy.name == FLAC), None)
            return size is not None and (folder.copies / FLAC).stat().st_size == size
    except (sqlite3.Error, FileNotFoundError):
        return False
