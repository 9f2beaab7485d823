"""Receipts: what the recorder has signed so far, for a holder's phone to keep, as text, as a file and on paper."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template

from appliance.clock import spoken
from appliance.errors import BadStatement
from appliance.evidence import statement
from appliance.evidence.statement import Statement
from appliance.store import record
from web import keeping, purse
from web.house import house, reading, within_reach
from web.languages import day_and_time, gettext
from web.words import trust

pages = Blueprint("receipts", __name__)

SHOWN = 20  # characters of a root that people compare by eye
GROUP = 4


@dataclass(frozen=True)
class Receipt:
    """The newest receipt of a meeting, in words and as it was signed."""

    meeting: str
    signed: Statement

    @property
    def jws(self) -> str:
        return self.signed.jws

    @property
    def length(self) -> str:
        return spoken(self.signed.claims["seconds"])

    @property
    def root(self) -> str:
        root: str = self.signed.claims["root"]
        return root

    @property
    def short(self) -> str:
        """For the eye: `3f2a 19bc ...`, the beginning only."""
        return " ".join(self.root[at : at + GROUP] for at in range(0, SHOWN, GROUP))

    @property
    def when(self) -> str:
        told = self.signed.claims
        return f"{day_and_time(told['time'], seconds=True)}, {trust(told['clock'])}"

    @property
    def says(self) -> str:
        return gettext("The box has signed the first %(length)s of it.", length=self.length)


@pages.get("/receipts/<meeting>")
def receipt(meeting: str) -> str:
    """In words, to read, to print and to save."""
    return render_template("receipt.html", receipt=_of_holder(meeting))


@pages.get("/receipts/<meeting>/receipt.jws")
def as_file(meeting: str) -> Response:
    found = _of_holder(meeting)
    answer = Response(f"{found.jws}\n", mimetype="application/jose")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{found.meeting} receipt.jws")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Cookie")
    return answer


def newest(meeting: str) -> Receipt | None:
    """The last receipt of a meeting; None before the first one, or where it is out of reach."""
    jws = within_reach(lambda: _signed(meeting), None)
    try:
        return Receipt(meeting, statement.read(jws)) if jws else None
    except BadStatement:
        return None


def _signed(meeting: str) -> str | None:
    db = reading(record, house().folders.meeting(meeting))
    return record.last_receipt(db) if db else None


def _of_holder(meeting: str) -> Receipt:
    held = purse.holds(meeting)
    if held is None:
        abort(403)
    keeping.only_if_there(held.ticket.meeting)
    found = newest(held.ticket.meeting)
    if found is None:
        abort(404, gettext("There is no receipt yet. The first one comes after ten seconds of recording."))
    return found
