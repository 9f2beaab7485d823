"""A FLAC file's table of places, so that a player finds a minute without a search (RFC 9639, section 8.5).

libav writes none. It leaves room for later blocks, a PADDING block before the first frame, and the table takes that
room in place once all frames are written.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

EVERY_S = 60
SPARE_BYTES = 8192  # left behind the table, as libav leaves it: a title can be added without moving the sound
MARKER_BYTES, HEADER_BYTES, POINT_BYTES = 4, 4, 18
PADDING, SEEKTABLE = 1, 3
LAST = 0x80  # set in the type of the last block before the frames


@dataclass(frozen=True)
class SeekPoint:
    """A frame: number of its first sample, bytes from the first frame's first byte, samples in it."""

    sample: int
    offset: int
    samples: int


class SeekPoints:
    """Notes the frame in which each minute begins while the frames are written in their order."""

    def __init__(self, rate: int) -> None:
        self.points: list[SeekPoint] = []
        self._every = EVERY_S * rate
        self._sample = self._offset = 0

    def frame(self, samples: int, size: int) -> None:
        """Count one more frame of so many samples and bytes."""
        if self._sample + samples > len(self.points) * self._every:
            self.points.append(SeekPoint(self._sample, self._offset, samples))
        self._sample += samples
        self._offset += size


def room(samples: int, rate: int) -> int:
    """The bytes of padding that libav has to leave for a recording of so many samples."""
    return -(-samples // (EVERY_S * rate)) * POINT_BYTES + HEADER_BYTES + SPARE_BYTES


def blocks(points: Iterable[SeekPoint], padding: int, *, last: bool) -> bytes:
    """What takes the place of a PADDING block of so many bytes: the table, and padding for the rest.

    Points that find no room are left out. `last`: the block was the last before the frames.
    """
    fitting = list(points)[: max(0, padding - HEADER_BYTES) // POINT_BYTES]
    table = b"".join(struct.pack(">QQH", point.sample, point.offset, point.samples) for point in fitting)
    rest = bytes(padding - HEADER_BYTES - len(table))
    return _header(SEEKTABLE, len(table)) + table + _header(PADDING | (LAST if last else 0), len(rest)) + rest


def put(file: BinaryIO, points: Iterable[SeekPoint]) -> None:
    """Write the table over the padding of a FLAC file that is open for reading and writing."""
    kind, place = 0, MARKER_BYTES
    while not kind & LAST:
        file.seek(place)
        kind, *size = file.read(HEADER_BYTES)
        length = int.from_bytes(size, "big")
        if kind & ~LAST == PADDING:
            file.seek(place)
            file.write(blocks(points, length, last=bool(kind & LAST)))
            return
        place += HEADER_BYTES + length


def _header(kind: int, length: int) -> bytes:
    return struct.pack(">I", kind << 24 | length)
