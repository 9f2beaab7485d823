"""What one second of the master is like: its leaf, level, speech and clipping."""

import numpy as np

from appliance.evidence.merkle import leaf
from appliance.recorder.speech import SpeechDetector
from appliance.store.record import Second

SILENCE_DBFS = -120.0
RAIL = 32767


def describe(number: int, pcm: bytes, detector: SpeechDetector) -> Second:
    """The row of a second; `pcm` is s16le, shorter than a second only at the end of a meeting."""
    samples = np.frombuffer(pcm, "<i2")
    return Second(
        number=number,
        samples=len(samples),
        leaf=leaf(pcm),
        level=level(samples),
        speech=detector.percent(pcm) if samples.any() else 0,  # a long pause is made of thousands of silent seconds
        clipped=int(np.count_nonzero((samples >= RAIL) | (samples <= -RAIL))),
    )


def level(samples: np.ndarray) -> float:
    """RMS of s16 samples in dB of full scale, one decimal; -120 for digital silence."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return round(10 * np.log10(power / 32768**2), 1) if power else SILENCE_DBFS
