"""Time: durations from the monotonic clock, labels from the wall clock, and how far that may be trusted."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")  # touched by systemd-timesyncd(8)


class Clock(Protocol):
    """What a service knows of time."""

    def monotonic(self) -> float:
        """Seconds that only ever go forward; comparable between processes of one boot."""

    def wall(self) -> datetime:
        """The time of day, UTC, which may be wrong and may step."""

    def trust(self) -> str:
        """`synchronised`, `rtc` or `unknown`."""

    def boot_id(self) -> str:
        """A name for this boot: monotonic times compare only within one."""


class SystemClock:
    """The computer's own clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def trust(self) -> str:
        return "synchronised" if SYNCHRONISED.exists() else "unknown"

    def boot_id(self) -> str:
        return boot_id()


def boot_id() -> str:
    """The kernel's name for this boot (random(4))."""
    return BOOT_ID.read_text().strip()


def stamp(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def spoken(seconds: float) -> str:
    """A position or length for people: 75 -> `1:15`, 3675 -> `1:01:15`."""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
