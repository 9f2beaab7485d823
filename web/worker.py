"""gunicorn's threads, for a room with slow and hostile phones: whoever stalls a request loses the line, nobody else."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

ASKED_WITHIN_S = 10.0
"""A request, with the form in it, and for a form also the answer, which is one page."""
LOOK_S = 1.0
SENDING = ("GET", "HEAD")


class Deadlines:
    """Closes the lines that were not done in time."""

    def __init__(self, within_s: float = ASKED_WITHIN_S, look_s: float = LOOK_S) -> None:
        self._within_s, self._look_s = within_s, look_s
        self._until: dict[int, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def over(self, line: Any) -> Iterator[None]:
        """`line` is a connection of gunicorn; its socket may become another one when it is encrypted."""
        with self._lock:
            self._until[id(line)] = (time.monotonic() + self._within_s, line)
        try:
            yield
        finally:
            self.lift(line)

    def lift(self, line: Any) -> None:
        with self._lock:
            self._until.pop(id(line), None)

    def _watch(self) -> None:
        while True:
            time.sleep(self._look_s)
            now = time.monotonic()
            with self._lock:
                late = [line for until, line in self._until.values() if until < now]
                for line in late:
                    with contextlib.suppress(OSError):  # gone already
                        line.sock.shutdown(socket.SHUT_RDWR)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """One request at a time may hold each thread, and none may hold it by saying nothing."""

    def init_process(self) -> None:
        self._deadlines = Deadlines()
        self._deadlines.start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        with self._deadlines.over(conn):
            return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """A download takes as long as it takes, while bytes arrive at all: the kernel sees to that."""
        if req.method in SENDING:
            self._deadlines.lift(conn)
        return super().handle_request(req, conn)
