"""What the panel needs of any pins: on gpiozero's mock and, in the emulated box, on lgpio and a kernel's gpio-sim.

`scripts/check-image contracts` runs this there, with CANDOUR_PINS=gpio-sim and tests/machine/guest/pins.py beside it.
"""

import importlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from appliance.panel.pins import GpioPins, real_pins
from appliance.settings import Panel

pytestmark = pytest.mark.pure
SETTING = Panel()
PRESSES, PRESS_S = 5, 0.1
TOLD_WITHIN_S = 10.0  # of an emulated computer; the test is that it comes at all


@dataclass
class Hardware:
    """Pins, and the world at their other end: a finger, and eyes."""

    pins: GpioPins
    again: Callable[[], GpioPins]
    finger: Callable[[bool], None]
    is_high: Callable[[int], bool]


def mocked() -> Hardware:
    factory = MockFactory()

    def finger(down: bool) -> None:
        pin = factory.pin(SETTING.button_pin)
        pin.drive_low() if down else pin.drive_high()

    return Hardware(
        GpioPins(factory, SETTING),
        lambda: GpioPins(factory, SETTING),
        finger,
        lambda number: bool(factory.pin(number).state),
    )


def simulated() -> Hardware:
    rig: Any = importlib.import_module("pins")

    def finger(down: bool) -> None:
        (rig.line(SETTING.button_pin) / "pull").write_text("pull-down" if down else "pull-up")

    return Hardware(
        real_pins(SETTING),
        lambda: real_pins(SETTING),
        finger,
        lambda number: (rig.line(number) / "value").read_text().strip() == "1",
    )


@pytest.fixture
def hardware() -> Iterator[Hardware]:
    made = simulated() if os.environ.get("CANDOUR_PINS") == "gpio-sim" else mocked()
    yield made
    made.finger(False)
    made.pins.close()


def until(met: Callable[[], bool]) -> None:
    ends = time.monotonic() + TOLD_WITHIN_S
    while not met():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_it_is_dark_and_silent_until_told(hardware: Hardware) -> None:
    assert not hardware.is_high(SETTING.light_pin) and not hardware.is_high(SETTING.buzzer_pin)


def test_light_and_buzzer_do_what_they_are_told_and_nothing_else(hardware: Hardware) -> None:
    for light, buzzer in ((True, False), (True, True), (False, True), (False, False)):
        hardware.pins.light(light)
        hardware.pins.buzzer(buzzer)
        assert (hardware.is_high(SETTING.light_pin), hardware.is_high(SETTING.buzzer_pin)) == (light, buzzer)


def test_a_button_that_nobody_touches_is_up(hardware: Hardware) -> None:
    """By the pin's own pull-up: no other part holds it."""
    assert not hardware.pins.is_down()


def test_presses_are_told_in_their_order_and_the_level_is_always_right(hardware: Hardware) -> None:
    """An emulated computer that is busy loses edges on the way through lgpio; the panel looks at the level besides."""
    told: list[bool] = []
    hardware.pins.on_edge(told.append)
    for _ in range(PRESSES):
        for down in (True, False):
            hardware.finger(down)
            assert hardware.pins.is_down() is down
            time.sleep(PRESS_S)
    until(lambda: len(told) >= 2)
    assert all(told[::2]) and not any(told[1::2])
    print("edges told:", len(told), "of", 2 * PRESSES)


def test_what_is_closed_is_dark_and_can_be_taken_again(hardware: Hardware) -> None:
    hardware.pins.light(True)
    hardware.pins.close()
    hardware.pins = hardware.again()
    assert not hardware.is_high(SETTING.light_pin)
    hardware.pins.light(True)
    assert hardware.is_high(SETTING.light_pin)
