"""The page as a process of its own, as on the box: gunicorn on a real port, started and ended like a service."""

import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from appliance.settings import Settings

PROGRAM = """
import sys
from pathlib import Path
from appliance import clock, errors, lifetime, notify, settings_file
from web.serve import run

life = lifetime.Lifetime()
life.end_on_signals()
try:
    run(settings_file.load(Path(sys.argv[1])), clock.SystemClock(), life, notify.Notifier.of_this_process())
except errors.CandourError as error:
    sys.exit(str(error))
"""
PATIENCE_S = 60  # for a machine that has other things to do; nothing is measured with it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Served:
    """`with Served(...)`: the page is ready, as systemd would be told, until the end of the block."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{settings.web.port}"
        self.toml = folder / "candour.toml"
        self.toml.write_text(
            f'[room]\nname = "{settings.room.name}"\norganisation = "{settings.room.organisation}"\n'
            f'[web]\nhost = "{settings.web.host}"\nport = {settings.web.port}\n'
            f'certificate = "{settings.web.certificate}"\nkey = "{settings.web.key}"\n'
            f"[transcript]\nlive = {str(settings.transcript.live).lower()}\n"
            f'[network]\nname = "{settings.network.name}"\n'
            f'[staff]\nkey = "{settings.staff.key}"\n'
            f'[store]\ndata = "{settings.store.data}"\nrun = "{settings.store.run}"\n'
        )
        self.ears = folder / "notify.sock"

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.toml)],
            env={"NOTIFY_SOCKET": str(self.ears), "TMPDIR": "/nonexistent"},
            cwd=Path(__file__).parent.parent,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "subprocess.Popen[str]":
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.bind(str(self.ears))
            ear.settimeout(PATIENCE_S)
            self.process = self.start()
            heard = ear.recv(100)
        self.ears.unlink()
        assert heard == b"READY=1", heard
        return self.process

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.said = self.process.communicate(timeout=PATIENCE_S)[1]
