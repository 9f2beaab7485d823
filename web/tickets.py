"""Getting a ticket, coming back with one, letting somebody in, and the page of those who hold one."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.store import events, tickets
from web import admission, keeping, meetings, purse
from web.credentials import grouped, hashed, is_token, meant, new_invitation, new_token, secret_of
from web.house import house, writing
from web.languages import gettext
from web.now import now
from web.room import address, as_svg, shape

INVITED_S = 120.0

pages = Blueprint("tickets", __name__)


@pages.post("/ticket")
def get_ticket() -> ResponseReturnValue:
    """A ticket of the meeting that the room is in; none for whoever has one already."""
    current = now()
    if current.meeting and purse.holds(current.meeting):
        return redirect(url_for("tickets.mine"), 303)
    if not current.admits or current.meeting is None:
        abort(403, gettext("There is no meeting now that gives tickets. Somebody who was there can let you in."))
    return _to_mine(admission.from_room(current.meeting, request.form.get("token", "")))


@pages.get("/enter")
def entrance() -> str:
    return render_template("enter.html")


@pages.post("/enter")
def enter() -> ResponseReturnValue:
    """Come in with a personal link, a code that was written down or was just said, or a printed slip."""
    possible = list(meant(request.form.get("ticket", "")))
    patience, moment = house().patience, house().clock.monotonic()
    if not any(map(is_token, possible)) and patience.is_over(moment):
        abort(429)
    for text in possible:
        credential = text if purse.find(text) else admission.by_code(text, now())
        if credential:
            return _to_mine(credential)
    patience.wrong(moment)
    return render_template("enter.html", wrong=True), 403


@pages.post("/let-in/<meeting>")
def let_in(meeting: str) -> str:
    """A holder lets in somebody who was there: a code for one person, which the page shows once."""
    held, code = _held(meeting), new_invitation()
    with writing(tickets, house().folders) as db:
        until = house().clock.monotonic() + INVITED_S
        tickets.invite(db, held.ticket.id, hashed(code), until, house().boot_id)
        events.log(db, house().clock, "invitation", held.ticket.pseudonym)
    picture = as_svg(f"{address()}/mine#{code}")
    return render_template("let_in.html", code=grouped(code), picture=picture, where=f"{address()}/enter")


@pages.post("/slip/<meeting>")
def bind_slip(meeting: str) -> ResponseReturnValue:
    """A holder gives a printed slip to this meeting, for somebody without a phone."""
    held = _held(meeting)
    patience, moment = house().patience, house().clock.monotonic()
    if patience.is_over(moment):
        abort(429)
    if not any(admission.bind_slip(text, held.ticket.meeting) for text in meant(request.form.get("slip", ""))):
        patience.wrong(moment)
        abort(
            400, gettext("No free slip has this code. Look at each letter again. A slip is good for one meeting, once.")
        )
    return redirect(url_for("tickets.mine"), 303)


@pages.post("/replace/<meeting>")
def replace(meeting: str) -> ResponseReturnValue:
    """A holder gets another link and code; the ones before open nothing any more."""
    held, token = _held(meeting), new_token()
    with writing(tickets, house().folders) as db:
        tickets.replace(db, held.ticket.id, secret_of(token))
        events.log(db, house().clock, "link replaced", held.ticket.pseudonym)
    return _to_mine(token, instead_of=held.credential)


@pages.get("/mine")
def mine() -> ResponseReturnValue:
    """Every meeting that this browser holds a ticket of."""
    found = meetings.mine()
    page = render_template("mine.html", now=now(), meetings=found, most=purse.MOST, shape=shape)
    return page, 503 if found is None else 200


def _held(meeting: str) -> purse.Held:
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    keeping.only_if_there(held.ticket.meeting)
    return held


def _to_mine(credential: str, instead_of: str = "") -> ResponseReturnValue:
    answer = redirect(url_for("tickets.mine"), 303)
    purse.put(answer, credential, instead_of)
    return answer
