"""Where the sound comes from: SRP-PHAT over a ring of microphones, of what stands out from the noise floor.

Steered response power with phase transform (DiBiase 2000, "A high-accuracy, low-latency technique for talker
localization in reverberant environments using microphone arrays"). Without the mask it follows the fan at the ceiling,
not the talkers. Pure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
Spectra = NDArray[np.complex64]
Floats = NDArray[np.float32]

SPEED_OF_SOUND = 343.0  # metres per second
FRAMES_PER_SECOND = 62.5  # each overlaps the next by half
BAND_HZ = (400.0, 5500.0)
BLOCK_FRAMES = 10
BLOCK_S = BLOCK_FRAMES / FRAMES_PER_SECOND
DIRECTIONS = 72
FLOOR_S = 16.0
FLOOR_PERCENTILE = 20
FLOOR_EVERY_BLOCKS = 6  # it hardly moves within a second
ABOVE_FLOOR = 8.0
"""Power over the noise floor from which a frequency counts in a frame (9 dB)."""
LEAST_CELLS = 30
"""A block with fewer such frequencies and frames has no direction."""


@dataclass(frozen=True)
class Direction:
    """Where a block's sound came from."""

    first_sample: int
    """Counted from the first sample that was heard, or from the last `begin_anew`."""
    samples: int
    angle_deg: float
    """From the first microphone towards the second, 0 to 360."""
    strength: float
    """Share of the block's frequencies and frames that stand out and point there, 0 to 1."""


class Directions:
    """Listens to a ring of equally spaced microphones; `hear` answers with the blocks that have a direction."""

    def __init__(self, rate: int, microphones: int, radius_m: float) -> None:
        """`rate` in samples per second, a multiple of 125; `radius_m` of the ring."""
        self._hop = round(rate / FRAMES_PER_SECOND)
        self._window = np.hanning(2 * self._hop + 1)[:-1].astype(np.float32)
        frequencies = np.fft.rfftfreq(2 * self._hop, 1 / rate).astype(np.float32)
        first, last = np.searchsorted(frequencies, BAND_HZ)
        self._band = slice(int(first), int(last))
        self._pairs = np.triu_indices(microphones, 1)
        self._steering = _steering(frequencies[self._band], self._pairs, microphones, radius_m)
        self._history = np.zeros((round(FLOOR_S * FRAMES_PER_SECOND), int(last - first)), dtype=np.float32)
        self._floor = np.zeros(self._history.shape[1], dtype=np.float32)
        self._blocks = 0
        self._microphones = microphones
        self.begin_anew()

    def begin_anew(self) -> None:
        """Sound was lost: what follows does not join what was heard. The noise floor stays."""
        self._rest = np.empty((0, self._microphones), dtype=np.float32)
        self._position = 0

    def hear(self, sound: Sound) -> list[Direction]:
        """Take sound of any length, of shape (samples, microphones)."""
        self._rest = np.concatenate([self._rest, sound])
        found = []
        step = BLOCK_FRAMES * self._hop
        while len(self._rest) >= step + self._hop:
            direction = self._direction(self._rest[: step + self._hop])
            if direction:
                found.append(Direction(self._position + self._hop // 2, step, *direction))
            self._rest = self._rest[step:]
            self._position += step
        return found

    def _direction(self, sound: Sound) -> tuple[float, float] | None:
        """Angle in degrees and strength of one block."""
        spectra = self._spectra(sound)
        power = np.mean(spectra.real**2 + spectra.imag**2, axis=0)
        mask = power > ABOVE_FLOOR * self._noise_floor(power)
        cells = np.count_nonzero(mask)
        if cells < LEAST_CELLS:
            return None
        phases = spectra * (mask / np.maximum(np.abs(spectra), np.float32(1e-20)))
        by_frequency = phases.transpose(2, 0, 1)
        crossed = (by_frequency @ by_frequency.conj().transpose(0, 2, 1))[:, self._pairs[0], self._pairs[1]].ravel()
        power_from: Floats = np.concatenate([crossed.real, crossed.imag]) @ self._steering
        power_from /= np.float32(len(self._pairs[0]))
        best = int(np.argmax(power_from))
        strength = float(power_from[best] - power_from.mean()) / mask.size
        return _between(power_from, best), strength

    def _spectra(self, sound: Sound) -> Spectra:
        """Short-time spectra in the band, of shape (microphones, frames, frequencies)."""
        halves = sound.T.reshape(self._microphones, BLOCK_FRAMES + 1, self._hop)
        frames = np.concatenate([halves[:, :-1], halves[:, 1:]], axis=2) * self._window
        return np.fft.rfft(frames)[:, :, self._band].astype(np.complex64)

    def _noise_floor(self, power: Floats) -> Floats:
        """Of each frequency, as of the last seconds: the quietest fifth of the frames."""
        at = self._blocks * BLOCK_FRAMES % len(self._history)
        self._history[at : at + BLOCK_FRAMES] = power
        self._blocks += 1
        if self._blocks % FLOOR_EVERY_BLOCKS == 1:
            known = self._history[: self._blocks * BLOCK_FRAMES]
            rank = len(known) * FLOOR_PERCENTILE // 100
            self._floor = np.partition(known, rank, axis=0)[rank]
        return self._floor


def _steering(
    frequencies: Floats,
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
    microphones: int,
    radius_m: float,
) -> Floats:
    """What turns pairs' cross-spectra into power from each direction: (2 * frequencies * pairs, DIRECTIONS)."""
    ring = 2 * np.pi * np.arange(microphones) / microphones
    towards = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    earlier = radius_m / SPEED_OF_SOUND * np.cos(ring[:, None] - towards)
    between = earlier[pairs[0]] - earlier[pairs[1]]
    phase = 2 * np.pi * frequencies[:, None, None] * between
    flat = phase.reshape(-1, DIRECTIONS)
    return np.concatenate([np.cos(flat), np.sin(flat)]).astype(np.float32)


def _between(power: Floats, best: int) -> float:
    """The angle in degrees of a peak, by a parabola through it and its neighbours."""
    before, here, after = (float(power[(best + side) % DIRECTIONS]) for side in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend else 0.0
    return (best + shift) * 360 / DIRECTIONS % 360
