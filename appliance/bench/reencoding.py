"""Clips as messengers pass them on: encoded anew, in this process."""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple, cast

import av
import numpy as np
from numpy.typing import NDArray

from appliance.bench.stage import RATE
from appliance.evidence import sound

Samples = NDArray[np.int16]


class Form(NamedTuple):
    """How a messenger passes a clip on; in ffmpeg's names."""

    name: str
    container: str
    codec: str
    bit_rate: int | None
    rate: int


FORMS = (
    Form("MP3 64 kbit/s", "mp3", "libmp3lame", 64_000, RATE),
    Form("Opus 24 kbit/s", "ogg", "libopus", 24_000, 48_000),
    Form("AAC 48 kbit/s", "ipod", "aac", 48_000, RATE),
    Form("MP3 16 kbit/s, 8 kHz", "mp3", "libmp3lame", 16_000, 8_000),
    Form("WAV, 8 kHz", "wav", "pcm_s16le", None, 8_000),
)
PLAIN = Form("WAV", "wav", "pcm_s16le", None, RATE)


def encoded(pcm: Samples, form: Form) -> BytesIO:
    """A file of sound at 16 kHz."""
    file = BytesIO()
    with av.open(file, "w", format=form.container) as container:
        stream = cast(av.AudioStream, container.add_stream(form.codec, rate=form.rate, layout="mono"))
        if form.bit_rate is not None:
            stream.bit_rate = form.bit_rate
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    file.seek(0)
    return file


def heard(file: BytesIO, rate: int) -> Iterator[NDArray[np.float32]]:
    """The sound of a file, full scale 1."""
    file.seek(0)
    with sound.opened(file, "a clip") as opened:
        yield from opened.heard(rate)


def as_pcm(file: BytesIO) -> Samples:
    """A file's sound as the verifier would hold it against leaves."""
    return np.round(np.concatenate(list(heard(file, RATE))) * 32768).clip(-32768, 32767).astype(np.int16)
