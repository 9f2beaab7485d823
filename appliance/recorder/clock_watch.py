"""Was the time of day put forward or back, or is it trusted differently now? Ask about twice a second.

The monotonic clock tells how much time has passed; what the wall clock differs from that is a step.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.clock import Clock

STEP_S = 0.25
SLEW = 0.001  # seconds a second; adjtimex(2) slews by at most half of that
HELD_UP_S = 0.05


@dataclass(frozen=True)
class ClockChange:
    """`step_s`: by how much the wall clock was put forward, negative: back, 0: not at all; trusts are the clock's."""

    step_s: float
    before: str
    now: str

    def __str__(self) -> str:
        """For the record: `the clock was put forward by 3600.0 s; before: unknown, now: synchronised`."""
        trust = f"before: {self.before}, now: {self.now}" if self.now != self.before else f"before and now: {self.now}"
        if not self.step_s:
            return f"the clock was left as it is; {trust}"
        return f"the clock was put {'forward' if self.step_s > 0 else 'back'} by {abs(self.step_s):.1f} s; {trust}"


@dataclass(frozen=True)
class Reading:
    """What the clocks said at one moment; `monotonic` in seconds."""

    monotonic: float
    wall: datetime
    trust: str


class ClockWatch:
    """Compares each reading with the one before."""

    def __init__(self) -> None:
        self._last: Reading | None = None

    def look(self, clock: Clock) -> ClockChange | None:
        """Read the clocks and tell what changed. A reading in which this process was held up is not judged."""
        trust = clock.trust()
        before, wall, after = clock.monotonic(), clock.wall(), clock.monotonic()
        if after - before > HELD_UP_S:
            return None
        return self.see(Reading((before + after) / 2, wall, trust))

    def see(self, reading: Reading) -> ClockChange | None:
        """Compare a reading with the one before; the first tells nothing."""
        last, self._last = self._last, reading
        if last is None:
            return None
        passed = reading.monotonic - last.monotonic
        step = (reading.wall - last.wall - timedelta(seconds=passed)).total_seconds()
        if abs(step) <= STEP_S + SLEW * passed:
            step = 0.0
        return ClockChange(step, last.trust, reading.trust) if step or reading.trust != last.trust else None
