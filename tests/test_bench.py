"""The simulated room is as good as its sound: exact where it can be, and whole from any usual file."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from appliance.bench import sound
from appliance.bench.microphone import delivered
from appliance.bench.room import Room
from appliance.errors import NoSuchAudio, NotAudio

RATE = 16000


def tone(seconds: float, rate: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype("<i2")


@pytest.mark.pure
@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_sixteen_bit_mono_of_the_rooms_rate_stays_exact(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"room.{ending}"
    noise = np.random.default_rng(2).integers(-32768, 32767, 3 * RATE + 17).astype("<i2")
    soundfile.write(path, noise, RATE)
    assert sound.to_pcm(path, tmp_path / "room.pcm", RATE) == len(noise)
    assert (tmp_path / "room.pcm").read_bytes() == noise.tobytes()


@pytest.mark.parametrize("ending", ["mp3", "m4a", "wav"])
def test_other_rates_channels_and_codecs_are_made_to_fit(tmp_path: Path, ending: str) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg: apt-get install ffmpeg")
    soundfile.write(tmp_path / "mono.wav", tone(4, 44100), 44100)
    command = ["ffmpeg", "-v", "error", "-i", "mono.wav", "-ac", "2", f"stereo.{ending}"]
    subprocess.run(command, cwd=tmp_path, check=True)
    samples = sound.to_pcm(tmp_path / f"stereo.{ending}", tmp_path / "room.pcm", RATE)
    assert abs(samples / RATE - 4) < 0.1
    heard = np.frombuffer((tmp_path / "room.pcm").read_bytes(), "<i2")[RATE : 2 * RATE]
    assert np.argmax(np.abs(np.fft.rfft(heard))) == 440


@pytest.mark.pure
def test_what_is_no_recording_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoSuchAudio):
        sound.to_pcm(tmp_path / "none.wav", tmp_path / "room.pcm", RATE)
    (tmp_path / "text.mp3").write_text("These are the minutes.")
    with pytest.raises(NotAudio):
        sound.to_pcm(tmp_path / "text.mp3", tmp_path / "room.pcm", RATE)


@pytest.mark.pure
def test_a_loss_takes_exactly_its_samples(tmp_path: Path) -> None:
    room = Room(str(tmp_path), RATE, 1.0, 0.0, 0.0, ((1.05, 0.3),))
    position = 0
    heard: list[int] = []
    while position < 2 * RATE:
        first, count = delivered(room, position, 1600)
        if first == position:
            heard += range(first, first + count)
            position += count
        else:
            position = first
    lost = sorted(set(range(2 * RATE)) - set(heard))
    assert (lost[0], lost[-1] + 1) == (round(1.05 * RATE), round(1.35 * RATE))
    assert len(heard) == len(set(heard))


@pytest.mark.pure
def test_a_room_is_the_same_for_every_process(tmp_path: Path) -> None:
    room = Room.opened(tmp_path / "room.pcm", RATE, 4.0, ((1.0, 0.5),))
    room.write(tmp_path / "room.json")
    assert Room.read(tmp_path / "room.json") == room
