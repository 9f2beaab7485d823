"""The real panel on gpiozero's mock pins and a real socket."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from appliance import link
from appliance.clock import SystemClock
from appliance.panel.button import HOLD_S, STUCK_S
from appliance.panel.pins import GpioPins, chip_of_header
from appliance.panel.service import Panel
from appliance.recorder.inbox import Inbox, Said
from appliance.recorder.panel_line import PanelLine
from appliance.settings import Panel as PanelSettings

pytestmark = pytest.mark.pure

SETTING = PanelSettings()


class Table:
    """A panel on a table: its pins, and the recorder's end of its line."""

    def __init__(self, folder: Path) -> None:
        self.factory = MockFactory()
        self.path = folder / "panel.sock"
        self.ahead = 0.0  # of the computer's clock, so that nobody has to wait
        self.panel = self.switched_on()
        self.recorder = self.call()

    def switched_on(self, *, finger_down: bool = False) -> Panel:
        pins = GpioPins(self.factory, SETTING)
        if finger_down:
            self.finger(down=True)
        return Panel(pins, self.path, lambda: time.monotonic() + self.ahead)

    def later(self, seconds: float) -> None:
        """So much time has passed, and the recorder has gone on saying what to show."""
        self.ahead += seconds
        link.say(self.recorder, "show dark")

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


def words(table: Table, until: str) -> list[str]:
    """All that the recorder hears up to a word, but the answers to its lights."""
    heard: list[str] = []

    def last() -> bool:
        with suppress(TimeoutError):
            heard.append(link.hear(table.recorder))
        return bool(heard) and heard[-1] == until

    table.until(last)
    return [word for word in heard if word != "shown"]


def test_a_button_that_is_stuck_and_comes_free_and_works(table: Table) -> None:
    table.finger(down=True)
    table.until(lambda: table.panel._button.deadline is not None)
    table.later(HOLD_S)
    assert words(table, until="hold") == ["hold"]
    table.later(STUCK_S)
    assert words(table, until="stuck") == ["stuck"]
    table.finger(down=False)
    assert words(table, until="free") == ["free"]
    table.later(0)
    press(table)
    assert words(table, until="press") == ["press"]


def test_a_button_that_is_down_at_the_start_is_no_hold(table: Table) -> None:
    table.panel.close()
    table.recorder.close()
    table.panel = table.switched_on(finger_down=True)
    table.recorder = table.call()
    table.later(STUCK_S)
    assert words(table, until="stuck") == ["stuck"]
    table.finger(down=False)
    assert words(table, until="free") == ["free"]


def test_a_recorder_that_calls_later_hears_that_the_button_is_stuck(table: Table) -> None:
    table.finger(down=True)
    table.until(lambda: table.panel._button.deadline is not None)
    table.later(HOLD_S)
    words(table, until="hold")
    table.later(STUCK_S)
    words(table, until="stuck")
    table.recorder.close()
    table.until(lambda: table.panel._recorder is None)
    table.recorder = table.call()
    assert words(table, until="stuck") == ["stuck"]


def test_a_recorder_hears_nothing_of_a_button_that_is_well(table: Table) -> None:
    for _ in range(2):
        table.later(1.0)
        assert words(table, until="shown") == []


def test_a_press_whose_edges_were_lost_is_seen_all_the_same(table: Table) -> None:
    table.until(lambda: table.panel._recorder is not None)
    table.factory.pin(SETTING.button_pin).when_changed = None
    table.finger(down=True)
    table.until(lambda: table.panel._button.deadline is not None)
    table.later(0.5)
    table.panel.turn()
    table.finger(down=False)
    table.later(0)
    assert words(table, until="press") == ["press"]


def heard_by_the_recorder(inbox: Inbox) -> str:
    """What comes into the inbox next."""
    said = inbox.take(5)
    assert isinstance(said, Said)
    return said.what


