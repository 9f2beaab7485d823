"""The transcript as people and players get it: the whole text, letter by letter."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import av
import pytest

from appliance.finisher.text import SENTENCE, Entry, Head, entries, txt, vtt
from appliance.store.record import Gap, Mark
from appliance.store.transcript import Line

pytestmark = pytest.mark.pure

RATE = 16_000
HEAD = Head(
    meeting="2026-03-02-K7QF",
    room="Room 3",
    begun=datetime(2026, 3, 2, 10, 2, 30, tzinfo=UTC),
    clock_trust="synchronised",
    length_s=3675.25,
    model="whisper base",
)


def line(start_s: float, end_s: float, text: str) -> Line:
    return Line(start_s, end_s, text, "en", ())


def gap(start_s: float, length_s: float, cause: str, *, length_known: bool = True) -> Gap:
    return Gap(1, round(start_s * RATE), round(length_s * RATE), cause, length_known)


def mark(at_s: float, name: str, detail: str = "") -> Mark:
    return Mark(round(at_s * RATE), name, detail, "2026-03-02T10:02:30.000Z", "synchronised")


MEETING = entries(
    [
        line(0.4, 3.2, "Good morning, everybody."),
        line(724.0, 729.5, "Tom & Ann said: x < y --> z"),
        line(768.0, 770.0, "It is\n\n10:21, and we go on."),
        line(3600.0, 3600.0, "Yes."),
        line(3605.0, 3606.0, "   "),
    ],
    [
        gap(750, 18, "paused"),
        gap(900, 10, "power cut or restart of the box", length_known=False),
        gap(1000.5, 0.25, "the microphone lost sound"),
    ],
    [
        mark(0, "started by the button"),
        mark(750, "paused by the button"),
        mark(768, "resumed by the button"),
        mark(800, "objection", "Blue Heron"),
    ],
    RATE,
)

TXT = """\
Transcript of the meeting 2026-03-02-K7QF

Room:    Room 3
Begun:   Monday 2 March 2026, 10:02 UTC
Length:  1:01:15
Model:   whisper base

Made by a computer: the audio is the record.
The times in brackets are places in the recording.

[0:00] (started by the button)
[0:00] Good morning, everybody.
[12:04] Tom & Ann said: x < y --> z
[12:30] (paused by the button)
[12:30] (no recording for 0:18: paused)
[12:48] (resumed by the button)
[12:48] It is 10:21, and we go on.
[13:20] (objection: Blue Heron)
[15:00] (no recording: power cut or restart of the box; length not known, 0:10 of silence stands for it)
[16:40] (no recording for 0.2 seconds: the microphone lost sound)
[1:00:00] Yes.
[1:01:15] (end of the recording)
"""

VTT = """\
WEBVTT

NOTE
Made by a computer: the audio is the record.
Meeting 2026-03-02-K7QF, Room 3

00:00:00.000 --> 00:00:02.000
(started by the button)

00:00:00.400 --> 00:00:03.200
Good morning, everybody.

00:12:04.000 --> 00:12:09.500
Tom &amp; Ann said: x &lt; y --&gt; z

00:12:30.000 --> 00:12:32.000
(paused by the button)

00:12:30.000 --> 00:12:48.000
(no recording for 0:18: paused)

00:12:48.000 --> 00:12:50.000
(resumed by the button)

00:12:48.000 --> 00:12:50.000
It is 10:21, and we go on.

00:13:20.000 --> 00:13:22.000
(objection: Blue Heron)

00:15:00.000 --> 00:15:10.000
(no recording: power cut or restart of the box; length not known, 0:10 of silence stands for it)

00:16:40.500 --> 00:16:40.750
(no recording for 0.2 seconds: the microphone lost sound)

01:00:00.000 --> 01:00:00.001
Yes.
"""


def cues(content: str) -> list[tuple[str, str, str]]:
    """What a strict reader of WebVTT finds: blocks between empty lines, the arrow in timings only."""
    first, *blocks = content.removesuffix("\n").split("\n\n")
    assert first == "WEBVTT"
    found = []
    for block in blocks:
        timing, *lines = block.split("\n")
        if timing == "NOTE":
            assert "-->" not in block
            continue
        times = re.fullmatch(r"(\d{2,}:[0-5]\d:[0-5]\d\.\d{3}) --> (\d{2,}:[0-5]\d:[0-5]\d\.\d{3})", timing)
        assert times, timing
        assert len(lines) == 1 and "-->" not in lines[0] and not re.search(r"<|&(?!amp;|lt;|gt;)", lines[0])
        found.append((times[1], times[2], lines[0]))
    return found


def test_a_person_reads_it() -> None:
    assert txt(HEAD, MEETING) == TXT


def test_a_player_shows_it() -> None:
    assert vtt(HEAD, MEETING) == VTT


def test_cues_are_in_order_and_none_is_empty() -> None:
    found = cues(vtt(HEAD, MEETING))
    assert len(found) == len(MEETING)
    assert [start for start, _, _ in found] == sorted(start for start, _, _ in found)
    assert all(start < end for start, end, _ in found)


def test_ffmpeg_reads_the_same_cues() -> None:
    with av.open(io.BytesIO(vtt(HEAD, MEETING).encode()), mode="r", format="webvtt") as opened:
        packets = [packet for packet in opened.demux() if packet.size]
    assert [(packet.pts, packet.duration) for packet in packets] == [
        (round(entry.start_s * 1000), max(1, round((entry.end_s - entry.start_s) * 1000))) for entry in MEETING
    ]
    assert bytes(packets[2]) == b"Tom &amp; Ann said: x &lt; y --&gt; z"


def test_a_clock_that_nobody_set_is_said_so() -> None:
    assert "10:02 UTC by the box's own clock, which may be wrong\n" in txt(replace(HEAD, clock_trust="unknown"), [])
    not_compared = "10:02 UTC from the box's own clock, not compared with a time server\n"
    assert not_compared in txt(replace(HEAD, clock_trust="rtc"), [])
    assert "Begun:   not known\n" in txt(replace(HEAD, begun=None), [])


def test_where_nobody_spoke_there_is_still_a_head() -> None:
    silent = replace(HEAD, model="", length_s=5)
    assert "Model:   none; nobody was heard to speak\n" in txt(silent, [])
    assert txt(silent, []).endswith("\n\n[0:05] (end of the recording)\n")
    assert cues(vtt(silent, [])) == [] and SENTENCE in vtt(silent, [])


def test_no_name_breaks_out_of_its_line() -> None:
    bad = replace(HEAD, room="Room\n\n00:00:01.000 --> 00:00:09.000\n<b>4", meeting="m\r\n-->")
    assert cues(vtt(bad, [Entry(1.0, 2.0, "said")])) == [("00:00:01.000", "00:00:02.000", "said")]
    assert "Room:    Room 00:00:01.000 --> 00:00:09.000 <b>4\n" in txt(bad, [])


def test_a_meeting_longer_than_a_day_counts_hours_on() -> None:
    assert cues(vtt(HEAD, [Entry(360_000.0, 360_000.5, "still here")]))[0][:2] == ("100:00:00.000", "100:00:00.500")
