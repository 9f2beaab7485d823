"""The whole box as processes, for stories: see appliance/bench/house.py."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.bench.house import House
from appliance.bench.room import Room
from appliance.bench.stage import free_port

SETTINGS = """\
[room]
name = "Room 4"
[meeting]
longest_hours = 0.5
[transcript]
enabled = {enabled}
model = {model}
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
        "model": str(model or folder / "none"),
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


def start_recording(house: House) -> None:
    """Two presses, and a light that is steady."""
    house.await_state("ready")
    house.press()
    house.await_state("notice")
    house.press()
    house.await_state("recording")
    house.await_true(house.light_is_steady, 20, "steady light")


def end_meeting(house: House) -> None:
    """Stop, and do not wait 15 seconds: a hold ends it now."""
    house.press()
    house.await_state("stopping")
    house.hold()
    house.await_state("ended", "ready")
