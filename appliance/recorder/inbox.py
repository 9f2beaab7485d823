"""The recorder's one queue, in two lanes: sound, bounded, and everything else, which never waits behind a full lane.

Any thread puts; only the loop takes, in the order of the clock, so that sound captured before a press is taken before
the press.
"""

import threading
from collections import deque
from dataclasses import dataclass

from appliance.recorder.timeline import Block

LONGEST_AUDIO_S = 30.0


@dataclass(frozen=True)
class Said:
    """Something told to the recorder: a gesture of the button, the panel or microphone coming or going."""

    at: float
    what: str
    detail: str = ""
    source: object = None  # who said it, where there may have been another since


class Inbox:
    """Blocks and words for the loop."""

    def __init__(self, rate: int) -> None:
        self._longest_bytes = int(LONGEST_AUDIO_S * rate * 2)
        self._audio: deque[Block] = deque()
        self._audio_bytes = 0
        self._said: deque[Said] = deque()
        self._news = threading.Condition()

    def put_audio(self, block: Block) -> bool:
        """False when 30 s of sound are waiting already: the block is dropped, and its time will show as a gap."""
        with self._news:
            if self._audio_bytes + len(block.pcm) > self._longest_bytes:
                return False
            self._audio.append(block)
            self._audio_bytes += len(block.pcm)
            self._news.notify()
        return True

    def say(self, said: Said) -> None:
        with self._news:
            self._said.append(said)
            self._news.notify()

    def take(self, timeout_s: float) -> Block | Said | None:
        """The oldest thing there is; None when nothing came in time."""
        with self._news:
            if not self._audio and not self._said:
                self._news.wait(timeout_s)
            if self._audio and (not self._said or self._audio[0].end <= self._said[0].at):
                return self._pop_audio()
            return self._said.popleft() if self._said else None

    @property
    def waits(self) -> bool:
        """Is there anything to take?"""
        return bool(self._audio or self._said)

    def take_audio(self) -> Block | None:
        """The oldest block, whatever was said; None when no sound waits."""
        with self._news:
            return self._pop_audio() if self._audio else None

    def _pop_audio(self) -> Block:
        block = self._audio.popleft()
        self._audio_bytes -= len(block.pcm)
        return block
