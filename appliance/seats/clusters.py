"""Directions to seats: peaks of a weighted histogram of angles, and Viterbi's path over them.

Two people in one direction are one seat; a person who moves is a new one. Pure: arrays in, arrays out.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP_DEG = 2.5
SPREAD_DEG = 6.0
"""Standard deviation of the histogram's smoothing and of a seat's blocks around it."""
APART_DEG = 20.0
"""Nearer peaks are one seat."""
LEAST_SHARE = 0.015
"""A seat has at least this share of the weight within APART_DEG / 2 of it."""
LEAST_RISE = 0.25
"""And stands out: between two seats the histogram falls by this share of the lower one."""
STRAY = 0.15
"""How often a block points anywhere (reflections, two at once)."""
CHANGE = 1e-3
"""How often somebody else goes on in the next block."""


def difference(a: Floats, b: Floats) -> Floats:
    """The angles between directions, -180 to 180 degrees."""
    return (a - b + 180.0) % 360.0 - 180.0


def seats(angles_deg: Floats, weights: Floats) -> Floats:
    """The directions of the seats in degrees, in rising order; empty without weight."""
    if not weights.sum() > 0:
        return np.empty(0)
    grid = np.arange(0.0, 360.0, STEP_DEG)
    histogram = np.bincount(np.round(angles_deg / STEP_DEG).astype(int) % grid.size, weights, grid.size)
    kernel = np.exp(-0.5 * (difference(grid, np.zeros(1)) / SPREAD_DEG) ** 2)
    smooth = np.fft.irfft(np.fft.rfft(histogram) * np.fft.rfft(kernel / kernel.sum()), grid.size)
    found: list[float] = []
    for peak in np.argsort(-smooth):
        if not smooth[peak] >= max(smooth[peak - 1], smooth[(peak + 1) % grid.size]):
            continue
        share = weights[np.abs(difference(angles_deg, grid[peak])) <= APART_DEG / 2].sum() / weights.sum()
        if share >= LEAST_SHARE and all(_stands_out(smooth, grid, grid[peak], other) for other in found):
            found.append(float(grid[peak]))
    return np.sort([_centre(angles_deg, weights, peak) for peak in found])


def _stands_out(smooth: Floats, grid: Floats, peak: float, other: float) -> bool:
    """Whether a peak is far from a higher one, with a valley between them."""
    apart = float(difference(np.asarray(other), np.asarray(peak)))
    if abs(apart) < APART_DEG:
        return False
    way = (peak + np.linspace(0.0, apart, round(abs(apart) / STEP_DEG) + 1)) % 360.0
    between = smooth[np.round(way / STEP_DEG).astype(int) % grid.size]
    return bool(between.min() <= (1 - LEAST_RISE) * between[0])


def _centre(angles_deg: Floats, weights: Floats, peak: float) -> float:
    """The weighted mean of what points to a peak."""
    off = difference(angles_deg, np.asarray(peak))
    near = np.abs(off) <= APART_DEG / 2
    return float((peak + np.average(off[near], weights=weights[near])) % 360.0)


def path(angles_deg: Floats, weights: Floats, places: Floats) -> Ints:
    """Which seat each block belongs to (an index of `places`), smoothed (Viterbi 1967).

    `weights` say how much a block counts, 1 for an ordinary one. Raises ValueError without places.
    """
    off = difference(angles_deg[:, None], places[None, :])
    fits = (1 - STRAY) * np.exp(-0.5 * (off / SPREAD_DEG) ** 2) / (SPREAD_DEG * np.sqrt(2 * np.pi)) + STRAY / 360.0
    scores = weights[:, None] * np.log(fits)
    came_from = np.zeros(scores.shape, dtype=np.int64)
    best = scores[0]
    for at in range(1, len(scores)):
        leader = int(np.argmax(best))
        changed = best[leader] + np.log(CHANGE)
        came_from[at] = np.where(best >= changed, np.arange(places.size), leader)
        best = np.maximum(best, changed) + scores[at]
    chosen = np.empty(len(scores), dtype=np.int64)
    chosen[-1] = np.argmax(best)
    for at in range(len(scores) - 1, 0, -1):
        chosen[at - 1] = came_from[at, chosen[at]]
    return chosen
