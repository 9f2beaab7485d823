"""The line between recorder and panel: one local socket, a few words a second.

The panel listens; the recorder says `show LIGHT` and `sound NAME`, the panel answers each light with `shown` and says
`press` or `hold`. `stuck` says that the button is, from now or from before the recorder called, and `free` that it is
no more. Each word is one message of a SOCK_SEQPACKET socket. A light is good for LIGHT_LASTS_S only: the panel falls to
`fault` by itself when it is not said again.
"""

import os
import socket
from pathlib import Path

LIGHT_LASTS_S = 1.9  # under the 2 s of the promise, so that the fault is there within them
LONGEST_WORD = 64

LIGHTS = frozenset({"dark", "pulse", "steady", "fast blink", "slow blink", "two blinks", "fault"})
SOUNDS = frozenset({"accepted", "refused", "started", "stopped", "reminder", "warning", "twice"})
GESTURES = frozenset({"press", "hold"})
CONDITIONS = frozenset({"stuck", "free"})


def listen(path: Path) -> socket.socket:
    """The panel's end. A socket that a killed panel left behind is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    listener.bind(os.fspath(path))
    path.chmod(0o660)
    listener.listen(1)
    listener.setblocking(False)
    return listener


def connect(path: Path) -> socket.socket:
    """The recorder's end. Raises OSError while no panel listens."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    try:
        line.connect(os.fspath(path))
    except OSError:
        line.close()
        raise
    return line


def say(line: socket.socket, word: str) -> bool:
    """Send a word without waiting; False when the other end is gone or takes nothing any more."""
    try:
        line.send(word.encode(), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    except OSError:
        return False
    return True


def hear(line: socket.socket) -> str:
    """The next word; empty when the other end is gone. Raises BlockingIOError or TimeoutError as the socket is set."""
    try:
        return line.recv(LONGEST_WORD).decode("ascii", "replace")
    except ConnectionError:
        return ""
