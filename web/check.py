"""The page that checks a recording, without a meeting in it: for whoever has its files and a phone's receipts."""

from flask import Blueprint, Response

from appliance.evidence import open_me

pages = Blueprint("check", __name__)


@pages.get("/check")
def check() -> Response:
    """The browser does all of it, so it needs no ticket, and may do less than other pages of this box."""
    answer = Response(open_me.page(), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = f"{open_me.policy()}; frame-ancestors 'none'"
    return answer
