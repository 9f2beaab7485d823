"""Re-encoded clips: found where they come from, what was done to them is said, and other sound is never found."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from appliance.bench import evidence_clips, reencoding
from appliance.bench.stage import RATE as RECORDED_RATE
from appliance.evidence import clip, clip_words, fingerprint, recognition, windows
from appliance.evidence.fingerprint import RATE, Sound, Words
from appliance.evidence.joins import Kind
from appliance.evidence.places import Sealed
from appliance.evidence.recognition import Recognised, recognise

MINUTE = 60 * RATE
LENGTH_S = 150


@cache
def speech(seed: int, seconds: int) -> Sound:
    """Syllables as a voice makes them: harmonics of a pitch under two resonances, with hiss and pauses between."""
    random = np.random.default_rng(seed)
    made: list[Sound] = []
    while sum(map(len, made)) < seconds * RATE:
        time = np.arange(round(random.uniform(0.08, 0.3) * RATE)) / RATE
        pitch = random.uniform(90, 230) * (1 + random.uniform(-0.2, 0.2) * time)
        sound = random.normal(0, 0.002, len(time))
        if random.random() > 0.2:
            low, high = random.uniform(300, 800), random.uniform(900, 2600)
            for harmonic in range(2, 34):
                hertz = harmonic * float(pitch[0])
                strength = np.exp(-(((hertz - low) / 150) ** 2)) + 0.5 * np.exp(-(((hertz - high) / 250) ** 2))
                if strength < 0.01:
                    continue
                sound += 0.1 * strength * np.sin(2 * np.pi * harmonic * pitch * time) * np.hanning(len(time))
        made.append(sound.astype(np.float32))
    return np.concatenate(made)[: seconds * RATE]


@cache
def words() -> Words:
    return fingerprint.fingerprint([speech(1, LENGTH_S)])


def part(first_s: float, end_s: float, seed: int = 1) -> Sound:
    return speech(seed, LENGTH_S)[round(first_s * RATE) : round(end_s * RATE)].copy()


def stretches(found: Recognised) -> list[tuple[float, float, float]]:
    return [(one.start / RATE, one.origin / RATE, one.length / RATE) for one in found.stretches]


def kinds(found: Recognised) -> list[Kind]:
    return [join.kind for join in found.joins]


def said(found: Recognised) -> str:
    return "\n".join(clip_words.of_recognised(found))


@pytest.mark.pure
def test_a_word_for_each_32_ms_in_whatever_pieces_the_sound_comes() -> None:
    sound = speech(1, LENGTH_S)
    assert len(words()) == (len(sound) - fingerprint.SPAN) // fingerprint.STEP + 1
    for pieces in ([sound[:1], sound[1:]], np.array_split(sound, 300), [sound[:MINUTE], sound[:0], sound[MINUTE:]]):
        assert np.array_equal(fingerprint.fingerprint(pieces), words())
    assert len(fingerprint.fingerprint([])) == len(fingerprint.fingerprint([sound[: fingerprint.SPAN - 1]])) == 0


@pytest.mark.pure
def test_no_more_of_a_meeting_is_held_than_some_seconds() -> None:
    taken = 0

    def minutes() -> Iterator[Sound]:
        nonlocal taken
        for at in range(0, LENGTH_S * RATE, RATE):
            taken += 1
            yield speech(1, LENGTH_S)[at : at + RATE]

    blocks = fingerprint._blocks(minutes())
    for n, block in enumerate(blocks, start=1):
        assert len(block) <= (fingerprint.BLOCK - 1) * fingerprint.STEP + fingerprint.SPAN
        assert taken * RATE <= n * fingerprint.BLOCK * fingerprint.STEP + fingerprint.SPAN + RATE or taken == LENGTH_S


@pytest.mark.pure
def test_level_changes_no_bit_and_silence_has_a_word_of_its_own() -> None:
    assert np.mean(fingerprint.fingerprint([speech(1, LENGTH_S) * np.float32(0.5)]) != words()) < 0.001
    assert not fingerprint.fingerprint([np.zeros(MINUTE, np.float32)]).any()
    assert np.mean(words() == fingerprint.UNHEARD) < 0.001


@pytest.mark.pure
@pytest.mark.parametrize("seed", range(20))
def test_a_clip_from_any_sample_is_found_under_noise(seed: int) -> None:
    random = np.random.default_rng(seed)
    start, length = random.uniform(0, 110), random.uniform(4, 39)
    sound = part(start, start + length) * random.uniform(0.2, 1.5)
    sound += random.normal(0, 0.1 * sound.std(), len(sound))
    (found,) = stretches(recognise(sound.astype(np.float32), words()))
    assert found == pytest.approx((0, start, length), abs=0.1)


@pytest.mark.pure
def test_three_seconds_cut_out_of_the_middle_are_named() -> None:
    found = recognise(np.concatenate([part(64, 77), part(80, 91)]), words())
    assert kinds(found) == [Kind.MISSING]
    assert stretches(found)[0] == pytest.approx((0, 64, 13), abs=0.5)
    assert stretches(found)[1] == pytest.approx((13, 80, 11), abs=0.5)
    assert found.joins[0].left_out / RATE == pytest.approx(3, abs=0.2)
    assert "From its 0:00 to 0:1" in said(found) and "is missing." in said(found)


@pytest.mark.pure
def test_swapped_parts_break_the_order() -> None:
    found = recognise(np.concatenate([part(10, 15), part(20, 25), part(15, 20), part(25, 35)]), words())
    assert [round(one[1]) for one in stretches(found)] == [10, 20, 15, 25]
    assert kinds(found) == [Kind.ORDER] * 3


@pytest.mark.pure
@pytest.mark.parametrize("silent", [False, True])
def test_other_sound_in_the_place_of_the_meetings_is_located(silent: bool) -> None:
    sound = part(30, 60)
    sound[12 * RATE : 16 * RATE] = 0 if silent else part(0, 4, seed=2)
    found = recognise(sound, words())
    (join,) = found.joins
    assert join.kind is Kind.ALTERED
    assert (join.start / RATE, join.length / RATE) == pytest.approx((12, 4), abs=0.6)
    assert "are not recognised, in the place of 0:4" in said(found)


@pytest.mark.pure
def test_inserted_sound_and_sound_at_the_ends() -> None:
    found = recognise(np.concatenate([part(30, 42), part(0, 5, seed=2), part(42, 60)]), words())
    assert kinds(found) == [Kind.INSERTED]
    assert found.joins[0].left_out / RATE == pytest.approx(-5, abs=0.2)
    around = recognise(np.concatenate([part(0, 5, seed=2), part(42, 60), part(9, 15, seed=2)]), words())
    assert kinds(around) == [Kind.FOREIGN] * 2
    assert stretches(around)[0] == pytest.approx((5, 42, 18), abs=1)


@pytest.mark.pure
def test_a_clip_that_runs_a_little_fast_is_one_stretch() -> None:
    sound = part(30, 90)
    faster = np.interp(np.arange(0, len(sound) - 1, 1.001), np.arange(len(sound)), sound).astype(np.float32)
    found = recognise(faster, words())
    assert (len(found.stretches), found.joins) == (1, ())


@pytest.mark.pure
@pytest.mark.parametrize("seed", range(20))
def test_no_clip_of_another_meeting_is_found(seed: int) -> None:
    found = recognise(part(seed * 6, seed * 6 + 30, seed=2), words())
    assert (found.stretches, kinds(found)) == ((), [Kind.FOREIGN])
    assert said(found) == "At its 0:00, 30.0 s are not recognised."


def steady(kind: str) -> Sound:
    time = np.arange(20 * RATE) / RATE
    random = np.random.default_rng(3)
    sounds = {
        "silence": np.zeros(len(time)),
        "noise": random.normal(0, 0.1, len(time)),
        "a tone": 0.3 * np.sin(2 * np.pi * 440 * time),
        "a buzz": 0.01 * sum(np.sin(2 * np.pi * 217 * n * time) for n in range(1, 16)),
        "a constant": np.full(len(time), 0.1),
        "clicks": (np.arange(len(time)) % 4000 == 0) * 0.5,
    }
    return np.asarray(sounds[kind], dtype=np.float32)


@pytest.mark.pure
@pytest.mark.parametrize("kind", ["silence", "noise", "a tone", "a buzz", "a constant", "clicks"])
def test_sound_that_says_nothing_is_found_nowhere(kind: str) -> None:
    assert recognise(steady(kind), words()).stretches == ()


@pytest.mark.pure
@pytest.mark.parametrize("kind", ["silence", "a tone", "a buzz"])
def test_the_same_steady_sound_in_two_rooms_is_no_match(kind: str) -> None:
    """The clip's own microphone adds its noise, and so does the meeting's."""
    random = np.random.default_rng(4)
    rooms = [steady(kind) + random.normal(0, 0.001, 20 * RATE).astype(np.float32) for _ in range(2)]
    meeting = np.concatenate([part(0, 60), rooms[0], part(60, 90)])
    assert recognise(rooms[1], fingerprint.fingerprint([meeting])).stretches == ()


@pytest.mark.pure
def test_what_is_too_short_is_called_so_and_a_little_more_is_found() -> None:
    assert round(recognition.SHORTEST_S, 1) == 3.5
    found = recognise(part(60, 60 + recognition.SHORTEST_S - 0.01), words())
    assert (found.stretches, kinds(found)) == ((), [Kind.TOO_SHORT])
    assert said(found) == "It is too short to be recognised: 3.5 s are needed."
    assert len(recognise(part(60, 60 + recognition.SHORTEST_S + 0.01), words()).stretches) == 1


@pytest.mark.pure
def test_in_a_meeting_that_is_too_short_nothing_is_found() -> None:
    for meeting in (words()[:0], words()[: windows.WINDOW - 1]):
        assert recognise(part(0, 10), meeting).stretches == ()


@pytest.mark.pure
def test_the_way_goes_through_the_likeliest_places_and_through_none() -> None:
    costs = np.full((300, 2), 0.5, dtype=np.float32)
    costs[:100, 0] = costs[200:, 1] = 0.1
    costs[40:45, 0] = 0.5  # no change is worth so little
    assert recognition.way(costs).tolist() == [0] * 100 + [2] * 100 + [1] * 100


@cache
def real() -> tuple[reencoding.Samples, Words, Sealed]:
    meeting, _ = evidence_clips.meetings()
    heard = reencoding.heard(reencoding.encoded(meeting, reencoding.PLAIN), RATE)
    return meeting, fingerprint.fingerprint(heard), evidence_clips.sealed(meeting)


@pytest.mark.parametrize("form", reencoding.FORMS, ids=lambda form: form.name)
def test_real_clips_that_a_messenger_passed_on(form: reencoding.Form) -> None:
    meeting, its_words, its_seconds = real()
    random = np.random.default_rng(len(form.name))
    for quieter in (1.0, evidence_clips.QUIETER, 1.0, evidence_clips.QUIETER):
        start, end = evidence_clips.cut(random, len(meeting), 4)
        file = reencoding.encoded((meeting[start:end] * quieter).astype(np.int16), form)
        found = recognise(np.concatenate(list(reencoding.heard(file, RATE))), its_words)
        first, last = found.stretches[0], found.stretches[-1]
        assert first.origin / RATE == pytest.approx(start / RECORDED_RATE, abs=1)
        assert last.origin_end / RATE == pytest.approx(end / RECORDED_RATE, abs=1)
        assert found.joins == ()
    short = reencoding.encoded(meeting[start : start + round(1.99 * RECORDED_RATE)], form)
    assert clip.find(reencoding.as_pcm(short), its_seconds).runs == ()


def test_the_bench_counts_what_it_finds_and_says_what_breaks_a_promise() -> None:
    result = evidence_clips.run(exact=3, reencoded=1, foreign=1)
    assert evidence_clips.failures(result) == []
    assert "as it is                     3     3          3      3            3" in evidence_clips.table(result)
    rows = result["rows"]
    rows[evidence_clips.AS_IT_IS]["near"] = 2
    rows[reencoding.FORMS[0].name] |= {"near": 0, "exact": 1}
    rows[evidence_clips.OTHER]["found"] = 1
    assert evidence_clips.failures(result) == [
        "2 of 3 exact clips were located to the sample",
        "0 of 1 re-encoded clips were located within 1 s",
        "1 of 1 clips were called exact: MP3 64 kbit/s",
        "1 of 1 clips of another meeting were found in this one",
    ]
