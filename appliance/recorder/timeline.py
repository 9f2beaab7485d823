"""Where captured blocks belong on the meeting's timeline. Pure.

A microphone that loses sound does not say so: the only sure sign is that frames delivered fall behind the monotonic
clock in a step. A block that merely comes late (the computer was busy) is followed by others that catch up; a slow
crystal is a slope, not a step. So when a block is late, blocks are held back until their lateness is the same
several times running; what is then left is a gap of that length before the first of them.
"""

from dataclasses import dataclass

from appliance.frames import Block as Block

STEP_S = 0.1  # a lasting lateness of more than this is a gap
SAME_S = 0.02  # lateness that differs less than this is the same
SETTLED = 5  # blocks of the same lateness that settle the matter
PATIENCE_S = 3.0  # for blocks to catch up, after which the least late settles it; the light shows fault by then
DRIFT = 0.001  # seconds per second that a crystal may be off; the baseline follows it


@dataclass(frozen=True)
class Lost:
    """Samples that the microphone never delivered."""

    samples: int


class Timeline:
    """One opening of the microphone; `put` answers with what to append, in order."""

    def __init__(self, rate: int, first: list[Block], *, sample_bytes: int = 2) -> None:
        """`first`: the first blocks, which are then put like all others; the least late of them tells the start."""
        self._rate = rate
        self._sample_bytes = sample_bytes
        self._samples = 0
        before = 0.0
        starts = []
        for block in first:
            before += self._length(block)
            starts.append(block.end - before)
        self.start = min(starts)
        """Monotonic time of the first sample."""
        self._usual = 0.0
        self._held: list[tuple[float, Block]] = []

    def put(self, block: Block) -> list[Block | Lost]:
        """Take the next block; returns what is now certain."""
        late = block.end - self.start - (self._samples / self._rate + self._held_s() + self._length(block))
        if not self._held and late <= self._usual + STEP_S:
            self._follow(late, self._length(block))
            return self._certain([block])
        self._held.append((late, block))
        if self._caught_up() or self._settled():
            return self.release()
        return []

    def release(self) -> list[Block | Lost]:
        """Give out what is held back, with the gap before it if there was one."""
        if not self._held:
            return []
        lates = [late for late, _ in self._held]
        blocks = [block for _, block in self._held]
        self._held = []
        step = min(lates) - self._usual
        if step <= STEP_S:
            return self._certain([*blocks])
        return self._certain([Lost(round(step * self._rate)), *blocks])

    def _caught_up(self) -> bool:
        return self._held[-1][0] <= self._usual + STEP_S

    def _settled(self) -> bool:
        last = [late for late, _ in self._held[-SETTLED:]]
        same = len(last) == SETTLED and max(last) - min(last) <= SAME_S
        # Blocks that catch up come all at once: then no time passes, and there is no end to patience.
        return same or self._held[-1][1].end - self._held[0][1].end >= PATIENCE_S

    def _follow(self, late: float, length: float) -> None:
        """Let the usual lateness drift slowly upwards and jump down: nothing is delivered before it is heard."""
        self._usual = min(late, self._usual + DRIFT * length)

    def _certain(self, parts: list[Block | Lost]) -> list[Block | Lost]:
        for part in parts:
            self._samples += part.samples if isinstance(part, Lost) else len(part.pcm) // self._sample_bytes
        return parts

    def _held_s(self) -> float:
        return sum(self._length(block) for _, block in self._held)

    def _length(self, block: Block) -> float:
        return len(block.pcm) / self._sample_bytes / self._rate
