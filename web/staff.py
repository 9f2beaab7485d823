"""The page of whoever looks after the box: its state, what to print, and holds.

Nothing here hears, reads, withholds or deletes anything.
"""

import hmac
import zipfile
from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from segno import helpers

from appliance import checks
from appliance import export as exporting
from appliance.clock import stamp
from appliance.errors import NothingToExport
from appliance.store import box, events, holds, room, tickets
from appliance.store.folders import MeetingFolder
from appliance.store.holds import LONGEST_WHY
from appliance.store.room import STAFF
from web import identity, keeping, meetings
from web.credentials import code_of, grouped, new_token, secret_of
from web.house import house, reading, writing
from web.keeping import Keeping
from web.languages import gettext, in_every_language, msgid
from web.now import now
from web.paper import card_words, placard_words, slip_words
from web.room import address, as_svg, shape

PATH = "/staff"
pages = Blueprint("staff", __name__, url_prefix=PATH)

COOKIE = "candour-staff"
MOST_SLIPS = 64
CHECKS = {
    "microphone": msgid("Microphone"),
    "certificate of the page": msgid("Certificate of the page"),
    "notice": msgid("Notice"),
    "clock": msgid("Clock"),
    "network": msgid("Network"),
    "space": msgid("Space on the card"),
    "recorder": msgid("Recorder"),
}


@dataclass(frozen=True)
class Listed:
    """A meeting as staff sees it: that it is there, and how long it stays."""

    id: str
    when: str
    keeping: Keeping | None
    deleted: str


@dataclass(frozen=True)
class Printed:
    """A slip as it is printed, once; the box keeps only hashes."""

    picture: str
    code: str


@pages.before_request
def only_staff() -> ResponseReturnValue | None:
    """Without a key in the settings there is no such page; without the right one there is only the question for it."""
    if not house().settings.staff.key:
        abort(404)
    if request.endpoint == "staff.enter" or hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), _seal()):
        return None
    return render_template("staff_key.html"), 403


@pages.post("/enter")
def enter() -> ResponseReturnValue:
    patience, moment = house().staff_patience, house().clock.monotonic()
    if patience.is_over(moment):
        abort(429, gettext("Wrong keys were typed here again and again. Wait ten minutes."))
    if not hmac.compare_digest(request.form.get("key", "").encode(), house().settings.staff.key.encode()):
        patience.wrong(moment)
        return render_template("staff_key.html", wrong=True), 403
    answer = redirect(url_for("staff.staff"), 303)
    answer.set_cookie(COOKIE, _seal().decode(), httponly=True, samesite="Strict", secure=request.is_secure, path=PATH)
    return answer


@pages.post("/leave")
def leave() -> ResponseReturnValue:
    answer = redirect(url_for("room.room"), 303)
    answer.delete_cookie(COOKIE, path=PATH)
    return answer


@pages.get("/")
def staff() -> str:
    current = now()
    return render_template(
        "staff.html",
        now=current,
        shape=shape(current, meetings.mine()),
        checks=checks.seen(house().settings, house().clock),
        names=CHECKS,
        meetings=_meetings(),
        box=identity.identity(),
        most=MOST_SLIPS,
        longest=LONGEST_WHY,
    )


@pages.get("/placard")
def placard() -> str:
    """For the wall and the table: what the box is, its codes, and the fingerprint of its key; in every language."""
    network = house().settings.network
    return render_template(
        "placard.html",
        both=in_every_language(placard_words),
        picture=as_svg(address()),
        wifi=_wifi(network.name, network.password) if network.name else "",
        network=network,
        address=address(),
        box=identity.identity(),
    )


@pages.get("/card")
def card() -> str:
    """For whoever runs meetings: the button and the light."""
    return render_template("card.html", both=in_every_language(card_words))


@pages.get("/export")
def export() -> Response:
    """What `candour export` writes, packed: the log, its signed heads, and tombstones. No word that was said."""
    packed = BytesIO()
    try:
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in exporting.parts(house().settings).items():
                archive.writestr(f"candour-export/{name}", content)
    except NothingToExport:
        abort(404)
    answer = Response(packed.getvalue(), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename="candour-export.zip")
    return answer


@pages.post("/slips")
def slips() -> str:
    """A pad of tickets to hand out; each can be read off this page only."""
    wanted = request.form.get("count", "")
    count = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
    if not 1 <= count <= MOST_SLIPS:
        abort(400, gettext("Write how many slips to print, from 1 to %(most)s.", most=MOST_SLIPS))
    tokens = [new_token() for _ in range(count)]
    with writing(tickets, house().folders) as db:
        tickets.add_slips(db, map(secret_of, tokens), stamp(house().clock.wall()))
        events.log(db, house().clock, "slips printed", str(count))
    printed = [Printed(as_svg(f"{address()}/mine#{token}"), grouped(code_of(token))) for token in tokens]
    return render_template("slips.html", slips=printed, where=f"{address()}/enter", both=in_every_language(slip_words))


@pages.post("/hold/<meeting>")
def hold(meeting: str) -> ResponseReturnValue:
    """Keep it; all who hold a ticket see who asked and why."""
    who, why = holds.reason(request.form.get("who", "")), holds.reason(request.form.get("why", ""))
    if not who or not why or max(len(who), len(why)) > LONGEST_WHY:
        abort(
            400,
            gettext(
                "Write who asks and why, in at most %(most)s characters. Everybody with a ticket sees both.",
                most=LONGEST_WHY,
            ),
        )
    folder = _folder(meeting)
    with writing(room, folder) as db:
        room.add_hold(db, STAFF, who, why, stamp(house().clock.wall()))
        events.log(db, house().clock, "hold", "staff")
    keeping.only_in_time(folder.id)
    return redirect(url_for("staff.staff"), 303)


@pages.post("/lift/<meeting>")
def lift(meeting: str) -> ResponseReturnValue:
    """Lift what this page asked for; what holders asked for only they lift, or `candour hold --lift`."""
    with writing(room, _folder(meeting)) as db:
        if room.lift_holds(db, STAFF, stamp(house().clock.wall())):
            events.log(db, house().clock, "hold lifted", "staff")
    return redirect(url_for("staff.staff"), 303)


def _meetings() -> list[Listed]:
    db = reading(box, house().folders)
    found = sorted(box.meetings(db), key=lambda one: one.opened_wall, reverse=True) if db else []
    return [Listed(one.id, meetings.when(one), _kept(one.id), keeping.deletion(one.id)) for one in found]


def _kept(meeting: str) -> Keeping | None:
    folder = house().folders.meeting(meeting)
    return keeping.keeping(folder, STAFF) if folder.path.exists() else None


def _folder(meeting: str) -> MeetingFolder:
    """Of a meeting that is listed and still there."""
    db = reading(box, house().folders)
    if db is None or meeting not in {one.id for one in box.meetings(db)}:
        abort(404)
    keeping.only_if_there(meeting)
    folder = house().folders.meeting(meeting)
    return folder if folder.path.exists() else abort(404)


def _wifi(name: str, password: str) -> Markup:
    code = helpers.make_wifi(name, password or None, "WPA" if password else None)
    return Markup(code.svg_inline(scale=6, light="#fff"))


def _seal() -> bytes:
    """What the browser of staff holds: good until the key or the boot is another one."""
    return hmac.new(house().settings.staff.key.encode(), house().boot_id.encode(), "sha256").hexdigest().encode()
