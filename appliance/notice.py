"""The notice: what everybody is told before a recording. Every seal names it by version, language and hash."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

VERSION = "2"
LANGUAGE = "en"


@dataclass(frozen=True)
class Notice:
    """`language` is an ISO 639-1 code; paragraphs of `text` are separated by empty lines."""

    version: str
    language: str
    text: str

    @property
    def paragraphs(self) -> list[str]:
        return [" ".join(part.split()) for part in self.text.split("\n\n")]

    def claims(self) -> dict[str, str]:
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return {"version": self.version, "language": self.language, "sha256": digest}


@cache
def notice() -> Notice:
    """The one that the page shows."""
    text = files("appliance").joinpath("notices", f"{LANGUAGE}.txt").read_text(encoding="utf-8")
    return Notice(VERSION, LANGUAGE, text)
