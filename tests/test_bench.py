"""The simulated room is as good as its sound: exact where it can be, and whole from any usual file."""

import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from appliance.bench import light, sound
from appliance.bench.microphone import began, delivered
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


@pytest.mark.pure
@pytest.mark.parametrize(
    ("losses", "position", "left"),
    [
        ((), 0, (0, 1600)),
        (((0.0, 1.0),), 0, (1600, 1600)),
        (((0.0, 0.05),), 0, (800, 1600)),
        (((0.05, 1.0),), 0, (0, 800)),
        (((0.1, 1.0),), 0, (0, 1600)),
        (((0.1, 1.0),), 1600, (3200, 1600)),
        (((0.1, 1.0),), 17_600, (17_600, 1600)),
        (((5.0, 1.0), (0.05, 0.2)), 0, (0, 800)),
    ],
)
def test_what_a_loss_leaves_of_a_block(
    losses: tuple[tuple[float, float], ...], position: int, left: tuple[int, int]
) -> None:
    assert delivered(Room("", RATE, 1.0, 0.0, 0.0, losses), position, 1600) == left


@pytest.mark.pure
def test_the_clock_of_a_fast_room_goes_fast_in_both_its_times(tmp_path: Path) -> None:
    room = Room.opened(tmp_path / "room.pcm", RATE, 1000.0)
    before = (room.clock.monotonic(), room.clock.wall())
    real = time.monotonic()
    while time.monotonic() - real < 0.01:
        pass
    after = (room.clock.monotonic(), room.clock.wall())
    assert after[0] - before[0] >= 10
    assert (after[1] - before[1]).total_seconds() >= 10
    assert room.clock.trust() == "unknown"


@pytest.mark.pure
def test_a_room_begins_to_be_heard_once(tmp_path: Path) -> None:
    room = Room.opened(tmp_path / "room.pcm", RATE, 1.0)
    assert began(tmp_path / "room.json", room) == began(tmp_path / "room.json", room)


@pytest.mark.pure
def test_the_light_is_read_as_people_would(tmp_path: Path) -> None:
    log = tmp_path / "light.log"
    assert light.shines(log) == []
    assert not light.is_steady(log)
    log.write_text("1.0 0\n2.0 1\n2.6 0\n3.0 1\n9.0 0\n10.0 1\n")
    assert light.steady(log) == [light.Shine(3.0, 9.0), light.Shine(10.0, None)]
    assert light.is_steady(log)
    assert light.steady(log, dark_since=10.5) == [light.Shine(3.0, 9.0)]


@pytest.mark.pure
def test_a_recording_without_a_sample_is_no_recording(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "empty.wav", np.zeros(0, np.int16), RATE)
    with pytest.raises(NotAudio):
        sound.to_pcm(tmp_path / "empty.wav", tmp_path / "room.pcm", RATE)
