"""The real panel on gpiozero's mock pins and a real socket."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from appliance import link
from appliance.panel.pins import GpioPins
from appliance.panel.service import Panel
from appliance.settings import Panel as PanelSettings

pytestmark = pytest.mark.pure

SETTING = PanelSettings()


class Table:
    """A panel on a table: its pins, and the recorder's end of its line."""

    def __init__(self, folder: Path) -> None:
        self.factory = MockFactory()
        self.path = folder / "panel.sock"
        self.panel = Panel(GpioPins(self.factory, SETTING), self.path)
        self.recorder = self.call()

    def call(self) -> socket.socket:
        line = link.connect(self.path)
        line.settimeout(0.01)
        return line

    def pin(self, number: int) -> bool:
        return bool(self.factory.pin(number).state)

    def until(self, met: Callable[[], bool], seconds: float = 5) -> None:
        """Let the panel turn until something is so."""
        end = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < end
            self.panel.turn()

    def hears(self, word: str) -> bool:
        try:
            return link.hear(self.recorder) == word
        except TimeoutError:
            return False

    def finger(self, *, down: bool) -> None:
        pin = self.factory.pin(SETTING.button_pin)
        pin.drive_low() if down else pin.drive_high()


def press(table: Table) -> None:
    """A finger for longer than any bounce."""
    table.finger(down=True)
    end = time.monotonic() + 0.1
    table.until(lambda: time.monotonic() > end)
    table.finger(down=False)


@pytest.fixture
def table(short_tmp: Path) -> Iterator[Table]:
    made = Table(short_tmp)
    yield made
    made.recorder.close()
    made.panel.close()
    made.factory.close()


def test_a_light_is_shown_and_answered(table: Table) -> None:
    link.say(table.recorder, "show steady")
    table.until(lambda: table.hears("shown"))
    assert table.pin(SETTING.light_pin)


def test_a_light_that_is_not_said_again_is_fault(table: Table) -> None:
    link.say(table.recorder, "show steady")
    table.until(lambda: table.pin(SETTING.light_pin))
    table.until(lambda: not table.pin(SETTING.light_pin))  # fault begins dark; steady never is


def test_a_recorder_that_dies_takes_steady_with_it(table: Table) -> None:
    link.say(table.recorder, "show steady")
    table.until(lambda: table.pin(SETTING.light_pin))
    table.recorder.close()
    table.until(lambda: not table.pin(SETTING.light_pin), seconds=1)


def test_a_press_and_a_hold_reach_the_recorder(table: Table) -> None:
    table.until(lambda: table.panel._recorder is not None)
    press(table)
    table.until(lambda: table.hears("press"))
    table.finger(down=True)
    table.until(lambda: link.say(table.recorder, "show dark") and table.hears("hold"))


def test_with_no_recorder_a_press_sounds_refused(table: Table) -> None:
    table.recorder.close()
    table.until(lambda: table.panel._recorder is None)
    press(table)
    table.until(lambda: table.pin(SETTING.buzzer_pin))


def test_a_restarted_recorder_takes_the_place_of_the_one_before(table: Table) -> None:
    link.say(table.recorder, "show pulse")
    table.until(lambda: table.hears("shown"))
    before, table.recorder = table.recorder, table.call()
    link.say(table.recorder, "show steady")
    table.until(lambda: table.hears("shown"))
    assert table.pin(SETTING.light_pin)
    before.close()


def test_words_that_nobody_knows_change_nothing(table: Table) -> None:
    link.say(table.recorder, "show steady")
    table.until(lambda: table.hears("shown"))
    link.say(table.recorder, "show nonsense")
    link.say(table.recorder, "sound nonsense")
    table.panel.turn()
    assert table.pin(SETTING.light_pin)


def test_a_recorder_that_hangs_is_no_answer_to_a_press(table: Table) -> None:
    link.say(table.recorder, "show dark")
    table.until(lambda: table.hears("shown"))
    table.until(lambda: table.panel._light.pattern == "fault")  # it says nothing any more
    press(table)
    table.until(lambda: table.pin(SETTING.buzzer_pin))


def test_a_sound_is_heard_and_ends(table: Table) -> None:
    link.say(table.recorder, "sound accepted")
    table.until(lambda: table.pin(SETTING.buzzer_pin))
    table.until(lambda: not table.pin(SETTING.buzzer_pin))


def test_a_bouncing_press_reaches_the_recorder_once(table: Table) -> None:
    table.until(lambda: table.panel._recorder is not None)
    for _ in range(5):
        table.finger(down=True)
        table.finger(down=False)
    press(table)
    table.until(lambda: table.hears("press"))
    end = time.monotonic() + 0.1
    table.until(lambda: table.hears("press") or time.monotonic() > end)
    assert time.monotonic() > end


def test_a_panel_that_is_closed_is_dark(table: Table) -> None:
    link.say(table.recorder, "show steady")
    table.until(lambda: table.pin(SETTING.light_pin))
    light = table.factory.pin(SETTING.light_pin)
    table.panel.close()
    assert light.function == "input" or not light.state
    table.panel = Panel(GpioPins(table.factory, SETTING), table.path)
    assert not table.pin(SETTING.light_pin)


def test_a_socket_that_a_killed_panel_left_behind_is_replaced(short_tmp: Path) -> None:
    for _ in range(2):
        link.listen(short_tmp / "run" / "panel.sock").close()
    assert (short_tmp / "run" / "panel.sock").stat().st_mode & 0o777 == 0o660
    with pytest.raises(ConnectionRefusedError):
        link.connect(short_tmp / "run" / "panel.sock")


def test_saying_never_waits_and_never_raises() -> None:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with one, other:
        while link.say(one, "show steady"):
            pass  # until nothing more fits
        other.close()
        assert not link.say(one, "show steady")
        assert link.hear(one) == ""
