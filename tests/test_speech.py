"""Speech, level and clipping of a second."""

import hashlib

import numpy as np
import pytest
from sound_of import RATE, sample_meeting

from appliance.recorder.listening import describe, level
from appliance.recorder.speech import SpeechDetector

pytestmark = pytest.mark.pure


def seconds_of(pcm: bytes) -> list[int]:
    detector = SpeechDetector(RATE)
    return [detector.percent(pcm[at : at + 2 * RATE]) for at in range(0, len(pcm), 2 * RATE)]


def test_talk_is_speech_and_a_quiet_room_is_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    talk = sample_meeting(tmp_path_factory.mktemp("talk") / "room.pcm", 10).read_bytes()
    quiet = np.random.default_rng(3).normal(scale=33, size=10 * RATE).astype("<i2").tobytes()
    assert sum(seconds_of(talk)) / 10 > 60
    assert sum(seconds_of(quiet)) / 10 < 5


def test_levels() -> None:
    assert level(np.zeros(100, np.int16)) == -120.0
    assert level(np.full(100, 16384, np.int16)) == -6.0
    assert level(np.array([], np.int16)) == -120.0


def test_clipped_samples_are_counted() -> None:
    pcm = np.array([32767, -32768, -32767, 32766, 0], "<i2").tobytes()
    assert describe(0, pcm, SpeechDetector(RATE)).clipped == 3


def test_digital_silence_is_not_listened_to() -> None:
    second = describe(7, bytes(2 * RATE), SpeechDetector(RATE))
    assert (second.number, second.samples, second.level, second.speech, second.clipped) == (7, RATE, -120.0, 0, 0)


def test_a_rest_shorter_than_a_frame_is_no_speech_and_no_trouble() -> None:
    assert [SpeechDetector(RATE).percent(b"\1\0" * samples) for samples in (0, 1, 159, 160)] == [0, 0, 0, 0]


def test_a_last_second_that_is_short_has_its_leaf_and_length() -> None:
    pcm = b"\5\0" * 100
    row = describe(3, pcm, SpeechDetector(RATE))
    assert (row.samples, row.leaf) == (100, hashlib.sha256(b"\0" + pcm).digest())


def test_speech_goes_on_over_the_edge_of_a_second(tmp_path_factory: pytest.TempPathFactory) -> None:
    talk = sample_meeting(tmp_path_factory.mktemp("talk") / "room.pcm", 10).read_bytes()
    one = SpeechDetector(RATE)
    parts = [one.percent(talk[at : at + RATE]) for at in range(0, len(talk), RATE)]
    assert sum(parts) / len(parts) == pytest.approx(SpeechDetector(RATE).percent(talk), abs=1)
