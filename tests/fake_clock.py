"""A clock that goes when it is told to."""

from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 11, 23, 10, 2, tzinfo=UTC)


class FakeClock:
    """Monotonic time and wall clock pass together; `trusted` says whether the wall clock is synchronised."""

    def __init__(self, monotonic: float = 1000.0) -> None:
        self._now = monotonic
        self._wall = BEGIN
        self.trusted = False
        self.boot = "the boot of the test"
        self._boots = 0

    def pass_s(self, seconds: float) -> None:
        self._now += seconds
        self._wall += timedelta(seconds=seconds)

    def reboot(self, off_s: float) -> None:
        """Another boot, some seconds of the world later; its monotonic clock has just begun."""
        self._boots += 1
        self.boot = f"boot {self._boots} after the first"
        self._now = 20.0
        self._wall += timedelta(seconds=off_s)

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the time of day, so many seconds on."""
        self._wall += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self._now

    def wall(self) -> datetime:
        return self._wall

    def trust(self) -> str:
        return "synchronised" if self.trusted else "unknown"

    def boot_id(self) -> str:
        return self.boot
