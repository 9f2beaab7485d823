"""One passage as it is heard: its sound at 16 kHz, and the probability of speech in it, from the cursor on.

Both grow by blocks of one length, so that the same sound makes the same sums however much of it was there at each
look, and nothing is computed twice.
"""

from pathlib import Path

import numpy as np

from appliance.store import wav
from appliance.transcriber import sound
from appliance.transcriber.passages import BLOCK, FRAME, LATEST, RATE, Probabilities
from appliance.transcriber.sound import Audio
from appliance.transcriber.whisper import Ear


class Hearing:
    """`first`: the cursor, in samples of the master at `rate`."""

    def __init__(self, master: Path, rate: int, first: int, ear: Ear) -> None:
        self.first = first
        self._master = master
        self._rate = rate
        self._ear = ear
        self._audio = [np.zeros(0, dtype=np.float32)]
        self._probabilities = [np.zeros(0, dtype=np.float32)]
        self._blocks = 0

    @property
    def audio(self) -> Audio:
        return np.concatenate(self._audio)

    @property
    def probabilities(self) -> Probabilities:
        return np.concatenate(self._probabilities)

    def hear(self, end: int, *, over: bool) -> None:
        """Listen on, up to sample `end` of the master or a little beyond the longest passage.

        `over`: nothing after `end` belongs to this passage, so that it is heard to the last part of a frame; else
        only whole blocks that more sound would not change. Raises FileNotFoundError where the master was let go.
        """
        block = BLOCK * FRAME * self._rate // RATE
        beyond = 0 if over else sound.margin(self._rate)
        while self._blocks * BLOCK < LATEST and self.first + (self._blocks + 1) * block + beyond <= end:
            self._hear(self.first + self._blocks * block, block, end)
            self._blocks += 1
        rest = end - self.first - self._blocks * block
        if over and self._blocks * BLOCK < LATEST and rest > 0:
            self._hear(end - rest, rest, end)

    def _hear(self, start: int, samples: int, end: int) -> None:
        """Hear one block; beyond the passage's ends there is silence."""
        margin = sound.margin(self._rate)
        before, after = min(margin, start - self.first), min(margin, end - start - samples)
        pcm = wav.pcm(self._master, start - before, before + samples + after)
        lead = before * RATE // self._rate
        heard = sound.heard(pcm, self._rate)[lead : lead + -(-samples * RATE // self._rate)]
        self._audio.append(heard)
        self._probabilities.append(self._ear(heard))
