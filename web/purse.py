"""The tickets that a visitor's browser holds: one cookie, the newest first, so that a new one loses no older one."""

from dataclasses import dataclass

from flask import g, request
from werkzeug import Response

from appliance.store import tickets
from appliance.store.tickets import Ticket
from web.credentials import code_of, grouped, hashed, is_token
from web.house import house, reading

COOKIE = "candour"
MOST = 8
KEPT_S = 400 * 24 * 3600  # the longest that browsers keep a cookie (RFC 6265bis, section 5.5)


@dataclass(frozen=True)
class Held:
    """A ticket and the token, or the code, with which this browser holds it."""

    credential: str
    ticket: Ticket

    @property
    def code(self) -> str:
        return grouped(code_of(self.credential))

    @property
    def link(self) -> str:
        return f"{request.host_url}mine#{self.credential}"


def find(credential: str) -> Ticket | None:
    """The ticket of a token or code. Raises OSError where that cannot be told, as on a card that became read-only."""
    db = reading(tickets, house().folders)
    if db is None and house().folders.tickets_db.exists():
        raise OSError("The tickets cannot be read.")
    return tickets.by_hash(db, hashed(credential)) if db else None


def held() -> list[Held]:
    """The tickets of the visitor, newest first; each once, whether by its token or by its code."""
    if "held" not in g:
        g.held = _read_cookie()
    found: list[Held] = g.held
    return found


def holds(meeting: str) -> Held | None:
    """The visitor's ticket of a meeting."""
    return next((one for one in held() if one.ticket.meeting == meeting), None)


def put(answer: Response, credential: str, instead_of: str = "") -> None:
    """Let the visitor's browser hold one ticket more; of a token and a code for the same one it keeps the token."""
    code, others = code_of(credential), [one.credential for one in held() if one.credential != instead_of]
    same = [one for one in others if code_of(one) == code and is_token(one)]
    kept = (same or [credential]) + [one for one in others if code_of(one) != code]
    answer.set_cookie(
        COOKIE, ".".join(kept[:MOST]), max_age=KEPT_S, httponly=True, samesite="Lax", secure=request.is_secure
    )


def _read_cookie() -> list[Held]:
    found: dict[int, Held] = {}
    for credential in filter(None, request.cookies.get(COOKIE, "").split(".")[:MOST]):
        ticket = find(credential)
        if ticket and (ticket.id not in found or is_token(credential)):
            found[ticket.id] = Held(credential, ticket)
    return list(found.values())
