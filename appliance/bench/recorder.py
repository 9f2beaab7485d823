"""The real recorder in a simulated room: a file as microphone, and the room's clock."""

import sys
from pathlib import Path

from appliance import settings_file
from appliance.bench import microphone
from appliance.bench.room import Room
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.recorder.service import ports_of, serve


def main(settings_path: Path, room_file: Path) -> None:
    lifetime = Lifetime()
    lifetime.end_on_signals()
    settings, clock = settings_file.load(settings_path), Room.read(room_file).clock
    ports = ports_of(settings, clock, microphone.command(room_file), lambda: None)
    serve(settings, clock, ports, lifetime, Notifier.of_this_process())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
