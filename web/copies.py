"""Taking a copy: the same bytes for everybody who holds a ticket, once the meeting has ended."""

import re
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request, send_file

from appliance.clock import stamp
from appliance.store import events, room
from appliance.store.finish import Copy
from appliance.store.folders import MeetingFolder
from web import keeping, purse, sealed
from web.house import OUT_OF_REACH, house, writing
from web.languages import gettext
from web.meetings import copies
from web.now import progress

pages = Blueprint("copies", __name__)


@pages.get("/copies/<meeting>/<name>")
def copy(meeting: str, name: str) -> Response:
    """The file, whole or in part; who lacks the ticket learns nothing, not even whether there is such a meeting."""
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    folder = house().folders.meeting(held.ticket.meeting)
    keeping.only_if_there(folder.id)
    far = progress(folder)
    if far.ended_s is None:
        abort(403, gettext("This meeting has not ended. The copies are here when it has."))
    found = next((one for one in copies(folder, far) if one.name == name), None)
    if found is None:
        abort(404, gettext("There is no such copy of this meeting, or not yet."))
    answer = _sent(file_of(folder, found), found, folder)
    if request.method == "GET" and _reaches_the_end(answer, found):
        _collected(folder, held, found)
    return answer


def file_of(folder: MeetingFolder, found: Copy) -> Path:
    """The copy's file, unless it is not the size that was written down when it was made."""
    path = folder.copies / found.name
    if not path.is_file() or path.stat().st_size != found.bytes:
        keeping.only_if_there(folder.id)  # it may go at any moment
        current_app.logger.error("The copy %s is missing or not %d bytes long", path, found.bytes)
        abort(
            500,
            gettext("This copy was damaged in the box and is not given out. Please tell whoever looks after the box."),
        )
    return path


def _sent(path: Path, found: Copy, folder: MeetingFolder) -> Response:
    name = " ".join(filter(None, (folder.id, sealed.mark(folder), found.name)))
    answer = send_file(
        path,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=re.sub(r"[^A-Za-z0-9._ -]", "_", name),
        etag=found.sha256,
        conditional=True,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Cookie")
    return answer


def _reaches_the_end(answer: Response, found: Copy) -> bool:
    """A copy counts as taken when its last byte is sent, so that a broken download counts once it was resumed."""
    return answer.status_code == 200 or (answer.status_code == 206 and answer.content_range.stop == found.bytes)


def _collected(folder: MeetingFolder, held: purse.Held, found: Copy) -> None:
    """Write it down; a person gets the copy even where that fails, as on a full disk."""
    clock = house().clock
    try:
        with writing(room, folder) as db:
            if room.collect(db, held.ticket.id, found.name, stamp(clock.wall())):
                events.log(db, clock, "copy taken", f"{held.ticket.pseudonym} {found.name}")
    except OUT_OF_REACH:
        current_app.logger.exception("A copy of %s was given that could not be written down", folder.id)
