"""The whole box as processes, for stories: see appliance/bench/house.py."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.bench.house import House
from appliance.bench.rig import end_meeting as end_meeting
from appliance.bench.rig import start_recording as start_recording
from appliance.bench.room import Room
from appliance.bench.stage import free_port

SETTINGS = """\
[room]
name = "Room 4"
[meeting]
longest_hours = 0.5
[transcript]
enabled = {enabled}
models = {models}
[web]
host = "127.0.0.1"
port = {port}
[store]
data = {data}
run = {run}
reserve_mb = 10
"""


@contextmanager
def a_house(folder: Path, room: Room | None, model: Path | None = None, more: str = "") -> Iterator[House]:
    """A house whose services end with the block; without a model meetings have no transcript."""
    facts = {
        "enabled": model is not None,
        "models": str(model.parent if model else folder / "none"),
        "port": free_port(0),
        "data": str(folder / "data"),
        "run": str(folder / "run"),
    }
    path = folder / "candour.toml"
    path.write_text(SETTINGS.format(**{name: json.dumps(fact) for name, fact in facts.items()}) + more)
    house = House(path, room)
    try:
        yield house
    finally:
        house.close()
