"""Objecting to the recording: once with each ticket. The recorder makes a mark of it, and the button answers."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from appliance.clock import stamp
from appliance.store import events, room
from web import keeping, purse
from web.house import house, reading, writing
from web.languages import gettext
from web.now import progress
from web.purse import Held

pages = Blueprint("objecting", __name__)


@pages.post("/object/<meeting>")
def object_(meeting: str) -> ResponseReturnValue:
    """It does not forbid the recording by itself: whoever runs the meeting must now say aloud what happens."""
    held = purse.holds(meeting)
    if held is None:
        abort(403, gettext("To object on this page you need a ticket of the meeting. You can always object aloud."))
    keeping.only_if_there(held.ticket.meeting)
    folder = house().folders.meeting(held.ticket.meeting)
    if progress(folder).ended_s is not None:
        abort(
            409,
            gettext(
                "This meeting has ended, so there is nothing left to answer. What was recorded stays the same for all."
            ),
        )
    with writing(room, folder) as db:
        if room.add_objection(db, held.ticket.id, stamp(house().clock.wall())):
            events.log(db, house().clock, "objection", held.ticket.pseudonym)
    return redirect(url_for("tickets.mine"), 303)


def objected(held: Held) -> bool:
    """Whether this ticket has objected."""
    db = reading(room, house().folders.meeting(held.ticket.meeting))
    return db is not None and room.has_objected(db, held.ticket.id)
