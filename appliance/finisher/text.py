"""The transcript as files: text to read, WebVTT and SubRip for players. Pure.

Every form is made of the same entries. Times are in seconds of the master, so that they hold in every copy.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from appliance.clock import in_words, spoken
from appliance.store.record import Gap, Mark
from appliance.store.transcript import Line, Word

SENTENCE = "Made by a computer: the audio is the record."
SEATS = (
    "Seats are directions from the microphone, not names. Who moves is another seat."
    " Write names on your own copy if you wish."
)
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
    quality: str = ""
    """How many words the model is known to get wrong, as a sentence."""

    @property
    def sentence(self) -> str:
        """What stands on every transcript."""
        return f"{SENTENCE} {_one_line(self.quality)}".rstrip()


@dataclass(frozen=True)
class Entry:
    """Something at a time: words that were said, or (in brackets) what else there is to know."""

    start_s: float
    end_s: float
    text: str
    seat: str = ""
    """A letter where the direction of the words is known; empty elsewhere."""
    words: tuple[Word, ...] = ()
    language: str = ""

    @property
    def spoken(self) -> str:
        """The text, and before it who said it."""
        return f"Seat {self.seat}: {self.text}" if self.seat else self.text


def entries(
    lines: Sequence[Line],
    gaps: Iterable[Gap],
    marks: Iterable[Mark],
    rate: int,
    seats: Sequence[Sequence[str | None]] | None = None,
) -> list[Entry]:
    """Everything in the order of time; at the same moment marks are first, then gaps, then words.

    `seats`: for each word of each line the seat it came from; a line of several seats becomes several entries.
    """
    found = [_mark(mark, rate) for mark in marks]
    found += [_gap(gap, rate) for gap in gaps]
    for line, seated in zip(lines, seats or [()] * len(lines), strict=True):
        found += _said(line, seated)
    return sorted(found, key=lambda entry: entry.start_s)


def _said(line: Line, seats: Sequence[str | None]) -> Iterator[Entry]:
    """A word without a direction belongs to the one before it, the first ones to the first that has one."""
    known = [seat for seat in seats if seat]
    if len(set(known)) < 2:
        if line.text.strip():
            seat = known[0] if known else ""
            yield Entry(line.start_s, line.end_s, _one_line(line.text), seat, line.words, line.language)
        return
    now, sitting = known[0], []
    for word, its in zip(line.words, seats, strict=True):
        now = its or now
        sitting.append((now, word))
    for at_seat, group in groupby(sitting, key=lambda pair: pair[0]):
        words = tuple(word for _, word in group)
        text = _one_line(" ".join(word.word for word in words))
        yield Entry(words[0].start_s, words[-1].end_s, text, at_seat, words, line.language)


def title(head: Head) -> str:
    return f"Transcript of the meeting {_one_line(head.meeting)}"


def facts(head: Head) -> dict[str, str]:
    """What stands above every transcript."""
    return {
        "Room": _one_line(head.room),
        "Begun": _begun(head),
        "Length": spoken(head.length_s),
        "Model": _one_line(head.model) or "none; nobody was heard to speak",
    }


def txt(head: Head, found: Sequence[Entry]) -> str:
    """The text for people."""
    about = [
        title(head),
        "",
        *(f"{name + ':':8} {fact}" for name, fact in facts(head).items()),
        "",
        head.sentence,
        "The times in brackets are places in the recording.",
        *([SEATS] if any(entry.seat for entry in found) else []),
        "",
    ]
    body = [f"[{spoken(entry.start_s)}] {entry.spoken}" for entry in found]
    return "\n".join([*about, *body, f"[{spoken(head.length_s)}] (end of the recording)", ""])


def vtt(head: Head, found: Iterable[Entry]) -> str:
    """WebVTT (W3C, https://www.w3.org/TR/webvtt1/), one cue for each entry."""
    about = f"Meeting {_one_line(head.meeting)}, {_one_line(head.room)}"
    note = f"NOTE\n{_escaped(head.sentence)}\n{_escaped(about)}"
    return "\n\n".join(["WEBVTT", note, *map(_cue, found)]) + "\n"


def srt(found: Iterable[Entry]) -> str:
    """SubRip, for players that do not know WebVTT: the same entries, numbered. Has no place for notes."""
    return "".join(
        f"{number}\n{_srt_time(start)} --> {_srt_time(end)}\n{entry.spoken.replace('-->', '->')}\n\n"
        for number, (entry, start, end) in enumerate(map(_timed, found), start=1)
    )


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


def _timed(entry: Entry) -> tuple[Entry, int, int]:
    """With start and end in milliseconds, which are never the same."""
    start = round(entry.start_s * 1000)
    return entry, start, max(round(entry.end_s * 1000), start + 1)


def _cue(entry: Entry) -> str:
    _, start, end = _timed(entry)
    voice = f"<v Seat {entry.seat}>" if entry.seat else ""
    return f"{_cue_time(start)} --> {_cue_time(end)}\n{voice}{_escaped(entry.text)}"


def _srt_time(milliseconds: int) -> str:
    return _cue_time(milliseconds).replace(".", ",")


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
