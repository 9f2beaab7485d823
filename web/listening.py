"""Listening in the browser and reading along: the small sound, its drawing, and the transcript as everybody has it."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, send_file

from appliance.clock import spoken
from appliance.store import record
from appliance.store.finish import Copy
from appliance.store.folders import MeetingFolder
from web import copies, keeping, notes, purse
from web.house import house, reading
from web.languages import gettext, said
from web.meetings import Seen, seen
from web.notes import Shown
from web.waveform import HEIGHT, WIDTH, Heard, Waveform, waveform

pages = Blueprint("listening", __name__)

SOUND, TRANSCRIPT = "recording.mp3", "transcript.json"
BY_COMPUTER = "Made by a computer: the audio is the record."  # as every transcript begins
UNSURE = 0.5  # of a word's confidence
SPEAKS = 30  # percent of a second


@dataclass(frozen=True)
class Row:
    """A line of the page: words, and whether the computer was unsure of each; `kind` is line, gap, mark or note."""

    at_s: float
    kind: str
    words: list[tuple[str, bool]]
    seat: str = ""
    language: str = ""

    @property
    def at(self) -> str:
        return spoken(self.at_s)


@pages.get("/listen/<meeting>")
def listen(meeting: str) -> str:
    held, folder = _held(meeting)
    one = seen(held)
    found = {copy.name: copy for copy in one.copies}
    if SOUND not in found:
        abort(
            404,
            gettext("There is nothing to listen to yet. The recording is here seconds after the meeting has ended."),
        )
    told = _transcript(folder, found.get(TRANSCRIPT))
    return render_template(
        "listen.html",
        meeting=one,
        told=told,
        quality=told["note"].removeprefix(BY_COMPUTER).strip() if told else "",
        rows=_rows(told, notes.of_meeting(folder).shown) if told else [],
        picture=_picture(folder, one),
        width=WIDTH,
        height=HEIGHT,
        sound=SOUND,
    )


@pages.get("/hear/<meeting>")
def hear(meeting: str) -> Response:
    """The small sound for a player in a page, whole or in part. That is not yet to take a copy."""
    held, folder = _held(meeting)
    found = next((copy for copy in seen(held).copies if copy.name == SOUND), None)
    if found is None:
        abort(404)
    path = copies.file_of(folder, found)
    answer = send_file(path, mimetype=found.media_type, etag=found.sha256, conditional=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Cookie")
    return answer


def _held(meeting: str) -> tuple[purse.Held, MeetingFolder]:
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    keeping.only_if_there(held.ticket.meeting)
    return held, house().folders.meeting(held.ticket.meeting)


def _transcript(folder: MeetingFolder, copy: Copy | None) -> dict[str, Any] | None:
    """As it is given out; None while it is being made."""
    if copy is None:
        return None
    try:
        told: dict[str, Any] = json.loads(copies.file_of(folder, copy).read_text(encoding="utf-8"))
    except ValueError:
        current_app.logger.exception("The transcript of %s cannot be read", folder.id)
        return None
    return told


def _rows(told: dict[str, Any], notes: list[Shown]) -> list[Row]:
    """In the order of time; at the same moment marks are first, then gaps, words as in every other form, and notes."""
    rows = [Row(mark["at_s"], "mark", [(f"({_both(mark['mark'], mark['detail'])})", False)]) for mark in told["marks"]]
    rows += [Row(gap["start_s"], "gap", [(_gap(gap), False)]) for gap in told["gaps"]]
    rows += [Row(line["start_s"], "line", _words(line), line["seat"] or "", line["language"]) for line in told["lines"]]
    rows += [Row(note.at_s, "note", [(f"{note.says} ({note.by})", False)]) for note in notes]
    return sorted(rows, key=lambda row: row.at_s)


def _words(line: dict[str, Any]) -> list[tuple[str, bool]]:
    words = [(word["word"], word["confidence"] < UNSURE) for word in line["words"]]
    is_whole = " ".join(" ".join(word.split()) for word, _ in words) == line["text"]
    return words if is_whole else [(line["text"], False)]


def _gap(gap: dict[str, Any]) -> str:
    cause = said(gap["cause"])
    if gap["length_known"]:
        return gettext("(no recording for %(length)s: %(cause)s)", length=spoken(gap["length_s"]), cause=cause)
    return gettext("(no recording for a time that is not known: %(cause)s)", cause=cause)


def _both(mark: str, detail: str) -> str:
    return f"{said(mark)}: {said(detail)}" if detail else said(mark)


def _picture(folder: MeetingFolder, one: Seen) -> Waveform | None:
    db = reading(record, folder)
    about = record.described(db) if db else None
    if db is None or about is None or not one.progress.ended_s:
        return None
    rate = about.rate
    return waveform(
        [Heard(second.level, second.speech >= SPEAKS) for second in record.seconds(db)],
        [(gap.first_sample / rate, gap.samples / rate) for gap in record.gaps(db)],
        [mark.sample / rate for mark in record.marks(db)],
        one.progress.ended_s,
    )
