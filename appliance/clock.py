"""Time: durations from the monotonic clock, labels from the wall clock, and how far that may be trusted."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right says less: a Pi 5 whose clock has no battery begins in 1970."""
RTC_AGREES_S = 60.0
RTC_READ_AGAIN_S = 3600.0  # reading it goes over a slow bus; it drifts by some 0.1 s in this time
TRUST_IN_WORDS = {
    "synchronised": "compared with a time server",
    "rtc": "from the box's own clock, not compared with a time server",
    "unknown": "by the box's own clock, which may be wrong",
}


class Clock(Protocol):
    """What a service knows of time."""

    def monotonic(self) -> float:
        """Seconds that only ever go forward; comparable between processes of one boot."""

    def wall(self) -> datetime:
        """The time of day, UTC, which may be wrong and may step."""

    def trust(self) -> str:
        """`synchronised` with a time server, set from the box's own clock with a battery (`rtc`), or `unknown`."""

    def boot_id(self) -> str:
        """A name for this boot: monotonic times compare only within one."""


class SystemClock:
    """The computer's own clocks; `sys` and `run` are the folders where the kernel and systemd tell of them."""

    def __init__(self, sys: Path = Path("/sys"), run: Path = Path("/run")) -> None:
        self._synchronised = run / "systemd" / "timesync" / "synchronized"  # touched by systemd-timesyncd(8)
        self._rtc = RealTimeClock(sys / "class" / "rtc" / "rtc0")

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def trust(self) -> str:
        if self._synchronised.exists():
            return "synchronised"
        return "rtc" if self._rtc.agrees(self.wall(), self.monotonic()) else "unknown"

    def boot_id(self) -> str:
        return boot_id()


class RealTimeClock:
    """The clock that goes on while the power is off, as the kernel shows it (its Documentation/ABI, sysfs-class-rtc).

    Asked often, it is read once an hour and followed by the monotonic clock in between.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read_at = -RTC_READ_AGAIN_S
        self._ahead: float | None = None  # of the monotonic clock, in seconds since 1970

    def agrees(self, wall: datetime, monotonic: float) -> bool:
        """Did the kernel set the wall clock from it at boot, and do both still say the same believable time?"""
        if self._text("hctosys") != "1":
            return False
        if monotonic - self._read_at >= RTC_READ_AGAIN_S:
            told = self._text("since_epoch")
            self._read_at, self._ahead = monotonic, int(told) - monotonic if told else None
        if self._ahead is None:
            return False
        now = self._ahead + monotonic
        return now >= RELEASED.timestamp() and abs(wall.timestamp() - now) <= RTC_AGREES_S

    def _text(self, name: str) -> str:
        """Empty where there is no such clock, or where it says that it has lost its time (EINVAL)."""
        try:
            return (self._folder / name).read_text().strip()
        except OSError:
            return ""


def boot_id() -> str:
    """The kernel's name for this boot (random(4))."""
    return BOOT_ID.read_text().strip()


def stamp(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_words(trust: str) -> str:
    """How far a time may be trusted, to stand after it."""
    return TRUST_IN_WORDS.get(trust, TRUST_IN_WORDS["unknown"])


def spoken(seconds: float) -> str:
    """A position or length for people: 75 -> `1:15`, 3675 -> `1:01:15`."""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
