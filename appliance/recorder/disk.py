"""The card as the recorder writes to it, and what its failures mean.

On a full card a small ballast file is given up, so that a meeting can still be ended as it should.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.errors import StorageFailed

BALLAST_BYTES = 8_000_000  # holds what may wait in memory as the card runs full, and the rows that end a meeting
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FAILED = FULL | {
    errno.EIO,
    errno.EROFS,
    errno.ENODEV,
    errno.ENXIO,
    errno.ENOTCONN,
    errno.ESTALE,
    errno.EUCLEAN,
    errno.EBADMSG,
    errno.ETIMEDOUT,
    errno.ENODATA,
}
DAMAGED_SQL = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
FAILED_SQL = DAMAGED_SQL | {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,  # somebody locks the file of the meeting: begin anew from what it holds
}


class Disk:
    """Writes and syncs the master. `full` is True from the moment the ballast was needed until there is one again."""

    def __init__(self, data: Path) -> None:
        self._ballast = data / ".ballast"
        self.full = False

    def write(self, file: int, pcm: memoryview, at: int) -> int:
        """pwrite(2), with the ballast given up where there is no room. Raises OSError."""
        try:
            return os.pwrite(file, pcm, at)
        except OSError as error:
            if error.errno not in FULL or not self.make_room():
                raise
            return os.pwrite(file, pcm, at)

    def sync(self, file: int) -> None:
        """Return when everything written, and the length, is on the card (fdatasync(2))."""
        os.fdatasync(file)

    def make_room(self) -> bool:
        """Give up the ballast; False when it was gone already."""
        self.full = True
        try:
            self._ballast.unlink()
        except OSError:  # it was gone already, or the card fails altogether
            return False
        return True

    def take_ballast(self) -> None:
        """Have a ballast from now on, where there is room for two: what was just given up is not taken back."""
        room = os.statvfs(self._ballast.parent)
        if (self._ballast.exists() and not self.full) or room.f_bavail * room.f_frsize < 2 * BALLAST_BYTES:
            return
        try:
            with self._ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
            self.full = False
        except OSError as error:
            if error.errno not in FULL:
                raise
            self._ballast.unlink(missing_ok=True)


def is_full(error: BaseException) -> bool:
    """Does an error of writing mean that there is no room?"""
    return _number(error) in FULL or _sql_code(error) == sqlite3.SQLITE_FULL


def is_damaged(error: BaseException) -> bool:
    """Does SQLite say that the file itself is no good, rather than the card?"""
    return _sql_code(error) in DAMAGED_SQL


@contextmanager
def trouble_with(data: Path) -> Iterator[None]:
    """Turn what the card does to the block into StorageFailed; any other error stays what it is."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if _number(error) in FAILED or _sql_code(error) in FAILED_SQL:
            raise StorageFailed(path=data, why=error) from error
        raise


def _number(error: BaseException) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _sql_code(error: BaseException) -> int | None:
    """SQLite's primary result code (sqlite.org/rescode.html)."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
