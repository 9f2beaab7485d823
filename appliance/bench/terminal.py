"""Drawing the box in the terminal: its light, its state, and the two cursors."""

import sys
import time
from pathlib import Path

from appliance.bench import light
from appliance.bench.house import House
from appliance.clock import spoken
from appliance.store import record, transcript
from appliance.store.database import opened

WORDS = {
    "starting": "starting",
    "unfit": "cannot record",
    "ready": "ready; the microphone is closed",
    "notice": "notice: everybody is told; the microphone is closed",
    "notice_again": "notice before going on; the microphone is closed",
    "recording": "RECORDING",
    "stopping": "stopping; the microphone is closed",
    "ended": "ended; tickets can still be taken",
    "ended_full": "ended: the card is full; tickets can still be taken",
    "paused": "PAUSED; the microphone is closed",
    "paused_long": "PAUSED; the microphone is closed",
    "interrupted": "interrupted",
}
SAY_AGAIN_S = 10.0


class Drawing:
    """One line that follows the box; where the output is no terminal, a line for each change."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._live = sys.stdout.isatty()
        self._said = ""
        self._said_at = 0.0

    def draw(self) -> None:
        now = self._house.state()
        if now is None:
            return
        words = WORDS[now.state] + (f": {now.because}" if now.because else "")
        if self._live:
            sys.stdout.write(f"\r\033[K  {self._lamp()}  {words}   {cursors(self._house, now.meeting)}")
            sys.stdout.flush()
        elif words != self._said or time.monotonic() - self._said_at > SAY_AGAIN_S:
            print(f"  {self._lamp()}  {words}   {cursors(self._house, now.meeting)}", flush=True)
            self._said, self._said_at = words, time.monotonic()

    def say(self, sentence: str) -> None:
        """A line of its own above the drawing."""
        if self._live:
            sys.stdout.write("\r\033[K")
        print(sentence, flush=True)

    def _lamp(self) -> str:
        return "●" if is_lit(self._house.light_log) else "○"


def is_lit(log: Path) -> bool:
    found = light.shines(log)
    return bool(found) and found[-1].end is None


def cursors(house: House, meeting: str | None) -> str:
    """How far sound and text of a meeting are."""
    if meeting is None:
        return ""
    folder = house.folders.meeting(meeting)
    with opened(record.read(folder)) as sound, opened(transcript.read(folder)) as text:
        about = record.described(sound) if sound else None
        if not sound or not about:
            return ""
        read = transcript.cursor(text).transcribed if text else 0
        return f"recorded {spoken(record.recorded(sound) / about.rate)}, transcribed {spoken(read / about.rate)}"
