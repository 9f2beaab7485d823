"""The master's file: a WAV whose sizes are placeholders, so that it is readable at any instant while it grows.

RIFF readers (ffmpeg, libsndfile, sox, Python's wave) take such a size to mean "until the end of the file". It is the
largest that the field holds, because they read no further than it says: 4 GiB are 12.4 hours at 48 kHz.
One channel of signed 16-bit little-endian PCM.
"""

import os
import struct
from pathlib import Path

HEADER_BYTES = 44
SAMPLE_BYTES = 2
UNTIL_THE_END = 0xFFFFFFFF


def header(rate: int) -> bytes:
    """The 44 bytes in front of the PCM (Microsoft's Multimedia Programming Interface 1.0, canonical form)."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        UNTIL_THE_END,
        b"WAVE",
        b"fmt ",
        16,
        1,  # PCM
        1,  # channel
        rate,
        rate * SAMPLE_BYTES,
        SAMPLE_BYTES,
        8 * SAMPLE_BYTES,
        b"data",
        UNTIL_THE_END,
    )


def samples(path: Path) -> int:
    """How many whole samples the file holds; 0 when it is missing or shorter than its header."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    return max(0, size - HEADER_BYTES) // SAMPLE_BYTES


def pcm(path: Path, first: int, count: int) -> bytes:
    """Up to `count` samples from sample `first` on, as s16le; fewer where the file ends."""
    with path.open("rb") as file:
        file.seek(HEADER_BYTES + first * SAMPLE_BYTES, os.SEEK_SET)
        read = file.read(min(count, samples(path)) * SAMPLE_BYTES)  # Python takes memory for all that is asked for
    return read[: len(read) - len(read) % SAMPLE_BYTES]
