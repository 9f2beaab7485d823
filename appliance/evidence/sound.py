"""Reading sound files to judge them: exactly where the format keeps every sample, else only by ear."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt

from appliance.errors import NotAudio

LOSSLESS = frozenset({"flac", "pcm_s16le"})
SAMPLE_BYTES = 2
KNOWN_RATE = 16_000


@dataclass(frozen=True)
class Sound:
    """An open sound file; `exact`: what is read is sample for sample what was recorded, one channel of 16 bits."""

    container: av.container.InputContainer
    name: str
    rate: int
    codec: str
    channels: int

    @property
    def exact(self) -> bool:
        return self.codec in LOSSLESS and self.channels == 1

    def pcm(self) -> Iterator[bytes]:
        """The samples, s16le, a few thousand at a time. Raises NotAudio at damage."""
        empty = True
        try:
            for frame in self.container.decode(audio=0):
                empty = False
                yield frame.to_ndarray().astype("<i2", copy=False).tobytes()
        except av.error.FFmpegError as error:
            raise NotAudio(path=self.name, why=error.strerror) from error
        if empty:  # libav takes a text file by its name for FLAC and finds no frame
            raise NotAudio(path=self.name, why="there is no sound in it")

    def heard(self, rate: int) -> Iterator[npt.NDArray[np.float32]]:
        """One channel at another rate, -1 to 1, in pieces. Raises NotAudio at damage."""
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        try:
            for frame in chain(self.container.decode(audio=0), [None]):
                for made in resampler.resample(frame):
                    yield np.asarray(made.to_ndarray(), dtype=np.float32).reshape(-1)
        except av.error.FFmpegError as error:
            raise NotAudio(path=self.name, why=error.strerror) from error


@contextmanager
def opened(file: Path | BinaryIO, name: str = "") -> Iterator[Sound]:
    """A sound file of any format that ffmpeg reads. Raises NotAudio."""
    name = name or str(file)
    try:
        container = av.open(str(file) if isinstance(file, Path) else file, "r")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise NotAudio(path=name, why=getattr(error, "strerror", None) or error) from error
    with container:
        if not container.streams.audio:
            raise NotAudio(path=name, why="there is no sound in it")
        stream = container.streams.audio[0]
        if not stream.rate or not stream.channels:
            raise NotAudio(path=name, why="there is no sound in it")
        yield Sound(container, name, stream.rate, stream.codec_context.name, stream.channels)


def decode_pcm(path: Path) -> Iterator[bytes]:
    """The samples (s16le) of a FLAC file with one channel, a few thousand at a time. Raises NotAudio at damage."""
    with opened(path) as sound:
        yield from sound.pcm()


def by_second(pieces: Iterable[bytes], rate: int) -> Iterator[bytes]:
    """Whole seconds of s16le, however the pieces are cut; what is left of the last one at the end."""
    size, held = rate * SAMPLE_BYTES, bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def decoder_is_exact() -> bool:
    """Whether this computer's FLAC decoder gives back every sample of a known sound."""
    known = np.random.default_rng(1).integers(-32768, 32768, KNOWN_RATE, dtype=np.int16)
    file = BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=KNOWN_RATE, layout="mono")
        stream.codec_context.format = "s16"
        frame = av.AudioFrame.from_ndarray(known.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = KNOWN_RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    file.seek(0)
    with opened(file, "a known sound") as sound:
        return b"".join(sound.pcm()) == known.tobytes()
