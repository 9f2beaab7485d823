"""Speech whose words are known, as meetings: a folder with manifest.tsv, and the sample meeting.

Columns of manifest.tsv: kind, path, seconds, text and others. A clip of a minute or more is a meeting of its own.
Shorter ones of one kind are joined into one meeting, in the manifest's order, with pauses of 0.6 to 1.2 s of low noise
between them, as a room has them; so all ways of reading hear the same.
"""

import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.bench import sound, stage
from appliance.bench.stage import RATE
from appliance.errors import NoSuchAudio

Samples = NDArray[np.int16]

OWN_MEETING_S = 60.0
PAUSE_S = (0.6, 1.2)
NOISE = 10.0  # RMS in steps of the converter: -70 dBFS
SEED = 4
NOT_READ = ("noise",)


@dataclass(frozen=True)
class Clip:
    """A file of the manifest; `text` is what is said in it."""

    kind: str
    path: Path
    seconds: float
    text: str


@dataclass(frozen=True)
class Spoken:
    """A meeting to be read: its clips one after the other. The name begins with its set."""

    name: str
    kind: str
    clips: tuple[Clip, ...]

    @property
    def text(self) -> str:
        return " ".join(clip.text for clip in self.clips)

    def samples(self) -> Samples:
        """16 kHz, never digital silence."""
        return joined([decoded(clip.path) for clip in self.clips])


def manifest(folder: Path) -> list[Clip]:
    """Raises NoSuchAudio where there is no manifest."""
    path = folder / "manifest.tsv"
    if not path.exists():
        raise NoSuchAudio(path=path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Clip(row["kind"], folder / row["path"], float(row["seconds"]), row["text"] or "") for row in rows]


def speech(folders: Sequence[Path]) -> Iterator[Spoken]:
    """Every meeting of the folders, and the sample meeting."""
    short: dict[str, list[Clip]] = defaultdict(list)
    for clip in (clip for folder in folders for clip in manifest(folder) if clip.kind not in NOT_READ):
        if clip.seconds >= OWN_MEETING_S:
            yield Spoken(f"{clip.kind}/{clip.path.stem}", clip.kind, (clip,))
        else:
            short[clip.kind].append(clip)
    for kind, clips in short.items():
        yield Spoken(kind, kind, tuple(clips))
    said = json.loads(stage.SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))
    text = " ".join(turn["text"] for turn in said["turns"])
    yield Spoken("sample", "sample", (Clip("sample", stage.SAMPLE, said["samples"] / RATE, text),))


def decoded(path: Path) -> Samples:
    with tempfile.NamedTemporaryFile(suffix=".pcm") as file:
        sound.to_pcm(path, Path(file.name), RATE)
        return np.fromfile(file.name, "<i2")


def joined(clips: Sequence[Samples], least_s: float = 0.0) -> Samples:
    """Clips with pauses between them, again from the first until they last so many seconds."""
    chance = np.random.default_rng(SEED)
    parts: list[Samples] = []
    while not parts or sum(map(len, parts)) < least_s * RATE:
        for clip in clips:
            if parts:
                parts.append(low_noise(chance.uniform(*PAUSE_S), chance))
            parts.append(clip)
    return np.concatenate(parts)


def low_noise(seconds: float, chance: np.random.Generator) -> Samples:
    return np.rint(chance.normal(0, NOISE, round(seconds * RATE))).astype(np.int16)
