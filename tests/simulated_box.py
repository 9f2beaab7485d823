"""The real recorder with the real light, in a world where time, microphone, card and fingers are played.

Nothing waits: a simulated second costs about a millisecond. Times are simulated monotonic seconds.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from fake_clock import FakeClock

from appliance.errors import CandourError, NoMicrophone, StorageFailed
from appliance.panel.light import Light
from appliance.recorder import disk
from appliance.recorder.disk import Disk
from appliance.recorder.inbox import Inbox, Said
from appliance.recorder.machine import State
from appliance.recorder.ports import LastGesture, Ports
from appliance.recorder.service import Recorder
from appliance.recorder.timeline import Block
from appliance.settings import Settings

RATE = 16000
BLOCK_S = 0.1
LONG_S = 200.0  # of which only the end is looked at closely
NOISE = [np.random.default_rng(n).integers(-3000, 3000, RATE // 10, np.int16).tobytes() for n in range(50)]
SOUNDS = {
    "noise": NOISE,
    "murmur": [np.random.default_rng(n).integers(-12, 12, RATE // 10, np.int16).tobytes() for n in range(50)],
    "silence": [bytes(RATE // 5)],
}


class StillInbox(Inbox):
    """Time is played, so there is nothing to wait for."""

    def take(self, timeout_s: float) -> Block | Said | None:
        return super().take(0.0)


class Panel:
    """The real light at the end of a line that can be cut; every change of the pattern is written down."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._light = Light(clock.monotonic())
        self.there, self.stuck = True, False
        self.history: list[tuple[float, str]] = []
        self.sounds: list[str] = []

    def show(self, light: str) -> None:
        if self.there:
            self._light.feed(light, self._clock.monotonic())
            self.look()

    def sound(self, name: str) -> None:
        if self.there:
            self.sounds.append(name)

    def gone(self) -> None:
        """The other end of the line is: a real panel sees it at once."""
        self._light.starve(self._clock.monotonic())
        self.look()

    def look(self) -> str:
        """What the light shows."""
        now = self._clock.monotonic()
        self._light.on(now)
        shown = self._light.pattern if self.there else "dark"
        if not self.history or self.history[-1][1] != shown:
            self.history.append((now, shown))
        return shown


class Card(Disk):
    """The real files of a folder, on a card that can be slow, full or failing, and forgets what was not synced."""

    def __init__(self, data: Path, wait: Callable[[float], None]) -> None:
        super().__init__(data)
        self._wait = wait
        self.slow_s = 0.0
        self.no_room = self.failing = False
        self.synced: dict[Path, int] = {}
        self.last_sync = -1e9
        self.appended = 0  # bytes of sound, gaps not counted
        self.clock: FakeClock | None = None

    def write(self, file: int, pcm: memoryview, at: int) -> int:
        self._fail()
        if self.no_room and not self.make_room():
            raise OSError(errno.ENOSPC, "No space left on device")
        new = at + len(pcm) - os.fstat(file).st_size
        written = super().write(file, pcm, at)
        self.appended += max(0, new)
        return written

    def sync(self, file: int) -> None:
        slow_s, self.slow_s = self.slow_s, 0.0
        self._wait(slow_s)
        self._fail()
        super().sync(file)
        path = Path(f"/proc/self/fd/{file}").readlink()
        if self.clock and path.stat().st_size > self.synced.get(path, 0):
            self.last_sync = self.clock.monotonic()
        self.synced[path] = path.stat().st_size

    def cut(self) -> None:
        """The power goes: what was never synced is lost."""
        for path, size in self.synced.items():
            if path.exists() and path.stat().st_size > size:
                with path.open("r+b") as file:
                    file.truncate(size)

    def _fail(self) -> None:
        if self.failing:
            raise OSError(errno.EIO, "Input/output error")


class Room:
    """The microphone in the room: `sound` is one of SOUNDS or nothing; every opening is written down."""

    def __init__(self, box: "SimulatedBox") -> None:
        self._box = box
        self.plugged, self.sound = True, "noise"
        self.open: Opened | None = None
        self.openings: list[float] = []

    def find(self) -> None:
        if not self.plugged:
            raise NoMicrophone(wanted="that can be chosen by itself", found="none")

    def begin(self) -> "Opened":
        self.open = Opened(self)
        self.openings.append(self._box.clock.monotonic())
        return self.open

    def unplug(self) -> None:
        self.plugged = False
        if self.open:
            self._box.inbox.say(Said(self._box.clock.monotonic(), "microphone ended", "It went away.", self.open))

    def pass_block(self, number: int) -> None:
        """100 ms have gone by."""
        if self.open and self.plugged and self.sound != "nothing":
            pcm = SOUNDS[self.sound][number % len(SOUNDS[self.sound])]
            self._box.inbox.put_audio(Block(self._box.clock.monotonic(), pcm))


