"""The last look at the lossless copy before the master may go: what is on the disk, not what memory still holds."""

import hashlib
import os
from typing import BinaryIO

from appliance.errors import CopyChanged
from appliance.finisher.copies import Work
from appliance.finisher.meeting import Meeting, readable
from appliance.store import finish
from appliance.store.finish import FLAC
from appliance.store.folders import sync_folder

PIECE_BYTES = 4_000_000


def at_lossless_copy(meeting: Meeting) -> Work:
    """Read it whole. Raises CopyChanged unless it has the hash that was written down when it had been compared."""
    path, digest = meeting.folder.copies / FLAC, hashlib.sha256()
    made = yield from readable(lambda: finish.copy(meeting.folder, FLAC))
    try:
        with path.open("rb") as file:
            sync_folder(path.parent)  # a life that was killed may have left out just that
            put_out_of_memory(file)
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
                yield True
    except OSError as error:
        raise CopyChanged(name=FLAC, id=meeting.id, why=error.strerror) from error
    if digest.hexdigest() != made.sha256:
        raise CopyChanged(name=FLAC, id=meeting.id, why="its SHA-256 is another")
    return []


def put_out_of_memory(file: BinaryIO) -> None:
    """Have the kernel read a file from the disk again; it lets go only of what is written there (posix_fadvise(2))."""
    os.fsync(file.fileno())
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
