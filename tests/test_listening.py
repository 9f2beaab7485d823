"""Listening on the page: the words, gaps and marks of the copy that everybody has, also without scripts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from test_web import OWN, gets_ticket, text
from web_room import MEETING, RATE, BoxOnTheTable, HandClock

from appliance.store import record
from web import create_app
from web.waveform import BARS, Heard, waveform

pytestmark = pytest.mark.pure
SOUND = bytes(range(256)) * 40


def word(said: str, at: float, confidence: float = 0.9) -> dict[str, Any]:
    return {"word": said, "start_s": at, "end_s": at + 0.4, "confidence": confidence}


def line(said: str, at: float, seat: str | None = None, language: str = "en", sure: float = 0.9) -> dict[str, Any]:
    words = [word(one, at + 0.5 * n, sure) for n, one in enumerate(said.split())]
    return {"start_s": at, "end_s": at + 3, "text": said, "language": language, "seat": seat, "words": words}


TOLD = {
    "format": "candour-transcript",
    "note": "Made by a computer: the audio is the record. About one word in three was wrong in a test.",
    "lines": [
        line("Good morning, everybody.", 0.5, "A"),
        line("<b>Bold</b> & \"so\"", 7.25, "B"),
        line("mumbled words", 64.0, sure=0.3),
        line("Bore da.", 70.0, language="cy"),
        {**line("Not what its words are.", 75.0), "words": [word("other", 75.0)]},
    ],
    "gaps": [{"start_s": 20.0, "length_s": 30.0, "cause": "paused", "length_known": True}],
    "marks": [{"at_s": 20.0, "mark": "objection", "detail": "", "wall": "", "clock_trust": "rtc"}],
}  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> BoxOnTheTable:
    return BoxOnTheTable(tmp_path, HandClock())


@pytest.fixture
def parent(table: BoxOnTheTable) -> FlaskClient:
    client = create_app(table.settings, table.clock).test_client()
    table.opens()
    gets_ticket(client)
    table.records(90)
    return client


def ends_with_transcript(table: BoxOnTheTable, told: dict[str, Any], sound: bytes = SOUND) -> None:
    db = record.own(table.folders.meeting(MEETING))
    record.add_gap(db, 20 * RATE, 30 * RATE, "paused")
    db.close()
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", sound)
    table.makes("transcript.txt", "text/plain", b"words")
    table.makes("transcript.json", "application/json", json.dumps(told).encode())


def test_everything_that_was_said_at_its_time(table: BoxOnTheTable, parent: FlaskClient) -> None:
    ends_with_transcript(table, TOLD)
    assert f'href="/listen/{MEETING}"' in text(parent, "/mine")
    page = text(parent, f"/listen/{MEETING}")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    order = [
        "0:00 Seat A: Good morning, everybody.", "0:07 Seat B: &lt;b&gt;Bold&lt;/b&gt; &amp; &#34;so&#34;",
        "0:20 (objection)", "0:20 (no recording for 0:30: paused)", "1:04 mumbled words", "1:10 Bore da.",
        "1:15 Not what its words are.",
    ]  # fmt: skip
    places = [plain.index(one) for one in order]
    assert places == sorted(places)
    assert '<span class="unsure">mumbled</span> <span class="unsure">words</span>' in page
    assert page.count('class="unsure"') == 3  # and once to say what that is
    assert f'href="/hear/{MEETING}#t=64.0"' in page and '<span lang="cy">' in page
    assert "Made by a computer: the audio is the record." in page and "About one word in three" in page
    assert "style=" not in page and "<script>" not in page


def test_the_sound_comes_in_parts_and_is_not_yet_a_copy_taken(table: BoxOnTheTable, parent: FlaskClient) -> None:
    ends_with_transcript(table, TOLD)
    with parent.get(f"/hear/{MEETING}", headers={"Range": "bytes=1000-1999"}) as answer:
        assert (answer.status_code, answer.data) == (206, SOUND[1000:2000])
    with parent.get(f"/hear/{MEETING}") as answer:
        assert answer.data == SOUND and "attachment" not in answer.headers.get("Content-Disposition", "")
    assert "have taken a copy" not in text(parent, "/mine") and "you have taken" not in text(parent, "/mine")


def test_before_there_is_a_transcript_there_is_the_sound(table: BoxOnTheTable, parent: FlaskClient) -> None:
    assert parent.get(f"/listen/{MEETING}").status_code == parent.get(f"/hear/{MEETING}").status_code == 404
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    page = text(parent, f"/listen/{MEETING}")
    assert "The transcript is being written" in page and "<audio" in page and "<svg" in page


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_transcript_that_cannot_be_read_costs_nobody_the_sound(
    content: bytes, table: BoxOnTheTable, parent: FlaskClient
) -> None:
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    table.makes("transcript.json", "application/json", content)
    assert "<audio" in text(parent, f"/listen/{MEETING}")


def test_only_for_those_who_hold_a_ticket(table: BoxOnTheTable, parent: FlaskClient) -> None:
    ends_with_transcript(table, TOLD)
    stranger = create_app(table.settings, table.clock).test_client()
    assert stranger.get(f"/listen/{MEETING}").status_code == stranger.get(f"/hear/{MEETING}").status_code == 403
    assert parent.post(f"/listen/{MEETING}", headers=OWN).status_code == 405


def test_the_drawing_has_a_bar_for_every_stretch_and_never_more_than_fit() -> None:
    loud, quiet = Heard(-6.0, speech=True), Heard(-200.0, speech=False)
    drawn = waveform([loud, quiet, quiet, loud], [(1.0, 2.0)], [3.0], 4.0)
    assert drawn.speech == "M125 5v90M875 5v90" and drawn.other == "M375 49v2M625 49v2"
    assert (drawn.gaps, drawn.marks) == ([(250.0, 500.0)], [750.0])
    for length in (0, 1, BARS, BARS + 1, 12 * 3600):
        drawn = waveform([loud] * length, [], [], float(length))
        assert drawn.speech.count("M") <= BARS and bool(drawn.speech) == bool(length)
