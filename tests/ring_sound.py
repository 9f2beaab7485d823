"""What a ring of microphones hears of a voice in the open: one sound, delayed for each of them."""

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
Mono = NDArray[np.float64]

SPEED_OF_SOUND = 343.0


def murmur(seconds: float, rate: int, seed: int = 0) -> Mono:
    """Broadband syllables of 0.2 s between pauses of 0.15 s, about as loud as a talker, with a little noise."""
    random = np.random.default_rng(seed)
    samples = round(seconds * rate)
    at = np.arange(samples) / rate
    return np.asarray(random.normal(0, 3000, samples) * ((at % 0.35) < 0.2) + random.normal(0, 10, samples))


def from_direction(sound: Mono, rate: int, angle_deg: float, microphones: int, radius_m: float = 0.032) -> Sound:
    """A far sound as (samples, microphones), by fractional delays in the frequency domain."""
    ring = 2 * np.pi * np.arange(microphones) / microphones
    earlier = radius_m / SPEED_OF_SOUND * np.cos(ring - np.radians(angle_deg))
    frequencies = np.fft.rfftfreq(sound.size, 1 / rate)
    spectra = np.fft.rfft(sound)[:, None] * np.exp(2j * np.pi * frequencies[:, None] * earlier)
    return np.asarray(np.fft.irfft(spectra, sound.size, axis=0), dtype=np.float32)
