"""The transcript as files: text to read, and WebVTT for players. Pure.

Times are in seconds of the master, so that they hold in every copy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from appliance.clock import in_words, spoken
from appliance.store.record import Gap, Mark
from appliance.store.transcript import Line

SENTENCE = "Made by a computer: the audio is the record."
MARK_SHOWN_S = 2.0  # how long a player shows what happened at one moment


@dataclass(frozen=True)
class Head:
    """What stands above a transcript; `begun` is None where no clock was written down."""

    meeting: str
    room: str
    begun: datetime | None
    clock_trust: str
    length_s: float
    model: str


@dataclass(frozen=True)
class Entry:
    """Something at a time: words that were said, or (in brackets) what else there is to know."""

    start_s: float
    end_s: float
    text: str


def entries(lines: Iterable[Line], gaps: Iterable[Gap], marks: Iterable[Mark], rate: int) -> list[Entry]:
    """Everything in the order of time; at the same moment marks are first, then gaps, then words."""
    found = [_mark(mark, rate) for mark in marks]
    found += [_gap(gap, rate) for gap in gaps]
    found += [Entry(line.start_s, line.end_s, _one_line(line.text)) for line in lines if line.text.strip()]
    return sorted(found, key=lambda entry: entry.start_s)


def txt(head: Head, found: Iterable[Entry]) -> str:
    """The text for people."""
    about = [
        f"Transcript of the meeting {_one_line(head.meeting)}",
        "",
        f"Room:    {_one_line(head.room)}",
        f"Begun:   {_begun(head)}",
        f"Length:  {spoken(head.length_s)}",
        f"Model:   {_one_line(head.model) or 'none; nobody was heard to speak'}",
        "",
        SENTENCE,
        "The times in brackets are places in the recording.",
        "",
    ]
    body = [f"[{spoken(entry.start_s)}] {entry.text}" for entry in found]
    return "\n".join([*about, *body, f"[{spoken(head.length_s)}] (end of the recording)", ""])


def vtt(head: Head, found: Iterable[Entry]) -> str:
    """WebVTT (W3C, https://www.w3.org/TR/webvtt1/), one cue for each entry."""
    note = f"NOTE\n{SENTENCE}\nMeeting {_escaped(_one_line(head.meeting))}, {_escaped(_one_line(head.room))}"
    return "\n\n".join(["WEBVTT", note, *map(_cue, found)]) + "\n"


def _mark(mark: Mark, rate: int) -> Entry:
    said = f"{mark.mark}: {mark.detail}" if mark.detail else mark.mark
    return Entry(mark.sample / rate, mark.sample / rate + MARK_SHOWN_S, f"({_one_line(said)})")


def _gap(gap: Gap, rate: int) -> Entry:
    start = gap.first_sample / rate
    end = start + gap.samples / rate
    cause = _one_line(gap.cause)
    if gap.length_known:
        return Entry(start, end, f"(no recording for {_long(end - start)}: {cause})")
    return Entry(
        start, end, f"(no recording: {cause}; length not known, {_long(end - start)} of silence stands for it)"
    )


def _long(seconds: float) -> str:
    return spoken(seconds) if seconds >= 10 else f"{seconds:.1f} seconds"


def _begun(head: Head) -> str:
    if head.begun is None:
        return "not known"
    when = f"{head.begun:%A %-d %B %Y, %H:%M %Z}"
    return when if head.clock_trust == "synchronised" else f"{when} {in_words(head.clock_trust)}"


def _cue(entry: Entry) -> str:
    start = round(entry.start_s * 1000)
    end = max(round(entry.end_s * 1000), start + 1)
    return f"{_cue_time(start)} --> {_cue_time(end)}\n{_escaped(entry.text)}"


def _cue_time(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{thousandths:03}"


def _one_line(text: str) -> str:
    """An empty line would end a cue, and a line break a line."""
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """Also keeps the arrow `-->` out of notes and cues."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
