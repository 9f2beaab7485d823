"""Telling systemd: ready, still alive, stopping (sd_notify(3)); silent where nobody asked."""

import os
import socket


class Notifier:
    """Speaks to the datagram socket that systemd named in NOTIFY_SOCKET."""

    def __init__(self, address: str | None) -> None:
        self._address = "\0" + address[1:] if address and address.startswith("@") else address or None
        self._is_ready = False

    @classmethod
    def of_this_process(cls) -> "Notifier":
        """Take the address out of the environment, so that no child process inherits it."""
        return cls(os.environ.pop("NOTIFY_SOCKET", None))

    def ready(self) -> None:
        """Call from the work loop, after its first round; told once."""
        if not self._is_ready:
            self._is_ready = True
            self._say("READY=1")

    def alive(self) -> None:
        """Call from the work loop only: a loop that hangs must stop saying this."""
        self._say("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        self._say(f"STATUS={sentence}")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, line: str) -> None:
        if self._address is None:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaker:
            speaker.connect(self._address)
            speaker.sendall(line.encode())
