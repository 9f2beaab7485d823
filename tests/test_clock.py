"""How far the time of day may be trusted, with /sys and /run kept here as folders."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.clock import RELEASED, RTC_READ_AGAIN_S, RealTimeClock, SystemClock, in_words

pytestmark = pytest.mark.pure

NOW = datetime(2027, 3, 1, 10, 2, tzinfo=UTC)


class Board:
    """A computer with or without a clock that goes on while the power is off."""

    def __init__(self, folder: Path) -> None:
        self.sys, self.run = folder / "sys", folder / "run"
        self.rtc = self.sys / "class" / "rtc" / "rtc0"

    def has_rtc(self, says: float, hctosys: int = 1) -> None:
        self.rtc.mkdir(parents=True, exist_ok=True)
        (self.rtc / "hctosys").write_text(f"{hctosys}\n")
        (self.rtc / "since_epoch").write_text(f"{int(says)}\n")

    def hears_a_time_server(self) -> None:
        (self.run / "systemd" / "timesync").mkdir(parents=True)
        (self.run / "systemd" / "timesync" / "synchronized").touch()


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_a_box_without_a_network_and_without_a_clock_does_not_know(board: Board) -> None:
    assert SystemClock(board.sys, board.run).trust() == "unknown"


def test_the_time_server_is_believed_most(board: Board) -> None:
    clock = SystemClock(board.sys, board.run)
    board.has_rtc(says=time.time())
    assert clock.trust() == "rtc"
    board.hears_a_time_server()
    assert clock.trust() == "synchronised"


def test_a_clock_that_the_kernel_did_not_take_the_time_from_says_nothing(board: Board) -> None:
    board.has_rtc(says=time.time(), hctosys=0)
    assert SystemClock(board.sys, board.run).trust() == "unknown"


def test_a_clock_whose_driver_comes_late_counts_from_then_on(board: Board) -> None:
    clock = SystemClock(board.sys, board.run)
    assert clock.trust() == "unknown"
    board.has_rtc(says=time.time())
    assert clock.trust() == "rtc"


@pytest.mark.parametrize("apart", [-3600, -61, 61, 3600])
def test_a_time_that_the_clock_does_not_confirm_is_unknown(board: Board, apart: float) -> None:
    board.has_rtc(says=NOW.timestamp())
    assert RealTimeClock(board.rtc).agrees(NOW + timedelta(seconds=apart / 2 if abs(apart) < 100 else 0), 5.0)
    assert not RealTimeClock(board.rtc).agrees(NOW + timedelta(seconds=apart), 5.0)


def test_a_clock_without_a_battery_begins_in_1970(board: Board) -> None:
    board.has_rtc(says=12)
    assert not RealTimeClock(board.rtc).agrees(datetime(1970, 1, 1, 0, 0, 12, tzinfo=UTC), 5.0)
    assert not RealTimeClock(board.rtc).agrees(NOW, 5.0)


def test_no_time_before_the_release_is_believed(board: Board) -> None:
    for moment, believed in ((RELEASED - timedelta(seconds=1), False), (RELEASED, True)):
        board.has_rtc(says=moment.timestamp())
        assert RealTimeClock(board.rtc).agrees(moment, 5.0) is believed


def test_it_is_read_once_an_hour_and_followed_in_between(board: Board) -> None:
    board.has_rtc(says=NOW.timestamp())
    clock = RealTimeClock(board.rtc)
    assert clock.agrees(NOW, 5.0)
    board.has_rtc(says=12)
    later = RTC_READ_AGAIN_S - 1
    assert clock.agrees(NOW + timedelta(seconds=later), 5.0 + later)
    assert not clock.agrees(NOW, 5.0 + later)  # somebody put the time of day back
    assert not clock.agrees(NOW + timedelta(seconds=later + 1), 5.0 + later + 1)


def test_a_clock_that_says_it_has_lost_its_time_is_not_believed(board: Board) -> None:
    board.has_rtc(says=0)
    (board.rtc / "since_epoch").unlink()
    (board.rtc / "since_epoch").mkdir()  # reading fails, as it does with EINVAL on the device
    assert not RealTimeClock(board.rtc).agrees(NOW, 5.0)


def test_trust_is_said_in_words() -> None:
    assert in_words("rtc") == "from the box's own clock, not compared with a time server"
    assert in_words("synchronised") == "compared with a time server"
    assert in_words("unknown") == in_words("what nobody knows") == "by the box's own clock, which may be wrong"


def test_the_clock_of_this_computer_answers() -> None:
    clock = SystemClock()
    assert clock.trust() in ("synchronised", "rtc", "unknown")
    assert clock.boot_id() == SystemClock().boot_id() != ""
    assert clock.monotonic() <= clock.monotonic()
