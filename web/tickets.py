"""Getting a ticket, coming back with one, and the page of those who hold one."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlite_utils import Database

from appliance.clock import stamp
from appliance.store import events, tickets
from web import meetings, purse
from web.credentials import code_of, hashed, is_token, meant, new_token
from web.house import house, writing
from web.now import now
from web.pseudonyms import pseudonym
from web.room import shape

MOST_OF_A_MEETING = 500  # so that nobody can fill the disk with them while it records

pages = Blueprint("tickets", __name__)


@pages.post("/ticket")
def get_ticket() -> ResponseReturnValue:
    """A ticket of the meeting that the room is in; none for whoever has one already."""
    current = now()
    if current.meeting and purse.holds(current.meeting):
        return redirect(url_for("tickets.mine"), 303)
    if not current.admits or current.meeting is None:
        abort(403, "There is no meeting now that gives tickets. Somebody who was there may still hold one.")
    with writing(tickets, house().folders) as db:
        token = issue(db, current.meeting, request.form.get("token", ""))
    return _to_mine(token)


@pages.get("/enter")
def entrance() -> str:
    return render_template("enter.html")


@pages.post("/enter")
def enter() -> ResponseReturnValue:
    """Come back with a personal link or a code that was written down."""
    credential = next((text for text in meant(request.form.get("ticket", "")) if purse.find(text)), None)
    if credential is None:
        return render_template("enter.html", wrong=True), 403
    return _to_mine(credential)


@pages.get("/mine")
def mine() -> ResponseReturnValue:
    """Every meeting that this browser holds a ticket of."""
    found = meetings.mine()
    page = render_template("mine.html", now=now(), meetings=found, most=purse.MOST, shape=shape)
    return page, 503 if found is None else 200


def issue(db: Database, meeting: str, offered: str) -> str:
    """Write a new ticket down and return its token: the one that lay in the form, unless that is used elsewhere."""
    token = offered if is_token(offered) else new_token()
    before = tickets.by_hash(db, hashed(token))
    if before and before.meeting == meeting:
        return token
    if before:
        token = new_token()
    taken = {ticket.pseudonym for ticket in tickets.of_meeting(db, meeting)}
    if len(taken) >= MOST_OF_A_MEETING:
        abort(403, f"All {MOST_OF_A_MEETING} tickets of this meeting are given. Ask somebody who has one for a copy.")
    name = pseudonym(hashed(token), taken)
    tickets.add(
        db,
        meeting=meeting,
        token_sha256=hashed(token),
        code_sha256=hashed(code_of(token)),
        pseudonym=name,
        wall=stamp(house().clock.wall()),
    )
    events.log(db, house().clock, "ticket issued", name)
    return token


def _to_mine(credential: str) -> ResponseReturnValue:
    answer = redirect(url_for("tickets.mine"), 303)
    purse.put(answer, credential)
    return answer
