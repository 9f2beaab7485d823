"""The button, the light and the buzzer on real pins, through gpiozero."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from gpiozero import Button, DigitalOutputDevice
from gpiozero.exc import GPIOZeroError

from appliance.errors import NoButton
from appliance.settings import Panel

HEADERS = frozenset(("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"))
"""What kernels call the chip of the 40-pin header: Pi 5, Pi 4, older ones."""


class Pins(Protocol):
    """What the panel needs of the hardware."""

    def light(self, on: bool) -> None: ...

    def buzzer(self, on: bool) -> None: ...

    def on_edge(self, tell: Callable[[bool], None]) -> None:
        """Have every change of the contact told (True: down), from any thread."""

    def is_down(self) -> bool:
        """The contact as it is now."""

    def close(self) -> None: ...


class GpioPins:
    """Pins of a gpiozero factory, which is handed in, never guessed, and closed with them."""

    def __init__(self, factory: Any, panel: Panel) -> None:
        self._factory = factory
        self._light = DigitalOutputDevice(panel.light_pin, initial_value=False, pin_factory=factory)
        self._buzzer = DigitalOutputDevice(panel.buzzer_pin, initial_value=False, pin_factory=factory)
        # No bounce_time: with it gpiozero loses edges (gpiozero issue 550); button.py decides.
        self._button = Button(panel.button_pin, pull_up=True, bounce_time=None, pin_factory=factory)

    def light(self, on: bool) -> None:
        self._light.value = on

    def buzzer(self, on: bool) -> None:
        self._buzzer.value = on

    def on_edge(self, tell: Callable[[bool], None]) -> None:
        self._button.when_pressed = lambda: tell(True)
        self._button.when_released = lambda: tell(False)

    def is_down(self) -> bool:
        return bool(self._button.is_pressed)

    def close(self) -> None:
        # Dark first: lgpio may call a pin busy that it still watches.
        self.light(False)
        self.buzzer(False)
        for device in (self._light, self._buzzer, self._button):
            device.close()
        self._factory.close()  # a pin of lgpio is let go of only now


def chip_of_header(devices: Path = Path("/dev"), label: Callable[[int], str] | None = None) -> int | None:
    """The number of the GPIO chip that the header is on, by its label; None where no chip has one that is known.

    gpiozero guesses the number, which has changed with kernels of the Pi 5.
    """
    for number in sorted(int(path.name.removeprefix("gpiochip")) for path in devices.glob("gpiochip*")):
        if (label or _label)(number) in HEADERS:
            return number
    return None


def _label(number: int) -> str:
    """Of a chip; empty where it cannot be opened."""
    import lgpio

    try:
        chip = lgpio.gpiochip_open(number)
    except lgpio.error:
        return ""
    try:
        return str(lgpio.gpio_get_chip_info(chip)[3])
    finally:
        lgpio.gpiochip_close(chip)


def _lgpio_factory() -> Any:
    import lgpio
    from gpiozero.pins.lgpio import LGPIOFactory

    try:
        return LGPIOFactory(chip_of_header())
    except lgpio.error as error:
        raise OSError(str(error)) from error


def factory(name: str) -> Any:
    """The named gpiozero factory: `lgpio` or `rpigpio`. Raises NoButton when it cannot be had here."""
    try:
        if name == "lgpio":
            return _lgpio_factory()
        from gpiozero.pins.rpigpio import RPiGPIOFactory

        return RPiGPIOFactory()
    except (ImportError, OSError, RuntimeError, GPIOZeroError) as error:
        raise NoButton(factory=name, why=str(error) or type(error).__name__) from error


def real_pins(panel: Panel) -> GpioPins:
    """Raises NoButton with the reason."""
    try:
        return GpioPins(factory(panel.pin_factory), panel)
    except (OSError, GPIOZeroError) as error:
        raise NoButton(factory=panel.pin_factory, why=str(error) or type(error).__name__) from error
