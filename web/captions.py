"""Reading along while the meeting goes on, for those who need to: where the settings say so, for holders only."""

from dataclasses import asdict, dataclass

from flask import Blueprint, Response, abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from appliance.clock import spoken
from appliance.store import transcript
from appliance.store.folders import MeetingFolder
from web import keeping, purse
from web.house import house, reading
from web.languages import gettext
from web.now import now, progress

pages = Blueprint("captions", __name__)

SHOWN = 40
"""Lines at a time; all of them are in the transcript, after the meeting."""


@dataclass(frozen=True)
class Line:
    at: str
    text: str
    language: str


@pages.get("/captions/<meeting>")
def captions(meeting: str) -> ResponseReturnValue:
    folder = _held(meeting)
    return render_template("captions.html", meeting=folder.id, now=now(), lines=_newest(folder))


@pages.get("/captions/<meeting>/lines")
def lines(meeting: str) -> Response:
    """The newest ones, as JSON."""
    return jsonify(lines=[asdict(one) for one in _newest(_held(meeting))])


def _newest(folder: MeetingFolder) -> list[Line]:
    db = reading(transcript, folder)
    found = list(transcript.lines(db))[-SHOWN:] if db else []
    return [Line(spoken(one.start_s), one.text, one.language) for one in found]


def _held(meeting: str) -> MeetingFolder:
    """Nobody reads along without a ticket, and after the end the transcript is there for all alike."""
    if not house().settings.transcript.live:
        abort(404)
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    keeping.only_if_there(held.ticket.meeting)
    folder = house().folders.meeting(held.ticket.meeting)
    if progress(folder).ended_s is not None:
        abort(410, gettext("The meeting has ended. The whole transcript is with your copy as soon as it is made."))
    return folder
