"""`scripts/bench transcribe long`: a meeting of hours whose words' times are known, read as fast as may be.

The lines of the sample meeting are spoken by its voices, each time a little faster or slower, in an order and with
pauses by chance (seeded). The meeting stays in .cache/bench/long, so that each call goes on at the cursor.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from appliance.bench import results, stage
from appliance.bench.spoken import VOICES, Espeak, Sound, Word, audible, noise, read_script, resample, words_of
from appliance.bench.stage import RATE
from appliance.bench.transcribe import meeting, reader
from appliance.bench.transcribe.table import MOST_MB, code
from appliance.bench.transcribe.words import Timed, found_again, lateness
from appliance.errors import ProgramEnded
from appliance.store import wav
from appliance.store.folders import Folders, MeetingFolder
from appliance.store.transcript import Line

PART = "transcribe-long"
FOLDER = results.FOLDER / "long"
BUDGET_S = 450.0
SEED = 8
PAUSE_S = (0.3, 1.6)
LONG_PAUSE_S = (3.0, 15.0)
LONG_PAUSE_SHARE = 0.04
EDGE_S = 600.0
MOST_MEDIAN_S = 0.3
LEAST_WITHIN_1_S = 95.0
MOST_DRIFT_S = 0.1


def run(hours: float, model: Path, *, anew: bool) -> dict[str, Any]:
    """Go on reading for one call's time; returns the figures so far."""
    kept = results.read(PART)
    if anew or kept.get("hours") != hours:
        shutil.rmtree(FOLDER, ignore_errors=True)
        kept = {"hours": hours, "cpu s": 0.0, "peak MB": 0.0, "codes": []}
        make(FOLDER, hours)
        results.write(PART, kept)
    if not complete():
        part = read_on(model)
        kept["cpu s"] += part["cpu s"]
        kept["peak MB"] = max(kept["peak MB"], part["peak MB"])
        kept["codes"] = sorted({*kept["codes"], code()})
        results.write(PART, kept)
    told = figures(kept)
    results.write(PART, kept | {"figures": told})
    return told


def complete() -> bool:
    return meeting.cursor(_folder()).complete


def to_go_s() -> float:
    return (wav.samples(_folder().master) - meeting.cursor(_folder()).transcribed) / RATE


def make(folder: Path, hours: float) -> None:
    """Speak and record the meeting, and note its words."""
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    recording, words = meeting.Recording(new), list[Word]()
    rest = np.zeros(0, dtype=np.int16)
    for sound, said in talk():
        at = (recording.samples + rest.size) / RATE
        words += [replace(word, start=at + word.start, end=at + word.end) for word in said]
        rest = np.concatenate([rest, np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)])
        whole = rest.size // RATE * RATE
        recording.add(rest[:whole])
        rest = rest[whole:]
        if recording.samples >= hours * 3600 * RATE:
            break
    recording.end()
    recording.close()
    (new / "words.json").write_text(json.dumps([(word.word, round(word.start, 3)) for word in words]))
    new.rename(folder)


def talk() -> Iterator[tuple[Sound, list[Word]]]:
    """Turns without end, each with the pause after it; times from the turn's start."""
    espeak, chance = Espeak(), np.random.default_rng(SEED)
    script = stage.SAMPLE.with_name("script.txt")
    texts = [entry[1] for entry in read_script(script) if not isinstance(entry, float)]
    while True:
        for text in chance.permutation(texts):
            voice = list(VOICES.values())[chance.integers(len(VOICES))]
            voice = replace(voice, speed=round(voice.speed * chance.uniform(0.9, 1.1)))
            sound, starts = espeak.say(voice, str(text))
            sound = resample(sound, espeak.rate)
            sound = sound * 10 ** (voice.peak / 20) / np.max(np.abs(sound))
            sound = sound[: audible(sound)]
            span = LONG_PAUSE_S if chance.random() < LONG_PAUSE_SHARE else PAUSE_S
            whole = np.append(sound, np.zeros(round(chance.uniform(*span) * RATE)))
            yield whole + noise(len(whole), chance), words_of(str(text), starts, sound, 0.0)


def read_on(model: Path) -> dict[str, Any]:
    """Read in a process of its own. Raises ProgramEnded."""
    command = [sys.executable, "-m", __name__, str(model), str(BUDGET_S)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise ProgramEnded(program="transcriber", status=done.returncode, log="the lines above")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def figures(kept: dict[str, Any]) -> dict[str, Any]:
    """Of what has been read so far."""
    lines, read_s = meeting.lines(_folder()), meeting.cursor(_folder()).transcribed / RATE
    said = [Timed(word, at) for word, at in json.loads((FOLDER / "words.json").read_text()) if at < read_s]
    written = [Timed(word.word, word.start_s) for line in lines for word in line.words]
    found = found_again(said, written)
    told = {
        "hours read": round(read_s / 3600, 3),
        "versions of the code that read them": len(kept["codes"]),
        "CPU s per s of sound": round(kept["cpu s"] / max(1.0, read_s), 4),
        "peak memory, MB": kept["peak MB"],
        "lines": len(lines),
        "lines out of order": disorder(lines),
        "words said": len(said),
        "words found again, %": round(100 * len(found) / max(1, len(said)), 2),
    }
    return told | {
        f"word start, s: {name}": round(s, 3) for name, s in (lateness(found, EDGE_S) if found else {}).items()
    }


def disorder(lines: Sequence[Line]) -> int:
    """Lines that begin before the one before has ended, or whose words do not follow each other within them."""
    wrong = sum(line.start_s < before.end_s for before, line in pairwise(lines))
    for line in lines:
        times = [line.start_s, *(at for word in line.words for at in (word.start_s, word.end_s)), line.end_s]
        wrong += times != sorted(times)
    return wrong


def failures(told: dict[str, Any]) -> list[str]:
    said = []
    if told["lines out of order"]:
        said.append(f"{told['lines out of order']} lines are out of order or overlap.")
    if told["word start, s: median error"] > MOST_MEDIAN_S:
        said.append(f"Half of the words stand more than {told['word start, s: median error']} s from their sound.")
    if told["word start, s: within 1 s, %"] < LEAST_WITHIN_1_S:
        said.append(f"Only {told['word start, s: within 1 s, %']} % of the words stand within 1 s of their sound.")
    drift = told["word start, s: median late at the end"] - told["word start, s: median late at the beginning"]
    if abs(drift) >= MOST_DRIFT_S:
        said.append(f"Words drift from their sound by {drift:.3f} s over the meeting.")
    if told["peak memory, MB"] >= MOST_MB:
        said.append(f"The transcriber takes {told['peak memory, MB']:.0f} MB of memory; {MOST_MB:.0f} are too many.")
    return said


def main(model: Path, budget_s: float) -> None:
    speech_model = reader.loaded(model)
    before = time.process_time()
    reader.read_to_the_end(FOLDER, speech_model, time.monotonic() + budget_s)
    print(json.dumps({"cpu s": round(time.process_time() - before, 1), "peak MB": round(reader.peak_mb(), 1)}))


def _folder() -> MeetingFolder:
    return Folders(FOLDER).meeting(meeting.NAME)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
