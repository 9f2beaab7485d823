"""Giving a copy its name: written under a temporary one, made durable, and only then called what it is.

So a file under its own name is whole, and after a crash it is taken as it is; what lies under a temporary name goes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from appliance.store.folders import MeetingFolder, sync_folder

PARTIAL = ".partial"


def prepare(folder: MeetingFolder) -> None:
    """Make the folder of the copies, without what a crash left half made."""
    folder.copies.mkdir(exist_ok=True)
    for left in folder.copies.glob(f"*{PARTIAL}"):
        left.unlink()


def partial(target: Path) -> Path:
    return target.with_name(target.name + PARTIAL)


def publish(target: Path) -> None:
    """What lies under the temporary name is durable: it gets its own."""
    partial(target).replace(target)
    sync_folder(target.parent)


@contextmanager
def written(target: Path) -> Iterator[BinaryIO]:
    """A file to write, which has its name at the end of the block."""
    with partial(target).open("w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    publish(target)