class Opened:
    """One opening of the microphone."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def close(self) -> None:
        if self._room.open is self:
            self._room.open = None


class SimulatedBox:
    """Call `pass_s`, `press`, `hold` and what can go wrong; look at `state`, `panel.history` and the files."""

    def __init__(self, settings: Settings, watch: Callable[[], None] = lambda: None) -> None:
        self.settings, self.data, self._watch = settings, Path(settings.store.data), watch
        self.clock = FakeClock()
        self.inbox = StillInbox(RATE)
        self.panel = Panel(self.clock)
        self.card = Card(self.data, self._pass_time)
        self.card.clock = self.clock
        self.room = Room(self)
        self.objectors = 0
        self._blocks = 0
        self._gesture_left = LastGesture()
        self.recorder: Recorder | None = None
        self.start()

    count = property(lambda self: self.objectors)

    def watch(self, meeting: str | None) -> None:
        if meeting is None:
            self.objectors = 0

    @property
    def state(self) -> State | None:
        return self.recorder.state if self.recorder else None

    def is_in(self, state: State) -> bool:
        return self.state is state

    def start(self) -> None:
        """The recorder comes up, if the card lets it."""
        ports = Ports(
            panel=self.panel,
            inbox=self.inbox,
            disk=self.card,
            objections=self,
            news=self.data / "run" / "recorder.json",
            open_microphone=self.room.begin,
            find_microphone=self.room.find,
            real=self.clock.monotonic,
            gesture=self._gesture_left,
        )
        try:
            with disk.trouble_with(self.data):
                self.recorder = Recorder(self.settings, self.clock, ports)
        except CandourError:
            self.recorder = None

    def kill(self) -> None:
        """kill -9: nothing more is written; the panel sees the line go."""
        if self.recorder:
            self.recorder.abandon()
        self.recorder = None
        self._gesture_left = LastGesture()
        self.panel.gone()

    def cut_power(self, *, off_s: float, trusted: bool) -> None:
        """Everything stops; later the box is on again in another boot."""
        self.kill()
        self.card.cut()
        self.clock.reboot(off_s)
        self.clock.trusted = trusted
        self.panel = Panel(self.clock)
        self.inbox = StillInbox(RATE)
        self.start()

    def close(self) -> None:
        """Let go of the files."""
        if self.recorder:
            self.recorder.abandon()

    def press(self) -> None:
        self._gesture("press")

    def hold(self) -> None:
        self._gesture("hold")

    def object(self) -> None:
        self.objectors += 1

    def lose_panel(self) -> None:
        self.panel.there = False
        self.inbox.say(Said(self.clock.monotonic(), "panel gone"))
        self.panel.look()

    def find_panel(self) -> None:
        self.panel.there = True
        self.inbox.say(Said(self.clock.monotonic(), "panel here"))

    def pass_s(self, seconds: float) -> None:
        """In steps of a block while the microphone is open, of a tick otherwise."""
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 1e-6:
            self._pass_time(min(left, BLOCK_S if self.room.open else 0.5 if left < LONG_S else 2.0))
            self._turn()
            self._watch()

    def until(self, *states: State, within_s: float = 60) -> None:
        """Let time pass until the box is in one of some states. Raises AssertionError."""
        begun = self.clock.monotonic()
        while self.state not in states:
            assert self.clock.monotonic() - begun < within_s, f"still {self.state}, not {states}"
            self.pass_s(BLOCK_S if self.room.open else 0.5)

    def _gesture(self, name: str) -> None:
        if self.panel.there and self.recorder:
            self.inbox.say(Said(self.clock.monotonic(), name))
            self._turn()
            self._watch()

    def _pass_time(self, seconds: float) -> None:
        """The world goes on, whatever the recorder is doing."""
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 1e-6:
            step = min(left, BLOCK_S if self.room.open else 0.5)
            self.clock.pass_s(step)
            if step >= BLOCK_S - 1e-6:
                self._blocks += 1
                self.room.pass_block(self._blocks)
            self.panel.look()

    def _turn(self) -> None:
        if self.recorder is None:
            self.panel.show("fault") if not self.card.failing else self.panel.look()
            return
        try:
            with disk.trouble_with(self.data):
                self.recorder.turn()
                while self.inbox.waits:
                    self.recorder.turn()
        except StorageFailed:
            self.recorder.abandon()
            self.recorder = None
            self.panel.show("fault")
