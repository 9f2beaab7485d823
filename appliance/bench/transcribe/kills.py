"""`scripts/bench transcribe kills`: kill -9 at random moments while a meeting goes on; nothing may come out otherwise.

Before each life of the transcriber the meeting has gone on by some seconds. In the end lines, words and passages are
held against those of a transcriber that was never disturbed.
"""

import random
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from appliance.bench import results
from appliance.bench.cost import cost
from appliance.bench.stage import RATE
from appliance.bench.transcribe import corpus, meeting, process
from appliance.bench.transcribe.corpus import Samples
from appliance.errors import ProgramEnded
from appliance.store.folders import MeetingFolder

PART = "transcribe-kills"
FOLDER = results.FOLDER / "kills"
BUDGET_S = 400.0
COMPARE_S = 150.0  # what of it must be left to read both meetings to their end
MEETING_S = 420
LONGEST_LIFE_S = 6.0
SEED = 9


def run(folders: Sequence[Path], model: Path, kills: int, *, anew: bool) -> dict[str, Any]:
    """Go on until there were so many kills and both meetings are read, or the time is up; returns the figures."""
    until = time.monotonic() + BUDGET_S
    kept = results.read(PART)
    if anew or not kept or not FOLDER.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        kept = {"kills": 0, "kills that struck while a passage was read": 0}
    sound = speech(folders)
    while kept["kills"] < kills and time.monotonic() < until:
        kept["kills that struck while a passage was read"] += _one(sound, kept["kills"], kills, model)
        kept["kills"] += 1
        results.write(PART, kept)
        click.echo(f"\r{kept['kills']} of {kills} kills ", nl=False, err=True)
    if kept["kills"] >= kills and time.monotonic() < until - COMPARE_S:
        kept |= judged(sound, model)
        results.write(PART, kept)
    return kept


def speech(folders: Sequence[Path]) -> Samples:
    """All clips of the corpus and the sample meeting in an order by chance (seeded), as long as needed."""
    clips = [clip for spoken in corpus.speech(folders) for clip in spoken.clips]
    random.Random(SEED).shuffle(clips)
    chosen: list[Samples] = []
    while sum(map(len, chosen)) < MEETING_S * RATE:
        chosen.append(corpus.decoded(clips[len(chosen) % len(clips)].path))
    return corpus.joined(chosen)[: MEETING_S * RATE]


def _one(sound: Samples, number: int, kills: int, model: Path) -> bool:
    """Let the meeting go on, start the transcriber, kill it; whether it had begun a passage and not written it."""
    recording = meeting.Recording(FOLDER / "rough" / "data")
    end = MEETING_S * (number + 1) // kills * RATE
    recording.add(sound[recording.samples : end])
    recording.close()
    with process.life(process.settings(FOLDER / "rough", model)) as running:
        before = _cpu_s(running)
        last, last_s = meeting.cursor(recording.folder).transcribed, before
        die = time.monotonic() + random.uniform(0, LONGEST_LIFE_S)
        while time.monotonic() < die:
            _still_lives(running)
            time.sleep(0.02)
            now = meeting.cursor(recording.folder).transcribed
            if now != last:
                last, last_s = now, _cpu_s(running)
        return _cpu_s(running) - last_s > 0.3


def judged(sound: Samples, model: Path) -> dict[str, Any]:
    """End the meeting, let it be read to its end, and read it again undisturbed; returns how they differ."""
    calm, rough = FOLDER / "calm", FOLDER / "rough"
    recording = meeting.Recording(rough / "data")
    recording.end()
    recording.close()
    folder = calm / "data" / "meetings" / meeting.NAME
    undisturbed = MeetingFolder(folder) if folder.exists() else meeting.recorded(calm / "data", sound)
    for home, one in ((rough, recording.folder), (calm, undisturbed)):
        with process.life(process.settings(home, model)) as running:
            process.await_complete(running, one)
    return {
        "passages": len(meeting.passages(undisturbed)),
        "passages that differ": differing(_passages(recording.folder), _passages(undisturbed)),
        "lines": len(meeting.lines(undisturbed)),
        "lines that differ": differing(meeting.lines(recording.folder), meeting.lines(undisturbed)),
    }


def differing(ones: Sequence[object], others: Sequence[object]) -> int:
    """How many of the longer list are not the same in the other, at their place."""
    same = sum(one == other for one, other in zip(ones, others, strict=False))
    return max(len(ones), len(others)) - same


def failures(told: dict[str, Any]) -> list[str]:
    what = ("lines that differ", "passages that differ")
    return [f"After {told['kills']} kills there are {told[name]} {name}." for name in what if told[name]]


def _passages(folder: MeetingFolder) -> list[object]:
    return [replace(passage, took_s=0.0, wall_s=0.0) for passage in meeting.passages(folder)]


def _still_lives(running: subprocess.Popen[bytes]) -> None:
    if (status := running.poll()) is not None:
        raise ProgramEnded(program="transcriber", status=status, log="the lines above")


def _cpu_s(running: subprocess.Popen[bytes]) -> float:
    return cost(running.pid).cpu_s
