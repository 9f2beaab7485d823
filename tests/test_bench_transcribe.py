"""What `scripts/bench transcribe` counts is what was said and written."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from appliance.bench.transcribe import beside, corpus, kills, long, meeting, noise, stop, table
from appliance.bench.transcribe.reader import DEFAULTS, INCREMENTAL, WHOLE
from appliance.bench.transcribe.words import Count, Found, Timed, count, found_again, lateness
from appliance.store import wav
from appliance.store.folders import Folders
from appliance.store.transcript import Line, Word
from appliance.transcriber.durable import durable

pytestmark = pytest.mark.pure

RATE = 16_000


@pytest.mark.parametrize(
    ("said", "written", "counted"),
    [
        ("The light is on.", "the light is on", Count(4)),
        ("The light is on.", "The night is on", Count(4, mistaken=1)),
        ("The light is on.", "The light on", Count(4, lost=1)),
        ("The light is on.", "", Count(4, lost=4)),
        ("The light is on.", "The light is on on and on", Count(4, invented=3)),
        ("I'm here, Mr. Hughes.", "I am here mister Hughes", Count(5)),
        ("", "Thank you.", Count(invented=2)),
        ("", "[unclear]", Count()),
    ],
)
def test_words_are_counted_as_the_field_does(said: str, written: str, counted: Count) -> None:
    assert count(said, written) == counted


def test_counts_of_meetings_make_one() -> None:
    together = Count(90, 1, 2, 3) + Count(10, 4, 0, 0)
    assert together == Count(100, 5, 2, 3)
    assert together.error_rate == 10.0


def test_a_word_is_found_where_it_was_said_though_others_are_wrong() -> None:
    said = [
        Timed(word, float(at)) for at, word in enumerate(["We", "meet", "again", "in", "June", "and", "in", "July"])
    ]
    written = [Timed("meet", 1.1), Timed("again,", 2.0), Timed("on", 2.9), Timed("June.", 4.2), Timed("in", 6.0)]
    assert found_again(said, written) == [Found(1, 1.1), Found(2, 2.0), Found(4, 4.2), Found(6, 6.0)]
    assert found_again(said, []) == []


def test_a_clock_that_goes_wrong_is_seen_between_beginning_and_end() -> None:
    found = [Found(float(at), at * 1.001) for at in range(2001)]
    told = lateness(found, edge_s=100)
    assert told["median late at the beginning"] == pytest.approx(0.05, abs=0.001)
    assert told["median late at the end"] == pytest.approx(1.95, abs=0.001)
    assert told["median error"] == pytest.approx(1.0)
    assert told["within 1 s, %"] == pytest.approx(50, abs=0.1)
    assert told["greatest error"] == pytest.approx(2.0)


def a_corpus(folder: Path) -> Path:
    rows = ["kind\tpath\tseconds\ttext"]
    for name, seconds, text in (("a", 1.0, 'She said "yes".'), ("b", 2.0, "No."), ("long", 61.0, "Well")):
        soundfile.write(folder / f"{name}.flac", np.full(round(seconds * RATE), 99, "<i2"), RATE)
        rows.append(f"read\t{name}.flac\t{seconds}\t{text}")
    rows.append("noise\tb.flac\t2.0\t")
    (folder / "manifest.tsv").write_text("\n".join(rows) + "\n")
    return folder


def test_short_clips_make_one_meeting_with_pauses_that_are_never_silent(tmp_path: Path) -> None:
    long, short, sample = corpus.speech([a_corpus(tmp_path)])
    assert (long.name, long.text) == ("read/long", "Well")
    assert (short.name, short.text) == ("read", 'She said "yes". No.')
    assert sample.kind == "sample"
    assert "This meeting is recorded." in sample.text
    samples = short.samples()
    assert 3.6 <= samples.size / RATE <= 4.2
    pause = samples[RATE : -2 * RATE]
    assert set(samples[:RATE]) == {99}
    assert 5 < pause.std() < 20
    assert len(set(pause)) > 20


def test_a_short_sound_is_heard_for_half_a_minute(tmp_path: Path) -> None:
    (clip,) = noise.clips([a_corpus(tmp_path)])
    assert 30 <= clip.samples.size / RATE < 34
    assert not clip.voices
    assert all(sound.samples.size >= 30 * RATE for sound in noise.made())


def test_a_meeting_of_the_bench_is_what_a_transcriber_expects(tmp_path: Path) -> None:
    sound = np.arange(5 * RATE // 2, dtype="<i2")
    recording = meeting.Recording(tmp_path)
    recording.add(sound[:RATE])
    recording.close()
    again = meeting.Recording(tmp_path)
    again.add(sound[RATE:])
    extent = durable(Folders(tmp_path), again.folder)
    assert extent is not None
    assert (extent.samples, extent.ended) == (sound.size, False)
    again.end()
    extent = durable(Folders(tmp_path), again.folder)
    assert extent is not None
    assert extent.over
    again.close()
    assert wav.pcm(again.folder.master, 0, sound.size) == sound.tobytes()
    assert meeting.cursor(again.folder).transcribed == 0


def result(way: str, wrong: int, cpu_s: float = 1.0, peak_mb: float = 500.0, *, loop: bool = False) -> dict[str, Any]:
    words = {"said": 100, "mistaken": wrong, "lost": 0, "invented": 0}
    return {"set": "x", "way": way, "cpu_s": cpu_s, "seconds": 10.0, "peak_mb": peak_mb, "count": words, "loop": loop}


@pytest.mark.parametrize(
    ("own", "word"),
    [
        (result(INCREMENTAL, 11), None),
        (result(INCREMENTAL, 12), "2.00 more words"),
        (result(INCREMENTAL, 10, cpu_s=1.3), "1.30 times"),
        (result(INCREMENTAL, 10, peak_mb=651), "651 MB"),
        (result(INCREMENTAL, 10, loop=True), "circles"),
    ],
)
def test_a_broken_limit_is_a_sentence(own: dict[str, Any], word: str | None) -> None:
    said = table.failures([result(WHOLE, 10, 0.9), result(DEFAULTS, 9, 1.0), own])
    assert len(said) == (word is not None)
    assert not word or word in said[0]


def test_a_line_where_nobody_speaks_is_a_failure_unless_there_are_voices() -> None:
    heard = {"name": "hens", "voices": False, "complete": True, "lines": [{"text": "Thank you."}]}
    assert noise.failures([heard]) == ["Nobody speaks in hens, but there stands: Thank you."]
    assert noise.failures([heard | {"voices": True}]) == []
    assert noise.failures([heard | {"lines": []}]) == []
    assert noise.failures([heard | {"lines": [], "complete": False}]) == ["hens was not read to its end."]


def line(start_s: float, end_s: float, *words: tuple[float, float]) -> Line:
    return Line(start_s, end_s, "word", "en", tuple(Word("word", *times, 0.9) for times in words))


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([line(0, 2, (0, 1), (1, 2)), line(2, 3), line(3, 4)], 0),
        ([line(0, 2), line(1.9, 3)], 1),
        ([line(5, 6), line(0, 1)], 1),
        ([line(0, 2, (0, 1.2), (1.1, 2))], 1),
        ([line(1, 2, (0.9, 2))], 1),
        ([line(2, 1)], 1),
    ],
)
def test_lines_that_overlap_or_go_back_are_counted(lines: list[Line], wrong: int) -> None:
    assert long.disorder(lines) == wrong


LONG = {
    "lines out of order": 0,
    "word start, s: median error": 0.3,
    "word start, s: within 1 s, %": 95.0,
    "word start, s: median late at the beginning": 0.0,
    "word start, s: median late at the end": 0.09,
    "peak memory, MB": 500.0,
}


@pytest.mark.parametrize(
    ("what", "figure"),
    [
        ("lines out of order", 1),
        ("word start, s: median error", 0.31),
        ("word start, s: within 1 s, %", 94.9),
        ("word start, s: median late at the end", -0.11),
        ("peak memory, MB", 650.0),
    ],
)
def test_each_limit_of_a_long_meeting_is_looked_at(what: str, figure: float) -> None:
    assert long.failures(LONG) == []
    assert len(long.failures(LONG | {what: figure})) == 1


def test_whatever_differs_after_kills_is_counted_at_its_place() -> None:
    assert kills.differing("abc", "abc") == 0
    assert kills.differing("abc", "axc") == 1
    assert kills.differing("abc", "ab") == 1
    assert kills.differing("", "ab") == 2
    same = {"kills": 50, "lines that differ": 0, "passages that differ": 0}
    assert kills.failures(same) == []
    assert kills.failures(same | {"lines that differ": 2}) == ["After 50 kills there are 2 lines that differ."]


def test_a_stop_is_judged_by_the_median_of_its_length() -> None:
    seconds = ((2, 4.0), (2, 90.0), (2, 5.0), (10, 31.0))
    found = [{"minutes": minutes, "read to the last sample, s": read_s} for minutes, read_s in seconds]
    assert stop.medians(found) == {2: 5.0, 10: 31.0}
    (said,) = stop.failures(found)
    assert said.startswith("A meeting of 10 minutes was read only 31.0 s after the stop")


def test_a_delayed_second_is_a_failure_and_so_is_an_idle_transcriber() -> None:
    told = {
        "alone: median s from a second's end": 0.01,
        "beside a transcriber: median s from a second's end": 0.02,
        "beside a transcriber: greatest s": 0.5,
        "transcriber, % of a core meanwhile": 90.0,
    }
    assert beside.failures(told) == []
    assert len(beside.failures(told | {"beside a transcriber: median s from a second's end": 0.2})) == 1
    assert len(beside.failures(told | {"beside a transcriber: greatest s": 1.1})) == 1
    assert len(beside.failures(told | {"transcriber, % of a core meanwhile": 3.0})) == 1
