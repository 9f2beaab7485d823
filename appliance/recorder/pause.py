"""When did a long pause begin? After a power cut only a clock that can be trusted knows."""

from datetime import datetime

from appliance.clock import Clock

UNTRUSTED = "unknown"


class PauseClock:
    """`last_durable`: as the recorder found it at its start; `known`: whether that is a time of this boot."""

    def __init__(self, last_durable: float, *, known: bool) -> None:
        self._guess = None if known else last_durable
        self._since: float | None = None

    def since(self, clock: Clock, last_durable: float, last_wall: datetime | None) -> float | None:
        """Monotonic time; None while nobody knows. `last_wall`: the trusted time of day of the last sample."""
        if last_durable != self._guess:
            return last_durable
        if self._since is None and clock.trust() != UNTRUSTED:
            ago_s = (clock.wall() - last_wall).total_seconds() if last_wall else 0.0
            self._since = clock.monotonic() - max(0.0, ago_s)
        return self._since
