"""The master's file in the hands of others: programs that are not ours read it to its last sample."""

import shutil
import struct
import subprocess
import wave
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from appliance.store import wav

Samples = NDArray[np.int16]
RATE = 48_000
HOURS_12 = 12 * 3600 * RATE
OLD_SIZE = 0x7FFFFF00
"""What stood in the header of masters before they could be longer than 6.2 hours at 48 kHz."""


def noise(samples: int, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).integers(-30_000, 30_000, samples, dtype=np.int16)


def old_header(rate: int) -> bytes:
    header = bytearray(wav.header(rate))
    header[4:8], header[40:44] = struct.pack("<I", OLD_SIZE + 36), struct.pack("<I", OLD_SIZE)
    return bytes(header)


def twelve_hours(path: Path) -> Samples:
    """A hole as long as the longest day of meetings, and at its end a second of sound, which is given back."""
    last = noise(RATE)
    with path.open("wb") as file:
        file.write(wav.header(RATE))
        file.truncate(wav.HEADER_BYTES + (HOURS_12 - RATE) * wav.SAMPLE_BYTES)
        file.seek(0, 2)
        file.write(last.tobytes())
    return last


def by_wave(path: Path) -> bytes:
    read = b""
    with wave.open(str(path)) as opened:
        while piece := opened.readframes(RATE):
            read += piece
    return read


def by_ffmpeg(path: Path, *before: str) -> bytes:
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg: apt-get install ffmpeg")
    command = ["ffmpeg", "-v", "error", *before, "-i", str(path), "-f", "s16le", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def by_pyav(path: Path, first: int = 0) -> bytes:
    with av.open(str(path)) as opened:
        if first:
            opened.seek(first, stream=opened.streams.audio[0])
        return b"".join(frame.to_ndarray().tobytes() for frame in opened.decode(audio=0))


@pytest.mark.pure
@pytest.mark.parametrize("header", [wav.header(RATE), old_header(RATE)], ids=["new", "old"])
def test_whoever_reads_it_comes_to_its_end_while_it_grows(tmp_path: Path, header: bytes) -> None:
    path, so_far = tmp_path / "master.wav", b""
    path.write_bytes(header)
    for seed, samples in enumerate((RATE, 1, 31 * RATE + 17)):
        with path.open("ab") as file:
            file.write(noise(samples, seed).tobytes())
        so_far += noise(samples, seed).tobytes()
        read, rate = soundfile.read(path, dtype="int16")
        assert rate == RATE and read.tobytes() == so_far
        assert by_wave(path) == by_pyav(path) == wav.pcm(path, 0, wav.UNTIL_THE_END) == so_far


@pytest.mark.parametrize("header", [wav.header(RATE), old_header(RATE)], ids=["new", "old"])
def test_ffmpeg_comes_to_its_end(tmp_path: Path, header: bytes) -> None:
    sound = noise(3 * RATE + 7).tobytes()
    (tmp_path / "master.wav").write_bytes(header + sound)
    assert by_ffmpeg(tmp_path / "master.wav") == sound


@pytest.mark.pure
def test_the_last_second_of_12_hours_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "master.wav"
    last = twelve_hours(path)
    assert wav.samples(path) == HOURS_12
    assert wav.pcm(path, HOURS_12 - RATE, 2 * RATE) == last.tobytes()
    with soundfile.SoundFile(path) as opened:
        assert opened.frames == HOURS_12
        opened.seek(HOURS_12 - RATE)
        assert np.array_equal(opened.read(dtype="int16"), last)
    with wave.open(str(path)) as opened:
        opened.setpos(HOURS_12 - RATE)
        assert opened.readframes(RATE) == last.tobytes()
    assert by_pyav(path, HOURS_12 - RATE) == last.tobytes()


def test_ffmpeg_reads_the_last_second_of_12_hours(tmp_path: Path) -> None:
    path = tmp_path / "master.wav"
    last = twelve_hours(path)
    assert by_ffmpeg(path, "-ss", str(12 * 3600 - 1)) == last.tobytes()
