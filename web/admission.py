"""The three ways to a ticket: from the room, from somebody who holds one, and from a printed slip."""

from flask import abort
from sqlite_utils import Database

from appliance.clock import stamp
from appliance.store import events, tickets
from appliance.store.tickets import HOLDER, ROOM, SLIP, Slip, Ticket
from web import purse
from web.credentials import hashed, is_token, new_token, secret_of
from web.house import house, writing
from web.languages import gettext, msgid
from web.now import Now
from web.pseudonyms import pseudonym

MOST_OF_A_MEETING = 500  # so that nobody can fill the disk with them while it records
NOT_YET = msgid(
    "This slip belongs to no meeting yet. It is bound by its first use while a meeting gives tickets, or by somebody"
    " who holds a ticket of the meeting: their page asks for its code."
)


def from_room(meeting: str, offered: str) -> str:
    """A ticket of the meeting that the room is in: its token, the one in the form unless that is used elsewhere."""
    with writing(tickets, house().folders) as db:
        token = offered if is_token(offered) else new_token()
        before = tickets.by_hash(db, hashed(token))
        if before and before.meeting == meeting:
            return token
        return _issue(db, meeting, new_token() if before else token, ROOM)


def by_code(text: str, current: Now) -> str:
    """The token of a ticket that is given for an invitation or a slip; empty where it is neither, or is used up."""
    with writing(tickets, house().folders) as db:
        clock = house().clock
        if host := tickets.host(db, hashed(text), clock.monotonic(), house().boot_id):
            if held := purse.holds(host.meeting):
                return held.credential
            return _issue(db, host.meeting, new_token(), HOLDER, host=host)
        found = tickets.slip(db, hashed(text))
        if found is None or found.used_wall:
            return ""
        return _take(db, found, current)


def bind_slip(text: str, meeting: str) -> bool:
    """A holder gives a slip to their meeting, for somebody who has no phone here; False where that cannot be done."""
    with writing(tickets, house().folders) as db:
        found = tickets.slip(db, hashed(text))
        if found is None or found.ticket is not None:
            return False
        _issue(db, meeting, new_token(), SLIP, slip=found, taken=False)  # a token that nobody has yet
        return True


def _take(db: Database, slip: Slip, current: Now) -> str:
    """A browser takes the ticket of a slip."""
    if slip.ticket is not None:
        token, ticket = new_token(), tickets.by_id(db, slip.ticket)
        tickets.replace(db, ticket.id, secret_of(token), slip, stamp(house().clock.wall()))
        events.log(db, house().clock, "slip used", ticket.pseudonym)
        return token
    if not current.admits or current.meeting is None:
        abort(409, gettext(NOT_YET))
    if held := purse.holds(current.meeting):
        return held.credential
    return _issue(db, current.meeting, new_token(), SLIP, slip=slip)


def _issue(
    db: Database,
    meeting: str,
    token: str,
    way: str,
    host: Ticket | None = None,
    slip: Slip | None = None,
    taken: bool = True,
) -> str:
    names = {ticket.pseudonym for ticket in tickets.of_meeting(db, meeting)}
    if len(names) >= MOST_OF_A_MEETING:
        abort(
            403,
            gettext(
                "All %(most)s tickets of this meeting are given. Ask somebody who has one for a copy.",
                most=MOST_OF_A_MEETING,
            ),
        )
    name = pseudonym(hashed(token), names)
    tickets.add(
        db,
        meeting=meeting,
        secret=secret_of(token),
        pseudonym=name,
        wall=stamp(house().clock.wall()),
        way=way,
        host=host.id if host else None,
        slip=slip,
        taken=taken,
    )
    by = f", let in by {host.pseudonym}" if host else ", by a slip" if slip else ""
    events.log(db, house().clock, "ticket issued", f"{name}{by}")
    return token
