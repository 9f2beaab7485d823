"""The page of the room: what the box does now, and how to get a ticket; and the status that keeps pages up to date."""

from hashlib import sha256
from io import BytesIO

import segno
from flask import Blueprint, Response, jsonify, render_template, request

from web.credentials import new_token
from web.house import house
from web.meetings import Seen, seen
from web.now import Now, now
from web.purse import held, holds

pages = Blueprint("room", __name__)


@pages.get("/")
def room() -> str:
    """A new token lies ready in the form, so that pressing twice gives one ticket."""
    current, mine = now(), [seen(one) for one in held()]
    here = holds(current.meeting) if current.meeting else None
    return render_template(
        "room.html", now=current, mine=mine, here=here, token=new_token(), address=address(), shape=shape
    )


@pages.get("/status")
def status() -> Response:
    """What may change on an open page: `says` by the name of its element, `shape` for what needs a new page."""
    current, mine = now(), [seen(one) for one in held()]
    answer = jsonify(shape=shape(current, mine), pattern=current.words.pattern, says=says(current, mine))
    answer.set_etag(sha256(answer.get_data()).hexdigest())
    answer.vary.add("Cookie")
    answer.make_conditional(request)
    return answer


@pages.get("/qr.svg")
def qr() -> Response:
    """The code that opens the page of the room; it holds no secret."""
    picture = BytesIO()
    segno.make(address(), micro=False).save(picture, kind="svg", scale=8, light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml")


def shape(current: Now, mine: list[Seen]) -> str:
    """A word that changes when an open page would need more than other texts."""
    parts = [(one.key, one.ended, bool(one.missing), [copy.name for copy in one.copies]) for one in mine]
    return sha256(repr((current.meeting, current.admits, parts)).encode()).hexdigest()[:12]


def says(current: Now, mine: list[Seen]) -> dict[str, str]:
    """Every text that may change, by the name of its element."""
    texts = {
        "title": current.words.title,
        "light": current.words.light,
        "says": current.says,
        "because": current.because,
        "recorded": current.recorded,
        "transcribed": current.transcribed,
    }
    for one in mine:
        texts |= {f"{one.key}-count": one.count, f"{one.key}-ask": one.ask, f"{one.key}-waits": one.waits}
    return texts


def address() -> str:
    """Where phones find the box: as set, else where this visitor found it."""
    web = house().settings.web
    return web.url if web.address or web.host not in ("0.0.0.0", "::") else request.host_url.rstrip("/")
