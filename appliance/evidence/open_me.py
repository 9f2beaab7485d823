"""open-me.html: one page that listens to a recording and checks it, from disk or over http, without a network.

Everything is inside it: the style, the scripts, the program of its Worker, and the evidence of one meeting as JSON.
"""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

NAME = "open-me.html"
EMBEDDED = (
    *("seal.jws", "start.jws", "copies.jws", "transcript.jws"),
    *("leaves.sha256", "marks.jsonl", "device.pem", "transcript.json"),
)
"""The names of the files of a bundle that stand in the page."""

# Each in the order in which its modules rest on one another.
WORKER = (
    *("encoding", "sha256", "p256", "merkle", "certificate", "statement", "zip", "flac", "known", "sound"),
    *("verdict", "claims", "key", "bag", "deleted", "lists", "account", "notes", "receipts"),
    *("places", "joins", "clip", "clip_words", "shifts", "seconds", "excerpt", "chosen", "verify", "worker"),
)
SCRIPT = (
    *("words.en", "say", "asking", "entries", "player", "reader", "search"),
    *("findings", "checker", "disagreement", "open-me"),
)


def page(embedded: Mapping[str, bytes] | None = None) -> bytes:
    """The page with the evidence of one meeting (UTF-8, by name), or, without any, for whatever files are chosen."""
    parts = {
        "policy": policy(),
        "style": _style(),
        "evidence": as_data({name: content.decode() for name, content in (embedded or {}).items()}),
        "worker": _scripts(WORKER),
        "script": _scripts(SCRIPT),
    }
    return re.sub(r"<!-- (\w+) -->", lambda found: parts[found[1]], _read(NAME)).encode()


def policy() -> str:
    """The Content-Security-Policy of the page: its own script and style, its Worker, chosen sounds."""
    return (
        f"default-src 'none'; script-src {_hash(_scripts(SCRIPT))}; style-src {_hash(_style())}; worker-src blob:;"
        " media-src blob:; base-uri 'none'; form-action 'none'"
    )


def as_data(texts: Mapping[str, str]) -> str:
    """JSON in ASCII that ends no script element and begins no comment, whatever the texts hold."""
    return json.dumps(texts, sort_keys=True).replace("<", "\\u003c")


@cache
def _scripts(names: tuple[str, ...]) -> str:
    """One after another; each says for itself that it is strict, which only the first has to say."""
    first, *more = (_read(f"{name}.js") for name in names)
    return "\n".join([first, *(text.removeprefix('"use strict";\n') for text in more)])


def _style() -> str:
    return _read("open-me.css")


@cache
def _read(name: str) -> str:
    return files("appliance.evidence").joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
