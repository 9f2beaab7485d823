"""The notice: what everybody is told before a recording, in each language. Every seal names it by version and hash.

The texts are the box's own, or those of the organisation in a folder of its choice, one file for each language, named
by its ISO 639 code: en.txt, cy.txt, pl.txt. Lines with # before them are headings; empty lines stand between
paragraphs.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from pathlib import Path

from appliance.errors import BadNotice
from appliance.settings import Settings

VERSION = "3"
"""Of the box's own texts."""
OF_ORGANISATION = "organisation"
FILE = re.compile(r"([a-z]{2,3})\.txt")
LONGEST = 20_000  # characters


@dataclass(frozen=True)
class Notice:
    """One language's text, as it is shown; `language` is an ISO 639 code."""

    version: str
    language: str
    text: str

    @cached_property
    def parts(self) -> list[tuple[str, list[str]]]:
        """(heading, paragraphs); what stands before the first heading has none."""
        found: list[tuple[str, list[str]]] = [("", [])]
        for is_text, lines in groupby(self.text.splitlines(), key=lambda line: bool(line.strip())):
            for heading, block in groupby(lines if is_text else (), key=lambda line: line.startswith("#")):
                if heading:
                    found += [(line.lstrip("# ").strip(), []) for line in block]
                else:
                    found[-1][1].append(" ".join(" ".join(block).split()))
        return found if found[0][1] else found[1:]

    def claims(self) -> dict[str, str]:
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return {"version": self.version, "language": self.language, "sha256": digest}


def notices(settings: Settings) -> list[Notice]:
    """In every language that there is; first those of the pages, in their order. Raises BadNotice."""
    room = settings.room
    facts = {
        "organisation": room.organisation or room.name,
        "room": room.name,
        "days": str(settings.retention.days),
        "help_line": room.help_line,
    }
    found = _own() if not room.notices else _of_organisation(Path(room.notices))
    shown = [Notice(one.version, one.language, _filled(one.text, facts)) for one in found]
    first = {language: place for place, language in enumerate(room.spoken)}
    return sorted(shown, key=lambda one: (first.get(one.language, len(first)), one.language))


def shown(settings: Settings) -> list[Notice]:
    """The same, and the box's own texts where the organisation's cannot be used: `candour check` says so."""
    try:
        return notices(settings)
    except BadNotice:
        return notices(settings.with_own_notices())


def claims(found: list[Notice]) -> dict[str, object]:
    """What a statement says of them: the first, and the other languages beside it."""
    first, *others = found
    return first.claims() | ({"also": [one.claims() for one in others]} if others else {})


def _own() -> list[Notice]:
    return _read(files("appliance").joinpath("notices"), VERSION)


def _of_organisation(folder: Path) -> list[Notice]:
    if not folder.is_dir():
        raise BadNotice(path=folder, why="there is no such folder")
    return _read(folder, OF_ORGANISATION)


def _read(folder: Traversable, version: str) -> list[Notice]:
    try:
        named = [(path, found[1]) for path in folder.iterdir() if (found := FILE.fullmatch(path.name))]
        texts = [Notice(version, code, path.read_text(encoding="utf-8-sig")) for path, code in named]
    except (OSError, UnicodeDecodeError) as error:
        raise BadNotice(path=folder, why=error) from error
    if not texts:
        raise BadNotice(path=folder, why="it holds no file that is named by a language, such as en.txt")
    for one in texts:
        if not one.text.strip() or len(one.text) > LONGEST:
            why = f"{one.language}.txt is empty or longer than {LONGEST} characters"
            raise BadNotice(path=folder, why=why)
    return texts


def _filled(text: str, facts: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: facts.get(found[1], found[0]), text)
