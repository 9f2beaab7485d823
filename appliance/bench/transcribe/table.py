"""`scripts/bench transcribe table`: words wrong, lost and invented, and what reading costs, in three ways.

Each set is read in a process of its own for each way, in an order by chance, so that whatever else this computer does
strikes all ways alike. A result of the incremental way is good for the code that it was measured with.
"""

import hashlib
import random
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from appliance.bench import results
from appliance.bench.transcribe import corpus, reader
from appliance.bench.transcribe.reader import DEFAULTS, INCREMENTAL, WAYS, WHOLE
from appliance.bench.transcribe.words import Count, count
from appliance.transcriber import loops, service

PART = "transcribe-table"
BUDGET_S = 400.0  # then nothing more is begun in this call
MOST_POINTS_WORSE = 1.0
MOST_MB = 650.0


def run(folders: Sequence[Path], model: Path) -> tuple[list[dict[str, Any]], int]:
    """Read what is not known yet; the results of all, and how many are still missing."""
    until = time.monotonic() + BUDGET_S
    spoken = list(corpus.speech(folders))
    kept = results.read(PART)
    wanted = [(one, way) for one in spoken for way in WAYS]
    random.Random(time.time_ns()).shuffle(wanted)
    for one, way in wanted:
        if _key(one, way) not in kept and time.monotonic() < until:
            click.echo(f"{one.name}: {way}", err=True)
            kept[_key(one, way)] = measured(one, way, model)
            results.write(PART, kept)
    found = [kept[key] for key in (_key(one, way) for one, way in wanted) if key in kept]
    return found, len(wanted) - len(found)


def measured(one: corpus.Spoken, way: str, model: Path) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(suffix=".pcm") as pcm:
        one.samples().tofile(pcm.name)
        read = reader.read(way, Path(pcm.name), model)
    circles = loops.circles([read.text])
    return {"set": one.kind, "way": way, **asdict(read), "count": asdict(count(one.text, read.text)), "loop": circles}


def table(found: Iterable[dict[str, Any]]) -> str:
    found = list(found)
    head = "set        seconds  words  way                        wrong %   lost  invented  CPU s/s  peak MB  loops"
    rows = [head]
    for kind in [*sorted({one["set"] for one in found}), "all"]:
        for way in WAYS:
            those = [one for one in found if one["way"] == way and kind in (one["set"], "all")]
            if those:
                rows.append(_row(kind, way, those))
    return "\n".join(rows)


def _row(kind: str, way: str, those: list[dict[str, Any]]) -> str:
    words = _count(those)
    return (
        f"{kind:10} {sum(one['seconds'] for one in those):7.0f} {words.said:6}  {way:25} {words.error_rate:8.2f}"
        f" {words.lost:6} {words.invented:9} {_cost(those):8.4f} {_peak(those):8.0f}"
        f" {sum(one['loop'] for one in those):6}"
    )


def failures(found: Iterable[dict[str, Any]]) -> list[str]:
    by_way = {way: [one for one in found if one["way"] == way] for way in WAYS}
    whole, defaults, own = (by_way[way] for way in (WHOLE, DEFAULTS, INCREMENTAL))
    said = []
    worse = _count(own).error_rate - _count(whole).error_rate
    if worse > MOST_POINTS_WORSE:
        said.append(f"Read passage by passage, {worse:.2f} more words in 100 are wrong than in the whole file.")
    if _cost(own) > _cost(defaults):
        ratio = _cost(own) / _cost(defaults)
        said.append(f"Reading passage by passage costs {ratio:.2f} times what the whole file with defaults does.")
    if _peak(own) >= MOST_MB:
        said.append(f"The transcriber takes {_peak(own):.0f} MB of memory; {MOST_MB:.0f} are too many.")
    said += [f"The transcript of {one['set']} goes round in circles." for one in own if one["loop"]]
    return said


def code() -> str:
    """A name for the transcriber's code as it is."""
    files = sorted(Path(service.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _key(one: corpus.Spoken, way: str) -> str:
    clips = hashlib.sha256(repr([(clip.path.name, clip.text) for clip in one.clips]).encode()).hexdigest()[:8]
    return f"{one.name} {clips} {way}" + (f" {code()}" if way == INCREMENTAL else "")


def _count(those: list[dict[str, Any]]) -> Count:
    return sum((Count(**one["count"]) for one in those), Count())


def _cost(those: list[dict[str, Any]]) -> float:
    return float(sum(one["cpu_s"] for one in those) / sum(one["seconds"] for one in those))


def _peak(those: list[dict[str, Any]]) -> float:
    return float(max(one["peak_mb"] for one in those))
