"""Every form of the transcript, from one account of the meeting, so that no two can disagree."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.finisher.document import docx_file
from appliance.finisher.text import Entry, Head, srt, txt, vtt
from appliance.store.record import Gap, Mark
from appliance.store.transcript import Passage

JSON_VERSION = 1


@dataclass(frozen=True)
class Told:
    """All that was said in a meeting, and what else happened; `rate` in samples per second."""

    head: Head
    entries: Sequence[Entry]
    passages: Sequence[Passage]
    gaps: Sequence[Gap]
    marks: Sequence[Mark]
    rate: int


def as_json(told: Told) -> str:
    """For machines. Times and lengths in seconds of the master, confidence from 0 to 1, `seat` a letter or null.

    {"format": "candour-transcript", "version": 1, "note", "meeting", "room", "begun" (RFC 3339 or null),
    "clock_trust", "length_s", "lines": [{"start_s", "end_s", "text", "language", "seat",
    "words": [{"word", "start_s", "end_s", "confidence"}]}], "passages": [{"start_s", "length_s", "speech_s",
    "model" (empty: nobody spoke), "settings"}], "gaps": [{"start_s", "length_s", "cause", "length_known"}],
    "marks": [{"at_s", "mark", "detail", "wall", "clock_trust"}]}
    """
    head, rate = told.head, told.rate
    found: dict[str, Any] = {
        "format": "candour-transcript",
        "version": JSON_VERSION,
        "note": head.sentence,
        "meeting": head.meeting,
        "room": head.room,
        "begun": head.begun.isoformat() if head.begun else None,
        "clock_trust": head.clock_trust,
        "length_s": head.length_s,
        "lines": [_line(entry) for entry in told.entries if entry.language],
        "passages": [
            {
                "start_s": passage.first_sample / rate,
                "length_s": passage.samples / rate,
                "speech_s": passage.speech_s,
                "model": passage.model,
                "settings": passage.way,
            }
            for passage in told.passages
        ],
        "gaps": [
            {
                "start_s": gap.first_sample / rate,
                "length_s": gap.samples / rate,
                "cause": gap.cause,
                "length_known": gap.length_known,
            }
            for gap in told.gaps
        ],
        "marks": [
            {
                "at_s": mark.sample / rate,
                "mark": mark.mark,
                "detail": mark.detail,
                "wall": mark.wall,
                "clock_trust": mark.clock_trust,
            }
            for mark in told.marks
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "start_s": entry.start_s,
        "end_s": entry.end_s,
        "text": entry.text,
        "language": entry.language,
        "seat": entry.seat or None,
        "words": [
            {"word": word.word, "start_s": word.start_s, "end_s": word.end_s, "confidence": word.probability}
            for word in entry.words
        ],
    }


@dataclass(frozen=True)
class Form:
    """A form of the transcript: its file's name and media type, and what makes its bytes."""

    name: str
    media_type: str
    make: Callable[[Told], bytes]


DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS = (
    Form("transcript.txt", "text/plain", lambda told: txt(told.head, told.entries).encode()),
    Form("transcript.vtt", "text/vtt", lambda told: vtt(told.head, told.entries).encode()),
    Form("transcript.srt", "application/x-subrip", lambda told: srt(told.entries).encode()),
    Form("transcript.docx", DOCX_TYPE, lambda told: docx_file(told.head, told.entries)),
    Form("transcript.json", "application/json", lambda told: as_json(told).encode()),
)
