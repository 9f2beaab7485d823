"""Words to seats: "A" is who spoke first. Only what was heard while words were spoken counts, so that a fan or a
projector never takes a seat."""

import string
from collections.abc import Sequence

import numpy as np

from appliance.seats import clusters
from appliance.store.seats import Block
from appliance.store.transcript import Line

MARGIN_S = 0.05


def seats_of(lines: Sequence[Line], blocks: Sequence[Block], rate: int) -> list[list[str | None]]:
    """For each word of each line the seat it came from: "A", "B" ..., or None where no block has a direction.

    `blocks` in the order of time, as `store.seats.blocks_of` gives them; `rate` in samples per second of the master.
    """
    starts = np.array([block.first_sample for block in blocks]) / rate
    ends = starts + np.array([block.samples for block in blocks]) / rate
    angles = np.array([block.angle_deg for block in blocks])
    strengths = np.array([block.strength for block in blocks])
    spans = [
        range(
            int(np.searchsorted(ends, word.start_s - MARGIN_S, "right")),
            int(np.searchsorted(starts, word.end_s + MARGIN_S, "left")),
        )
        for line in lines
        for word in line.words
    ]
    heard = np.array(sorted({at for span in spans for at in span}), dtype=np.int64)
    places = clusters.seats(angles[heard], strengths[heard])
    if not places.size:
        return [[None] * len(line.words) for line in lines]
    weights = strengths / np.median(strengths[heard])
    seat_of = dict(zip(heard.tolist(), clusters.path(angles[heard], weights[heard], places).tolist(), strict=True))
    chosen = [_most(span, seat_of, strengths.tolist(), places.size) for span in spans]
    order = list(dict.fromkeys(seat for seat in chosen if seat is not None))
    named = iter(None if seat is None else string.ascii_uppercase[order.index(seat)] for seat in chosen)
    return [[next(named) for _ in line.words] for line in lines]


def _most(span: range, seat_of: dict[int, int], strengths: list[float], seats: int) -> int | None:
    """The seat with most of the strength in a word's span."""
    if not span:
        return None
    votes = np.bincount([seat_of[at] for at in span], [strengths[at] for at in span], seats)
    return int(np.argmax(votes))
