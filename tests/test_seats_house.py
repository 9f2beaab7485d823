"""A real recorder, real PyAudio and the seats service beside it: directions stand where their sound is."""

from pathlib import Path

import numpy as np
import pytest
from houses import a_house, end_meeting, start_recording
from ring_sound import from_direction, murmur
from test_capture import settings

from appliance.bench.pulse import Microphone, missing
from appliance.store import record, seats, wav

RATE, TURN_S = 16_000, 3
LOUD, SOFT = 30.0, 150.0
pytestmark = pytest.mark.pulse


def test_directions_stand_where_their_sound_is_in_the_master(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if lacking := missing():
        pytest.skip(f"needs {', '.join(lacking)}: apt-get install pulseaudio pulseaudio-utils libasound2-plugins")
    microphone = Microphone(6, RATE)
    for name, value in microphone.environment.items():
        monkeypatch.setenv(name, value)
    voice = murmur(TURN_S, RATE)
    both = [from_direction(voice, RATE, LOUD, 4), from_direction(voice, RATE, SOFT, 4) * 0.2]
    ring = np.concatenate(both * 15)
    (short_tmp / "room.raw").write_bytes(np.pad(ring, ((0, 0), (1, 1))).astype("<i2").tobytes())
    more = settings(6, RATE, 2) + "array_microphones = 4\narray_first_channel = 2\n"
    with a_house(short_tmp, None, more=more) as house:
        microphone.hum(short_tmp / "room.raw")
        house.start("panel", "recorder", "seats")
        start_recording(house)
        folder = house.folders.every_meeting()[0]
        house.await_true(lambda: len(seats.blocks_of(folder)) > 60, 60, "60 directions")
        end_meeting(house)
        kept = seats.blocks_of(folder)
    microphone.close()

    extent = record.extent(folder)
    assert extent is not None
    assert all(0 <= one.first_sample <= extent.samples - one.samples for one in kept)
    master = np.frombuffer(wav.pcm(folder.master, 0, 10**9), "<i2").astype(float)
    level = np.array([np.sqrt(np.mean(master[b.first_sample : b.first_sample + b.samples] ** 2)) for b in kept])
    loud = np.array([abs(one.angle_deg - LOUD) < 20 for one in kept])
    soft = np.array([abs(one.angle_deg - SOFT) < 20 for one in kept])
    assert loud.sum() > 15
    assert soft.sum() > 5
    assert np.mean(loud | soft) > 0.95
    assert np.mean((level > 900) == loud) > 0.9
