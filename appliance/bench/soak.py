"""`scripts/bench soak`: a day's meeting in some minutes, to see whether a program grows that should stay as it is.

The room's sound is the sample meeting again and again, so that somebody always speaks; everything that goes by the
room's clock goes faster. So the 30 s of sound that the recorder can keep waiting are 0.4 s of the computer's time, and
where that is busy with something else there are gaps, which are counted and are no failure here.
"""

import time
from dataclasses import dataclass
from typing import Any

import click
import numpy as np

from appliance.bench import sound, stage
from appliance.bench.cost import Cost, cost, open_files
from appliance.bench.house import House
from appliance.bench.rig import RATE, folder_of_a_rig, rigged, start_recording
from appliance.bench.room import Room
from appliance.store import record
from appliance.store.database import opened

PROGRAMS = ("recorder", "panel", "microphone")
SAMPLES = 200
MOST_MB_MORE = 4.0  # than as the recording began: SQLite's page cache fills up to 2 MB (PRAGMA cache_size)
MOST_MB_LAST_HOUR = 0.3  # the rows of an hour are 0.2 MB, which are in that cache until it is full


@dataclass(frozen=True)
class Sample:
    """`hour` of the meeting; memory and open files of each program."""

    hour: float
    costs: dict[str, Cost]
    files: dict[str, int]


def run(hours: float, speed: float) -> dict[str, Any]:
    """Record so long a meeting at so high a speed, to its end; returns the figures."""
    with folder_of_a_rig() as folder:
        pcm = folder / "room.pcm"
        sound.to_pcm(stage.SAMPLE, pcm, RATE)
        with rigged(folder, Room.opened(pcm, RATE, speed, loop=True), longest_hours=hours) as house:
            start_recording(house)
            samples = watch(house, hours, speed)
            house.await_state("ended", "ready")
            return figures(samples, house)


def watch(house: House, hours: float, speed: float) -> list[Sample]:
    """Look at the programs until the meeting is ended because it is as long as may be."""
    pids = {"recorder": house.pid("recorder"), "panel": house.pid("panel"), "microphone": house.microphones()[0]}
    samples: list[Sample] = []
    begun = time.monotonic()
    while (state := house.state()) and state.state == "recording":
        hour = (time.monotonic() - begun) * speed / 3600
        costs = {name: cost(pid) for name, pid in pids.items()}
        samples.append(Sample(hour, costs, {name: open_files(pid) for name, pid in pids.items()}))
        click.echo(f"\r{hour:5.1f} of {hours:g} h  ", nl=False, err=True)
        time.sleep(hours * 3600 / speed / SAMPLES)
        house.check()
    click.echo("\r", nl=False, err=True)
    return samples


def figures(samples: list[Sample], house: House) -> dict[str, Any]:
    with opened(record.read(house.folders.every_meeting()[0])) as db:
        recorded, gaps = (record.recorded(db), list(record.gaps(db))) if db else (0, [])
    told: dict[str, Any] = {"hours recorded": round(recorded / RATE / 3600, 2), "gaps": len(gaps)}
    for name in PROGRAMS:
        own = [sample.costs[name].own_mb for sample in samples]
        told[f"{name}: MB (PSS) at most"] = round(max(sample.costs[name].pss_mb for sample in samples), 1)
        told[f"{name}: own MB at first"] = round(own[0], 1)
        told[f"{name}: own MB at most"] = round(max(own), 1)
        told[f"{name}: own MB more per hour"] = round(slope(samples, name), 3)
        told[f"{name}: own MB more in the last hour"] = round(own[-1] - last_hour(samples)[0].costs[name].own_mb, 2)
        told[f"{name}: open files at first"] = samples[0].files[name]
        told[f"{name}: open files in the end"] = min(sample.files[name] for sample in samples[-10:])
    told["curves"] = {name: curve(samples, name) for name in PROGRAMS}
    return told


def curve(samples: list[Sample], program: str) -> list[float]:
    """Own megabytes at 24 moments from the beginning to the end."""
    return [round(sample.costs[program].own_mb, 2) for sample in samples[:: max(1, len(samples) // 24)]]


def last_hour(samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.hour >= samples[-1].hour - 1]


def slope(samples: list[Sample], program: str) -> float:
    """Own megabytes per hour of the meeting, by least squares; what is shared changes with what else runs here."""
    if len(samples) < 2:
        return 0.0
    return float(np.polyfit([one.hour for one in samples], [one.costs[program].own_mb for one in samples], 1)[0])


def failures(told: dict[str, Any]) -> list[str]:
    """Why this must not be shipped, each in a sentence."""
    said = []
    for name in PROGRAMS:
        more = told[f"{name}: own MB at most"] - told[f"{name}: own MB at first"]
        if more > MOST_MB_MORE or told[f"{name}: own MB more in the last hour"] > MOST_MB_LAST_HOUR:
            said.append(f"The {name} grows.")
        if told[f"{name}: open files in the end"] > told[f"{name}: open files at first"]:  # some are open for a moment
            said.append(f"The {name} leaves files open.")
    return said
