"""What `scripts/bench seats` calls right and wrong."""

import numpy as np
import pytest

from appliance.bench import seats as bench
from appliance.store.seats import Block

pytestmark = pytest.mark.pure

SETTING = bench.Setting(1, (30.0, 150.0), 0.3)


def two_voices() -> np.ndarray:
    """Ten seconds of each, and silence after them."""
    dry = np.zeros((2, 24 * bench.RATE))
    noise = np.random.default_rng(1).normal(size=10 * bench.RATE)
    dry[0, : noise.size], dry[1, noise.size : 2 * noise.size] = noise, noise
    return dry


def blocks(first: float, second: float) -> list[Block]:
    return [Block(n, 2560, first if n < 10 * bench.RATE else second, 0.2) for n in range(0, 20 * bench.RATE, 2560)]


def test_pieces_of_speech_belong_to_who_speaks_and_silence_to_nobody() -> None:
    said = bench.spoken(two_voices())
    assert [seat for seat, _ in said] == sorted(seat for seat, _ in said)
    assert 64 <= len(said) <= 67
    assert said[-1][1].end_s <= 20.2


def test_seats_that_are_right_and_seats_that_are_merged() -> None:
    said = bench.spoken(two_voices())
    right = bench.judged(SETTING, said, blocks(32.0, 149.0))
    assert (right["true"], right["found"]) == (2, 2)
    assert right["wrong"] <= 1  # the piece in which they change
    assert right["error_deg"] == pytest.approx(1.5, abs=0.6)
    merged = bench.judged(SETTING, said, blocks(90.0, 90.0))
    assert merged["found"] == 1
    assert merged["wrong"] == pytest.approx(len(said) / 2, abs=1)


def test_what_breaks_a_promise_is_said() -> None:
    good = {"rt60": 0.3, "cpu": 0.5, "true": 4, "found": 4, "words": 100, "without_seat": 0, "wrong": 2, "error_deg": 2}
    assert bench.failures({"a": good}) == []
    assert bench.failures({"a": good | {"found": 3}}) == ["a: 3 seats found, 4 true"]
    assert bench.failures({"a": good | {"wrong": 3}}) == ["confusion is 3.0 %, and 3 % is too much"]
    assert bench.failures({"a": good | {"cpu": 5.0}}) == ["a: 5.0 % of the processor"]
