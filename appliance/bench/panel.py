"""The real panel on pins without copper: gpiozero's own MockFactory, a virtual finger and a light that is written down.

`down` or `up` sent to the socket `button.sock` moves the button's contact; every change of the light's pin goes to
`light.log` as `monotonic-seconds 0|1`. When this process dies, the light is dark.
"""

import socket
import sys
import threading
import time
from pathlib import Path

from gpiozero.pins.mock import MockFactory

from appliance import settings_file
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.panel import service
from appliance.panel.pins import GpioPins
from appliance.settings import Settings


class WatchedPins(GpioPins):
    """Writes down each change of the light."""

    def __init__(self, factory: MockFactory, settings: Settings, log: Path) -> None:
        super().__init__(factory, settings.panel)
        self._log = log.open("a", buffering=1)
        self._lit: bool | None = None
        self.light(False)

    def light(self, on: bool) -> None:
        super().light(on)
        if on is not self._lit:
            self._lit = on
            self._log.write(f"{time.monotonic():.4f} {int(on)}\n")

    def close(self) -> None:
        super().close()
        self._log.close()


def follow_finger(listener: socket.socket, pin: object) -> None:
    """Move the contact as told; the button connects its pin to ground."""
    while word := listener.recv(16):
        move = "drive_low" if word == b"down" else "drive_high"
        getattr(pin, move)()


def main(settings_path: Path) -> None:
    settings = settings_file.load(settings_path)
    run = Path(settings.store.run)
    run.mkdir(parents=True, exist_ok=True)
    factory = MockFactory()
    pins = WatchedPins(factory, settings, run / "light.log")
    (run / "button.sock").unlink(missing_ok=True)
    finger = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    finger.bind(str(run / "button.sock"))
    pin = factory.pin(settings.panel.button_pin)
    threading.Thread(target=follow_finger, args=(finger, pin), daemon=True).start()
    lifetime = Lifetime()
    lifetime.end_on_signals()
    service.serve(pins, settings.store.panel_socket, lifetime, Notifier.of_this_process())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
