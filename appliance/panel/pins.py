"""The button, the light and the buzzer on real pins, through gpiozero."""

from collections.abc import Callable
from typing import Any, Protocol

from gpiozero import Button, DigitalOutputDevice
from gpiozero.exc import GPIOZeroError

from appliance.errors import NoButton
from appliance.settings import Panel


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
    """Pins of a gpiozero factory, which is handed in and never guessed."""

    def __init__(self, factory: Any, panel: Panel) -> None:
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
        for device in (self._button, self._light, self._buzzer):
            device.close()


def factory(name: str) -> Any:
    """The named gpiozero factory: `lgpio` or `rpigpio`. Raises NoButton when it cannot be had here."""
    try:
        if name == "lgpio":
            from gpiozero.pins.lgpio import LGPIOFactory as Factory
        else:
            from gpiozero.pins.rpigpio import RPiGPIOFactory as Factory
        return Factory()
    except (ImportError, OSError, RuntimeError, GPIOZeroError) as error:
        raise NoButton(factory=name, why=str(error) or type(error).__name__) from error


def real_pins(panel: Panel) -> GpioPins:
    """Raises NoButton with the reason."""
    try:
        return GpioPins(factory(panel.pin_factory), panel)
    except (OSError, GPIOZeroError) as error:
        raise NoButton(factory=panel.pin_factory, why=str(error) or type(error).__name__) from error
