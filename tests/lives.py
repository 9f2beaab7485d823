"""Lives that end at a touch of the disk: the same work, killed at each instant that the disk could tell apart."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from appliance.store.folders import Folders

TOUCHES = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect", "os.listdir", "os.scandir")
BY_BARE_NAME = ("os.remove", "os.rmdir")  # a tree is removed by descriptors of its folders
BORN_READY = multiprocessing.get_context("forkserver")  # a fresh interpreter for each life would cost a minute
BORN_READY.set_forkserver_preload(["fake_recording", "appliance.finisher.service"])


def touches_until(live: Callable[[str], object], folders: Folders, instant: int) -> int | None:
    """How many touches of the disk a whole life had; None where it was killed at one.

    `live` is given the data folder; it runs in a process of its own.
    """
    hears, tells = BORN_READY.Pipe(duplex=False)
    life = BORN_READY.Process(target=_live_until, args=(live, str(folders.data), instant, tells))
    life.start()
    tells.close()
    life.join()
    assert life.exitcode in (0, -signal.SIGKILL)
    return hears.recv() if life.exitcode == 0 else None


def _live_until(live: Callable[[str], object], data: str, instant: int, touches: Connection) -> None:
    left = instant

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event == "open" and "/copies/" in str(arguments[0]) and "w" in (arguments[1] or ""):
            assert arguments[0].endswith(".partial"), "a copy is written under its own name"
        if event in TOUCHES and (data in str(arguments[0]) or event in BY_BARE_NAME):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    live(data)
    touches.send(instant - left)
