"""The sound of the master as the speech model wants it: 16 kHz, one channel, floats from -1 to 1.

Without state: a sample depends on the master's samples around it, so any stretch can be heard again.
"""

import numpy as np
from numpy.typing import NDArray

from appliance.transcriber.passages import RATE

Audio = NDArray[np.float32]

FULL_SCALE = 32768.0
MARGIN_S = 0.002  # the resampling filter's reach to either side
CUTOFF = 7_400.0  # Hz; the filter passes 6.8 kHz and is 80 dB down where 16 kHz sound would alias
KAISER_BETA = 8.0


class OddRate(ValueError):
    """A rate from which every n-th sample does not make 16 kHz."""

    def __init__(self, rate: int) -> None:
        super().__init__(f"{rate} Hz is not a whole multiple of {RATE} Hz")


def heard(pcm: bytes, rate: int) -> Audio:
    """PCM (s16le) at a whole multiple of 16 kHz as 16 kHz floats; beyond its ends there is silence.

    Raises OddRate.
    """
    master = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(FULL_SCALE)
    factor, odd = divmod(rate, RATE)
    if odd or not factor:
        raise OddRate(rate)
    return master if factor == 1 else _every(factor, master, _low_pass(rate))


def margin(rate: int) -> int:
    """How many samples of the master around a moment are needed to hear it at 16 kHz."""
    return 0 if rate == RATE else round(MARGIN_S * rate)


def _low_pass(rate: int) -> Audio:
    """A windowed-sinc filter of odd length (Oppenheim and Schafer, section 7.5: the Kaiser window)."""
    reach = np.arange(-margin(rate), margin(rate) + 1)
    taps = np.sinc(2 * CUTOFF / rate * reach) * np.kaiser(reach.size, KAISER_BETA)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


def _every(factor: int, master: Audio, taps: Audio) -> Audio:
    """Filter and keep every `factor`-th sample, computing only those (the polyphase form)."""
    reach = taps.size // 2
    kept = -(-master.size // factor)
    around = np.pad(master, (reach, reach + factor))
    total = np.zeros(kept, dtype=np.float32)
    for phase in range(factor):
        part, weights = around[phase::factor], taps[phase::factor]
        total += np.convolve(part, weights[::-1], mode="valid")[:kept]
    return total
