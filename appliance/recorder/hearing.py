"""One opening of the microphone, from its first block: the first second is the microphone's test.

That second waits in memory. Only when it is a room's sound are its bytes given out, to be kept; so no byte reaches the
disk of a microphone that is dead, and none that a steady light will not follow. Pure.
"""

from appliance.recorder.signal_check import SignalCheck
from appliance.recorder.timeline import DRIFT, Block

TEST_S = 1.0
AHEAD_S = 0.75  # no microphone can give more than it has heard; buffers and late starts are less than this
SLOWEST_TEST = 0.6  # of the test's sound must have passed on the clock, else more is waited for

WRONG_RATE = (
    "The microphone runs at another rate than it was asked for, {heard} Hz instead of {rate} Hz. "
    "Set `rate` under [microphone] to what it offers."
)


class Hearing:
    """`passed` once the test is over and was good; `dead` says why nothing that it gives can be kept."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._check = SignalCheck(rate)
        self._held: list[Block] = []
        self._samples = 0
        self._first_end = 0.0
        self._first_samples = 0
        self.passed = False
        self.dead = ""

    def hear(self, block: Block) -> list[Block]:
        """What may be kept now: nothing, then the whole first second, then each block; nothing of a dead one."""
        samples = len(block.pcm) // 2
        if not self._samples:
            self._first_end, self._first_samples = block.end, samples
        self._samples += samples
        self.dead = self._check.hear(block.pcm) or self._too_fast(block.end)
        if self.dead:
            return []
        if self.passed:
            return [block]
        self._held.append(block)
        self.passed = self._tested(block.end)
        return self._release() if self.passed else []

    @property
    def notes(self) -> tuple[str, ...]:
        return self._check.notes

    def _release(self) -> list[Block]:
        held, self._held = self._held, []
        return held

    def _heard_s(self) -> float:
        return (self._samples - self._first_samples) / self._rate

    def _tested(self, end: float) -> bool:
        long_enough = self._samples >= TEST_S * self._rate
        return long_enough and end - self._first_end >= SLOWEST_TEST * self._heard_s()

    def _too_fast(self, end: float) -> str:
        passed_s = end - self._first_end
        if self._heard_s() - passed_s < AHEAD_S + DRIFT * passed_s:
            return ""
        heard = round(self._heard_s() / passed_s * self._rate) if passed_s > 0 else 10 * self._rate
        return WRONG_RATE.format(heard=heard, rate=self._rate)
