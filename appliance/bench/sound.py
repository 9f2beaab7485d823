"""Any recording as the sound of the simulated room.

No real microphone is ever digitally silent, and the recorder takes one that is for dead. So where a file is exactly
zero for a quarter of a second or longer, the room has the noise of a converter: one step up or down, always the same.
"""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from appliance.errors import NoSuchAudio, NotAudio

SILENCE_S = 0.25
NOISE_SEED = 5
PIECE = 1 << 20  # samples looked at together


def to_pcm(audio: Path, target: Path, rate: int) -> int:
    """Decode a file into s16le, one channel, at a rate; returns the samples. 16-bit mono at that rate stays exact,
    its digital silence excepted.

    Raises NoSuchAudio, NotAudio.
    """
    if not audio.is_file():
        raise NoSuchAudio(path=audio)
    samples = 0
    try:
        with target.open("wb") as file:
            for pcm in _decoded(audio, rate):
                samples += file.write(pcm) // 2
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise NotAudio(path=audio, why=str(error).splitlines()[0]) from error
    if not samples:
        raise NotAudio(path=audio, why="there is no sound in it")
    _fill_silence(target, round(SILENCE_S * rate))
    return samples


def _decoded(audio: Path, rate: int) -> Iterator[bytes]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    with av.open(str(audio)) as container:
        for frame in container.decode(container.streams.audio[0]):
            for part in resampler.resample(frame):
                yield part.to_ndarray().tobytes()
        for part in resampler.resample(None):
            yield part.to_ndarray().tobytes()


def _fill_silence(pcm: Path, shortest: int) -> None:
    """Put a converter's noise where there was digital silence of at least so many samples."""
    sound = np.memmap(pcm, "<i2", "r+")
    noise = np.random.default_rng(NOISE_SEED)
    for start, end in silences(sound, shortest):
        for at in range(start, end, PIECE):
            count = min(PIECE, end - at)
            sound[at : at + count] = noise.integers(-1, 2, count)
    sound.flush()


def silences(sound: npt.NDArray[np.int16], shortest: int) -> Iterator[tuple[int, int]]:
    """Where a sound is exactly zero for at least so many samples: (first, after the last)."""
    since = 0
    for at in range(0, len(sound), PIECE):
        loud = np.flatnonzero(sound[at : at + PIECE]) + at
        starts, ends = np.concatenate([[since], loud + 1]), np.append(loud, at)
        since = int(starts[-1])
        for found in np.flatnonzero(ends[:-1] - starts[:-1] >= shortest):
            yield int(starts[found]), int(ends[found])
    if len(sound) - since >= shortest:
        yield since, len(sound)
