"""A passage is heard as it grows, and that is what is heard of it in one piece."""

from pathlib import Path

import numpy as np
import pytest
from fake_speech import FakeSpeech

from appliance.store import wav
from appliance.transcriber import sound
from appliance.transcriber.hearing import Hearing
from appliance.transcriber.passages import LATEST

pytestmark = pytest.mark.pure


@pytest.fixture(params=[16_000, 48_000])
def rate(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def master(tmp_path: Path, rate: int) -> Path:
    path = tmp_path / "master.wav"
    noise = np.random.default_rng(4).normal(0, 0.1, 40 * rate)
    path.write_bytes(wav.header(rate) + (noise * 32767).clip(-32768, 32767).astype("<i2").tobytes())
    return path


def heard(master: Path, rate: int, *ends: int, first: int = 0, over: bool = False) -> Hearing:
    hearing = Hearing(master, rate, first, FakeSpeech().ear())
    for end in ends[:-1]:
        hearing.hear(end, over=False)
    hearing.hear(ends[-1], over=over)
    return hearing


def test_when_it_listened_makes_no_difference_to_the_last_bit(master: Path, rate: int) -> None:
    end = round(17.3 * rate)
    at_once = heard(master, rate, end, first=1001, over=True)
    steps = np.random.default_rng(2).integers(1001, end, 20)
    bit_by_bit = heard(master, rate, *sorted(steps.tolist()), end, first=1001, over=True)
    assert np.array_equal(at_once.audio, bit_by_bit.audio)
    assert np.array_equal(at_once.probabilities, bit_by_bit.probabilities)


def test_it_is_the_sound_of_the_master(master: Path, rate: int) -> None:
    end = round(10.01 * rate)
    hearing = heard(master, rate, end, over=True)
    whole = sound.heard(wav.pcm(master, 0, end), rate)
    assert hearing.audio.size == whole.size == -(-end * 16_000 // rate)
    assert np.allclose(hearing.audio, whole, atol=1e-6)
    assert hearing.probabilities.size == -(-whole.size // 512)


def test_what_more_sound_could_change_is_not_heard_yet(master: Path, rate: int) -> None:
    blocks = [heard(master, rate, round(seconds * rate)).audio.size / 16_000 for seconds in (0.9, 0.992, 1.0, 5.0)]
    assert blocks == [0, 0.992 if rate == 16_000 else 0, 0.992, pytest.approx(4.96)]


def test_it_stops_where_the_longest_passage_must_have_ended(master: Path, rate: int) -> None:
    for over in (True, False):
        assert LATEST <= heard(master, rate, 40 * rate, over=over).probabilities.size <= LATEST + 31
