"""What no room sounds like is told within two seconds, and what a room sounds like never is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.recorder import signal_check
from appliance.recorder.hearing import Hearing
from appliance.recorder.signal_check import SignalCheck
from appliance.recorder.timeline import Block

pytestmark = pytest.mark.pure

RATE, FRAMES = 16000, 1600
Samples = np.ndarray[tuple[int], np.dtype[np.int16]]


def noise(seconds: float, level: float = 300.0, rate: int = RATE) -> Samples:
    made = np.random.default_rng(5).normal(scale=level, size=round(seconds * rate))
    return np.clip(made, -32768, 32767).astype(np.int16)


def speech_like(seconds: float) -> Samples:
    """Loud half seconds and silent ones with nothing but a converter's noise."""
    loud = np.where(np.arange(round(seconds * RATE)) // (RATE // 2) % 2, 6000.0, 1.2)
    return np.clip(np.random.default_rng(6).normal(size=len(loud)) * loud, -32768, 32767).astype(np.int16)


def told(samples: Samples) -> tuple[str, float, tuple[str, ...]]:
    """The first verdict, the second at whose end it came, and the notes at the end."""
    check = SignalCheck(RATE)
    for at in range(0, len(samples) - FRAMES + 1, FRAMES):
        if why := check.hear(samples[at : at + FRAMES].tobytes()):
            return why, (at + FRAMES) / RATE, check.notes
    return "", 0.0, check.notes


STUCK_BLOCK = noise(0.1)
DEAD = {
    "all zero": (np.zeros(3 * RATE, np.int16), signal_check.SILENT),
    "stuck": (np.full(3 * RATE, -412, np.int16), signal_check.STUCK),
    "toggling": (np.tile(np.array([7, 8], np.int16), 3 * RATE // 2), signal_check.STUCK),
    "repeated": (np.tile(STUCK_BLOCK, 30), signal_check.REPEATS),
    "clipped": (np.clip(noise(3, 40_000.0).astype(float) * 3, -32768, 32767).astype(np.int16), signal_check.CLIPPED),
    "offset": ((noise(3) + 12_000).astype(np.int16), signal_check.OFFSET),
}


@pytest.mark.parametrize("kind", DEAD)
@pytest.mark.parametrize("before_s", [0.0, 0.33, 4.85])
def test_dead_input_is_told_within_two_seconds(kind: str, before_s: float) -> None:
    dead, why = DEAD[kind]
    found, at, _ = told(np.concatenate([noise(before_s), dead]))
    assert found == why
    assert before_s < at <= before_s + 1.5


@pytest.mark.parametrize("level", [1.0, 3.0, 300.0, 6000.0])
def test_a_room_is_a_room_however_quiet(level: float) -> None:
    assert told(noise(20, level))[0] == ""


def test_speech_with_pauses_is_a_room() -> None:
    assert told(speech_like(30)) == ("", 0.0, ())


def test_short_silence_of_a_driver_is_nothing() -> None:
    assert told(np.concatenate([noise(3), np.zeros(FRAMES * 8, np.int16), noise(3)]))[0] == ""


def test_a_door_that_slams_is_no_dead_microphone() -> None:
    slam = np.clip(noise(0.4).astype(float) * 1000, -32768, 32767).astype(np.int16)
    why, _, notes = told(np.concatenate([noise(3), slam, noise(3)]))
    assert why == ""
    assert signal_check.LOUD in notes


@pytest.mark.parametrize(
    ("samples", "note"),
    [
        (noise(8, 11_500.0), signal_check.LOUD),
        (noise(8) + np.int16(900), signal_check.OFF_CENTRE),
        (noise(8, 0.9), signal_check.QUIET),
    ],
)
def test_poor_sound_is_noted_and_goes_on(samples: Samples, note: str) -> None:
    assert told(samples) == ("", 0.0, (note,))


def test_a_note_goes_when_the_sound_has_been_well_for_ten_seconds() -> None:
    check = SignalCheck(RATE)
    for second in range(15):
        part = noise(1, 11_500.0) if second < 3 else noise(1)
        for at in range(0, RATE, FRAMES):
            check.hear(part[at : at + FRAMES].tobytes())
        assert bool(check.notes) == (second < 13), second


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(["noise", "zero"]), min_size=12, max_size=40))
def test_it_is_told_when_and_only_when_a_whole_second_was_zero(kinds: list[str]) -> None:
    parts = [noise(0.1) if kind == "noise" else np.zeros(FRAMES, np.int16) for kind in kinds]
    check = SignalCheck(RATE)
    for n, part in enumerate(parts):
        found = check.hear((part + np.int16(n % 3) * (part != 0)).astype(np.int16).tobytes())
        assert (found == signal_check.SILENT) == (n >= 9 and set(kinds[n - 9 : n + 1]) == {"zero"})


# --- the first second of an opening


def heard(hearing: Hearing, samples: Samples, start: float, speed: float = 1.0) -> list[int]:
    """How many blocks were given out for each that came in."""
    given_out = []
    for n, at in enumerate(range(0, len(samples) - FRAMES + 1, FRAMES)):
        block = Block(start + (n + 1) / 10 / speed, samples[at : at + FRAMES].tobytes())
        given_out.append(len(hearing.hear(block)))
    return given_out


def test_the_first_second_waits_and_then_comes_whole() -> None:
    hearing = Hearing(RATE)
    assert heard(hearing, noise(1.5), 100.0) == [0] * 9 + [10] + [1] * 5
    assert hearing.passed


@pytest.mark.parametrize("kind", DEAD)
def test_nothing_of_a_dead_microphone_is_given_out(kind: str) -> None:
    hearing = Hearing(RATE)
    samples = DEAD[kind][0][: round(1.1 * RATE)]
    given_out = heard(hearing, samples, 100.0)
    assert hearing.dead == DEAD[kind][1]
    assert sum(given_out) == 0


def test_a_microphone_at_another_rate_is_told_before_anything_is_kept() -> None:
    hearing = Hearing(RATE)
    assert sum(heard(hearing, noise(3), 100.0, speed=3.0)[:13]) == 0
    assert "48000 Hz instead of 16000 Hz" in hearing.dead


def test_a_burst_after_a_late_start_is_no_other_rate() -> None:
    hearing = Hearing(RATE)
    late = [Block(100.6, noise(0.1).tobytes())]
    late += [Block(max(100.6, 100.1 + n / 10), (noise(0.1) + np.int16(n)).tobytes()) for n in range(1, 30)]
    given_out = [len(hearing.hear(block)) for block in late]
    assert hearing.dead == ""
    assert sum(given_out) == 30


@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_the_crystal_of_a_long_meeting_is_no_other_rate(drift: float) -> None:
    hearing = Hearing(100)
    sounds = [noise(10, rate=100) + np.int16(n) for n in range(50)]
    for n in range(12 * 360):
        hearing.hear(Block(1000 + (n + 1) * 10 * (1 - drift), sounds[n % 50].tobytes()))
        assert not hearing.dead, n / 360
