"""The way from the master's samples and times to the model's, and back."""

import numpy as np
import pytest
from fake_recording import Sound, tone
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.store.transcript import Line, Word
from appliance.transcriber.lines import placed
from appliance.transcriber.sound import OddRate, heard

pytestmark = pytest.mark.pure


def pcm(sound: Sound) -> bytes:
    return (sound * 32767).astype("<i2").tobytes()


def level(sound: Sound) -> float:
    """dB against a sine of 0.3."""
    return float(20 * np.log10(np.sqrt(np.mean(sound[500:-500] ** 2)) / (0.3 / np.sqrt(2)) + 1e-12))


@pytest.mark.parametrize("pitch", [100, 1000, 4000, 6500])
def test_what_16_khz_can_carry_passes_unchanged(pitch: float) -> None:
    at_48, at_16 = heard(pcm(tone(pitch, 1, 48_000)), 48_000), heard(pcm(tone(pitch, 1)), 16_000)
    assert at_48.size == at_16.size
    assert np.abs(at_48 - at_16)[100:-100].max() < 1e-3


@pytest.mark.parametrize("pitch", [8_500, 12_000, 15_900, 20_000])
def test_what_it_cannot_carry_does_not_come_back_as_something_else(pitch: float) -> None:
    assert level(heard(pcm(tone(pitch, 1, 48_000)), 48_000)) < -75


def test_only_multiples_of_16_khz_are_heard() -> None:
    with pytest.raises(OddRate, match="44100"):
        heard(b"", 44_100)


times = st.floats(-1, 40)
words = st.builds(Word, st.just("word"), times, times, st.just(1.0))
lines = st.lists(st.builds(Line, times, times, st.just("text"), st.just("en"), st.lists(words, max_size=4).map(tuple)))


@given(lines)
@settings(deadline=None)
def test_whatever_the_model_says_times_stay_in_the_passage_and_in_order(said: list[Line]) -> None:
    made = placed(said, 100.0, 99.5, 120.0)
    in_order = [t for line in made for t in (line.start_s, line.end_s)]
    assert in_order == sorted(in_order)
    assert all(99.5 <= t <= 120.0 for t in in_order)
    for line in made:
        inside = [t for word in line.words for t in (word.start_s, word.end_s)]
        assert inside == sorted(inside)
        assert all(line.start_s <= t <= line.end_s for t in inside)


def test_a_line_moves_with_its_words() -> None:
    line = Line(1.0, 2.0, "good morning", "en", (Word("good", 1.0, 1.4, 0.9), Word("morning", 1.4, 2.0, 0.8)))
    moved = Line(61.0, 62.0, "good morning", "en", (Word("good", 61.0, 61.4, 0.9), Word("morning", 61.4, 62.0, 0.8)))
    assert placed([line], 60.0, 59.0, 80.0) == [moved]
