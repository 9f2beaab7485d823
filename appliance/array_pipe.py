"""All channels of a microphone array, to whoever listens: a pipe that may drop, so that nobody can hold up the master.

Each block is one datagram of a Unix socket, which the listener binds: the head of frames.py and interleaved s16le.
"""

import os
import socket
from pathlib import Path

from appliance import frames
from appliance.frames import Block


class ArrayPipe:
    """The microphone program's end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)

    def offer(self, block: Block) -> bool:
        """Hand over a block, at once or not at all; False when it was dropped: nobody listens, or not fast enough."""
        try:
            self._socket.sendto(frames.packed(block), os.fspath(self._path))
        except OSError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


def listen(path: Path) -> socket.socket:
    """The listener's end; each `recv` gives a message for frames.unpacked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    listener.bind(os.fspath(path))
    path.chmod(0o660)
    return listener
