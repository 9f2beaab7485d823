"""Any recording as the sound of the simulated room."""

from collections.abc import Iterator
from pathlib import Path

import av

from appliance.errors import NoSuchAudio, NotAudio


def to_pcm(audio: Path, target: Path, rate: int) -> int:
    """Decode a file into s16le, one channel, at a rate; returns the samples. 16-bit mono at that rate stays exact.

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
    return samples


def _decoded(audio: Path, rate: int) -> Iterator[bytes]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    with av.open(str(audio)) as container:
        for frame in container.decode(container.streams.audio[0]):
            for part in resampler.resample(frame):
                yield part.to_ndarray().tobytes()
        for part in resampler.resample(None):
            yield part.to_ndarray().tobytes()
