"""`scripts/bench transcribe beside`: whether a transcriber that is always at work delays a durable second.

The box records through real PyAudio, without a transcriber and beside one that has hours of another meeting to read
as well, in turns.
"""

from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from appliance.bench import capture, results, stage
from appliance.bench.cost import cost, percent_of_a_core
from appliance.bench.pulse import NAME, Microphone
from appliance.bench.rig import folder_of_a_rig, rigged, start_recording
from appliance.bench.stage import RATE
from appliance.bench.transcribe import corpus, meeting, process
from appliance.errors import ProgramEnded

PART = "transcribe-beside"
OTHER_MEETING_S = 3600
MOST_LATER_S = 0.1
LATEST_S = 1.0
LEAST_SHARE = 30.0


def run(seconds: int, turns: int, model: Path) -> dict[str, Any]:
    """Record for so long, so often each, and see when each second was durable; returns the figures."""
    delays: dict[bool, list[float]] = {False: [], True: []}
    shares: list[float] = []
    for turn in range(2 * turns):
        beside = bool(turn % 2)
        click.echo("beside a transcriber" if beside else "alone", err=True)
        found, share = one(seconds, model, beside=beside)
        delays[beside] += found
        shares += [share] if beside else []
    told: dict[str, Any] = {}
    for beside, found in delays.items():
        name = "beside a transcriber" if beside else "alone"
        told[f"{name}: seconds watched"] = len(found)
        told[f"{name}: median s from a second's end"] = round(median(found), 3)
        told[f"{name}: 95 % within s"] = round(float(np.percentile(found, 95)), 3)
        told[f"{name}: greatest s"] = round(max(found), 3)
    told["transcriber, % of a core meanwhile"] = round(min(shares), 1)
    results.write(PART, told)
    return told


def one(seconds: int, model: Path, *, beside: bool) -> tuple[list[float], float]:
    """The delay of each second, and how much of a core the transcriber took meanwhile, in percent."""
    speech = corpus.decoded(stage.SAMPLE)
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_a_rig())
        microphone = Microphone(1, RATE)
        stack.callback(microphone.close)
        hum = folder / "speech.raw"
        np.resize(speech, (seconds + 60) * RATE).tofile(hum)
        microphone.hum(hum)
        house = stack.enter_context(rigged(folder, None, device=f"pcm:{NAME}", environment=microphone.environment))
        other = meeting.recorded(folder / "data", np.resize(speech, OTHER_MEETING_S * RATE), "2000-01-01-other")
        settings = process.settings(folder / "transcriber", model)
        settings.write_text(settings.read_text().replace(str(folder / "transcriber" / "data"), str(folder / "data")))
        running = stack.enter_context(process.life(settings)) if beside else None
        start_recording(house)
        before = cost(running.pid) if running else None
        delays = capture.watch_seconds(house, seconds)
        if running and (status := running.poll()) is not None:
            raise ProgramEnded(program="transcriber", status=status, log="the lines above")
        if beside and meeting.cursor(other).complete:
            raise RuntimeError("the transcriber ran out of work: OTHER_MEETING_S is too short here")
        return delays, percent_of_a_core(before, cost(running.pid)) if running and before else 0.0


def failures(told: dict[str, Any]) -> list[str]:
    said = []
    with_it, alone = (told[f"{name}: median s from a second's end"] for name in ("beside a transcriber", "alone"))
    if with_it - alone > MOST_LATER_S:
        said.append(f"Beside a transcriber a second is durable {with_it - alone:.3f} s later.")
    if told["beside a transcriber: greatest s"] > LATEST_S:
        said.append(
            f"Beside a transcriber a second was durable only after {told['beside a transcriber: greatest s']} s."
        )
    share = told["transcriber, % of a core meanwhile"]
    if share < LEAST_SHARE:
        said.append(f"The transcriber came to only {share} % of a core: measure again when this computer is less busy.")
    return said
