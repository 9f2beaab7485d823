"""From raw edges to press and hold. Pure: times are handed in, in seconds of one monotonic clock."""

BOUNCE_S = 0.03  # a level that lasts less is a bounce of the contact
HOLD_S = 2.0


class Button:
    """Feed every edge with its time, and ask at `deadline` again; answers `press`, `hold` or nothing.

    A press is told when the button is let go, a hold as soon as it has lasted 2 s.
    """

    def __init__(self) -> None:
        self._level = False  # as last seen
        self._changed = 0.0
        self._down = False  # after bounces have settled
        self._down_since = 0.0
        self._held = False

    def edge(self, down: bool, at: float) -> str | None:
        """The contact changed at a time; an edge to the same level is ignored."""
        told = self.at(at)
        if down != self._level:
            self._level, self._changed = down, at
        return told

    def at(self, now: float) -> str | None:
        """What has become certain by now."""
        if self._level != self._down and now >= self._changed + BOUNCE_S:
            return self._settle(now)
        return self._hold(now)

    @property
    def deadline(self) -> float | None:
        """When to ask again though no edge comes; None when only an edge can bring news."""
        if self._level != self._down:
            return self._changed + BOUNCE_S
        if self._down and not self._held:
            return self._down_since + HOLD_S
        return None

    def _settle(self, now: float) -> str | None:
        self._down = self._level
        if self._down:
            self._down_since, self._held = self._changed, False
            return self._hold(now)
        if self._held:
            return None
        return "hold" if self._changed >= self._down_since + HOLD_S else "press"

    def _hold(self, now: float) -> str | None:
        if self._down and self._level and not self._held and now >= self._down_since + HOLD_S:
            self._held = True
            return "hold"
        return None
