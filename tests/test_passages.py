"""Where a passage ends: a property of the sound, not of when somebody asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.transcriber import passages
from appliance.transcriber.passages import FRAME_S, LATEST, Probabilities, cut

pytestmark = pytest.mark.pure

SECOND = 1 / FRAME_S


def talk(*stretches: tuple[float, float]) -> Probabilities:
    """Probabilities from (seconds, probability of speech), one after the other."""
    return np.concatenate([np.full(round(s * SECOND), p, dtype=np.float32) for s, p in stretches])


def cut_s(probabilities: Probabilities, *, over: bool = False) -> float | None:
    frame = cut(probabilities, over=over)
    return None if frame is None else frame * FRAME_S


stretch = st.tuples(st.floats(0.04, 9.0), st.sampled_from([0.0, 0.1, 0.34, 0.4, 0.6, 1.0]))
conversations = st.lists(stretch, min_size=8, max_size=40).map(lambda stretches: talk(*stretches))


@given(conversations, st.data())
@settings(deadline=None)
def test_more_sound_changes_no_cut_that_could_be_told(probabilities: Probabilities, data: st.DataObject) -> None:
    early = data.draw(st.integers(0, len(probabilities)))
    told = cut(probabilities[:early], over=False)
    assert told is None or told == cut(probabilities, over=False) == cut(probabilities, over=True)


@given(conversations)
@settings(deadline=None)
def test_every_frame_is_in_one_passage_of_29_seconds_at_most(probabilities: Probabilities) -> None:
    lengths = []
    rest = probabilities
    while len(rest):
        end = cut(rest, over=True)
        assert end is not None
        assert 0 < end <= LATEST
        lengths.append(end)
        rest = rest[end:]
    assert sum(lengths) == len(probabilities)


@given(conversations.filter(lambda p: len(p) >= LATEST))
@settings(deadline=None)
def test_after_29_seconds_there_is_always_a_cut(probabilities: Probabilities) -> None:
    assert cut(probabilities, over=False) is not None


def test_the_first_pause_after_20_seconds_ends_a_passage_in_its_middle() -> None:
    speech = talk((10, 1), (1, 0), (12, 1), (0.5, 0), (10, 1))
    assert cut_s(speech) == pytest.approx(23 + 0.2, abs=0.04)


def test_a_pause_that_is_under_way_at_20_seconds_counts_from_there() -> None:
    assert cut_s(talk((19, 1), (3, 0), (10, 1))) == pytest.approx(20 + 0.2, abs=0.04)


def test_a_breath_is_not_a_pause() -> None:
    assert cut_s(talk((25, 1), (0.3, 0), (3, 1))) is None


def test_nothing_can_be_told_before_a_pause_is_long_enough() -> None:
    assert cut_s(talk((25, 1), (0.35, 0))) is None
    assert cut_s(talk((25, 1), (0.45, 0))) == pytest.approx(25.2, abs=0.04)


def test_without_a_pause_the_longest_breath_of_the_last_part_is_taken() -> None:
    speech = talk((8, 1), (0.39, 0), (6, 1), (0.3, 0), (4, 1), (0.1, 0), (20, 1))
    assert cut_s(speech) == pytest.approx(8.39 + 6 + 0.15, abs=0.05)


def test_without_a_breath_the_least_likely_speech_is_taken() -> None:
    assert cut_s(talk((18, 0.9), (0.2, 0.5), (20, 0.9))) == pytest.approx(18, abs=0.05)


def test_silence_is_passed_over_in_steps() -> None:
    assert cut_s(talk((20.5, 0))) == pytest.approx(20.2, abs=0.04)
    assert passages.spoken(talk((20.5, 0))) is None


def test_the_rest_of_a_meeting_is_its_last_passage() -> None:
    assert cut(talk((3, 1)), over=True) == round(3 * SECOND)
    assert cut(talk((3, 1)), over=False) is None


def test_outer_silence_is_trimmed_to_half_a_second() -> None:
    trimmed = passages.spoken(talk((5, 0), (2, 1), (4, 0), (1, 1), (8, 0)))
    assert trimmed is not None
    assert trimmed[0] * FRAME_S == pytest.approx(4.5, abs=0.04)
    assert trimmed[1] * FRAME_S == pytest.approx(12.5, abs=0.06)


def test_nothing_is_trimmed_off_that_is_not_there() -> None:
    assert passages.spoken(talk((0.1, 0), (2, 1), (0.1, 0))) == (0, len(talk((0.1, 0), (2, 1), (0.1, 0))))


def test_a_cough_is_nobody_speaking() -> None:
    cough = talk((5, 0), (0.2, 1), (5, 0))
    assert passages.spoken(cough) is None
    assert passages.speech_seconds(cough) == pytest.approx(0.2, abs=0.02)


def test_a_line_needs_somebody_who_speaks_near_it() -> None:
    speech = talk((2, 1), (10, 0), (2, 1))
    assert passages.anybody_speaks(speech, 1.0, 2.0)
    assert passages.anybody_speaks(speech, 2.3, 2.9)
    assert not passages.anybody_speaks(speech, 4.0, 9.0)
