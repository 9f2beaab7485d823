"""The loudness of a meeting as a drawing: bars for the sound, more so where somebody speaks, gaps and marks. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 100
BARS = 250
QUIETEST_DB = -60.0


@dataclass(frozen=True)
class Heard:
    """One second: its level in dBFS, and whether somebody spoke in it."""

    level: float
    speech: bool


@dataclass(frozen=True)
class Waveform:
    """Two paths of bars for SVG; gaps as (from, width) and marks as places, all in units of WIDTH."""

    speech: str
    other: str
    gaps: Sequence[tuple[float, float]]
    marks: Sequence[float]


def waveform(
    seconds: Sequence[Heard], gaps: Iterable[tuple[float, float]], marks: Iterable[float], length_s: float
) -> Waveform:
    """`gaps`: (start, length) in seconds; `marks` in seconds."""
    scale = WIDTH / max(length_s, 1.0)
    step = max(1, -(-len(seconds) // BARS))
    paths = {True: "", False: ""}
    for first in range(0, len(seconds), step):
        bar = seconds[first : first + step]
        middle = round((first + len(bar) / 2) * scale, 1)
        half = _half(max(one.level for one in bar))
        paths[any(one.speech for one in bar)] += f"M{middle:g} {HEIGHT / 2 - half:g}v{2 * half:g}"
    return Waveform(
        paths[True],
        paths[False],
        [(round(start * scale, 1), round(length * scale, 1)) for start, length in gaps],
        [round(at * scale, 1) for at in marks],
    )


def _half(level: float) -> float:
    """Half of the height of a bar; never nothing, so that silence is seen to be there."""
    return max(1.0, round((1 - max(level, QUIETEST_DB) / QUIETEST_DB) * HEIGHT / 2, 1))
