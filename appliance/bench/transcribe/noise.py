"""`scripts/bench transcribe noise`: sounds in which nobody speaks, each a meeting of its own: no line may come of it.

A clip shorter than half a minute is heard again and again, with pauses of low noise.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.bench.stage import RATE
from appliance.bench.transcribe import corpus, meeting, reader
from appliance.bench.transcribe.corpus import Samples
from appliance.transcriber.whisper import FasterWhisper

PART = "transcribe-noise"
LEAST_S = 30.0
MADE_S = 45
WITH_VOICES = ("test2_8000",)
"""Clips of the corpus that hold a song."""
SEED = 6
CHORDS = ((220.0, 277.2, 329.6), (196.0, 246.9, 293.7), (174.6, 220.0, 261.6), (164.8, 207.7, 246.9))


@dataclass(frozen=True)
class Sound:
    """`voices`: there are voices in it after all, so that a line is no failure."""

    name: str
    samples: Samples
    voices: bool = False


def run(folders: Sequence[Path], model: Path) -> list[dict[str, Any]]:
    """What the transcriber writes for each sound."""
    speech_model = reader.loaded(model)
    return [_heard(sound, speech_model) for sound in [*clips(folders), *made()]]


def _heard(sound: Sound, model: FasterWhisper) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as data:
        folder = meeting.recorded(Path(data), sound.samples)
        reader.read_to_the_end(Path(data), model)
        read = [passage for passage in meeting.passages(folder) if passage.model]
        return {
            "name": sound.name,
            "voices": sound.voices,
            "seconds": round(sound.samples.size / RATE, 1),
            "seconds taken for speech": round(sum(p.speech_s for p in meeting.passages(folder)), 1),
            "passages read": len(read),
            "complete": meeting.cursor(folder).complete,
            "lines": [asdict(line) for line in meeting.lines(folder)],
        }


def clips(folders: Sequence[Path]) -> Iterator[Sound]:
    """The corpus's clips of the kind `noise`."""
    for clip in (clip for folder in folders for clip in corpus.manifest(folder) if clip.kind == "noise"):
        samples = corpus.joined([corpus.decoded(clip.path)], LEAST_S)
        yield Sound(clip.path.stem, samples, clip.path.stem in WITH_VOICES)


def made() -> Iterator[Sound]:
    """Sounds that are computed."""
    seconds = np.arange(MADE_S * RATE) / RATE
    noise = np.random.default_rng(SEED).normal(0, 1, seconds.size)
    yield Sound("digital silence", _pcm(0 * seconds))
    yield Sound("white noise, -60 dBFS", _pcm(decibels(-60) * noise))
    yield Sound("white noise, -40 dBFS", _pcm(decibels(-40) * noise))
    yield Sound("hum of 50 Hz with noise", _pcm(0.1 * np.sin(2 * np.pi * 50 * seconds) + decibels(-60) * noise))
    yield Sound("chords", _pcm(music(MADE_S) + decibels(-60) * noise))


def music(seconds: int) -> NDArray[np.float64]:
    """Chords of plucked strings, one a second, each tone with its overtones dying away."""
    within = np.arange(RATE) / RATE
    tones = [[(pitch, overtone) for pitch in chord for overtone in range(1, 6)] for chord in CHORDS]
    chords = [sum(_overtone(*tone, within) for tone in chord) for chord in tones]
    return 0.08 * np.resize(np.concatenate(chords), seconds * RATE)


def _overtone(pitch: float, overtone: int, within: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sin(2 * np.pi * pitch * overtone * within) * np.exp(-3 * overtone * within) / overtone)


def decibels(level: float) -> float:
    return float(10 ** (level / 20))


def _pcm(sound: NDArray[np.float64]) -> Samples:
    return np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)


def table(found: list[dict[str, Any]]) -> str:
    rows = ["sound                               seconds  taken for speech  passages read  lines"]
    rows += [
        f"{one['name'] + (' (voices)' if one['voices'] else ''):35} {one['seconds']:7}"
        f" {one['seconds taken for speech']:17} {one['passages read']:14}  {_said(one)}"
        for one in found
    ]
    return "\n".join(rows)


def failures(found: list[dict[str, Any]]) -> list[str]:
    said = [f"{one['name']} was not read to its end." for one in found if not one["complete"]]
    invented = [one for one in found if one["lines"] and not one["voices"]]
    return said + [f"Nobody speaks in {one['name']}, but there stands: {_said(one)}" for one in invented]


def _said(one: dict[str, Any]) -> str:
    return " / ".join(line["text"] for line in one["lines"]) or "-"
