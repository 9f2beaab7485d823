"""`scripts/bench transcribe stop`: from the press that stops a meeting to its complete transcript, at real time.

All services are the real ones, and the room hears the sample meeting again and again. The same recording is then read
wholly after the stop, by a transcriber that waits for it. A process of its own works through the plan, since its
longest meeting takes longer than one call; each call waits for some minutes and shows what there is.
"""

import fcntl
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from appliance.bench import results, sound, stage
from appliance.bench.house import House
from appliance.bench.rig import folder_of_a_rig, start_recording
from appliance.bench.room import Room
from appliance.bench.stage import RATE
from appliance.bench.transcribe import meeting, process
from appliance.store import record, wav
from appliance.store.database import opened
from appliance.store.folders import MeetingFolder

PART = "transcribe-stop"
PLAN = (2, 2, 2, 2, 2, 10, 30)
"""Minutes of each meeting."""
LATER_S = 25.0
"""Each is stopped up to so much later, so that the stop comes anywhere in a passage."""
BUDGET_S = 480.0
PATIENCE_S = 3600.0
MOST_READ_S = 30.0
LOG = results.FOLDER / f"{PART}.log"
LOCK = results.FOLDER / f"{PART}.lock"


def run(model: Path, *, anew: bool) -> tuple[list[dict[str, float]], float]:
    """Start what is to be done, if nobody does it, and wait; what was measured, and the minutes that are left.

    Raises ChildProcessError where the work ended early.
    """
    results.FOLDER.mkdir(parents=True, exist_ok=True)
    if anew and not _at_work():
        results.write(PART, {})
    if left() and not _at_work():
        with LOG.open("wb") as log:
            subprocess.Popen(
                [sys.executable, "-m", __name__, str(model)], stdout=log, stderr=log, start_new_session=True
            )
        time.sleep(5)
    until = time.monotonic() + BUDGET_S
    while left() and _at_work() and time.monotonic() < until:
        time.sleep(1)
    if left() and not _at_work():
        raise ChildProcessError(f"The measuring ended early: see {LOG}.")
    return measured(), sum(left())


def measured() -> list[dict[str, float]]:
    found: list[dict[str, float]] = results.read(PART).get("stops", [])
    return found


def left() -> list[int]:
    """The meetings of the plan that were not yet measured, in minutes."""
    plan = list(PLAN)
    for one in measured():
        plan.remove(int(one["minutes"]))
    return plan


def _at_work() -> bool:
    with LOCK.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def one_meeting(minutes: int, model: Path) -> dict[str, float]:
    """Hold it, stop it and wait; seconds from the press."""
    with folder_of_a_rig() as folder:
        pcm = folder / "room.pcm"
        sound.to_pcm(stage.SAMPLE, pcm, RATE)
        later = random.uniform(0, LATER_S)
        house = House(process.settings(folder, model), Room.opened(pcm, RATE, 1.0, loop=True))
        try:
            house.start()
            start_recording(house)
            house.await_true(_in(minutes * 60 + later), PATIENCE_S, "the stop")
            told = stop(house, folder / "master.wav")
        finally:
            house.close()
        after_s = read_afterwards(folder / "afterwards", folder / "master.wav", model)
        return {"minutes": minutes, "stopped at s": round(minutes * 60 + later, 1), **told, "read after, s": after_s}


def stop(house: House, kept: Path) -> dict[str, float]:
    """`kept`: where the master is linked, since the finisher may let it go."""
    folder = house.folders.every_meeting()[0]
    behind = _recorded(folder) - meeting.cursor(folder).transcribed
    pressed = time.monotonic()
    house.press()
    house.await_state("stopping", "ended", "ready")
    kept.hardlink_to(folder.master)
    recorded = _recorded(folder)
    house.await_true(lambda: meeting.cursor(folder).transcribed >= recorded, PATIENCE_S, "read to the end")
    read_s = time.monotonic() - pressed
    house.await_true(lambda: meeting.cursor(folder).complete, PATIENCE_S, "complete")
    complete_s = time.monotonic() - pressed
    return {
        "waiting at the press, s": round(behind / RATE, 1),
        "read to the last sample, s": round(read_s, 2),
        "complete, s": round(complete_s, 2),
    }


def read_afterwards(folder: Path, master: Path, model: Path) -> float:
    """Seconds that a transcriber which is ready takes for the whole of it."""
    samples = np.frombuffer(wav.pcm(master, 0, wav.samples(master)), "<i2")
    settings = process.settings(folder, model)
    (folder / "data").mkdir(exist_ok=True)
    with process.life(settings) as running:
        recorded = meeting.recorded(folder / "data", samples)
        return round(process.await_complete(running, recorded), 2)


def table(found: list[dict[str, float]]) -> str:
    rows = ["minutes  stopped at s  waiting at the press, s  read to the last sample, s  complete, s  read after, s"]
    rows += [
        f"{one['minutes']:7} {one['stopped at s']:13} {one['waiting at the press, s']:24}"
        f" {one['read to the last sample, s']:27} {one['complete, s']:12} {one['read after, s']:14}"
        for one in sorted(found, key=lambda one: one["minutes"])
    ]
    for minutes, read_s in medians(found).items():
        rows.append(f"median of {minutes} minutes: read to the last sample {read_s:.1f} s after the press")
    return "\n".join(rows)


def medians(found: list[dict[str, float]]) -> dict[int, float]:
    lengths = sorted({int(one["minutes"]) for one in found})
    return {
        minutes: median(one["read to the last sample, s"] for one in found if one["minutes"] == minutes)
        for minutes in lengths
    }


def failures(found: list[dict[str, Any]]) -> list[str]:
    return [
        f"A meeting of {minutes} minutes was read only {read_s:.1f} s after the stop; {MOST_READ_S:.0f} s are promised."
        for minutes, read_s in medians(found).items()
        if read_s > MOST_READ_S
    ]


def _recorded(folder: MeetingFolder) -> int:
    with opened(record.read(folder)) as db:
        return record.recorded(db) if db else 0


def _in(seconds: float) -> Callable[[], bool]:
    then = time.monotonic() + seconds
    return lambda: time.monotonic() >= then


def main(model: Path) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else the services would live on
    with LOCK.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        while plan := left():
            results.write(PART, {"stops": [*measured(), one_meeting(plan[0], model)]})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
