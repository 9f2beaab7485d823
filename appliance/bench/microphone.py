"""A file as microphone: speaks to the recorder exactly as the real microphone program does.

The room goes on while the microphone is closed: opened again, it hears what the room has come to. At the end of the
sound it falls silent, which a real microphone never does, and leaves a file `.played` beside the room's.
"""

import signal
import sys
import time
from pathlib import Path

from appliance.bench.room import Room
from appliance.recorder import frames
from appliance.recorder.microphone import BLOCKS_PER_SECOND, die_with_parent
from appliance.recorder.timeline import Block


def command(room_file: Path) -> list[str]:
    return [sys.executable, "-m", "appliance.bench.microphone", str(room_file)]


def began(room_file: Path, room: Room) -> float:
    """The room's monotonic time of its first sample: the first opening of the microphone."""
    note = room_file.with_suffix(".began")
    if not note.exists():
        note.write_text(repr(room.clock.monotonic()))
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


def main(room_file: Path) -> None:
    die_with_parent()
    room = Room.read(room_file)
    clock, start = room.clock, began(room_file, room)
    block = room.rate // BLOCKS_PER_SECOND
    with Path(room.pcm).open("rb") as sound:
        total = Path(room.pcm).stat().st_size // 2
        position = max(0, round((clock.monotonic() - start) * room.rate)) if clock.monotonic() - start > 1 else 0
        while position < total:
            first, count = delivered(room, position, block)
            if first != position:
                position = first
                continue
            sound.seek(2 * position)
            pcm = sound.read(2 * count)
            position += len(pcm) // 2
            end = start + position / room.rate
            time.sleep(max(0.0, (end - clock.monotonic()) / room.speed))
            frames.write(sys.stdout.buffer, Block(end, pcm))
    room_file.with_suffix(".played").touch()
    signal.pause()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except BrokenPipeError:
        sys.stderr.close()
