"""A clock that goes when it is told to."""

from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 11, 23, 10, 2, tzinfo=UTC)


class FakeClock:
    """Monotonic time and wall clock pass together; `trusted` says whether the wall clock is synchronised."""

    def __init__(self, monotonic: float = 1000.0) -> None:
        self._start = self._now = monotonic
        self.trusted = False
        self.boot = "the boot of the test"

    def pass_s(self, seconds: float) -> None:
        self._now += seconds

    def monotonic(self) -> float:
        return self._now

    def wall(self) -> datetime:
        return BEGIN + timedelta(seconds=self._now - self._start)

    def trust(self) -> str:
        return "synchronised" if self.trusted else "unknown"

    def boot_id(self) -> str:
        return self.boot
