"""A file as microphone: speaks to the recorder exactly as the real microphone program does.

The room goes on while the microphone is closed: opened again, it hears what the room has come to. At the end of the
sound it gives nothing more, which a real microphone never does, and leaves a file `.played` beside the room's; where
the room's sound is a loop there is no end. What goes wrong with it meanwhile: see trouble.py.
"""

import signal
import sys
import time
from pathlib import Path
from typing import IO

from appliance import frames
from appliance.bench.room import Room
from appliance.bench.trouble import GONE, Trouble
from appliance.recorder.microphone import BLOCKS_PER_SECOND, die_with_parent
from appliance.recorder.timeline import Block

FROZEN_S = 0.02


def command(room_file: Path) -> list[str]:
    return [sys.executable, "-m", "appliance.bench.microphone", str(room_file)]


def began(room_file: Path, room: Room) -> float:
    """The room's monotonic time of its first sample: the first opening of the microphone."""
    note = room_file.with_suffix(".began")
    if not note.exists():
        part = room_file.with_suffix(".began-part")  # whoever is killed here must not leave half a number
        part.write_text(repr(room.clock.monotonic()))
        part.replace(note)
    return float(note.read_text())


def delivered(room: Room, first: int, count: int) -> tuple[int, int]:
    """Samples of [first, first + count) that are left when a loss falls into them; a loss takes from its start."""
    for at_s, length_s in room.losses:
        start, end = round(at_s * room.rate), round((at_s + length_s) * room.rate)
        if start <= first < end:
            return min(end, first + count), count
        if first < start < first + count:
            return first, start - first
    return first, count


class Hearing:
    """One opening of the microphone. `position` counts samples of the room since its first."""

    def __init__(self, room: Room, start: float, sound: IO[bytes], trouble: Trouble) -> None:
        self._room, self._start, self._sound, self._trouble = room, start, sound, trouble
        self._clock, self._block = room.clock, room.rate // BLOCKS_PER_SECOND
        self._total = Path(room.pcm).stat().st_size // 2
        self._position = self._now() if self._now() > room.rate else 0

    def block(self) -> Block | None:
        """The next one, when its time has come; None at the end of the sound."""
        while (cut := delivered(self._room, self._position, self._block))[0] != self._position:
            self._position = cut[0]
        pcm = self._read(self._position, cut[1])
        self._position += len(pcm) // 2
        end = self._start + self._position / self._room.rate
        time.sleep(max(0.0, (end - self._clock.monotonic()) / self._room.speed))
        return Block(end, self._spoilt(pcm)) if pcm else None

    def _read(self, first: int, count: int) -> bytes:
        at = first % self._total if self._room.loop else first
        self._sound.seek(2 * at)
        pcm = self._sound.read(2 * count)
        if self._room.loop and len(pcm) < 2 * count:
            return pcm + self._read(first + len(pcm) // 2, count - len(pcm) // 2)
        return pcm

    def _spoilt(self, pcm: bytes) -> bytes:
        word = self._trouble.now()
        if word == "gone":
            sys.exit(GONE)
        if word == "frozen":
            while self._trouble.now() == "frozen":
                time.sleep(FROZEN_S)
            self._position = max(self._position, self._now())
        return self._trouble.spoil(word, pcm)

    def _now(self) -> int:
        return max(0, round((self._clock.monotonic() - self._start) * self._room.rate))


def main(room_file: Path) -> None:
    die_with_parent()
    room = Room.read(room_file)
    with Path(room.pcm).open("rb") as sound:
        hearing = Hearing(room, began(room_file, room), sound, Trouble(room_file))
        while block := hearing.block():
            frames.write(sys.stdout.buffer, block)
    room_file.with_suffix(".played").touch()
    signal.pause()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except BrokenPipeError:
        sys.stderr.close()
