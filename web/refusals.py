"""A press that could not begin a meeting: said on the page of the room, with what the box signed of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort

from appliance.store import box
from web.house import house, reading, within_reach
from web.languages import day_and_time

pages = Blueprint("refusals", __name__)

SHOWN = timedelta(hours=20)  # as long as a holder at least may pick up a copy


@dataclass(frozen=True)
class Refusal:
    """`when` is a time in the room; everybody in it may have the file."""

    id: str
    when: str
    because: str
    jws: str


@pages.get("/refusals/<refusal_id>.jws")
def as_file(refusal_id: str) -> Response:
    found = newest()
    if found is None or found.id != refusal_id:
        abort(404)
    answer = Response(f"{found.jws}\n", mimetype="application/jose")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{found.id} not-recorded.jws")
    return answer


def newest() -> Refusal | None:
    """The last one, for as long as people may want to take it away."""
    last = within_reach(_last, None)
    if last is None:
        return None
    wall = datetime.fromisoformat(last.wall)
    if abs(house().clock.wall() - wall) > SHOWN:
        return None
    return Refusal(last.id, day_and_time(last.wall), last.because, last.jws)


def _last() -> box.Refusal | None:
    db = reading(box, house().folders)
    return box.last_refusal(db) if db else None
