"""A USB stick in the box: whoever holds a ticket gets the copies on it with one tap."""

from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from appliance.clock import stamp
from appliance.store import events, finish, room
from appliance.store.folders import MeetingFolder
from web import keeping, purse
from web.house import house, reading, writing
from web.languages import gettext, msgid

pages = Blueprint("stick", __name__)

OUTCOMES = {
    "done": msgid("It is all on the stick, read back and found the same. You can pull it out."),
    "no stick": msgid("The stick was pulled out too early. Plug it in and try again."),
    "full": msgid("There is no room on the stick. Take another one."),
    "read-only": msgid("Nothing can be written on this stick. Take another one."),
    "nothing yet": msgid("There is nothing to put on it yet. Try again when your copy is ready."),
    "too late": msgid("That took too long. Try again."),
    "failed": msgid("What is on the stick is not what was copied. Take another one: this one may be broken."),
}
ASKED = msgid("It is being copied. Leave the stick in the box until this page says that it is done.")


@dataclass(frozen=True)
class Stick:
    """`is_there`: a stick is plugged in; `says`: what became of the newest request of this ticket."""

    is_there: bool
    says: str


@pages.post("/stick/<meeting>")
def put(meeting: str) -> ResponseReturnValue:
    """Ask the finisher to put the copies on the stick that is in the box now."""
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    keeping.only_if_there(held.ticket.meeting)
    if not _is_there():
        abort(409, gettext("There is no USB stick in the box. Plug one in, wait a moment, and try again."))
    folder, clock = house().folders.meeting(held.ticket.meeting), house().clock
    with writing(room, folder) as db:
        pending = [one for one in room.stick_requests(db) if one.ticket == held.ticket.id]
        if not pending or pending[-1].id in _outcomes(folder) or pending[-1].boot_id != house().boot_id:
            room.ask_for_stick(db, held.ticket.id, clock.monotonic(), house().boot_id, stamp(clock.wall()))
            events.log(db, clock, "usb stick asked for", held.ticket.pseudonym)
    return redirect(url_for("tickets.mine"), 303)


def stick(folder: MeetingFolder, ticket: int) -> Stick:
    db = reading(room, folder)
    own = [one for one in room.stick_requests(db) if one.ticket == ticket] if db else []
    if not own or own[-1].boot_id != house().boot_id:
        return Stick(_is_there(), "")
    outcome = _outcomes(folder).get(own[-1].id)
    return Stick(_is_there(), gettext(ASKED if outcome is None else OUTCOMES.get(outcome, OUTCOMES["failed"])))


def _outcomes(folder: MeetingFolder) -> dict[int, str]:
    db = reading(finish, folder)
    return finish.sticks(db) if db else {}


def _is_there() -> bool:
    return Path(house().settings.store.stick).is_mount()
