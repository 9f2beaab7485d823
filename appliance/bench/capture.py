"""`scripts/bench capture`: what it costs to record through real PyAudio, and how late a second is durable."""

import sys
import time
from typing import Any

import click

from appliance.bench.cost import cost, percent_of_a_core
from appliance.bench.house import House
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.pulse import NAME, Microphone
from appliance.bench.rig import RATE, folder_of_a_rig, rigged, start_recording
from appliance.store import record


def run(seconds: int) -> dict[str, Any]:
    """Record for so long; returns the figures."""
    with folder_of_a_rig() as folder:
        microphone = Microphone(1, RATE)
        try:
            microphone.hum(NumberedSound().make(folder / "hum.raw", (seconds + 30) * RATE))
            with rigged(folder, None, device=f"pcm:{NAME}", environment=microphone.environment) as house:
                start_recording(house)
                return record_and_watch(house, seconds)
        finally:
            microphone.close()


def record_and_watch(house: House, seconds: int) -> dict[str, Any]:
    programs = {"recorder": house.pid("recorder"), "panel": house.pid("panel"), "microphone": house.microphones()[0]}
    before = {name: cost(pid) for name, pid in programs.items()}
    delays = watch_seconds(house, seconds)
    after = {name: cost(pid) for name, pid in programs.items()}
    result = {f"{name} % of a core": round(percent_of_a_core(before[name], after[name]), 2) for name in programs}
    result["together % of a core"] = round(sum(result.values()), 2)
    result |= {f"{name} PSS MB": round(after[name].pss_mb, 1) for name in programs}
    result["together PSS MB"] = round(sum(one.pss_mb for one in after.values()), 1)
    ordered = sorted(delays)
    result["seconds watched"] = len(ordered)
    result["median s from a second's end to its row"] = round(ordered[len(ordered) // 2], 3)
    result["greatest s from a second's end to its row"] = round(ordered[-1], 3)
    return result


def watch_seconds(house: House, seconds: int) -> list[float]:
    """How long after its end each second was durable and its row could be read, in seconds."""
    db = record.read(house.folders.every_meeting()[0])
    begun = record.last_capture(db) if db else None
    if db is None or begun is None:
        sys.exit("The recorder recorded nothing.")
    seen, delays = record.recorded(db) // RATE, []
    last = seen + seconds
    while seen < last:
        house.check()
        while record.recorded(db) // RATE <= seen:
            time.sleep(0.02)
        seen += 1
        delays.append(time.monotonic() - (begun.monotonic + seen - begun.first_sample / RATE))
        if seen % 10 == 0:
            click.echo(f"\r{last - seen} s to go  ", nl=False, err=True)
    click.echo("\r", nl=False, err=True)
    return delays
