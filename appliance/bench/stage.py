"""Setting the stage for a demonstration: its choices, its room, its settings, a free port."""

import json
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from appliance.bench import sound
from appliance.bench.room import Room
from appliance.errors import OutNotWritable, PortTaken
from appliance.settings_file import load

SAMPLE = Path(__file__).parent / "sample_meeting" / "meeting.flac"
RATE = 16000
SETTINGS = """\
[room]
name = "The demonstration"
organisation = "Candour on this computer"
[microphone]
device = {device}
[meeting]
longest_hours = 1.0
[transcript]
models = {models}
[web]
host = "127.0.0.1"
port = {port}
[store]
data = {data}
run = {run}
reserve_mb = 100
"""


@dataclass(frozen=True)
class Choices:
    """The options of the command."""

    audio: Path | None
    speed: float
    mic: str | None
    out: Path | None
    then_exit: bool
    lose: tuple[tuple[float, float], ...]
    port: int
    models: Path


def open_room(choices: Choices, folder: Path) -> Room:
    pcm = folder / "room.pcm"
    sound.to_pcm(choices.audio or SAMPLE, pcm, RATE)
    return Room.opened(pcm, RATE, choices.speed, choices.lose)


def prepare_out(out: Path) -> None:
    """Make the folder for the copies now rather than after the meeting. Raises OutNotWritable."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise OutNotWritable(path=out, why=error.strerror) from error


def write_settings(choices: Choices, folder: Path, port: int) -> Path:
    path = folder / "candour.toml"
    facts = {
        "device": f"pcm:{choices.mic}" if choices.mic else "auto",
        "models": str(choices.models.absolute()),
        "port": port,
        "data": str(folder / "data"),
        "run": str(folder / "run"),
    }
    path.write_text(SETTINGS.format(**{name: json.dumps(fact) for name, fact in facts.items()}))
    load(path)
    return path


def free_port(wanted: int) -> int:
    """The port if nobody has it; 0 chooses one. Raises PortTaken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise PortTaken(host="127.0.0.1", port=wanted, why=error.strerror) from error
        return int(probe.getsockname()[1])
