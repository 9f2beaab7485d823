"""How long a service lives: until SIGTERM or SIGINT, with waits that these end at once."""

import signal
import threading
from types import FrameType


class Lifetime:
    """Ask `over` between two steps of work; `wait` instead of sleeping."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def end_on_signals(self) -> None:
        """Let SIGTERM and SIGINT end this life; only from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def end(self) -> None:
        self._over.set()

    @property
    def over(self) -> bool:
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait; True if life ended meanwhile."""
        return self._over.wait(seconds)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.end()
