"""The language of a page: what the visitor chose, else what the browser asks for, else the room's first.

The sentences of the source are English; translations/<language>/LC_MESSAGES/messages.po has them in another one. What
other services wrote down in English stays English where the catalogue does not have it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from urllib.parse import urlsplit

import flask_babel
from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Blueprint, Flask, abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, force_locale, format_date, format_datetime, get_locale

from appliance.settings import LANGUAGES
from web.house import house

pages = Blueprint("languages", __name__)

COOKIE = "candour-language"
KEPT_S = 400 * 24 * 3600
TAGS = {"en": "en-GB"}
UNREAD = frozenset(("cy",))
"""Not yet read by somebody who speaks it, which their pages say."""


def speak(app: Flask) -> None:
    """Give an app its languages: the catalogues are read once, from text."""
    babel = Babel(app, default_locale=LANGUAGES[0], locale_selector=chosen)
    with app.app_context():
        for code in LANGUAGES[1:]:
            babel.domain_instance.cache[code, "messages"] = catalogue(code)
    app.context_processor(_words_of_pages)
    app.jinja_env.filters["endonym"] = endonym


@cache
def catalogue(code: str) -> Translations:
    path = files("web").joinpath("translations", code, "LC_MESSAGES", "messages.po")
    packed = BytesIO()
    with path.open("rb") as text:
        write_mo(packed, read_po(text, locale=code))
    packed.seek(0)
    return Translations(packed)


def chosen() -> str:
    """The language of this request."""
    offered = house().settings.room.spoken
    wanted = request.cookies.get(COOKIE, "")
    return wanted if wanted in offered else request.accept_languages.best_match(offered) or offered[0]


def current() -> str:
    """Its code, ISO 639-1."""
    return str(get_locale() or Locale(LANGUAGES[0]))


@pages.get("/language/<code>")
def choose(code: str) -> ResponseReturnValue:
    """From now on in that language, on the page where the visitor was."""
    if code not in house().settings.room.spoken:
        abort(404)
    answer = redirect(_own_path(request.args.get("back", "/")), 303)
    answer.set_cookie(COOKIE, code, max_age=KEPT_S, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def gettext(text: str, **facts: object) -> str:
    """A sentence in the visitor's language, with `%(name)s` filled in."""
    return str(flask_babel.gettext(text, **facts))


def ngettext(one: str, many: str, num: int, **facts: object) -> str:
    """The same for a count, which fills in `%(num)s`."""
    return str(flask_babel.ngettext(one, many, num, **facts))


def msgid(text: str) -> str:
    """Marks a sentence that is translated where it is shown."""
    return text


def said(text: str) -> str:
    """What another service wrote, in the visitor's language where that is known."""
    return gettext(text) if text else ""


def in_every_language(words: Callable[[], Mapping[str, object]]) -> list[dict[str, object]]:
    """What `words` says in each of the room's languages, with its `code`."""
    found = []
    for code in house().settings.room.spoken:
        with force_locale(code):
            found.append({**words(), "code": code})
    return found


def endonym(code: str) -> str:
    """What a language calls itself: `cy` -> `Cymraeg`; the code where that is not known."""
    try:
        return Locale(code).get_display_name(code) or code
    except UnknownLocaleError:
        return code


def day(wall: str) -> str:
    """`23 November 2026`, in the room's time, from RFC 3339."""
    return str(format_date(_local(wall), "d MMMM y", rebase=False))


def day_and_time(wall: str, seconds: bool = False) -> str:
    """`Monday 23 November 2026, 10:02`."""
    return str(format_datetime(_local(wall), f"EEEE d MMMM y, HH:mm{':ss' if seconds else ''}", rebase=False))


def _local(wall: str) -> datetime:
    return datetime.fromisoformat(wall).astimezone()


def _own_path(back: str) -> str:
    """A page of this box, never another site."""
    path = urlsplit(back).path
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else "/"


def _words_of_pages() -> dict[str, object]:
    code = current()
    back = request.path if request.method == "GET" and request.url_rule else "/mine"
    return {
        "language": code,
        "language_tag": TAGS.get(code, code),
        "others": [(one, endonym(one)) for one in house().settings.room.spoken if one != code],
        "back": back,
        "unread": code in UNREAD,
        "in_language": force_locale,
        "said": said,
    }
