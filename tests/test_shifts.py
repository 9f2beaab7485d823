"""A recording in which part of a second was cut out or put in: that is named, and the rest is still the sealed one."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from test_clip import GAP, MEETING, RATE, SEALED, noise, sealed

from appliance.evidence import shifts, sound
from appliance.evidence.joins import Stretch
from appliance.evidence.places import Samples
from appliance.evidence.seconds import leaves_of
from appliance.evidence.verdict import Verdict

pytestmark = pytest.mark.pure

WHOLE = len(MEETING)


def pieces(pcm: Samples) -> Iterator[bytes]:
    """As a decoder gives them: lengths that are no seconds."""
    for at in range(0, len(pcm), 1152):
        yield pcm[at : at + 1152].tobytes()


def found_in(pcm: Samples) -> list[Stretch]:
    found, samples = shifts.stretches(pieces(pcm), SEALED)
    assert samples == len(pcm)
    for one in found:
        assert (pcm[one.start : one.end] == MEETING[one.origin : one.origin_end]).all()
    return found


def told(pcm: Samples) -> Verdict:
    verdict = Verdict()
    shifts.tell("recording.flac", found_in(pcm), len(pcm), SEALED, verdict)
    return verdict


def said(verdict: Verdict) -> list[str]:
    return [one.says for one in verdict.findings]


def may_be_shifted(pcm: Samples) -> bool:
    return shifts.may_be_shifted(leaves_of(sound.by_second(pieces(pcm), RATE)), SEALED.leaves)


def test_the_sealed_recording_is_one_stretch() -> None:
    assert found_in(MEETING) == [Stretch(0, 0, WHOLE)]
    assert not may_be_shifted(MEETING) and told(MEETING).findings == []


@pytest.mark.parametrize("cut", [1, 7, 300, 999])
@pytest.mark.parametrize("at", [4321, 30_000, 58_100])
def test_part_of_a_second_cut_out(at: int, cut: int) -> None:
    pcm = np.delete(MEETING, np.s_[at : at + cut])
    second, last = at // RATE, (at + cut - 1) // RATE
    assert may_be_shifted(pcm)
    assert found_in(pcm) == [
        Stretch(0, 0, second * RATE),
        Stretch((last + 1) * RATE - cut, (last + 1) * RATE, WHOLE - (last + 1) * RATE),
    ]
    verdict = told(pcm)
    assert verdict.completeness == "incomplete"
    assert verdict.findings[0].seconds == tuple(range(second, last + 1))
    length = f"{cut / RATE:.3g} s" if cut > 9 else f"{cut} ms"
    assert f"{length} are missing, of second" in said(verdict)[0]


def test_part_of_a_second_put_in() -> None:
    verdict = told(np.insert(MEETING, 31_500, noise(0.25)))
    assert said(verdict) == ["At its 0:31, 0.25 s were inserted."]
    assert (verdict.integrity, verdict.completeness, verdict.findings[0].seconds) == ("altered", "complete", (31,))


def test_the_beginning_and_the_end_cut_off_within_a_second() -> None:
    verdict = told(MEETING[1300:-600])
    assert [one.seconds for one in verdict.findings] == [(0, 1), (0, 1), (59, 60), (59, 60)]
    assert said(verdict)[0] == "At its 0:00, 1.3 s are missing, of seconds 0 to 1 (0:00 to 0:01)."
    assert said(verdict)[2] == "At its 0:57, 0.6 s are missing, of seconds 59 to 60 (0:59 to 1:00)."


def test_other_edits_beside_a_shift_are_named_as_well() -> None:
    pcm = np.delete(MEETING, np.s_[5000:5300])
    pcm[12_000] += 1
    pcm = np.concatenate([pcm[:30_700], pcm[33_700:40_700], pcm[30_700:33_700], pcm[40_700:]])
    verdict = told(pcm)
    assert "At its 0:11, 1.0 s of other sound stand in the place of second 12 (0:12)." in said(verdict)
    assert sum("the order is broken" in one for one in said(verdict)) == 3


def test_a_shift_within_silence_is_found_behind_it() -> None:
    pcm = np.delete(MEETING, np.s_[GAP[0] * RATE + 900 : GAP[0] * RATE + 1100])
    verdict = told(pcm)
    assert verdict.exit_code == 1
    assert sum(one.length for one in found_in(pcm)) >= WHOLE - 3 * RATE


def test_sound_of_another_meeting_is_nowhere() -> None:
    assert found_in(noise(200)) == []


@settings(max_examples=60, deadline=None)
@given(cuts=some.lists(some.tuples(some.integers(0, WHOLE - 1), some.integers(1, 5000)), min_size=1, max_size=4))
def test_whatever_is_cut_out_what_is_left_is_found_and_what_is_not_is_told(cuts: list[tuple[int, int]]) -> None:
    kept = np.ones(WHOLE, dtype=np.bool_)
    for at, length in cuts:
        kept[at : at + length] = False
    pcm = MEETING[kept]
    found = found_in(pcm)
    whole = [second for second in range(60) if kept[second * RATE : (second + 1) * RATE].all()]
    covered = {second for one in found for second in range(one.origin // RATE, -(-one.origin_end // RATE))}
    silent = set(range(GAP[0], GAP[1] + 1)) | {40, 50}  # equal ones: which of them it is, nobody can tell
    assert set(whole) - silent <= covered
    if found:
        verdict = told(pcm)
        assert verdict.exit_code == 1


def test_a_meeting_of_hours_is_never_in_memory_as_a_whole() -> None:
    meeting = np.random.default_rng(3).integers(-3000, 3000, 1200 * RATE, dtype=np.int16)
    long = sealed(meeting)
    pcm = np.delete(meeting, np.s_[100_500:100_800])
    tracemalloc.start()
    found, _ = shifts.stretches(pieces(pcm), long)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [one.origin for one in found] == [0, 101_000]
    assert most < pcm.nbytes / 4
