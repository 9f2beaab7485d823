"""Real PyAudio, from a real sound server, through the real recorder: bit for bit, and back after a loss."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from houses import a_house, end_meeting, start_recording

from appliance import array_pipe, frames
from appliance.bench import light
from appliance.bench.house import House
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.pulse import Microphone, missing
from appliance.store import record, wav

NOTICED_S = 2.0
LOOP_S = 0.3  # for the panel's own loop on a busy machine
HUM_S = 90
pytestmark = pytest.mark.pulse


@contextmanager
def sounding(folder: Path, channels: int, rate: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Microphone]:
    """A microphone in a room where each channel hears a sound of its own."""
    if lacking := missing():
        pytest.skip(f"needs {', '.join(lacking)}: apt-get install pulseaudio pulseaudio-utils libasound2-plugins")
    made = Microphone(channels, rate)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    sounds = [NumberedSound(channel).samples(0, HUM_S * rate) for channel in range(channels)]
    (folder / "room.raw").write_bytes(np.stack(sounds, axis=1).astype("<i2").tobytes())
    made.hum(folder / "room.raw")
    yield made
    made.close()


def settings(channels: int, rate: int, chosen: int) -> str:
    return f'[microphone]\ndevice = "pcm:simmic"\nchannels = {channels}\nrate = {rate}\nmaster_channel = {chosen}\n'


@pytest.mark.parametrize(("channels", "rate", "chosen"), [(1, 16000, 1), (4, 16000, 4), (6, 16000, 3), (6, 48000, 1)])
def test_what_is_played_is_what_is_kept(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch, channels: int, rate: int, chosen: int
) -> None:
    more = settings(channels, rate, chosen)
    with sounding(short_tmp, channels, rate, monkeypatch) as microphone, a_house(short_tmp, None, more=more) as house:
        house.start("panel", "recorder")
        house.await_state("ready")
        assert microphone.listeners() == 0
        start_recording(house)
        assert microphone.listeners() == 1
        with array_pipe.listen(house.settings.store.array_socket) as array:
            array.settimeout(10)
            heard = [frames.unpacked(array.recv(1 << 20)) for _ in range(5)] if channels > 1 else []
            house.await_true(lambda: kept_s(house, rate) > 4, 30, "4 seconds")  # nobody reads the array any more
        end_meeting(house)
        assert microphone.listeners() == 0

    folder = house.folders.every_meeting()[0]
    kept = np.frombuffer(wav.pcm(folder.master, 0, 10**9), "<i2")
    (run,) = NumberedSound(chosen - 1).runs(kept)
    assert run.samples == len(kept)
    db = record.read(folder)
    assert db is not None
    assert list(record.gaps(db)) == []
    for block in heard:
        every_channel = np.frombuffer(block.pcm, "<i2").reshape(-1, channels)
        places = {NumberedSound(channel).runs(every_channel[:, channel])[0].place for channel in range(channels)}
        assert len(places) == 1


def kept_s(house: House, rate: int) -> float:
    db = record.read(house.folders.every_meeting()[0])
    return record.recorded(db) / rate if db else 0.0


LOSSES = [
    (Microphone.unplug, Microphone.plug),
    (Microphone.power_off, Microphone.power_on),
    (Microphone.freeze, Microphone.thaw),
]


@pytest.mark.parametrize(("go", "come"), LOSSES, ids=["unplugged", "bus gone", "frozen"])
def test_a_microphone_that_goes_is_told_within_two_seconds_and_comes_back_alone(
    short_tmp: Path,
    monkeypatch: pytest.MonkeyPatch,
    go: Callable[[Microphone], None],
    come: Callable[[Microphone], None],
) -> None:
    more = settings(1, 16000, 1)
    with sounding(short_tmp, 1, 16000, monkeypatch) as microphone, a_house(short_tmp, None, more=more) as house:
        house.start("panel", "recorder")
        start_recording(house)
        at = time.monotonic()
        go(microphone)
        house.await_true(lambda: not house.light_is_steady(), 20, "another light than steady")
        left = light.steady(house.light_log)[-1].end
        assert left is not None
        assert left - at <= NOTICED_S + LOOP_S
        house.await_state("interrupted")
        come(microphone)
        house.await_state("recording")
        house.await_true(house.light_is_steady, 20, "steady light again")
        back = time.monotonic()
        end_meeting(house)

    folder = house.folders.every_meeting()[0]
    db = record.read(folder)
    assert db is not None
    (gap,) = record.gaps(db)
    assert gap.length_known
    assert 0.1 < gap.samples / 16000 < back - at
    kept = np.frombuffer(wav.pcm(folder.master, 0, 10**9), "<i2")
    before, after = kept[: gap.first_sample], kept[gap.first_sample + gap.samples :]
    assert not kept[gap.first_sample : gap.first_sample + gap.samples].any()
    assert sum(run.samples for run in NumberedSound(0).runs(before)) == len(before)
    assert len(after) > 16000


def test_a_microphone_that_is_not_there_is_one_sentence(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sounding(short_tmp, 1, 16000, monkeypatch):
        words = ["pcm:nothing", "16000", "1", "1", str(short_tmp / "array.sock")]
        command = [sys.executable, "-m", "appliance.recorder.microphone", *words]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    sentence = ended.stderr.strip().splitlines()[-1]
    assert sentence.startswith('No microphone "nothing" was found')
    assert '"simmic"' in sentence
