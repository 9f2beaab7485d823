"""How long a meeting stays: the promised day, who asked to keep it and why, and what remains once it is deleted."""

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appliance import retention
from appliance.clock import stamp
from appliance.errors import BadStatement, HoldsUnreadable
from appliance.evidence import tombstone
from appliance.retention import Promise
from appliance.store import events, finish, holds, record, room
from appliance.store.folders import MeetingFolder
from appliance.store.holds import LONGEST_WHY, MOST_OF_A_TICKET, Hold
from web import purse
from web.house import house, reading, writing
from web.languages import day, gettext, msgid, ngettext, said
from web.sealed import sealed

pages = Blueprint("keeping", __name__)

UNREADABLE = msgid("Whether somebody asked to keep it cannot be read just now. Until it can be, it is not deleted.")
PROMISED = re.compile(r"it had been kept for the promised (\d+) days?")  # as appliance/retention.py says
GOING = msgid("It is being deleted at this moment. Look again in a minute.")


@dataclass(frozen=True)
class Keeping:
    """`says` is when it goes or that it stays; `asked`: by this very ticket."""

    says: str
    holds: list[str] = field(default_factory=list)
    asked: bool = False


@pages.post("/hold/<meeting>")
def ask(meeting: str) -> ResponseReturnValue:
    """Keep it, from now on."""
    held, folder = _held(meeting)
    why = holds.reason(request.form.get("why", ""))
    if not why or len(why) > LONGEST_WHY:
        abort(
            400,
            gettext(
                "Write why it is to be kept, in at most %(most)s characters. Everybody with a ticket sees it.",
                most=LONGEST_WHY,
            ),
        )
    with writing(room, folder) as db:
        own = [hold for hold in holds.of_meeting(house().folders, folder.id) if hold.ticket == held.ticket.id]
        if not any(hold.in_force for hold in own):
            if len(own) >= MOST_OF_A_TICKET:
                abort(403, gettext("With this ticket that was asked too often. Ask somebody else who has one."))
            room.add_hold(db, held.ticket.id, held.ticket.pseudonym, why, stamp(house().clock.wall()))
            events.log(db, house().clock, "hold", held.ticket.pseudonym)
    only_in_time(folder.id)
    return redirect(url_for("tickets.mine"), 303)


@pages.post("/hold/<meeting>/lift")
def lift(meeting: str) -> ResponseReturnValue:
    """Whoever asked to keep it asks no more."""
    held, folder = _held(meeting)
    with writing(room, folder) as db:
        if room.lift_holds(db, held.ticket.id, stamp(house().clock.wall())):
            events.log(db, house().clock, "hold lifted", held.ticket.pseudonym)
    return redirect(url_for("tickets.mine"), 303)


@pages.get("/tombstones/<meeting>/tombstone.<form>")
def as_file(meeting: str, form: str) -> Response:
    """What the box signed as it deleted the meeting (`jws`), or that with the hashes of seconds and marks (`zip`)."""
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    grave = house().folders.tombstone(held.ticket.meeting)
    if not grave.stands or form not in ("jws", "zip"):
        abort(404)
    content = grave.statement.read_bytes()
    if form == "zip":
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for part in (grave.statement, grave.leaves, grave.marks):
                archive.write(part, f"{grave.path.name}/{part.name}")
        content = packed.getvalue()
    answer = Response(content, mimetype="application/zip" if form == "zip" else "application/jose")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{grave.path.name} tombstone.{form}")
    return answer


def deletion(meeting: str) -> str:
    """When and why it was deleted, as a sentence; empty while it is there."""
    grave = house().folders.tombstone(meeting)
    if not grave.stands:
        return ""
    try:
        told = tombstone.read(grave).claims
    except (BadStatement, OSError):
        return gettext("The box deleted this recording. What it signed about that cannot be read just now.")
    return gettext(
        "The box deleted this recording on %(day)s, because %(why)s.", day=day(told["time"]), why=_why(told["because"])
    )


def _why(because: str) -> str:
    found = PROMISED.fullmatch(because)
    if found is None:
        return said(because)
    return ngettext(
        "it had been kept for the promised %(num)s day",
        "it had been kept for the promised %(num)s days",
        int(found[1]),
    )


def only_if_there(meeting: str) -> None:
    """Refuse in words what a deleted meeting no longer has."""
    if said := deletion(meeting):
        abort(410, said)


def only_in_time(meeting: str) -> None:
    """Refuse in words to have kept what is just going."""
    if house().folders.tombstone(meeting).is_begun:
        abort(
            409,
            gettext(
                "It is being deleted at this moment. Look at your page in a minute: it says whether you were in time."
            ),
        )


def keeping(folder: MeetingFolder, ticket: int) -> Keeping | None:
    """None while the meeting goes on; `ticket` is that of whoever looks."""
    db = reading(record, folder)
    about = record.described(db) if db else None
    if db is None or about is None or about.ended_wall is None:
        return None
    if house().folders.tombstone(folder.id).is_begun:
        return Keeping(gettext(GOING))
    try:
        asked = holds.of_meeting(house().folders, folder.id)
    except HoldsUnreadable:
        return Keeping(gettext(UNREADABLE))
    own = any(hold.in_force and hold.ticket == ticket for hold in asked)
    return Keeping(
        _says(folder, asked, retention.promised(sealed(folder), house().settings.retention.days)),
        [_in_words(hold) for hold in asked],
        own,
    )


def _says(folder: MeetingFolder, asked: list[Hold], promise: Promise) -> str:
    if since := [hold.since for hold in asked if hold.in_force]:
        return gettext("It is kept: on hold since %(day)s.", day=day(min(since)))
    finished = reading(finish, folder)
    seen = finish.retention(finished) if finished else finish.Retention()
    lifted = [hold.lifted for hold in asked if hold.lifted]
    freed = seen.freed_wall if seen.liftings >= len(lifted) else max(lifted)
    on = retention.due(promise, seen.ended_wall, freed)
    if on is None:
        return ngettext(
            "It will be deleted %(num)s day after the box is sure of the date, unless somebody asks to keep it.",
            "It will be deleted %(num)s days after the box is sure of the date, unless somebody asks to keep it.",
            promise.days,
        )
    if on <= house().clock.wall():
        return gettext(
            "Its time is over. It will be deleted as soon as the box is sure of the date, unless somebody asks to keep"
            " it."
        )
    return gettext("It will be deleted on %(day)s, unless somebody asks to keep it.", day=day(on.isoformat()))


def _in_words(hold: Hold) -> str:
    asked = gettext(
        "%(who)s asked on %(day)s to keep it: “%(why)s”.", who=_who(hold), day=day(hold.since), why=hold.why
    )
    if hold.lifted is None:
        return asked
    facts = {"day": day(hold.lifted), "who": _who(hold) if hold.lifted_by == hold.who else hold.lifted_by}
    if hold.lifted_why:
        lifted = gettext("Lifted on %(day)s by %(who)s: “%(why)s”.", why=hold.lifted_why, **facts)
    else:
        lifted = gettext("Lifted on %(day)s by %(who)s.", **facts)
    return f"{asked} {lifted}"


def _who(hold: Hold) -> str:
    return gettext("%(who)s (staff)", who=hold.who) if hold.ticket == room.STAFF else hold.who


def _held(meeting: str) -> tuple[purse.Held, MeetingFolder]:
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    only_if_there(held.ticket.meeting)
    return held, house().folders.meeting(held.ticket.meeting)
