"""Noticing that the time of day was put forward or back, on clocks that are read by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.recorder.clock_watch import HELD_UP_S, ClockChange, ClockWatch, Reading

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
intervals = st.floats(0.3, 2.0)
trusts = st.sampled_from(["synchronised", "rtc", "unknown"])


class Clocks:
    """A monotonic clock, and a wall clock that runs slightly wrong; `held_up`: seconds before and after it is read."""

    def __init__(self, trust: str = "unknown", begins: float = 1000.0) -> None:
        self.now, self.time_of_day, self.trusted = begins, NOON, trust
        self.held_up, self.drift = (0.0, 0.0), 0.0

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        self.time_of_day += timedelta(seconds=seconds * (1 + self.drift))

    def put(self, seconds: float) -> None:
        self.time_of_day += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        now = self.now
        self.go_on(self.held_up[0])
        return now

    def wall(self) -> datetime:
        said = self.time_of_day
        self.go_on(self.held_up[1])
        return said

    def trust(self) -> str:
        return self.trusted

    def boot_id(self) -> str:
        return "the boot of the test"


def watched(clocks: Clocks) -> ClockWatch:
    """A watch that has looked once."""
    watch = ClockWatch()
    assert watch.look(clocks) is None
    return watch


def told(change: ClockChange | None) -> tuple[float, str, str] | None:
    """A change to a tenth of a second."""
    return None if change is None else (round(change.step_s, 1), change.before, change.now)


def test_the_network_comes_and_the_clock_is_put_right() -> None:
    clocks = Clocks()
    watch = watched(clocks)
    clocks.go_on(0.5)
    assert watch.look(clocks) is None
    clocks.go_on(0.5)
    clocks.put(3600)
    clocks.trusted = "synchronised"
    change = watch.look(clocks)
    assert told(change) == (3600.0, "unknown", "synchronised")
    assert str(change) == "the clock was put forward by 3600.0 s; before: unknown, now: synchronised"
    clocks.go_on(0.5)
    assert watch.look(clocks) is None


def test_somebody_puts_the_clock_back() -> None:
    clocks = Clocks()
    watch = watched(clocks)
    clocks.put(-61.04)
    clocks.go_on(0.5)
    assert str(watch.look(clocks)) == "the clock was put back by 61.0 s; before and now: unknown"


def test_the_time_server_finds_the_clock_right() -> None:
    clocks = Clocks("rtc")
    watch = watched(clocks)
    clocks.go_on(0.5)
    clocks.trusted = "synchronised"
    change = watch.look(clocks)
    assert change == ClockChange(0.0, "rtc", "synchronised")
    assert str(change) == "the clock was left as it is; before: rtc, now: synchronised"


@given(st.lists(intervals, max_size=50), st.floats(-0.0005, 0.0005), st.floats(0, HELD_UP_S * 0.99), st.floats(0, 1e6))
def test_a_clock_that_is_slewed_is_not_put(seconds: list[float], drift: float, takes: float, begins: float) -> None:
    clocks = Clocks(begins=begins)
    clocks.drift, clocks.held_up = drift, (takes / 2, takes / 2)
    watch = watched(clocks)
    for interval in seconds:
        clocks.go_on(interval)
        assert watch.look(clocks) is None


@given(st.floats(60, 86400), st.floats(-0.0005, 0.0005))
def test_a_slew_while_nobody_looked_is_none_either(away: float, drift: float) -> None:
    clocks = Clocks()
    clocks.drift = drift
    watch = watched(clocks)
    clocks.go_on(away)
    assert watch.look(clocks) is None


@given(
    st.lists(
        st.tuples(intervals, st.one_of(st.just(0.0), st.floats(0.3, 1e8), st.floats(-1e8, -0.3)), trusts), max_size=30
    ),
    st.floats(0, HELD_UP_S * 0.9),
)
def test_every_step_and_every_change_of_trust_is_told_once(
    moments: list[tuple[float, float, str]], takes: float
) -> None:
    clocks = Clocks()
    clocks.held_up = (0.0, takes)
    watch, trust = watched(clocks), "unknown"
    for interval, step, after in moments:
        clocks.go_on(interval)
        clocks.put(step)
        clocks.trusted = after
        change = watch.look(clocks)
        if step or after != trust:
            assert change is not None
            assert (change.before, change.now) == (trust, after)
            assert abs(change.step_s - step) <= (HELD_UP_S if step else 0)
        else:
            assert change is None
        trust = after


@given(st.floats(HELD_UP_S * 1.1, 1e4), st.booleans())
def test_a_reading_that_was_itself_held_up_is_not_judged(takes: float, at_first: bool) -> None:
    clocks = Clocks()
    watch = watched(clocks)
    clocks.go_on(0.5)
    clocks.held_up = (takes, 0.0) if at_first else (0.0, takes)
    assert watch.look(clocks) is None
    clocks.held_up = (0.0, 0.0)
    clocks.go_on(0.5)
    assert watch.look(clocks) is None


def test_a_step_during_a_reading_that_was_held_up_is_told_at_the_next() -> None:
    clocks = Clocks()
    watch = watched(clocks)
    clocks.held_up = (3.0, 0.0)
    clocks.put(10)
    assert watch.look(clocks) is None
    clocks.held_up = (0.0, 0.0)
    assert told(watch.look(clocks)) == (10.0, "unknown", "unknown")


def test_readings_may_be_handed_in() -> None:
    watch = ClockWatch()
    assert watch.see(Reading(5.0, NOON, "unknown")) is None
    assert watch.see(Reading(5.5, NOON + timedelta(seconds=0.74), "unknown")) is None
    assert told(watch.see(Reading(6.0, NOON + timedelta(seconds=1.5), "unknown"))) == (0.3, "unknown", "unknown")
