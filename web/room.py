"""The page of the room: what the box does now, and how to get a ticket; and the status that keeps pages up to date."""

from hashlib import sha256
from io import BytesIO

import segno
from flask import Blueprint, Response, abort, jsonify, render_template, request
from markupsafe import Markup

from appliance.notice import Notice
from web import identity, refusals
from web.credentials import new_token
from web.house import house
from web.languages import current
from web.meetings import Seen, mine
from web.now import Now, now

pages = Blueprint("room", __name__)


@pages.get("/")
def room() -> str:
    """A new token lies ready in the form, so that pressing twice gives one ticket."""
    current, found = now(), mine()
    here = next((one for one in found or () if one.id == current.meeting), None)
    return render_template(
        "room.html",
        now=current,
        mine=found,
        here=here.held if here else None,
        may_object=here is not None and not here.ended,
        objected=here is not None and here.objected,
        token=new_token(),
        address=address(),
        shape=shape,
        refusal=refusals.newest(),
        box=identity.identity(),
        notice_language=in_own_language(texts()),
    )


@pages.get("/notice")
@pages.get("/notice/<language>")
def told(language: str = "") -> str:
    """What people are told before a recording, in any language in which the organisation says it."""
    if language and language not in {one.language for one in texts()}:
        abort(404)
    return render_template("told.html", notice_language=language or in_own_language(texts()))


@pages.get("/status")
def status() -> Response:
    """What may change on an open page: `says` by the name of its element, `shape` for what needs a new page."""
    current, found = now(), mine()
    answer = jsonify(
        shape=shape(current, found),
        pattern=current.words.pattern,
        because=current.because,
        objections=current.objecting,
        level=current.level,
        says=says(current, found or []),
        receipts={one.id: one.receipt.jws for one in found or () if one.receipt},
    )
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


def texts() -> list[Notice]:
    """What everybody is told, in each language."""
    return house().notices


def in_own_language(found: list[Notice]) -> str:
    """The language in which this visitor reads the notice: that of the page where there is such a text."""
    own = current()
    return own if own in {one.language for one in found} else found[0].language


def as_svg(text: str) -> Markup:
    """A QR code to stand in a page, for what no request may carry."""
    return Markup(segno.make(text, micro=False).svg_inline(scale=6, light="#fff"))


def shape(current: Now, found: list[Seen] | None) -> str:
    """A word that changes when an open page would need more than other texts; no meetings is not out of reach."""
    parts = [(one.key, one.ended, one.objected, bool(one.missing), one.names, kept(one)) for one in found or ()]
    return sha256(repr((current.meeting, current.admits, found is None, parts)).encode()).hexdigest()[:12]


def kept(one: Seen) -> tuple[object, ...]:
    """What an open page has to say anew about how long a meeting stays, and about its receipts."""
    return (bool(one.receipt), one.deleted, one.notes, one.stick, *(one.keeping.holds if one.keeping else ()))


def says(current: Now, found: list[Seen]) -> dict[str, str]:
    """Every text that may change, by the name of its element."""
    texts = {
        "title": current.title,
        "light": current.light,
        "says": current.says,
        "because": current.because,
        "objections": current.objections,
        "recorded": current.recorded,
        "transcribed": current.transcribed,
    }
    for one in found:
        texts |= {f"{one.key}-count": one.count, f"{one.key}-ask": one.ask, f"{one.key}-waits": one.waits}
        texts[f"{one.key}-keeping"] = one.keeping.says if one.keeping else ""
        texts[f"{one.key}-receipt"] = one.receipt.says if one.receipt else ""
    return texts


def address() -> str:
    """Where phones find the box: as set, else where this visitor found it."""
    web = house().settings.web
    return web.url if web.address or web.host not in ("0.0.0.0", "::") else request.host_url.rstrip("/")
