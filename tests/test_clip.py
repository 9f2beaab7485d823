"""Exact clips of a meeting: found wherever they were cut, and everything that was done to them is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from appliance.evidence import clip, clip_words, lists, merkle
from appliance.evidence.clip import Found
from appliance.evidence.joins import Kind
from appliance.evidence.places import Samples, Sealed

pytestmark = pytest.mark.pure

RATE = 1000
SECONDS = 60
GAP = (20, 26)
random = np.random.default_rng(1)


def noise(seconds: float) -> Samples:
    return random.integers(-3000, 3000, round(seconds * RATE), dtype=np.int16)


def sealed(pcm: Samples) -> Sealed:
    seconds = [pcm[at : at + RATE].tobytes() for at in range(0, len(pcm), RATE)]
    return Sealed([merkle.leaf(one) for one in seconds], [lists.hint(one) for one in seconds], RATE, len(pcm))


def meeting() -> Samples:
    """A minute and 0.4 s with a gap that begins and ends within a second; seconds 40 and 50 are equal."""
    pcm = noise(SECONDS + 0.4)
    pcm[GAP[0] * RATE + 300 : GAP[1] * RATE + 700] = 0
    pcm[50 * RATE : 51 * RATE] = pcm[40 * RATE : 41 * RATE]
    return pcm


MEETING = meeting()
SEALED = sealed(MEETING)


def part(first_s: float, end_s: float) -> Samples:
    return MEETING[round(first_s * RATE) : round(end_s * RATE)].copy()


def runs(found: Found) -> list[tuple[int, int, int]]:
    return [(run.start, run.first, run.seconds) for run in found.runs]


def kinds(found: Found) -> list[Kind]:
    return [join.kind for join in found.joins]


def said(found: Found) -> str:
    return "\n".join(clip_words.of_exact(found, RATE))


@settings(max_examples=100, deadline=None)
@given(start=some.integers(0, len(MEETING) - 2 * RATE), length=some.integers(2 * RATE, len(MEETING)))
def test_a_clip_cut_at_any_sample_is_found_to_the_sample(start: int, length: int) -> None:
    end = min(start + length, len(MEETING))
    found = clip.find(MEETING[start:end], SEALED)
    assert found.exact, said(found)
    (run,) = found.runs
    assert set(kinds(found)) <= {Kind.EDGE}
    assert len(found.joins) <= 2 and all(join.length < RATE for join in found.joins)
    if not run.one_of:
        assert run.first * RATE - run.start == start
        assert run.first == -(-start // RATE)
        assert run.samples == len(MEETING) - run.first * RATE if end == len(MEETING) else end // RATE * RATE


def test_the_whole_meeting_is_one_run_with_its_short_last_second() -> None:
    found = clip.find(MEETING, SEALED)
    assert (runs(found), found.joins) == ([(0, 0, SECONDS + 1)], ())
    assert said(found) == "From its 0:00 on it is seconds 0 to 60 (0:00 to 1:00) of the meeting, unaltered."


def test_one_altered_sample_costs_one_second() -> None:
    pcm = part(0.25, 15)
    pcm[5000] += 1
    found = clip.find(pcm, SEALED)
    assert runs(found) == [(750, 1, 4), (5750, 6, 9)]
    assert kinds(found) == [Kind.EDGE, Kind.ALTERED]
    assert "At its 0:04, 1.0 s of other sound stand in the place of second 5 (0:05)." in said(found)


def test_whole_seconds_cut_out() -> None:
    found = clip.find(np.concatenate([part(3, 8), part(11, 15)]), SEALED)
    assert (runs(found), kinds(found)) == ([(0, 3, 5), (5000, 11, 4)], [Kind.MISSING])
    assert not found.exact
    assert "At its 0:05, 3.0 s are missing, of seconds 8 to 10 (0:08 to 0:10)." in said(found)


@pytest.mark.parametrize("cut", [1, 20, 300, 999, 1001, 3210])
def test_any_length_cut_out_within_a_second_shifts_the_rest(cut: int) -> None:
    pcm = np.delete(part(2, 16), np.s_[4321 : 4321 + cut])
    found = clip.find(pcm, SEALED)
    assert runs(found)[0] == (0, 2, 4)
    after = -(-(4321 + cut) // RATE)
    assert runs(found)[1:] == [(after * RATE - cut, 2 + after, 14 - after)]
    assert [(join.kind, join.left_out) for join in found.joins] == [(Kind.MISSING, cut)]


def test_many_joins_each_with_another_shift() -> None:
    pieces = [part(at + 0.001 * 37 * n, at + 3.2 + 0.001 * 91 * n) for n, at in enumerate((1, 5, 9, 14, 28, 33, 52))]
    found = clip.find(np.concatenate(pieces), SEALED)
    assert [run.first for run in found.runs] == [1, 6, 10, 15, 29, 34, 53]
    assert kinds(found)[:-1] == [Kind.MISSING] * 6


def test_foreign_sound_is_located() -> None:
    pcm = np.insert(part(2, 16), 5000, noise(2.5))
    found = clip.find(pcm, SEALED)
    assert runs(found) == [(0, 2, 5), (7500, 7, 9)]
    (join,) = found.joins
    assert (join.kind, join.start, join.length, join.left_out) == (Kind.INSERTED, 5000, 2500, -2500)
    assert "At its 0:05, 2.5 s were inserted." in said(found)


def test_foreign_sound_in_the_place_of_sealed_sound() -> None:
    found = clip.find(np.concatenate([part(2, 6), noise(3), part(10, 16)]), SEALED)
    assert kinds(found) == [Kind.REPLACED]
    assert "where seconds 6 to 9 (0:06 to 0:09) were; 1.0 s more are missing" in said(found)


def test_foreign_sound_at_the_ends_and_behind_the_meeting() -> None:
    assert kinds(clip.find(np.concatenate([noise(2), part(3, 8), noise(2)]), SEALED)) == [Kind.FOREIGN] * 2
    assert kinds(clip.find(np.concatenate([part(50, 60.4), noise(0.1)]), SEALED)) == [Kind.FOREIGN]
    assert kinds(clip.find(np.concatenate([noise(0.1), part(0, 8)]), SEALED)) == [Kind.FOREIGN]


def test_swapped_and_repeated_seconds_break_the_order() -> None:
    pcm = part(0, 15)
    pcm[2000:3000], pcm[9000:10000] = part(9, 10), part(2, 3)
    found = clip.find(pcm, SEALED)
    assert runs(found) == [(0, 0, 2), (2000, 9, 1), (3000, 3, 6), (9000, 2, 1), (10000, 10, 5)]
    assert kinds(found) == [Kind.ORDER] * 4
    assert not found.exact
    repeated = clip.find(np.concatenate([part(3, 8), part(6, 12)]), SEALED)
    assert (runs(repeated), kinds(repeated)) == ([(0, 3, 5), (5000, 6, 6)], [Kind.ORDER])


def test_equal_seconds_are_one_of_several() -> None:
    found = clip.find(part(40, 41), SEALED)
    assert found.runs[0].one_of == (40, 50)
    assert "one of 2 equal parts of the meeting, such as second 40 (0:40)" in said(found)
    (run,) = clip.find(part(38.5, 41), SEALED).runs
    assert (run.first, run.one_of) == (39, ())


def test_silence_is_one_of_the_silent_seconds() -> None:
    found = clip.find(part(21.5, 24.7), SEALED)
    assert [(run.first, run.seconds, run.one_of) for run in found.runs] == [(21, 3, (21, 22, 23))]


@pytest.mark.parametrize(("start", "end"), [(18.4, 22.2), (23.7, 28.1), (25.9, 29), (26.2, 28), (19.1, 40)])
def test_a_cut_in_the_silence_of_a_gap_is_where_its_sound_is(start: float, end: float) -> None:
    found = clip.find(part(start, end), SEALED)
    first = -(-round(start * RATE) // RATE)
    assert runs(found) == [(first * RATE - round(start * RATE), first, int(end) - first)]
    assert found.runs[0].one_of == ()


def test_a_redaction_by_silence_leaves_the_rest_proven() -> None:
    pcm, without_gap = part(2, 16), MEETING.copy()
    pcm[5500:8200] = 0
    without_gap[GAP[0] * RATE : (GAP[1] + 1) * RATE] = noise(GAP[1] + 1 - GAP[0])
    found = clip.find(pcm, sealed(without_gap))
    assert (runs(found), kinds(found)) == ([(0, 2, 5), (9000, 11, 5)], [Kind.ALTERED])
    assert "At its 0:05, 4.0 s of other sound stand in the place of seconds 7 to 10 (0:07 to 0:10)." in said(found)
    with_a_gap_elsewhere = clip.find(pcm, SEALED)
    assert not with_a_gap_elsewhere.exact
    assert {(0, 2, 5), (9000, 11, 5)} <= set(runs(with_a_gap_elsewhere))


def test_nothing_of_another_meeting_of_noise_or_of_other_level_is_sealed() -> None:
    for pcm in (noise(20), (part(2, 18) * 0.5).astype(np.int16), np.ones(9000, np.int16), part(2, 18)[::-1].copy()):
        found = clip.find(pcm, SEALED)
        assert (found.runs, kinds(found), found.exact) == ((), [Kind.FOREIGN], False)


def test_what_is_too_short_is_called_so() -> None:
    for pcm in (part(5.001, 6.999), noise(1.9), noise(0.01)):
        assert kinds(clip.find(pcm, SEALED)) == [Kind.TOO_SHORT]
    assert runs(clip.find(part(5.001, 7), SEALED)) == [(999, 6, 1)]
    assert clip.find(noise(0), SEALED).joins[0].length == 0


def test_false_hints_hide_nothing() -> None:
    """They are not signed."""
    false = Sealed(SEALED.leaves, [b"none"] * len(SEALED.leaves), RATE, SEALED.samples)
    assert runs(clip.find(part(3.3, 18.1), false)) == [(700, 4, 14)]
    some_true = Sealed(SEALED.leaves, [*SEALED.hints[:9], *[b"none"] * 52], RATE, SEALED.samples)
    cut = np.delete(part(3, 18), np.s_[6100:6400])
    assert [run.first for run in clip.find(cut, some_true).runs] == [3, 10]


def test_a_long_clip_with_little_of_the_meeting_says_what_was_not_looked_for() -> None:
    foreign = noise(clip.LONG_S + 60)
    pcm = np.concatenate([foreign[:77_777], part(28, 45.5), foreign[77_777:]])
    found = clip.find(pcm, SEALED)
    assert [(run.first, run.seconds) for run in found.runs] == [(28, 17)]
    assert not found.thorough and clip_words.NOT_THOROUGH in said(found)
