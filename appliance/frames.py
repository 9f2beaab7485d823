"""How the microphone program hands blocks on, to the recorder and to the seats: (time, length, PCM).

The time is the monotonic clock at which the block's last sample was delivered, taken next to the hardware, so that a
pipe or a disk that is slow cannot look like lost sound.
"""

import struct
from dataclasses import dataclass
from typing import IO

HEAD = struct.Struct("<dI")


@dataclass(frozen=True)
class Block:
    """Sound from the microphone: `end` is the monotonic time at which its last sample was delivered, in seconds."""

    end: float
    pcm: bytes


def packed(block: Block) -> bytes:
    return HEAD.pack(block.end, len(block.pcm)) + block.pcm


def write(pipe: IO[bytes], block: Block) -> None:
    """Hand over a whole block. Raises BrokenPipeError when the recorder is gone."""
    pipe.write(packed(block))
    pipe.flush()


def unpacked(message: bytes) -> Block:
    return Block(HEAD.unpack_from(message)[0], message[HEAD.size :])


def read(pipe: IO[bytes]) -> Block | None:
    """The next block, or None when the program has ended; a block cut short by its end is not a block."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    end, length = HEAD.unpack(head)
    pcm = pipe.read(length)
    return Block(end, pcm) if len(pcm) == length else None
