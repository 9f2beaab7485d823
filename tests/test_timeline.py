"""Lost sound is a step against the clock; late blocks and a slow crystal are not."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.recorder.timeline import PATIENCE_S, Block, Lost, Timeline

pytestmark = pytest.mark.pure

RATE, FRAMES = 16000, 1600
unhurried = settings(deadline=None, max_examples=60)


def blocks(count: int, late: dict[int, float], lost: dict[int, int], drift: float = 0.0) -> list[Block]:
    """Numbered blocks; `late` seconds of lateness by block, `lost` samples lost before a block."""
    made, sample, ready = [], 0, 0.0
    for number in range(count):
        sample += lost.get(number, 0) + FRAMES
        ready = max(ready, 100 + sample / RATE * (1 + drift) + late.get(number, 0.0))
        made.append(Block(ready, number.to_bytes(2, "little") * FRAMES))
    return made


def told(given_blocks: list[Block]) -> list[Block | Lost]:
    timeline, parts, held = Timeline(RATE, given_blocks[:1]), [], list[Block]()
    for block in given_blocks:
        certain = timeline.put(block)
        held = [] if certain else [*held, block]
        assert not held or block.end - held[0].end < PATIENCE_S
        parts += certain
    return parts + timeline.release()


def sound(parts: list[Block | Lost]) -> list[Block]:
    return [part for part in parts if isinstance(part, Block)]


def losses(parts: list[Block | Lost]) -> list[tuple[int, int]]:
    """(block before which it was lost, samples)."""
    found, number = [], 0
    for part in parts:
        if isinstance(part, Lost):
            found.append((number, part.samples))
        else:
            number += 1
    return found


@unhurried
@given(st.dictionaries(st.integers(1, 90), st.floats(0, 0.8), max_size=3))  # caught up within PATIENCE_S
def test_late_blocks_that_catch_up_are_not_lost(late: dict[int, float]) -> None:
    made = blocks(120, late, {})
    parts = told(made)
    assert losses(parts) == []
    assert sound(parts) == made


@unhurried
@given(at=st.integers(10, 80), samples=st.integers(2400, 80_000), seed=st.integers(0, 9999))
def test_a_loss_is_one_gap_of_its_length_at_its_place(at: int, samples: int, seed: int) -> None:
    jitter = random.Random(seed)
    late = {number: jitter.uniform(0, 0.008) for number in range(120)}
    made = blocks(120, late, {at: samples})
    parts = told(made)
    assert sound(parts) == made
    (place, length), *others = losses(parts)
    assert others == []
    assert place == at
    assert abs(length - samples) <= 0.01 * RATE


@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_the_crystal_of_an_hour_is_no_loss(drift: float) -> None:
    assert losses(told(blocks(36_000, {}, {}, drift))) == []


@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_an_hour_of_a_bad_crystal_and_a_busy_computer_is_no_loss(drift: float) -> None:
    jitter = random.Random(7)
    late = {number: jitter.expovariate(100) for number in range(36_000)}
    assert losses(told(blocks(36_000, late, {}, drift))) == []


@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_a_loss_late_in_the_hour_is_found_whatever_the_crystal(drift: float) -> None:
    ((place, length),) = losses(told(blocks(36_000, {}, {35_000: 3200}, drift)))
    assert place == 35_000
    assert abs(length - 3200) <= 0.01 * RATE


def test_many_small_losses_add_up_to_a_gap() -> None:
    lost = dict.fromkeys(range(20, 60), 800)
    found = losses(told(blocks(120, {}, lost)))
    assert abs(sum(samples for _, samples in found) - 40 * 800) <= 0.1 * RATE


def test_an_end_while_something_is_held_back_gives_it_out() -> None:
    made = blocks(40, {}, {38: 16_000})
    parts = told(made)
    assert sound(parts) == made
    assert losses(parts) == [(38, 16_000)]


def test_a_stall_at_the_end_is_not_taken_for_a_loss() -> None:
    made = blocks(40, {38: 0.09}, {})
    assert losses(told(made)) == []


def test_nothing_is_put_before_the_first_block() -> None:
    first = Block(100.0, bytes(2 * FRAMES))
    timeline = Timeline(RATE, [first])
    assert timeline.start == pytest.approx(99.9)
    assert timeline.put(first) == [first]
    assert timeline.release() == []


def test_two_losses_are_two_gaps() -> None:
    assert losses(told(blocks(100, {}, {20: 4800, 60: 16000}))) == [(20, 4800), (60, 16000)]


@unhurried
@given(
    st.dictionaries(st.integers(1, 99), st.floats(0, 3), max_size=8),
    st.dictionaries(st.integers(1, 99), st.integers(0, 50_000), max_size=5),
)
def test_no_sound_is_ever_dropped_or_moved(late: dict[int, float], lost: dict[int, int]) -> None:
    made = blocks(100, late, lost)
    assert sound(told(made)) == made


@pytest.mark.parametrize("stall_s", [3.5, 8.0, 25.0])
def test_a_computer_that_stood_still_and_catches_up_has_lost_nothing(stall_s: float) -> None:
    made = blocks(400, {50: stall_s}, {})
    assert told(made) == made


def test_the_start_is_told_by_the_least_late_of_the_first_blocks() -> None:
    first = [Block(100.4, bytes(2 * FRAMES)), Block(100.41, bytes(2 * FRAMES)), Block(100.42, bytes(2 * FRAMES))]
    assert Timeline(RATE, first).start == pytest.approx(100.12)
