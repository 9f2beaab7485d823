"""What every request and every answer must keep to: the box's own name and origin, headers, refusals in words."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, SecurityError, ServiceUnavailable

from web import words
from web.house import OUT_OF_REACH, house
from web.languages import gettext, msgid

FORM_BYTES = 16 * 1024  # a note of a thousand characters, each of which a browser may write as nine
METHODS = ("GET", "HEAD", "POST")
LOCAL_ENDINGS = (".local", ".internal", ".home.arpa", ".test")  # names that no public registrar gives away
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # With no-referrer browsers send `Origin: null` on form posts, and `only_own_origin` would refuse everybody.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=()",
}
SENTENCES = {
    400: (msgid("Not understood"), msgid("Your browser asked in a way that this page does not understand.")),
    403: (msgid("Not allowed"), msgid("This is only for people who hold a ticket of that meeting.")),
    404: (msgid("Nothing here"), msgid("There is no page at this address.")),
    405: (msgid("Not possible"), msgid("This page cannot be used in that way.")),
    409: (
        msgid("Too late, or just in time"),
        msgid("Something else happened at the same moment. Look at your page again."),
    ),
    410: (msgid("Deleted"), msgid("The box has deleted this recording, as it had said.")),
    413: (msgid("Too much"), msgid("That was far more text than a ticket has.")),
    429: (
        msgid("Too many wrong codes"),
        msgid(
            "Wrong codes were typed here again and again. Wait ten minutes, or open your personal link: it works"
            " always."
        ),
    ),
    416: (
        msgid("No such part"),
        msgid("The file is shorter than the part that was asked for. Start the download again."),
    ),
    503: (msgid("Out of reach just now"), words.OUT_OF_REACH),
    500: (msgid("Something went wrong"), msgid("The fault is in the box, not in your phone. Try again in a minute.")),
}


def secure(app: Flask) -> None:
    """Apply all of it to an app."""
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    app.before_request(only_own_name)
    app.before_request(only_known_methods)
    app.before_request(only_own_origin)
    app.after_request(add_headers)
    app.register_error_handler(HTTPException, refusal)
    for trouble in OUT_OF_REACH:
        app.register_error_handler(trouble, out_of_reach)


def only_own_name() -> None:
    """Refuse names that a stranger can own, or a web site could point its name at the box (DNS rebinding)."""
    own = urlsplit(house().settings.web.url).hostname
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        name = ""
    if name and (name == own or "." not in name or name.endswith(LOCAL_ENDINGS) or _is_address(name)):
        return
    abort(400, gettext("This box does not go by that name. Scan the code on the table."))


def only_known_methods() -> None:
    """What a browser uses; Flask would answer OPTIONS by itself."""
    if request.method not in METHODS:
        raise MethodNotAllowed(METHODS)


def only_own_origin() -> None:
    """A form is taken only from a page of this box."""
    if request.method == "POST" and urlsplit(request.headers.get("Origin", "")).netloc != request.host:
        abort(403, gettext("This form did not come from this page. Open the page of the room again and press there."))


def add_headers(answer: Response) -> Response:
    for name, said in {**HEADERS, "Cache-Control": "no-store"}.items():
        answer.headers.setdefault(name, said)
    return answer


def refusal(error: HTTPException) -> ResponseReturnValue:
    """Any refusal as a page in the house's style; a sentence given to `abort` stands instead of the general one."""
    if error.response is not None:
        return error.response
    code = error.code or 500
    title, general = SENTENCES.get(code, SENTENCES[400] if code < 500 else SENTENCES[500])
    own_words = error.description not in (type(error).description, None) and not isinstance(error, SecurityError)
    title, sentence = gettext(title), error.description if own_words else gettext(general)
    if isinstance(request.routing_exception, BadRequest):  # a name for which no link can be made
        return Response(f"{title}. {sentence}\n", code, mimetype="text/plain")
    page = render_template("refusal.html", title=title, sentence=sentence, back="/")
    kept = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Content-Range")]
    return page, code, kept


def out_of_reach(error: Exception) -> ResponseReturnValue:
    """The card is damaged, read-only or gone: a sentence, and the reason for whoever reads the log."""
    current_app.logger.error("The card could not be used", exc_info=error)
    return refusal(ServiceUnavailable())


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
