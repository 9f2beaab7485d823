"""`scripts/bench PART`: measure the box. Each part takes under 10 minutes and can be run again by itself.

The result is printed and kept in .cache/bench/PART.json; the README quotes the last one.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import click

from appliance.bench.cost import children, cost, percent_of_a_core
from appliance.bench.house import House
from appliance.bench.pulse import Microphone, missing
from appliance.store import record

RATE = 16000
RESULTS = Path(__file__).parents[2] / ".cache" / "bench"
SETTINGS = """\
[microphone]
device = "pcm:simmic"
[meeting]
longest_hours = 0.5
[store]
data = "{folder}/data"
run = "{folder}/run"
reserve_mb = 10
"""


@click.group()
def bench() -> None:
    """Measure the box on this computer."""


@bench.command()
@click.option("--seconds", default=120, show_default=True, help="How long to record.")
def capture(seconds: int) -> None:
    """Cost of recording 16 kHz mono through real PyAudio, and how late a second is durable."""
    if lacking := missing():
        sys.exit(f"scripts/bench capture needs {', '.join(lacking)}: scripts/test --yes installs them.")
    microphone = Microphone(1, RATE)
    os.environ.update(microphone.environment)
    with tempfile.TemporaryDirectory(prefix="candour-", dir="/tmp") as folder:
        path = Path(folder) / "candour.toml"
        path.write_text(SETTINGS.format(folder=folder))
        house = House(path)
        try:
            result = record_and_watch(house, seconds)
        finally:
            house.close()
            microphone.close()
    keep("capture", result)


def record_and_watch(house: House, seconds: int) -> dict[str, float]:
    house.start("panel", "recorder")
    house.await_state("ready")
    house.press()
    house.await_state("notice")
    house.press()
    house.await_true(house.light_is_steady, 30, "steady light")
    programs = {"recorder": house.pid("recorder"), "panel": house.pid("panel")}
    programs["microphone"] = children(programs["recorder"])[0]
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


def keep(part: str, result: dict[str, float]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{part}.json").write_text(json.dumps(result, indent=2) + "\n")
    for what, figure in result.items():
        click.echo(f"{what:45} {figure:>8}")


if __name__ == "__main__":
    bench(prog_name="scripts/bench")
