"""Where in a meeting a re-encoded clip comes from, by fingerprints. Pure. It says where, and proves nothing.

Between the windows that are found the most likely way through their places, or through none, is that of Viterbi (1967),
so that cuts are located to a fraction of a second. Less than about 2 s of other sound may go unnoticed.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from appliance.evidence.fingerprint import RATE, SPAN, STEP, Sound, Words, fingerprint
from appliance.evidence.joins import Join, Kind, Stretch, joins
from appliance.evidence.windows import WINDOW, Place, places_of, wrong_at

PHASES = (0, STEP // 2)
SHORTEST_S = ((WINDOW - 1) * STEP + SPAN + max(PHASES)) / RATE
"""Seconds below which a clip is not looked for (3.5)."""
MOST_PLACES = 100  # a clip of more pieces is followed through those that most windows were found at
NOT_HERE = 0.36  # cost of a word that is of no place, where that of another is its share of differing bits
CHANGE = 4.0  # cost of going to another place: sound of a second or two
SLACK_S, UNSEEN_S = 0.5, 1.0

Way = NDArray[np.intp]


@dataclass(frozen=True)
class Recognised:
    """Stretches in the clip's order and what lies between, in samples at 8 kHz; `wrong`: share of differing bits."""

    stretches: tuple[Stretch, ...]
    joins: tuple[Join, ...]
    wrong: float


def recognise(clip: Sound, meeting: Words) -> Recognised:
    """Find a clip (samples,) at 8 kHz, full scale 1, in the fingerprint of a meeting."""
    if len(clip) < SHORTEST_S * RATE:
        return Recognised((), (Join(Kind.TOO_SHORT, 0, len(clip)),), 1.0)
    length = (len(meeting) - 1) * STEP + SPAN if len(meeting) else 0
    heard = {phase: fingerprint([clip[phase:]]) for phase in PHASES}
    words = min(map(len, heard.values()))
    windows = Counter(places_of(heard, words, meeting))
    places = [place for place, _ in windows.most_common(MOST_PLACES)]
    if not places:
        return Recognised((), tuple(joins((), len(clip), length, 0)), 1.0)
    costs = np.stack([wrong_at(heard[one.phase][:words], meeting, one.ahead) for one in places], axis=1)
    path = way(costs)
    stretches = tuple(_stretches(path, places, len(clip), length))
    between = joins(stretches, len(clip), length, round(UNSEEN_S * RATE), round(SLACK_S * RATE))
    here = np.flatnonzero(path < len(places))
    return Recognised(stretches, tuple(between), float(costs[here, path[here]].mean()))


def way(costs: NDArray[np.float32]) -> Way:
    """For each word the column of the place that it is of, or one column more for none; costs: (words, places)."""
    costs = np.pad(costs, ((0, 0), (0, 1)), constant_values=NOT_HERE)
    total = costs[0].astype(np.float64)
    came_from = np.empty(costs.shape, dtype=np.uint16)
    here = np.arange(costs.shape[1], dtype=np.uint16)
    for n in range(1, len(costs)):
        cheapest = int(np.argmin(total))
        changes = total > total[cheapest] + CHANGE
        came_from[n] = np.where(changes, cheapest, here)
        total = np.where(changes, total[cheapest] + CHANGE, total) + costs[n]
    path = np.empty(len(costs), dtype=np.intp)
    path[-1] = int(np.argmin(total))
    for n in range(len(costs) - 1, 0, -1):
        path[n - 1] = came_from[n, path[n]]
    return path


def _stretches(path: Way, places: list[Place], clip: int, meeting: int) -> Iterator[Stretch]:
    """One for each part of the way at one place; where only the pace changed they are one."""
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    held: Stretch | None = None
    for first, end in pairwise(edges):
        if path[first] == len(places):
            continue
        later = places[path[first]].samples
        start = max(-later, _edge(first) if first else 0)
        stop = min(meeting - later, _edge(end) if end < len(path) else clip)
        if held and start <= held.end and abs(start + later - held.origin_end) <= SLACK_S * RATE:
            held = Stretch(held.start, held.origin, stop - held.start)
            continue
        if held:
            yield held
        held = Stretch(start, start + later, stop - start)
    if held:
        yield held


def _edge(word: int) -> int:
    """The sample between the middles of what a word and the one before it are about."""
    return word * STEP + (SPAN - STEP) // 2
