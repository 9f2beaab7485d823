"""Real PyAudio, from a real sound server, through the real recorder, to the master: bit for bit."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from houses import a_house, end_meeting, start_recording

from appliance.bench.pulse import Microphone, missing
from appliance.store import record, wav

RATE = 16000
pytestmark = pytest.mark.pulse


@pytest.fixture(params=[1, 6])
def microphone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Microphone]:
    if lacking := missing():
        pytest.skip(f"needs {', '.join(lacking)}: apt-get install pulseaudio pulseaudio-utils libasound2-plugins")
    made = Microphone(request.param, RATE)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


def test_what_is_played_is_what_is_kept(
    microphone: Microphone, short_tmp: Path, request: pytest.FixtureRequest
) -> None:
    channels = request.node.callspec.params["microphone"]
    chosen = 1 if channels == 1 else 3
    noise = np.random.default_rng(7).normal(scale=3000, size=(4 * RATE, channels)).astype("<i2")
    (short_tmp / "noise.raw").write_bytes(noise.tobytes())
    more = f'[microphone]\ndevice = "pcm:simmic"\nchannels = {channels}\nmaster_channel = {chosen}\n'
    with a_house(short_tmp, None, more=more) as house:
        house.start("panel", "recorder")
        house.await_state("ready")
        assert microphone.listeners() == 0
        start_recording(house)
        assert microphone.listeners() == 1
        microphone.play(short_tmp / "noise.raw")
        end_meeting(house)
        assert microphone.listeners() == 0

        folder = house.folders.every_meeting()[0]
        kept = np.frombuffer(wav.pcm(folder.master, 0, 10**9), "<i2")
        played = noise[:, chosen - 1]
        starts = [at for at in np.flatnonzero(kept == played[0]) if np.array_equal(kept[at : at + 50], played[:50])]
        assert len(starts) == 1
        assert np.array_equal(kept[starts[0] : starts[0] + len(played)], played)
        db = record.read(folder)
        assert db is not None
        assert list(record.gaps(db)) == []


@pytest.mark.parametrize("microphone", [1], indirect=True)
def test_a_microphone_that_is_not_there_is_one_sentence(microphone: Microphone) -> None:
    command = [sys.executable, "-m", "appliance.recorder.microphone", "pcm:nothing", "16000", "1", "1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    sentence = ended.stderr.strip().splitlines()[-1]
    assert sentence.startswith('No microphone "nothing" was found')
    assert '"simmic"' in sentence
