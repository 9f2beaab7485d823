"""The master's file: readable at any instant, whole after any crash, and a pause that costs nothing."""

import resource
import shutil
import subprocess
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from appliance.recorder.disk import Disk
from appliance.recorder.master import Master
from appliance.store import wav

RATE = 16000


def noise(seconds: float, seed: int = 1) -> bytes:
    return np.random.default_rng(seed).integers(-3000, 3000, round(seconds * RATE)).astype("<i2").tobytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "master.wav"


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """Files of this process can grow to a size and no further; the kernel writes what still fits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.pure
def test_others_can_read_it_while_it_grows(path: Path) -> None:
    master, so_far = Master(path, RATE, Disk(path.parent)), b""
    for seed in range(3):
        master.append(noise(0.75, seed))
        so_far += noise(0.75, seed)
        read, rate = soundfile.read(path, dtype="int16")
        assert (rate, read.tobytes()) == (RATE, so_far)
        with wave.open(str(path)) as opened:
            assert (opened.getnchannels(), opened.getsampwidth(), opened.getframerate()) == (1, 2, RATE)
            assert opened.readframes(10**6) == so_far
    master.close()


def test_ffmpeg_can_read_it_while_it_grows(path: Path) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg: apt-get install ffmpeg")
    master = Master(path, RATE, Disk(path.parent))
    master.append(noise(0.75))
    read = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"], capture_output=True, check=True
    ).stdout
    assert read == noise(0.75)
    master.close()


@pytest.mark.pure
@pytest.mark.parametrize(
    "left", [b"", b"RIFF", wav.header(RATE)[:43], wav.header(RATE), wav.header(RATE) + b"\1", bytes(20)]
)
def test_a_file_without_a_sample_begins_anew(path: Path, left: bytes) -> None:
    path.write_bytes(left)
    master = Master(path, RATE, Disk(path.parent))
    assert master.samples == 0
    master.append(noise(0.5))
    assert path.read_bytes() == wav.header(RATE) + noise(0.5)
    master.close()


@pytest.mark.pure
@pytest.mark.parametrize("torn", [b"", b"\7"])
def test_it_goes_on_at_the_right_sample(path: Path, torn: bytes) -> None:
    before = Master(path, RATE, Disk(path.parent))
    before.append(noise(1.5))
    before.close()
    with path.open("ab") as file:
        file.write(torn)  # half a sample
    master = Master(path, RATE, Disk(path.parent))
    assert master.samples == round(1.5 * RATE)
    master.append(noise(0.5, seed=2))
    assert path.read_bytes() == wav.header(RATE) + noise(1.5) + noise(0.5, seed=2)
    master.close()


@pytest.mark.pure
def test_a_long_silence_is_zero_and_takes_no_space(path: Path) -> None:
    master = Master(path, RATE, Disk(path.parent))
    master.append(noise(1))
    before = path.stat().st_blocks
    master.extend(3600 * RATE)
    master.sync()
    assert path.stat().st_blocks - before <= 8  # at most the block that the sound ends in
    assert wav.samples(path) == master.samples == 3601 * RATE
    assert wav.pcm(path, 1800 * RATE, RATE) == bytes(2 * RATE)
    master.append(noise(1, seed=2))
    assert master.pcm(3601 * RATE, RATE) == noise(1, seed=2)
    assert master.pcm(0, RATE) == noise(1)
    master.close()


@pytest.mark.pure
def test_a_block_for_which_there_is_no_room_leaves_nothing_behind(path: Path) -> None:
    master = Master(path, RATE, Disk(path.parent))
    master.append(noise(1))
    with full_at(path.stat().st_size + 1001), pytest.raises(OSError, match="too large"):
        master.append(noise(0.1, seed=2))
    assert master.samples == wav.samples(path) == RATE
    master.close()
    assert path.read_bytes() == wav.header(RATE) + noise(1)


@pytest.mark.pure
def test_parts_of_it_can_be_read_by_position(path: Path) -> None:
    master = Master(path, RATE, Disk(path.parent))
    master.append(noise(2))
    master.close()
    assert wav.pcm(path, 100, 50) == noise(2)[200:300]
    assert wav.pcm(path, 2 * RATE - 10, 50) == noise(2)[-20:]
    assert wav.pcm(path, 3 * RATE, 50) == b""


@pytest.mark.pure
def test_a_file_that_is_not_there_has_no_sample(tmp_path: Path) -> None:
    assert wav.samples(tmp_path / "none.wav") == 0
