"""Notes: what a holder says of some seconds of a meeting that has ended; they change nothing, nothing changes them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.clock import spoken, stamp
from appliance.evidence import statement
from appliance.evidence.claims import SEAL
from appliance.store import events, record, room
from appliance.store.folders import MeetingFolder
from appliance.store.holds import reason as on_one_line
from appliance.store.room import Note
from web import keeping, purse
from web.house import house, reading, writing
from web.languages import day, gettext, ngettext
from web.now import progress
from web.purse import Held

pages = Blueprint("notes", __name__)

LONGEST = 1000  # characters
MOST_OF_A_TICKET, MOST_OF_A_MEETING = 100, 1000
FILE_BYTES = 256 * 1024  # a hundred notes of a thousand characters, as open-me.html writes them
UNTRUSTED = "unknown"
TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)|(\d{1,6})")
FORMAT, FORMAT_VERSION = "candour-note", 1


@dataclass(frozen=True)
class Shown:
    """A note as a page shows it; `at` is where it begins, in seconds."""

    at_s: int
    at: str
    says: str
    by: str


@dataclass(frozen=True)
class Notes:
    """Those on one meeting, in the order of its time; `closed` says why there can be no more, `until` how long."""

    shown: list[Shown]
    closed: str
    until: str


@pages.get("/notes/<meeting>")
def notes(meeting: str) -> str:
    held, folder = _held(meeting)
    return render_template("notes.html", meeting=held.ticket.meeting, notes=of_meeting(folder), longest=LONGEST)


@pages.post("/notes/<meeting>")
def write(meeting: str) -> ResponseReturnValue:
    """A note from the page."""
    held, folder = _held(meeting)
    first, last = request.form.get("first", ""), request.form.get("last", "")
    return _add(
        held, folder, [_made(held, folder, _second(first), _second(last or first), request.form.get("says", ""))]
    )


@pages.post("/notes/<meeting>/file")
def hand_in(meeting: str) -> ResponseReturnValue:
    """A file that was written at home, with open-me.html."""
    request.max_content_length = request.max_form_memory_size = FILE_BYTES
    held, folder = _held(meeting)
    return _add(held, folder, list(_of_file(held, folder)))


def of_meeting(folder: MeetingFolder) -> Notes:
    """Every holder sees all."""
    db = reading(room, folder)
    found = sorted(room.notes(db), key=lambda one: (one.first_s, one.id)) if db else []
    return Notes([_shown(one) for one in found], _closed(folder), _until(folder))


def _add(held: Held, folder: MeetingFolder, new: list[Note]) -> ResponseReturnValue:
    """All of them or none; what the same holder has written already is not written twice."""
    if said := _closed(folder):
        abort(403, said)
    with writing(room, folder) as db:
        there = room.notes(db)
        own = {(one.first_s, one.last_s, one.says) for one in there if one.ticket == held.ticket.id}
        new = [one for one in new if (one.first_s, one.last_s, one.says) not in own]
        if len(own) + len(new) > MOST_OF_A_TICKET or len(there) + len(new) > MOST_OF_A_MEETING:
            abort(403, gettext("There is no room for more notes with this ticket. Write the most important ones."))
        room.add_notes(db, new)
        if new:
            events.log(db, house().clock, "notes", f"{held.ticket.pseudonym}: {len(new)}")
    keeping.only_if_there(folder.id)
    return redirect(url_for("notes.notes", meeting=folder.id), 303)


def _made(
    held: Held, folder: MeetingFolder, first: int, last: int, says: str, name: str = "", home: str | None = None
) -> Note:
    """A note to write down. Refuses in words what cannot be one."""
    far = progress(folder).ended_s or 0
    if not 0 <= first <= last:
        abort(
            400, gettext("Write when it was, as the player shows it, such as 12:04; the end not before the beginning.")
        )
    if last >= far:
        abort(400, gettext("The recording is only %(length)s long. Write a time in it.", length=spoken(far)))
    text = on_one_line(says)
    if not text or len(text) > LONGEST:
        abort(400, gettext("Write what you have to say about it, in at most %(most)s characters.", most=LONGEST))
    now = stamp(house().clock.wall())
    return Note(held.ticket.id, held.ticket.pseudonym, first, last, text, now, name, home)


def _second(text: str) -> int:
    """A time as people write it, in seconds; -1 for anything else."""
    found = TIME.fullmatch(text.strip()) if text.isascii() else None
    if found is None:
        return -1
    hours, minutes, seconds, alone = (int(part or 0) for part in found.groups())
    return alone + hours * 3600 + minutes * 60 + seconds


def _of_file(held: Held, folder: MeetingFolder) -> Iterator[Note]:
    sent = request.files.get("file")
    try:
        told = json.loads((sent.read() if sent else b"").decode())
        is_known = (told["format"], told["version"]) == (FORMAT, FORMAT_VERSION)
        meeting, seal, name, home = (str(told[key])[:100] for key in ("meeting", "seal", "name", "written"))
        entries = [(one["first_s"], one["last_s"], str(one["says"])) for one in told["notes"]]
    except (LookupError, TypeError, ValueError, RecursionError):
        is_known = False
    if not is_known:
        abort(400, gettext("This is no file of notes. Choose the one that “Save as a file” in open-me.html made."))
    if meeting != folder.id or (_seal(folder) and seal != _seal(folder)):
        abort(400, gettext("This file is about another recording. Hand it in with the ticket of that meeting."))
    if not entries or not all(type(second) is int for one in entries for second in one[:2]):
        abort(400, gettext("There is nothing in this file of notes that could be taken."))
    for first, last, says in entries[: MOST_OF_A_TICKET + 1]:
        yield _made(held, folder, first, last, says, on_one_line(name), on_one_line(home))


def _seal(folder: MeetingFolder) -> str:
    db = reading(record, folder)
    jws = record.statement(db, SEAL) if db else None
    return statement.digest(jws) if jws else ""


def _closed(folder: MeetingFolder) -> str:
    """Why no note can be written; empty while one can. Where nobody is sure of the date it stays open."""
    if progress(folder).ended_s is None:
        return gettext("Notes can be written when the meeting has ended.")
    last = _last_day(folder)
    if last and house().clock.trust() != UNTRUSTED and house().clock.wall().astimezone().date() > last:
        return gettext("Notes could be written until %(day)s.", day=day(last.isoformat()))
    return ""


def _until(folder: MeetingFolder) -> str:
    last, days = _last_day(folder), house().settings.notes.working_days
    if last is None:
        return ngettext("for %(num)s working day", "for %(num)s working days", days)
    return gettext("until %(day)s", day=day(last.isoformat()))


def _last_day(folder: MeetingFolder) -> date | None:
    """The last on which notes can be written; None where the box was not sure of the date when the meeting ended."""
    db = reading(record, folder)
    about = record.described(db) if db else None
    if about is None or about.ended_wall is None:
        return None
    on = datetime.fromisoformat(about.ended_wall).astimezone().date()
    for _ in range(house().settings.notes.working_days):
        on += timedelta(days=1)
        while on.weekday() >= 5:
            on += timedelta(days=1)
    return on


def _shown(note: Note) -> Shown:
    at = spoken(note.first_s) if note.first_s == note.last_s else f"{spoken(note.first_s)}–{spoken(note.last_s)}"
    by = note.pseudonym
    if note.home_wall is not None:
        by = gettext("%(who)s, written at home", who=note.pseudonym)
        if note.name:
            by = gettext("%(who)s, written at home and signed “%(name)s”", who=note.pseudonym, name=note.name)
    return Shown(note.first_s, at, note.says, gettext("%(who)s on %(day)s", who=by, day=day(note.wall)))


def _held(meeting: str) -> tuple[Held, MeetingFolder]:
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    keeping.only_if_there(held.ticket.meeting)
    return held, house().folders.meeting(held.ticket.meeting)
