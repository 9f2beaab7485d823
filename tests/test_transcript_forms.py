"""Five files of one transcript: the same words at the same times in each of them."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import av
import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import spoken
from appliance.finisher.formats import FORMS, Told
from appliance.finisher.text import SEATS, SENTENCE, Entry, Head, entries
from appliance.store.record import Gap, Mark
from appliance.store.transcript import Line, Passage, Word

pytestmark = pytest.mark.pure

RATE = 16_000
HEAD = Head("2026-03-02-K7QF", "Room 3", datetime(2026, 3, 2, 10, 2, 30, tzinfo=UTC), "synchronised", 3675.25, "base")
PASSAGES = [Passage(0, 25 * RATE, 9.0, 1.5, "base", 1.2, "beam 1"), Passage(25 * RATE, 3600 * RATE, 0.0, 0.1, "")]
GAPS = [Gap(1, 750 * RATE, 18 * RATE, "paused", True)]
MARKS = [Mark(800 * RATE, "objection", "Blue Heron", "2026-03-02T10:15:50.000Z", "synchronised")]


def said(start_s: float, text: str, confidence: float = 0.9) -> Line:
    parts = text.split()
    words = tuple(Word(part, start_s + n * 0.5, start_s + n * 0.5 + 0.4, confidence) for n, part in enumerate(parts))
    return Line(start_s, start_s + 0.5 * len(parts), text, "en", words)


LINES = [
    said(0.5, "Good morning, everybody."),
    said(5.0, "Who speaks first? I do, thank you."),
    Line(12.0, 20.0, "[unclear]", "en", ()),
    Line(724.0, 740.0, "[Cymraeg: gwrandewch / Welsh: listen] 12:04", "cy", ()),
    said(3600.0, "Tom & Ann said: x < y --> z", 0.3),
]
SEATED = [["A"] * 3, ["A", "A", "A", "B", None, "B", "B"], [], [], [None] * 9]


def told(lines: list[Line] = LINES, seats: Any = None, head: Head = HEAD) -> Told:
    return Told(head, entries(lines, GAPS, MARKS, RATE, seats), PASSAGES, GAPS, MARKS, RATE)


def made(form: str, account: Told) -> bytes:
    return next(one for one in FORMS if one.name == f"transcript.{form}").make(account)


Row = tuple[str, str]
"""A time, as people read it, and what stands there."""


def rows_of_txt(content: bytes) -> list[Row]:
    found = re.findall(r"^\[([\d:]+)\] (.*)$", content.decode(), re.M)
    return [(at, text) for at, text in found[:-1]]  # the last one is the end of the recording


def seconds(time: str) -> float:
    hour, minute, second = time.replace(",", ".").split(":")
    return int(hour) * 3600 + int(minute) * 60 + float(second)


def rows_of_vtt(content: bytes) -> list[Row]:
    rows = []
    for block in content.decode().removesuffix("\n").split("\n\n")[2:]:
        timing, text = block.split("\n")
        text = re.sub(r"^<v (Seat [A-Z])>", r"\1: ", text)
        for escaped, plain in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            text = text.replace(escaped, plain)
        rows.append((spoken(seconds(timing.split(" --> ")[0])), text))
    return rows


def rows_of_srt(content: bytes) -> list[Row]:
    rows = []
    for number, block in enumerate(content.decode().removesuffix("\n\n").split("\n\n"), start=1):
        counted, timing, text = block.split("\n")
        start, end = map(seconds, timing.split(" --> "))
        assert int(counted) == number and start < end
        rows.append((spoken(start), text))
    return rows


def rows_of_docx(content: bytes) -> list[Row]:
    paragraphs = [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    return [(at, text) for at, tab, text in (paragraph.partition("\t") for paragraph in paragraphs) if tab]


def lines_of_json(content: bytes) -> list[Row]:
    found = json.loads(content)["lines"]
    return [
        (spoken(line["start_s"]), (f"Seat {line['seat']}: " if line["seat"] else "") + line["text"]) for line in found
    ]


@pytest.mark.parametrize("seats", [None, SEATED])
def test_the_same_words_stand_at_the_same_times_in_all_of_them(seats: Any) -> None:
    account = told(seats=seats)
    rows = [(spoken(entry.start_s), entry.spoken) for entry in account.entries]
    assert rows_of_txt(made("txt", account)) == rows
    assert rows_of_vtt(made("vtt", account)) == rows
    assert rows_of_srt(made("srt", account)) == [(at, text.replace("-->", "->")) for at, text in rows]
    assert rows_of_docx(made("docx", account)) == rows
    heard = [(spoken(entry.start_s), entry.spoken) for entry in account.entries if entry.language]
    assert lines_of_json(made("json", account)) == heard
    assert len(heard) == (6 if seats else 5)


def test_a_line_of_two_people_becomes_two() -> None:
    found = [entry for entry in told(seats=SEATED).entries if entry.language]
    assert [(entry.seat, entry.text, entry.start_s, entry.end_s) for entry in found[:3]] == [
        ("A", "Good morning, everybody.", 0.5, 2.0),
        ("A", "Who speaks first?", 5.0, 6.4),
        ("B", "I do, thank you.", 6.5, 8.4),
    ]


def test_seats_are_explained_where_there_are_any() -> None:
    for form in ("txt", "docx"):
        words = rows_free(made(form, told(seats=SEATED)), form)
        assert SEATS in words and SENTENCE in words
        assert SEATS not in rows_free(made(form, told()), form)
        assert "Seat " not in rows_free(made(form, told()), form)


def rows_free(content: bytes, form: str) -> str:
    if form == "txt":
        return content.decode()
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def test_json_holds_what_is_known_of_every_word() -> None:
    found = json.loads(made("json", told(seats=SEATED)))
    assert (found["format"], found["version"], found["note"]) == ("candour-transcript", 1, SENTENCE)
    assert found["lines"][0] == {
        "start_s": 0.5,
        "end_s": 2.0,
        "text": "Good morning, everybody.",
        "language": "en",
        "seat": "A",
        "words": [
            {"word": "Good", "start_s": 0.5, "end_s": 0.9, "confidence": 0.9},
            {"word": "morning,", "start_s": 1.0, "end_s": 1.4, "confidence": 0.9},
            {"word": "everybody.", "start_s": 1.5, "end_s": 1.9, "confidence": 0.9},
        ],
    }
    assert found["lines"][-2]["language"] == "cy" and found["lines"][-1]["seat"] is None
    first = {"start_s": 0.0, "length_s": 25.0, "speech_s": 9.0, "model": "base", "settings": "beam 1"}
    assert found["passages"][0] == first and found["passages"][1]["model"] == ""
    assert found["gaps"] == [{"start_s": 750.0, "length_s": 18.0, "cause": "paused", "length_known": True}]
    assert found["marks"][0]["mark"] == "objection" and found["begun"] == "2026-03-02T10:02:30+00:00"


def test_what_the_computer_doubted_is_set_in_italics() -> None:
    paragraphs = docx.Document(io.BytesIO(made("docx", told()))).paragraphs
    italics = {p.text.partition("\t")[2]: any(run.italic for run in p.runs) for p in paragraphs if "\t" in p.text}
    assert italics["Tom & Ann said: x < y --> z"] and not italics["Good morning, everybody."]


def test_a_document_holds_nothing_of_the_machine_and_is_the_same_each_time() -> None:
    one = made("docx", told())
    assert one == made("docx", told())
    about = docx.Document(io.BytesIO(one)).core_properties
    assert (about.author, about.last_modified_by) == ("", "")
    assert about.created == about.modified == HEAD.begun
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_ffmpeg_reads_the_same_cues_from_subrip() -> None:
    account = told(seats=SEATED)
    with av.open(io.BytesIO(made("srt", account)), mode="r", format="srt") as opened:
        packets = [packet for packet in opened.demux() if packet.size]
    assert [packet.pts for packet in packets] == [round(entry.start_s * 1000) for entry in account.entries]


odd_texts = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("\0\x0b\x1f\r\n\u2028<>&'\"-\ufffe\U0001f600ש")),
    min_size=1,
    max_size=40,
)


@given(st.lists(odd_texts, max_size=5), st.lists(st.floats(0, 14_400), min_size=5, max_size=5))
def test_no_text_breaks_any_of_them(texts: list[str], times: list[float]) -> None:
    lines = [said(at, text) for text, at in zip(texts, sorted(times), strict=False) if text.split()]
    account = told(lines)
    count = len([entry for entry in account.entries if entry.text])
    assert len(account.entries) == count
    assert len(re.findall(r"^\d\d+:\d\d:\d\d\.\d{3} --> ", made("vtt", account).decode(), re.M)) == count
    assert len(re.findall(r"^\d\d+:\d\d:\d\d,\d{3} --> ", made("srt", account).decode(), re.M)) == count
    assert len(json.loads(made("json", account))["lines"]) == len(lines)
    assert len(rows_of_docx(made("docx", account))) == count


def test_where_nothing_was_said_every_form_is_still_a_file() -> None:
    silent = Told(HEAD, [], [], [], [], RATE)
    assert [bool(form.make(silent)) for form in FORMS] == [True, True, False, True, True]
    assert Entry(0.0, 1.0, "x").spoken == "x"
