"""The recorder's end of the line to the panel: calls until it answers, hears gestures, notices when it is gone."""

import socket
import threading
import time
from pathlib import Path

from appliance import link
from appliance.clock import Clock
from appliance.recorder.inbox import Inbox, Said

CALL_AGAIN_S = 0.2
ANSWERS_WITHIN_S = 2.0


class PanelLine:
    """Says lights and sounds without ever waiting; a thread hears and puts what it heard into the inbox."""

    def __init__(self, path: Path, inbox: Inbox, clock: Clock) -> None:
        self._path, self._inbox, self._clock = path, inbox, clock
        self._line: socket.socket | None = None
        self._asked_at: float | None = None  # real time of the first light not yet answered
        self._stuck = False
        threading.Thread(target=self._keep, name="panel", daemon=True).start()

    @property
    def there(self) -> bool:
        """True while a panel is connected and shows what it is told."""
        asked = self._asked_at
        return self._line is not None and (asked is None or time.monotonic() - asked < ANSWERS_WITHIN_S)

    @property
    def stuck(self) -> bool:
        """True while a panel says that its button is stuck down."""
        return self._line is not None and self._stuck

    def show(self, light: str) -> None:
        if self._line is not None and self._asked_at is None:
            self._asked_at = time.monotonic()  # first: the answer may be heard before saying returns
        self._say(f"show {light}")

    def sound(self, name: str) -> None:
        self._say(f"sound {name}")

    def _say(self, word: str) -> None:
        if (line := self._line) is not None:
            link.say(line, word)

    def _keep(self) -> None:
        while True:
            try:
                line = link.connect(self._path)
            except OSError:
                time.sleep(CALL_AGAIN_S)
                continue
            self._asked_at, self._stuck, self._line = None, False, line
            self._inbox.say(Said(self._clock.monotonic(), "panel here"))
            self._hear(line)
            self._line = None
            line.close()
            self._inbox.say(Said(self._clock.monotonic(), "panel gone"))

    def _hear(self, line: socket.socket) -> None:
        while word := link.hear(line):
            if word == "shown":
                self._asked_at = None
            elif word in link.GESTURES:
                self._inbox.say(Said(self._clock.monotonic(), word))
            elif word in link.CONDITIONS:
                self._stuck = word == "stuck"
