"""The simulated room is as good as its sound: exact where it can be, and whole from any usual file."""

import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from appliance.bench import light, sound, trouble
from appliance.bench.microphone import Hearing, began, delivered
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.room import Room
from appliance.bench.trouble import Trouble
from appliance.errors import NoSuchAudio, NotAudio
from appliance.recorder.signal_check import SignalCheck

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


@pytest.mark.pure
def test_digital_silence_becomes_the_noise_of_a_converter(tmp_path: Path) -> None:
    """A quarter of a second of exact zero is no room; all else stays exact."""
    rng = np.random.default_rng(2)
    parts = [rng.integers(1, 99, RATE), np.zeros(RATE), rng.integers(1, 99, 50), np.zeros(RATE // 4 - 1), [7]]
    made = np.concatenate([*parts, np.zeros(RATE // 4)]).astype("<i2")
    soundfile.write(tmp_path / "room.wav", made, RATE)
    sound.to_pcm(tmp_path / "room.wav", tmp_path / "room.pcm", RATE)
    heard = np.frombuffer((tmp_path / "room.pcm").read_bytes(), "<i2")
    noisy = np.zeros(len(made), bool)
    noisy[RATE : 2 * RATE] = noisy[-RATE // 4 :] = True
    assert np.array_equal(heard[~noisy], made[~noisy])
    assert set(heard[RATE : 2 * RATE]) == set(heard[-RATE // 4 :]) == {-1, 0, 1}
    first = (tmp_path / "room.pcm").read_bytes()
    sound.to_pcm(tmp_path / "room.wav", tmp_path / "room.pcm", RATE)
    assert (tmp_path / "room.pcm").read_bytes() == first


@pytest.mark.pure
def test_silences_are_found_across_the_pieces_that_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "PIECE", 100)
    made = np.ones(1000, np.int16)
    for start, end in ((0, 40), (95, 205), (300, 339), (350, 700), (960, 1000)):
        made[start:end] = 0
    assert list(sound.silences(made, 40)) == [(0, 40), (95, 205), (350, 700), (960, 1000)]
    assert list(sound.silences(np.zeros(1000, np.int16), 40)) == [(0, 1000)]
    assert list(sound.silences(made[40:95], 1)) == []


@pytest.mark.pure
@pytest.mark.parametrize("word", trouble.DEAD)
def test_each_dead_input_is_dead_and_what_comes_after_it_is_not(tmp_path: Path, word: str) -> None:
    room_file, check = tmp_path / "room.json", SignalCheck(RATE)
    now, blocks = Trouble(room_file), NumberedSound().samples(0, 4 * RATE).reshape(-1, RATE // 10)
    said = [check.hear(now.spoil(now.now(), block.tobytes())) for block in blocks[:15]]
    assert set(said) == {""}
    trouble.begin(room_file, word)
    assert now.now() == word
    said = [check.hear(now.spoil(now.now(), block.tobytes())) for block in blocks[15:30]]
    assert said[-1] != ""
    trouble.end(room_file)
    trouble.end(room_file)
    assert all(now.spoil(now.now(), block.tobytes()) == block.tobytes() for block in blocks[30:])


@pytest.mark.pure
def test_a_trouble_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="silent"):
        trouble.begin(tmp_path / "room.json", "loud")


def heard_in(room: Room, folder: Path, blocks: int) -> bytes:
    with Path(room.pcm).open("rb") as file:
        hearing = Hearing(room, room.clock.monotonic(), file, Trouble(folder / "room.json"))
        given = [hearing.block() for _ in range(blocks)]
    return b"".join(block.pcm for block in given if block)


@pytest.mark.pure
def test_a_loop_begins_again_without_a_seam_and_other_sounds_end(tmp_path: Path) -> None:
    pcm = NumberedSound().make(tmp_path / "room.pcm", 2500)
    once = pcm.read_bytes()
    assert heard_in(Room.opened(pcm, RATE, 10.0, loop=True), tmp_path, 4) == (3 * once)[: 4 * 3200]
    assert heard_in(Room.opened(pcm, RATE, 10.0), tmp_path, 4) == once


@pytest.mark.pure
def test_a_microphone_that_runs_too_fast_gives_more_in_the_same_time(tmp_path: Path) -> None:
    pcm = NumberedSound().make(tmp_path / "room.pcm", 3200)
    trouble.begin(tmp_path / "room.json", "fast")
    fast = heard_in(Room.opened(pcm, RATE, 10.0), tmp_path, 2)
    assert fast == np.repeat(np.frombuffer(pcm.read_bytes(), "<i2"), 3).tobytes()


@pytest.mark.pure
def test_a_microphone_that_is_gone_says_so_and_ends(tmp_path: Path) -> None:
    pcm = NumberedSound().make(tmp_path / "room.pcm", 3200)
    trouble.begin(tmp_path / "room.json", "gone")
    with pytest.raises(SystemExit, match="went away"):
        heard_in(Room.opened(pcm, RATE, 10.0), tmp_path, 1)


@pytest.mark.pure
def test_a_fault_is_told_from_other_lights(tmp_path: Path) -> None:
    log = tmp_path / "light.log"
    fault = "9.0 0\n9.1 1\n9.2 0\n9.3 1\n9.4 0\n9.5 1\n9.6 0\n10.3 1\n"
    log.write_text("1.0 0\n3.0 1\n" + fault)
    assert light.fault_since(log, 3.0) == 9.0
    assert light.fault_since(log, 9.05) is None
    log.write_text("3.0 1\n" + "".join(f"{9 + 0.3 * n:.2f} 0\n{9.15 + 0.3 * n:.2f} 1\n" for n in range(9)))
    assert light.fault_since(log, 3.0) is None  # a fast blink
    log.write_text("3.0 1\n9.0 0\n9.9 1\n10.5 0\n11.4 1\n12.0 0\n12.9 1\n13.5 0\n")
    assert light.fault_since(log, 3.0) is None  # a slow pulse
