"""The panel's one loop: edges to the recorder, the recorder's words to the light and the buzzer.

If this process dies the light is dark, and the recorder closes the microphone until it is back.
"""

import os
import select
import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance import link
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.panel.button import Button
from appliance.panel.light import Buzzer, Light
from appliance.panel.pins import Pins, real_pins
from appliance.settings import Settings

LONGEST_SLEEP_S = 0.1  # shorter than a press: the level tells one whose edges were lost


class Panel:
    """One button, one light, one buzzer, one recorder to talk to; `now` is the monotonic clock."""

    def __init__(self, pins: Pins, socket_path: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._pins, self._now = pins, now
        self._listener = link.listen(socket_path)
        self._recorder: socket.socket | None = None
        self._edges: deque[tuple[bool, float]] = deque()
        self._waker = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._buzzer, self._light = Buzzer(), Light(now())
        pins.on_edge(self._edge)
        self._button = Button(down=pins.is_down(), now=now())
        self._told_stuck = False  # what the recorder knows of the button

    def turn(self) -> None:
        """Wait until something is to be done, and do it."""
        sources: list[Any] = [self._listener, self._waker, *([self._recorder] if self._recorder else [])]
        ready, _, _ = select.select(sources, [], [], self._sleep_s(self._now()))
        if self._waker in ready:
            os.eventfd_read(self._waker)
        if self._recorder in ready:
            self._listen_to_recorder()
        if self._listener in ready:
            self._meet_recorder()
        now = self._now()
        self._tell(self._gestures(now), now)
        self._tell_condition()
        self._pins.light(self._light.on(now))
        self._pins.buzzer(self._buzzer.on(now))

    def close(self) -> None:
        self._pins.close()
        self._listener.close()
        if self._recorder:
            self._recorder.close()
        os.close(self._waker)

    def _edge(self, down: bool) -> None:
        """Called from gpiozero's thread: only notes the edge and wakes the loop."""
        self._edges.append((down, self._now()))
        os.eventfd_write(self._waker, 1)

    def _sleep_s(self, now: float) -> float:
        times = [self._light.deadline(now), self._button.deadline, self._buzzer.deadline(now), now + LONGEST_SLEEP_S]
        return max(0.0, min(at for at in times if at is not None) - now)

    def _gestures(self, now: float) -> list[str]:
        told = []
        while self._edges:
            told.append(self._button.edge(*self._edges.popleft()))
        # An edge may be lost where very many come at once (the kernel keeps 16), the level cannot.
        told.append(self._button.edge(self._pins.is_down(), now))
        return [gesture for gesture in told if gesture]

    def _tell(self, gestures: list[str], now: float) -> None:
        """Pass presses on; where nobody is there or it hangs, they are answered by the sound of refusal."""
        for gesture in gestures:
            hangs = self._light.starving(now)
            if self._recorder is None or hangs or not link.say(self._recorder, gesture):
                self._buzzer.play("refused", now)

    def _tell_condition(self) -> None:
        """Say when the button has become stuck or free; where that cannot be said now, at the next turn."""
        stuck = self._button.stuck
        if self._recorder and stuck != self._told_stuck and link.say(self._recorder, "stuck" if stuck else "free"):
            self._told_stuck = stuck

    def _meet_recorder(self) -> None:
        """A recorder called; a restarted one takes the place of the one before."""
        if self._recorder:
            self._recorder.close()
        self._recorder, _ = self._listener.accept()
        self._told_stuck = False

    def _listen_to_recorder(self) -> None:
        if self._recorder is None:
            return
        word, now = link.hear(self._recorder), self._now()
        verb, _, what = word.partition(" ")
        if not word:
            self._recorder.close()
            self._recorder = None
            self._light.starve(now)
        elif verb == "show" and what in link.LIGHTS:
            self._light.feed(what, now)
            link.say(self._recorder, "shown")
        elif verb == "sound" and what in link.SOUNDS:
            self._buzzer.play(what, now)


def serve(pins: Pins, socket_path: Path, lifetime: Lifetime, notifier: Notifier) -> None:
    """Run a panel on some pins until its life ends."""
    panel = Panel(pins, socket_path)
    notifier.ready()
    try:
        while not lifetime.over:
            panel.turn()
            notifier.alive()
    finally:
        panel.close()


def run(settings: Settings, lifetime: Lifetime, notifier: Notifier) -> None:
    """The service on the device. Raises NoButton when the pins cannot be reached."""
    serve(real_pins(settings.panel), settings.store.panel_socket, lifetime, notifier)
