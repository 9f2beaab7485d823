"""`scripts/bench clips`: whether clips of a meeting are found, exact or re-encoded, and none of another meeting is.

Speech is a folder of recordings, or else the sample meeting at several speeds; the other meeting is made of other
recordings, or of the sample backwards.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.bench.reencoding import FORMS, PLAIN, as_pcm, encoded, heard
from appliance.bench.stage import RATE, SAMPLE
from appliance.evidence import clip, lists, merkle, sound
from appliance.evidence.fingerprint import RATE as LISTENING_RATE
from appliance.evidence.fingerprint import fingerprint
from appliance.evidence.places import Sealed
from appliance.evidence.recognition import recognise

Samples = NDArray[np.int16]

LONGEST_MEETING_S = 1800
SPEEDS = (1.0, 0.87, 1.15)
OTHER_SPEEDS = (0.93, 1.08, 1.0)
EXACT, ENCODED, FOREIGN = 200, 100, 100
LENGTHS_S = (4.0, 40.0)
SHORTEST_EXACT_S = 2.0
NEAR_S = 1.0
LEAST_FOUND = 0.95  # of the re-encoded clips
AS_IT_IS, OTHER = "as it is", "of another meeting"
QUIETER = 10 ** (-6 / 20)


@dataclass
class Row:
    """Of so many clips: any of it found, all of it within a second, without a hole; with a second called exact."""

    clips: int = 0
    found: int = 0
    near: int = 0
    whole: int = 0
    exact: int = 0
    worst_s: float = 0.0
    """By how much the start or end of a clip was off at most."""
    cpu_s: float = 0.0


def read(path: Path) -> Samples:
    """A lossless recording of one channel."""
    return np.frombuffer(b"".join(sound.decode_pcm(path)), dtype="<i2").astype(np.int16)


@cache
def meetings(speech: Path | None = None) -> tuple[Samples, Samples]:
    """A meeting at 16 kHz and another one, of other sound."""
    if speech is None:
        sample = read(SAMPLE)
        return (
            np.concatenate([at_speed(sample, speed) for speed in SPEEDS]),
            np.concatenate([at_speed(sample[::-1], speed) for speed in OTHER_SPEEDS]),
        )
    paths = np.random.default_rng(1).permutation(np.array(sorted(speech.rglob("*.flac")), dtype=object)).tolist()
    return _meeting(paths[::2]), _meeting(paths[1::2])


def at_speed(pcm: Samples, speed: float) -> Samples:
    """Faster and higher, as a tape."""
    faster: Samples = np.interp(np.arange(0, len(pcm) - 1, speed), np.arange(len(pcm)), pcm).astype(np.int16)
    return faster


def _meeting(paths: Sequence[Path]) -> Samples:
    held: list[Samples] = []
    for path in paths:
        with sound.opened(path) as file:
            fits = file.exact and file.rate == RATE
        if fits and sum(map(len, held)) < LONGEST_MEETING_S * RATE:
            held.append(read(path))
    return np.concatenate(held)


def sealed(pcm: Samples) -> Sealed:
    """The lists that a bundle has of a meeting."""
    seconds = list(sound.by_second([pcm.tobytes()], RATE))
    return Sealed([merkle.leaf(one) for one in seconds], [lists.hint(one) for one in seconds], RATE, len(pcm))


def run(
    speech: Path | None = None, exact: int = EXACT, reencoded: int = ENCODED, foreign: int = FOREIGN
) -> dict[str, Any]:
    """So many clips of each kind, cut at any sample: a row for each form, and the lengths of the two meetings."""
    meeting, other = meetings(speech)
    judge = Judge(meeting)
    random = np.random.default_rng(2002)
    for _ in range(exact):
        judge.exact(*cut(random, len(meeting), SHORTEST_EXACT_S))
    for n in range(reencoded):
        start, end = cut(random, len(meeting), LENGTHS_S[0])
        piece = meeting[start:end] if n // len(FORMS) % 2 else (meeting[start:end] * QUIETER).astype(np.int16)
        form = FORMS[n % len(FORMS)]
        judge.listens(form.name, encoded(piece, form), start / RATE, end / RATE)
    for n in range(foreign):
        start, end = cut(random, len(other), LENGTHS_S[0])
        judge.listens(OTHER, encoded(other[start:end], (*FORMS, PLAIN)[n % (len(FORMS) + 1)]))
    rows = {name: asdict(row) for name, row in judge.rows.items()}
    return {"meeting_s": round(len(meeting) / RATE), "other_s": round(len(other) / RATE), "rows": rows}


def cut(random: np.random.Generator, samples: int, shortest_s: float) -> tuple[int, int]:
    """A piece from any sample to any sample."""
    length = round(random.uniform(shortest_s, LENGTHS_S[1]) * RATE)
    start = int(random.integers(0, samples - length))
    return start, start + length


class Judge:
    """Looks for clips in a meeting and keeps count."""

    def __init__(self, meeting: Samples) -> None:
        self.meeting, self.sealed = meeting, sealed(meeting)
        self.words = fingerprint(heard(encoded(meeting, PLAIN), LISTENING_RATE))
        self.rows: defaultdict[str, Row] = defaultdict(Row)

    def exact(self, start: int, end: int) -> None:
        """A clip as it is: near is where it is to the sample, with every whole second of it."""
        began = time.process_time()
        found = clip.find(self.meeting[start:end], self.sealed)
        row = self.rows[AS_IT_IS]
        row.cpu_s += time.process_time() - began
        first, end_second = -(-start // RATE), end // RATE
        row.clips += 1
        row.found += bool(found.runs)
        row.near += [(run.start, run.first, run.seconds) for run in found.runs] == [
            (first * RATE - start, first, end_second - first)
        ]
        row.whole += len(found.runs) == 1
        row.exact += found.exact  # all of it

    def listens(self, kind: str, file: BytesIO, start_s: float = np.inf, end_s: float = np.inf) -> None:
        """A re-encoded clip that is there in the meeting, or nowhere."""
        began = time.process_time()
        found = recognise(np.concatenate(list(heard(file, LISTENING_RATE))), self.words)
        row = self.rows[kind]
        row.cpu_s += time.process_time() - began
        row.clips += 1
        row.exact += bool(clip.find(as_pcm(file), self.sealed).runs)
        if not found.stretches:
            return
        start, end = found.stretches[0].origin / LISTENING_RATE, found.stretches[-1].origin_end / LISTENING_RATE
        off = max(abs(start - start_s), abs(end - end_s))
        row.found += 1
        row.near += off <= NEAR_S
        row.whole += len(found.stretches) == 1
        row.worst_s = max(row.worst_s, round(off, 2))


def table(result: dict[str, Any]) -> str:
    """A line for each kind of clip."""
    heading = (
        f"{'clips of ' + str(result['meeting_s']) + ' s':24} clips found within 1 s in one called exact worst   CPU"
    )
    return "\n".join([heading, *(_line(name, row) for name, row in result["rows"].items())])


def _line(name: str, row: dict[str, Any]) -> str:
    return (
        f"{name:24} {row['clips']:5} {row['found']:5} {row['near']:10} {row['whole']:6} {row['exact']:12}"
        f" {row['worst_s']:4.2f} s {row['cpu_s'] / max(1, row['clips']):4.2f} s each"
    )


def failures(result: dict[str, Any]) -> list[str]:
    """What breaks the promises, in sentences."""
    rows = result["rows"]
    wrong = []
    if AS_IT_IS in rows and rows[AS_IT_IS]["near"] + rows[AS_IT_IS]["exact"] < 2 * rows[AS_IT_IS]["clips"]:
        wrong.append(f"{rows[AS_IT_IS]['near']} of {rows[AS_IT_IS]['clips']} exact clips were located to the sample")
    again = [row for name, row in rows.items() if name not in (AS_IT_IS, OTHER)]
    near, clips = (sum(row[key] for row in again) for key in ("near", "clips"))
    if near < LEAST_FOUND * clips:
        wrong.append(f"{near} of {clips} re-encoded clips were located within {NEAR_S:g} s")
    wrong += [
        f"{row['exact']} of {row['clips']} clips were called exact: {name}"
        for name, row in rows.items()
        if name != AS_IT_IS and row["exact"]
    ]
    if OTHER in rows and rows[OTHER]["found"]:
        wrong.append(
            f"{rows[OTHER]['found']} of {rows[OTHER]['clips']} clips of another meeting were found in this one"
        )
    return wrong