def test_the_recorder_knows_whether_the_button_is_stuck(short_tmp: Path) -> None:
    """Only gestures and the panel's coming and going are events; what is said before them is known by then."""
    inbox = Inbox(16000)
    with link.listen(short_tmp / "panel.sock") as listener:
        line = PanelLine(short_tmp / "panel.sock", inbox, SystemClock())
        listener.setblocking(True)
        assert not line.stuck
        panel, _ = listener.accept()
        assert (heard_by_the_recorder(inbox), line.stuck) == ("panel here", False)
        for word, gesture, stuck in (("stuck", "hold", True), ("free", "press", False), ("stuck", "hold", True)):
            assert link.say(panel, word)
            assert link.say(panel, gesture)
            assert (heard_by_the_recorder(inbox), line.stuck) == (gesture, stuck)
        panel.close()
        assert (heard_by_the_recorder(inbox), line.stuck) == ("panel gone", False)
        panel, _ = listener.accept()
        assert (heard_by_the_recorder(inbox), line.stuck) == ("panel here", False)
        panel.close()


def test_an_answer_that_comes_at_once_counts(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a recorder that waits for its card would take the panel for one that hangs."""
    inbox, say = Inbox(16000), link.say
    with link.listen(short_tmp / "panel.sock") as listener:
        line = PanelLine(short_tmp / "panel.sock", inbox, SystemClock())
        listener.setblocking(True)
        panel, _ = listener.accept()
        assert heard_by_the_recorder(inbox) == "panel here"

        def said_and_answered(at: socket.socket, word: str) -> bool:
            assert say(at, word)
            assert link.hear(panel) == word
            assert say(panel, "shown")
            assert say(panel, "press")
            return heard_by_the_recorder(inbox) == "press"

        monkeypatch.setattr(link, "say", said_and_answered)
        line.show("steady")
        a_minute_later = time.monotonic() + 60
        monkeypatch.setattr(time, "monotonic", lambda: a_minute_later)
        assert line.there
        monkeypatch.undo()
        panel.close()


def test_a_panel_that_does_not_answer_is_not_there(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox(16000)
    with link.listen(short_tmp / "panel.sock") as listener:
        line = PanelLine(short_tmp / "panel.sock", inbox, SystemClock())
        listener.setblocking(True)
        panel, _ = listener.accept()
        assert heard_by_the_recorder(inbox) == "panel here"
        line.show("steady")
        assert line.there
        a_minute_later = time.monotonic() + 60
        monkeypatch.setattr(time, "monotonic", lambda: a_minute_later)
        assert not line.there
        monkeypatch.undo()
        panel.close()


def test_a_panel_that_is_closed_is_dark(table: Table) -> None:
    link.say(table.recorder, "show steady")
    table.until(lambda: table.pin(SETTING.light_pin))
    light = table.factory.pin(SETTING.light_pin)
    table.panel.close()
    assert light.function == "input" or not light.state
    table.panel = table.switched_on()
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


@pytest.mark.parametrize(
    ("labels", "number"),
    [
        ({0: "pinctrl-bcm2711", 1: "raspberrypi-exp-gpio"}, 0),  # Pi 4
        ({0: "pinctrl-rp1", 10: "gpio-brcmstb@107d508500"}, 0),  # Pi 5, as of kernel 6.6.45
        ({0: "brcmvirt", 4: "pinctrl-rp1"}, 4),  # Pi 5, before
        ({11: "gpio-brcmstb@107d517c00", 15: "pinctrl-rp1"}, 15),
        ({0: "a chip of another board", 1: ""}, None),
        ({}, None),
    ],
)
def test_the_header_is_found_by_the_name_of_its_chip(
    tmp_path: Path, labels: dict[int, str], number: int | None
) -> None:
    for one in labels:
        (tmp_path / f"gpiochip{one}").touch()
    assert chip_of_header(tmp_path, labels.__getitem__) == number
