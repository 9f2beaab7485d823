"""The real transcriber as a process of its own, as systemd starts it."""

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.bench import stage
from appliance.bench.stage import Choices
from appliance.bench.transcribe import meeting
from appliance.errors import ProgramEnded
from appliance.store.folders import MeetingFolder

PATIENCE_S = 600.0  # it runs only when nobody else wants the processor
LOOK_S = 0.1


def settings(folder: Path, model: Path) -> Path:
    """A settings file for all services in a folder, with its data below it."""
    folder.mkdir(parents=True, exist_ok=True)
    choices = Choices(audio=None, speed=1.0, mic=None, out=None, then_exit=True, lose=(), port=0, models=model.parent)
    return stage.write_settings(choices, folder, stage.free_port(0))


@contextmanager
def life(settings: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One process, from the moment at which it says that it is ready; killed at the end. Raises TimeoutError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        address = f"candour-bench-{secrets.token_hex(8)}"  # the one before may still be drained
        systemd.bind(f"\0{address}")
        systemd.settimeout(PATIENCE_S)
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "transcriber", "--settings", str(settings)],
            env=os.environ | {"NOTIFY_SOCKET": f"@{address}"},
        )
        try:
            systemd.recv(100)
            threading.Thread(target=_drain, args=(systemd,), daemon=True).start()
            yield process
        finally:
            process.kill()
            process.wait()
            systemd.shutdown(socket.SHUT_RDWR)


def _drain(systemd: socket.socket) -> None:
    """Take its signs of life: it would wait for ever where a dozen of them lie unread (unix(7))."""
    systemd.settimeout(None)
    while systemd.recv(100):
        pass


def await_complete(process: subprocess.Popen[bytes], folder: MeetingFolder) -> float:
    """Seconds until the transcript is complete. Raises ProgramEnded."""
    began = time.monotonic()
    while not meeting.cursor(folder).complete:
        if (status := process.poll()) is not None:
            raise ProgramEnded(program="transcriber", status=status, log="the lines above")
        time.sleep(LOOK_S)
    return time.monotonic() - began
