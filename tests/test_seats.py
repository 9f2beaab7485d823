"""Directions, seats and words: pure, with sound made by delays."""

import numpy as np
import pytest
from numpy.typing import NDArray
from ring_sound import from_direction, murmur

from appliance.seats import clusters
from appliance.seats.direction import Directions
from appliance.seats.join import seats_of
from appliance.store.seats import Block
from appliance.store.transcript import Line, Word

pytestmark = pytest.mark.pure

RATE = 16_000
BLOCK = 2560


def words(*spans: tuple[float, float]) -> Line:
    return Line(spans[0][0], spans[-1][1], "", "en", tuple(Word("", start, end, 1.0) for start, end in spans))


def blocks(*stretches: tuple[float, float, float]) -> list[Block]:
    """From each (start_s, end_s, angle_deg)."""
    return [
        Block(first, BLOCK, angle % 360, 0.2)
        for start, end, angle in stretches
        for first in range(round(start * RATE), round(end * RATE), BLOCK)
    ]


def off(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("microphones", [4, 6, 8])
def test_a_voice_is_heard_where_it_is(rate: int, microphones: int) -> None:
    for angle in (0.0, 47.0, 181.0, 358.0):
        listener = Directions(rate, microphones, 0.032)
        found = listener.hear(from_direction(murmur(3, rate), rate, angle, microphones))
        assert len(found) > 8
        assert np.median([off(one.angle_deg, angle) for one in found]) < 3


def test_sound_in_any_pieces_gives_the_same_blocks() -> None:
    sound = from_direction(murmur(3, RATE), RATE, 90.0, 4)
    whole = Directions(RATE, 4, 0.032).hear(sound)
    listener = Directions(RATE, 4, 0.032)
    pieces = [one for start in range(0, len(sound), 777) for one in listener.hear(sound[start : start + 777])]
    assert pieces == whole
    assert [one.first_sample % BLOCK for one in whole] == [128] * len(whole)


def test_a_steady_fan_does_not_hide_a_voice() -> None:
    fan = from_direction(np.random.default_rng(1).normal(0, 300, 20 * RATE), RATE, 225.0, 4)
    voice = from_direction(murmur(20, RATE), RATE, 60.0, 4)
    found = Directions(RATE, 4, 0.032).hear(fan + voice)
    near = [off(one.angle_deg, 60.0) < 10 for one in found if one.first_sample > 2 * RATE]
    assert len(near) > 80
    assert np.mean(near) > 0.9


def test_digital_silence_has_no_direction() -> None:
    assert Directions(RATE, 4, 0.032).hear(np.zeros((5 * RATE, 4), dtype=np.float32)) == []


def test_seats_are_named_in_the_order_of_speech_also_across_zero_degrees() -> None:
    heard = blocks((0, 10, 358), (10, 20, 120), (20, 30, 3), (30, 40, 240))
    said = [words((1, 2), (8, 9)), words((12, 13)), words((22, 23)), words((31, 32))]
    assert seats_of(said, heard, RATE) == [["A", "A"], ["B"], ["A"], ["C"]]


def test_a_projector_that_hums_while_nobody_speaks_is_no_seat() -> None:
    heard = blocks((0, 5, 30), (5, 60, 200), (60, 65, 90))
    said = [words((1, 4)), words((61, 64))]
    assert seats_of(said, heard, RATE) == [["A"], ["B"]]


def test_a_stray_block_is_not_another_speaker() -> None:
    heard = blocks((0, 4, 30), (4, 4.16, 90), (4.16, 8, 30), (8, 16, 90))
    assert seats_of([words((0, 3), (4.0, 4.15), (5, 8)), words((9, 15))], heard, RATE) == [["A", "A", "A"], ["B"]]


def test_a_word_without_directions_has_no_seat() -> None:
    assert seats_of([words((0, 1), (5, 6))], blocks((0, 1, 30)), RATE) == [["A", None]]
    assert seats_of([words((0, 1)), Line(2, 3, "x", "en", ())], [], RATE) == [[None], []]
    assert seats_of([], blocks((0, 1, 30)), RATE) == []


def test_words_at_48_khz() -> None:
    heard = [Block(first, 7680, 10.0 if first < 480_000 else 150.0, 0.2) for first in range(0, 960_000, 7680)]
    assert seats_of([words((1, 2)), words((12, 13))], heard, 48_000) == [["A"], ["B"]]


@pytest.mark.parametrize("count", [1, 2, 4, 6, 8])
def test_as_many_seats_as_there_are(count: int) -> None:
    random = np.random.default_rng(count)
    angles: NDArray[np.float64] = (random.normal(np.repeat(np.arange(count) * 360 / count, 200), 5.0)) % 360
    assert len(clusters.seats(angles, np.ones(angles.size))) == count


def test_two_in_one_direction_are_one_seat() -> None:
    angles = np.random.default_rng(3).normal(np.repeat([100.0, 108.0], 300), 4.0)
    assert len(clusters.seats(angles, np.ones(angles.size))) == 1
