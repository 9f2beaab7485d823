"""How often a wrong code may be typed, by all visitors of the box together: phones behind one address look like one.

Links are never counted, so nobody who holds a ticket can be locked out by somebody who guesses.
"""

import threading
from collections import deque

MOST = 30
WITHIN_S = 600.0


class Patience:
    """Times are monotonic, in seconds."""

    def __init__(self) -> None:
        self._wrong: deque[float] = deque(maxlen=MOST)
        self._lock = threading.Lock()

    def is_over(self, now: float) -> bool:
        with self._lock:
            return len(self._wrong) == MOST and now - self._wrong[0] < WITHIN_S

    def wrong(self, now: float) -> None:
        with self._lock:
            self._wrong.append(now)
