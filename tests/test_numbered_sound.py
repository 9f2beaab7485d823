"""The numbered sound: any 4 samples say where they stand, and it is a sound that no microphone test refuses."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.bench.numbered_sound import LONGEST, NOWHERE, WINDOW, NumberedSound, Run, Samples

RATE = 16000
SECONDS = 30

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def sound() -> NumberedSound:
    return NumberedSound(3)


@pytest.fixture(scope="module")
def beginning(sound: NumberedSound) -> Samples:
    return sound.samples(0, SECONDS * RATE)


def test_every_window_of_four_samples_is_there_once(sound: NumberedSound, beginning: Samples) -> None:
    places = sound.places(beginning)
    assert np.array_equal(places, np.arange(len(beginning) - WINDOW + 1))
    assert len({bytes(beginning[at : at + WINDOW]) for at in range(RATE)}) == RATE


def test_everywhere_in_the_sound_the_place_can_be_read(sound: NumberedSound) -> None:
    """So no place can look like another one."""
    for first in map(int, np.linspace(0, LONGEST - 100, 1000)):
        assert sound.runs(sound.samples(first, 100)) == [Run(0, first, 100)]


def test_it_is_noise_at_a_moderate_level_without_an_offset(beginning: Samples) -> None:
    level = beginning.astype(float)
    assert level.min() >= -4096
    assert level.max() <= 4095
    assert abs(level.mean()) < 20
    assert level.std() > 2000
    strongest = np.abs(np.fft.rfft(level[: 1 << 18] - level.mean()))
    assert strongest.max() < 20 * np.median(strongest)  # no tone stands out


@given(first=st.integers(0, LONGEST - 400), count=st.integers(WINDOW, 400), seed=st.integers(0, 9))
@settings(max_examples=60)
def test_a_piece_from_anywhere_is_known(first: int, count: int, seed: int) -> None:
    sound = NumberedSound(seed)
    assert sound.runs(sound.samples(first, count)) == [Run(0, first, count)]


def test_pieces_with_silence_or_a_cut_between_them_are_told_apart(sound: NumberedSound, beginning: Samples) -> None:
    silence = np.zeros(500, np.int16)
    kept = np.concatenate([silence, beginning[7:900], silence, beginning[2001:3000], beginning[3400:3500], silence])
    assert sound.runs(kept) == [Run(500, 7, 893), Run(1893, 2001, 999), Run(2892, 3400, 100)]
    assert sound.runs(kept)[0].end == 1393
    assert sound.runs(kept)[0].place_end == 900


def test_one_wrong_sample_is_not_hidden(sound: NumberedSound, beginning: Samples) -> None:
    kept = beginning[:1000].copy()
    kept[600] += 2
    assert [(run.position, run.end) for run in sound.runs(kept)] == [(0, 600), (601, 1000)]


def test_what_is_not_of_the_sound_is_nowhere(sound: NumberedSound) -> None:
    for other in (NumberedSound(4).samples(0, RATE), np.zeros(RATE, np.int16), np.full(RATE, -32768, np.int16)):
        assert set(sound.places(other)) == {NOWHERE}
        assert sound.runs(other) == []
    for short in range(WINDOW):
        assert sound.runs(sound.samples(0, short)) == []


def test_it_can_be_written_and_is_the_same_each_time(sound: NumberedSound, beginning: Samples, tmp_path: Path) -> None:
    path = NumberedSound(3).make(tmp_path / "room.pcm", RATE)
    assert path.read_bytes() == beginning[:RATE].tobytes()
    with pytest.raises(ValueError, match="only"):
        sound.samples(LONGEST - 1, 2)
