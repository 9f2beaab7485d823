"""From raw edges to press, hold and stuck. Pure: times are handed in, in seconds of one monotonic clock."""

BOUNCE_S = 0.03  # a level that lasts less is a bounce of the contact
HOLD_S = 2.0
STUCK_S = 20.0  # after a hold was told, or after the start; nobody keeps a finger there for so long


class Button:
    """Feed every edge with its time, and ask at `deadline` again; answers `press`, `hold` or nothing.

    A press is told when the button is let go, a hold as soon as it has lasted 2 s. A contact that is `down` already at
    the start is neither. `stuck` is True while the contact stays down for much longer than anybody would hold it.
    """

    def __init__(self, *, down: bool = False, now: float = 0.0) -> None:
        self._level = down  # as last seen
        self._changed = now
        self._down = down  # after bounces have settled
        self._down_since = now
        self._held = down  # what is down now has been told, or never will be
        self._stuck_at = now + STUCK_S
        self.stuck = False

    def edge(self, down: bool, at: float) -> str | None:
        """The contact changed at a time; an edge to the same level is ignored."""
        told = self.at(at)
        if down != self._level:
            self._level, self._changed = down, at
        return told

    def at(self, now: float) -> str | None:
        """What has become certain by now."""
        settles = self._level != self._down and now >= self._changed + BOUNCE_S
        told = self._settle(now) if settles else self._hold(now)
        self.stuck = self._down and (self.stuck or (self._level and now >= self._stuck_at))
        return told

    @property
    def deadline(self) -> float | None:
        """When to ask again though no edge comes; None when only an edge can bring news."""
        if self._level != self._down:
            return self._changed + BOUNCE_S
        if self._down and not self._held:
            return self._down_since + HOLD_S
        if self._down and not self.stuck:
            return self._stuck_at
        return None

    def _settle(self, now: float) -> str | None:
        self._down = self._level
        if self._down:
            self._down_since, self._held = self._changed, False
            self._stuck_at = self._changed + HOLD_S + STUCK_S
            return self._hold(now)
        if self._held:
            return None
        return "hold" if self._changed >= self._down_since + HOLD_S else "press"

    def _hold(self, now: float) -> str | None:
        if self._down and self._level and not self._held and now >= self._down_since + HOLD_S:
            self._held = True
            return "hold"
        return None
