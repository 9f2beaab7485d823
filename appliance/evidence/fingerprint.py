"""What a sound is recognised by when it was re-encoded: 32 bits every 32 ms. Pure.

After Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (ISMIR 2002): a bit says whether the difference
of energy between two neighbouring bands grew since the frame before. Level does not change it, codecs hardly. Bands go
from 300 to 3400 Hz instead of 2000, which telephones still carry, and frames follow at 32 ms instead of 11.6 ms.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

RATE = 8000
"""Samples a second of every sound that is given here."""
STEP = 256
FRAME = 3072
SPAN = FRAME + STEP
"""The samples that one word says something about."""
LOWEST_HZ, HIGHEST_HZ = 300.0, 3400.0
BITS = 32
BLOCK = 512  # words computed together: 16 s, some 20 MB
UNHEARD = 0
"""The word of digital silence, which says nothing."""

Sound = NDArray[np.float32]
Words = NDArray[np.uint32]

EDGES = np.round(np.geomspace(LOWEST_HZ, HIGHEST_HZ, BITS + 2) * FRAME / RATE).astype(np.intp)
SHAPE = np.hanning(FRAME).astype(np.float32)


def fingerprint(pieces: Iterable[Sound]) -> Words:
    """The words of a sound (samples,) at 8 kHz, full scale 1, that comes in pieces of any length.

    Word n is about the samples from `n * STEP` on, `SPAN` of them; what is left at the end has none. Four hours are
    450 000 words, and of the sound itself only some 16 s are held at a time.
    """
    found = [_words(block) for block in _blocks(pieces)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint32)


def _blocks(pieces: Iterable[Sound]) -> Iterator[Sound]:
    """As many samples as `BLOCK` words are about, each block from where the words of the one before end; the rest."""
    size = (BLOCK - 1) * STEP + SPAN
    held, waiting = np.empty(0, dtype=np.float32), 0
    parts: list[Sound] = []
    for piece in pieces:
        parts.append(piece.astype(np.float32, copy=False))
        waiting += len(piece)
        if waiting >= size:
            held, parts = np.concatenate(parts), []
            while len(held) >= size:
                yield held[:size]
                held = held[BLOCK * STEP :]
            parts, waiting = [held], len(held)
    if waiting >= SPAN:
        yield np.concatenate(parts)


def _words(sound: Sound) -> Words:
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::STEP]
    power = np.square(np.abs(np.fft.rfft(frames * SHAPE, axis=1)))
    energy = np.add.reduceat(power[:, : EDGES[-1]], EDGES[:-1], axis=1)
    bits = np.diff(np.diff(energy, axis=1), axis=0) < 0
    return np.packbits(bits, axis=1, bitorder="little").view("<u4").reshape(-1).astype(np.uint32, copy=False)
