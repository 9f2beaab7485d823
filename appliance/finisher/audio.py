"""Sound into files: the small copy and the lossless copy.

An encoder that ended without `finish` takes its file with it: what is left is either whole and durable, or not there.
"""

import os
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import av
import numpy as np

from appliance.finisher import seek_points
from appliance.store import wav

PIECE_S = 30  # seconds of sound taken into memory at once
SYNC_BYTES = 1_000_000  # a file system may make the recorder's fsync wait for everything that others wrote before it


@dataclass(frozen=True)
class Form:
    """A file format and its encoder, in ffmpeg's names."""

    container: str
    codec: str
    sample_format: str
    bit_rate: int | None = None
    options: dict[str, str] = field(default_factory=dict)


# LAME's level 7 takes 60 % of the time of its default and, at this bit rate and one channel, loses nothing by it.
SMALL = Form("mp3", "libmp3lame", "s16p", bit_rate=64_000, options={"compression_level": "7"})
LOSSLESS = Form("flac", "flac", "s16")


class Encoder:
    """A file of one channel that grows as sound is appended; the same sound makes the same bytes in whatever pieces.

    An encoder cannot be put aside: after a crash it starts again with the first sample.
    Raises OSError where the file cannot be written.
    """

    def __init__(self, path: Path, rate: int, form: Form, **container_options: str) -> None:
        self.samples = 0
        self._synced = 0
        self._path = path
        self._form = form
        self._finished = False
        self._file = path.open("w+b")
        self._container = av.open(self._file, "w", format=form.container, options=container_options)
        self._stream = cast(av.AudioStream, self._container.add_stream(form.codec, rate=rate, layout="mono"))
        self._stream.codec_context.format = form.sample_format
        self._stream.codec_context.options = form.options
        if form.bit_rate is not None:
            self._stream.bit_rate = form.bit_rate

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if not self._finished:
            self._abandon()

    def append(self, pcm: bytes) -> None:
        """Encode some more samples (s16le)."""
        sound = np.frombuffer(pcm, dtype="<i2").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(sound, format=self._form.sample_format, layout="mono")
        frame.sample_rate = self._stream.rate
        frame.pts = self.samples
        self._write(self._stream.encode(frame))
        self.samples += frame.samples
        if self._file.tell() - self._synced > SYNC_BYTES:
            self._sync()

    def finish(self) -> None:
        """Write what the encoder still holds and the length at the head of the file; the file is durable then."""
        self._write(self._stream.encode(None))
        self._container.close()
        self._complete()
        self._sync()
        self._file.close()
        self._finished = True

    def _write(self, packets: list[Any]) -> None:
        self._container.mux(packets)

    def _complete(self) -> None:
        """Add to the file what is known only at the end."""

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._synced = self._file.tell()

    def _abandon(self) -> None:
        self._path.unlink(missing_ok=True)  # first: on a full disk the rest fails once more
        try:
            self._container.close()
        finally:
            self._file.close()


class SmallCopy(Encoder):
    """MP3 of 64 kbit/s, which every phone plays; 28.8 MB an hour. Its Xing header tells players length and places."""

    def __init__(self, path: Path, rate: int) -> None:
        super().__init__(path, rate, SMALL)


class LosslessCopy(Encoder):
    """FLAC of so many samples, with a seek point each minute."""

    def __init__(self, path: Path, rate: int, samples: int) -> None:
        self._seek_points = seek_points.SeekPoints(rate)
        room = seek_points.room(samples, rate)
        super().__init__(path, rate, LOSSLESS, metadata_header_padding=str(room))

    def _write(self, packets: list[Any]) -> None:
        for packet in packets:  # libav makes a packet of each frame, and an empty one at the end
            self._seek_points.frame(packet.duration, packet.size)
        super()._write(packets)

    def _complete(self) -> None:
        seek_points.put(self._file, self._seek_points.points)


def flac(master: Path, rate: int, samples: int, path: Path) -> Generator[int, None, None]:
    """Write the exact first samples of the master as FLAC; gives how far it is after each piece."""
    with LosslessCopy(path, rate, samples) as encoder:
        while pcm := wav.pcm(master, encoder.samples, min(PIECE_S * rate, samples - encoder.samples)):
            encoder.append(pcm)
            yield encoder.samples
        encoder.finish()
