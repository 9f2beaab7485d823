"""A file that is known by its SHA-256: where it came from does not matter."""

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PIECE = 1 << 20
WORTH_TELLING = 10 * PIECE  # smaller files are done before anybody could read about it

Progress = Callable[[str], None]


@dataclass(frozen=True)
class PinnedFile:
    """Name, length in bytes, SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str

    def is_right_in(self, folder: Path) -> bool:
        path = folder / self.name
        return path.is_file() and path.stat().st_size == self.size and sha256(path) == self.sha256


class Share:
    """Tells how much of something is done, at every tenth of it."""

    def __init__(self, doing: str, total: int, progress: Progress) -> None:
        self._doing = doing
        self._total = total
        self._progress = progress
        self._done = 0

    def add(self, count: int) -> None:
        before = self._tenths()
        self._done += count
        if self._tenths() > before and self._total >= WORTH_TELLING:
            self._progress(f"{self._doing}: {10 * self._tenths()} %")

    def _tenths(self) -> int:
        return 10 * self._done // max(1, self._total)


def silent(_sentence: str) -> None:
    """Progress for those who do not want to hear of it."""


def sha256(path: Path, progress: Progress = silent) -> str:
    digest = hashlib.sha256()
    share = Share(f"Checking {path.name}", path.stat().st_size, progress)
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            share.add(len(piece))
    return digest.hexdigest()


def join(parts: Iterable[IO[bytes]], path: Path, size: int, progress: Progress) -> None:
    """Write one file out of parts, piece by piece, and make its bytes durable."""
    share = Share(f"Writing {path.name}", size, progress)
    with path.open("wb") as file:
        for part in parts:
            while piece := part.read(PIECE):
                file.write(piece)
                share.add(len(piece))
        file.flush()
        os.fsync(file.fileno())
