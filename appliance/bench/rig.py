"""A small house for a measurement: panel and recorder, nobody else, and two fingers' worth of meeting."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.bench.house import House
from appliance.bench.room import Room

RATE = 16000
STEADY_WITHIN_S = 40.0
SETTINGS = """\
[microphone]
device = {device}
[meeting]
longest_hours = {longest_hours}
[store]
data = {data}
run = {run}
reserve_mb = 10
"""


@contextmanager
def folder_of_a_rig() -> Iterator[Path]:
    """A folder with a short path, as a socket's is limited; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="candour-", dir="/tmp") as folder:
        yield Path(folder)


@contextmanager
def rigged(
    folder: Path,
    room: Room | None,
    *,
    data: Path | None = None,
    device: str = "auto",
    longest_hours: float = 0.5,
    environment: dict[str, str] | None = None,
) -> Iterator[House]:
    """A house whose panel and recorder run until the end of the block."""
    facts = {
        "device": device,
        "longest_hours": longest_hours,
        "data": str(data or folder / "data"),
        "run": str(folder / "run"),
    }
    path = folder / "candour.toml"
    path.write_text(SETTINGS.format(**{name: json.dumps(fact) for name, fact in facts.items()}))
    house = House(path, room, environment)
    try:
        house.start("panel", "recorder")
        yield house
    finally:
        house.close()


def start_recording(house: House) -> None:
    """Press: we tell. Press: we start. Returns with the light steady."""
    house.await_state("ready")
    house.press()
    house.await_state("notice")
    house.press()
    house.await_state("recording")
    await_steady(house)


def await_steady(house: House) -> None:
    house.await_true(house.light_is_steady, STEADY_WITHIN_S, "steady light")


def await_trouble(house: House) -> None:
    house.await_true(lambda: not house.light_is_steady(), STEADY_WITHIN_S, "another light than steady")


def end_meeting(house: House) -> None:
    """Stop, and do not wait for 15 seconds: a hold ends it now."""
    house.press()
    house.await_state("stopping")
    house.hold()
    house.await_state("ended", "ready")
