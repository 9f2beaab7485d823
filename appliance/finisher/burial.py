"""The steps of a deletion that are the finisher's, each durable before the next, each safe to repeat.

dig: the folder of the tombstone stands, and with it the intention; sign: the meeting counts as deleted; remove_copies:
what the finisher made is gone, and the recorder may remove the rest.
"""

import shutil
import sqlite3
import sys
from pathlib import Path

from appliance.clock import Clock, stamp
from appliance.errors import BadStatement
from appliance.evidence import statement, tombstone
from appliance.evidence.claims import SEAL, TOMBSTONE, Claims, Moment, mark_leaf
from appliance.evidence.key import Key
from appliance.evidence.tombstone import Remains
from appliance.finisher.naming import written
from appliance.store import record
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder, TombstoneFolder, sync_folder

READABLE = 0o2750  # the finisher alone may write tombstones, all services may read them


def dig(folder: MeetingFolder, grave: TombstoneFolder) -> Remains:
    """Say that the meeting is being deleted, and write down its hashes. Raises OSError, sqlite3.Error."""
    for path in (grave.path.parent, grave.path):
        _make(path)
    remains = _remains(folder)
    for target, text in ((grave.leaves, remains.leaves_text), (grave.marks, remains.marks_text)):
        with written(target) as file:
            file.write(text.encode())
    return remains


def sign(grave: TombstoneFolder, remains: Remains, because: str, log: Claims, clock: Clock, key: Key) -> None:
    """From here on the meeting counts as deleted."""
    now = Moment(stamp(clock.wall()), clock.trust())
    with written(grave.statement) as file:
        file.write(statement.signed(TOMBSTONE, tombstone.claims(remains, now, because, log), key).encode())


def remove_copies(folder: MeetingFolder) -> None:
    if folder.copies.exists():
        shutil.rmtree(folder.copies)
        sync_folder(folder.path)


def abandon(grave: TombstoneFolder) -> None:
    """Take the intention back."""
    shutil.rmtree(grave.path)
    sync_folder(grave.path.parent)


def tidy(folders: Folders, key: Key) -> None:
    """Go on with what was begun: an unsigned tombstone goes, and after a signed one the copies.

    A tombstone that is damaged, or that the box did not sign for this very meeting, is set aside: the meeting is there
    again, until its time comes.
    """
    for path in folders.tombstones.glob("*"):
        if not TombstoneFolder(path).stands:
            abandon(TombstoneFolder(path))
    for folder in folders.deleted_meetings():
        grave = folders.tombstone(folder.id)
        try:
            tombstone.check(grave, record.signed(folder, SEAL), key.fingerprint)
            remove_copies(folder)
        except BadStatement as error:
            print(f"The tombstone of meeting {folder.id} is set aside: {error}", file=sys.stderr, flush=True)
            grave.statement.replace(grave.path / "set-aside.jws")
        except (OSError, sqlite3.Error) as error:
            print(f"Meeting {folder.id} is deleted, but not yet removed: {error}", file=sys.stderr, flush=True)


def _make(path: Path) -> None:
    if not path.exists():
        path.mkdir()
        path.chmod(READABLE)  # mkdir(2) leaves such bits out
        sync_folder(path.parent)


def _remains(folder: MeetingFolder) -> Remains:
    """Nothing can be said of the seconds where the record was set aside as damaged."""
    if not folder.record_db.exists():
        return Remains(folder.id, "", None, None)
    with opened(record.read(folder)) as db:
        if db is None:
            raise BlockingIOError(f"{folder.record_db} is out of reach just now")
        leaves = [second.leaf for second in record.seconds(db)]
        marks = [mark_leaf(mark) for mark in record.marks(db)]
        return Remains(folder.id, record.statement(db, SEAL) or "", leaves, marks)
