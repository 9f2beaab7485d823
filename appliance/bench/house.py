"""All services of the box as processes on this computer, with a virtual finger on the button."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from appliance import settings_file
from appliance.bench import light, trouble
from appliance.bench.cost import children
from appliance.bench.room import Room
from appliance.errors import ProgramEnded
from appliance.store import box
from appliance.store.database import opened
from appliance.store.folders import Folders

SERVICES = ("panel", "recorder", "transcriber", "finisher", "web")
PRESS_S = 0.15
HOLD_S = 2.2
UMASK = 0o027  # as in systemd/
LET_GO_S = 0.1  # less between two presses would be a bounce


class House:
    """Starts, kills and watches the services; their output is in `run/SERVICE.log`.

    Without a room they hear a real microphone; `environment` is what they need to see it. `users` gives each service
    a user of its own, as on the box: {service: (uid, gid, further groups ...)}, which only root can do; `python`
    is then one that they can reach.
    """

    def __init__(
        self,
        settings_path: Path,
        room: Room | None = None,
        environment: dict[str, str] | None = None,
        users: Mapping[str, tuple[int, ...]] = MappingProxyType({}),
        python: str = sys.executable,
    ) -> None:
        self._users, self._python = users, python
        self.settings_path = settings_path
        self._environment = {**os.environ, **(environment or {})}
        self.settings = settings_file.load(settings_path)
        self.folders = Folders(Path(self.settings.store.data))
        self.run = Path(self.settings.store.run)
        self.run.mkdir(parents=True, exist_ok=True)
        self.room_file = self.run / "room.json" if room else None
        if room:
            self.set_room(room)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.panel_died: float | None = None

    def start(self, *services: str) -> None:
        for service in services or SERVICES:
            uid, gid, *groups = self._users.get(service, (None, None))
            with (self.run / f"{service}.log").open("ab") as log:
                self._processes[service] = subprocess.Popen(
                    self._command(service),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self._environment,
                    start_new_session=True,
                    user=uid,
                    group=gid,
                    extra_groups=None if uid is None else groups,
                    umask=-1 if uid is None else UMASK,
                )

    def _command(self, service: str) -> list[str]:
        python, settings = [self._python, "-m"], str(self.settings_path)
        if service == "panel":
            return [*python, "appliance.bench.panel", settings]
        if service == "recorder" and self.room_file:
            return [*python, "appliance.bench.recorder", settings, str(self.room_file)]
        return [*python, "appliance", service, "--settings", settings]

    def set_room(self, room: Room) -> None:
        """What the recorder and the microphone find when they are started next."""
        if self.room_file:
            room.write(self.room_file)

    def begin_trouble(self, word: str) -> None:
        """Something goes wrong with the simulated microphone; see trouble.py."""
        if self.room_file:
            trouble.begin(self.room_file, word)

    def end_trouble(self) -> None:
        if self.room_file:
            trouble.end(self.room_file)

    def pid(self, service: str) -> int:
        return self._processes[service].pid

    def microphones(self) -> list[int]:
        """The process ids of the recorder's microphone programs: one while it records, none otherwise."""
        return children(self.pid("recorder"))

    def kill(self, service: str) -> None:
        """kill -9, as nothing that a service could prepare for."""
        process = self._processes.pop(service)
        process.kill()
        process.wait()
        if service == "panel":
            self.panel_died = time.monotonic()

    def signal(self, service: str, number: signal.Signals) -> None:
        self._processes[service].send_signal(number)

    def check(self) -> None:
        """Raises ProgramEnded when a service ended by itself."""
        for service, process in self._processes.items():
            if (status := process.poll()) is not None:
                raise ProgramEnded(program=service, status=status, log=self.run / f"{service}.log")

    def close(self) -> None:
        """End everything in order; what does not end by itself is killed."""
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def press(self) -> None:
        self._finger(PRESS_S)

    def hold(self) -> None:
        self._finger(HOLD_S)

    def _finger(self, seconds: float) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as finger:
            finger.connect(str(self.run / "button.sock"))
            finger.send(b"down")
            time.sleep(seconds)
            finger.send(b"up")
        time.sleep(LET_GO_S)

    def state(self) -> box.BoxState | None:
        with opened(box.read(self.folders)) as db:
            return box.state(db) if db else None

    def await_state(self, *states: str, seconds: float = 30) -> box.BoxState:
        """Wait until the box is in one of some states. Raises TimeoutError, ProgramEnded."""
        self.await_true(lambda: (now := self.state()) is not None and now.state in states, seconds, " or ".join(states))
        now = self.state()
        if now is None:
            raise TimeoutError("the recorder's file went away")
        return now

    def await_true(self, met: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for something. Raises TimeoutError that names it, ProgramEnded."""
        until = time.monotonic() + seconds
        while not met():
            self.check()
            if time.monotonic() > until:
                raise TimeoutError(f"not {what} within {seconds:g} s; the box is {self.state()}")
            time.sleep(0.05)

    @property
    def light_log(self) -> Path:
        return self.run / "light.log"

    def light_is_steady(self) -> bool:
        return light.is_steady(self.light_log)
