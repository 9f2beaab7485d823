"""The certificate of a recording: one page of PDF in plain words, made of what the box signed at the stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from appliance.clock import in_words, spoken
from appliance.evidence.claims import Claims
from appliance.evidence.sheet import SMALL, Sheet

TITLE = "Certificate of a recording"
MOST_GAPS, MOST_OBJECTIONS, MOST_FILES = 5, 3, 14
FOR_THE_EYE = 20  # characters, in fours


@dataclass(frozen=True)
class Whose:
    """Where the box stands, as its settings say, and the fingerprint of its key in hex."""

    room: str
    organisation: str
    fingerprint: str


@dataclass(frozen=True)
class Listed:
    """A file that belongs to the recording: its name, length in bytes, and SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


def page(seal: Claims, whose: Whose, listed: Sequence[Listed]) -> bytes:
    """`seal` are the claims of the seal (docs/evidence.md); the same input makes the same bytes."""
    sheet = Sheet(TITLE, datetime.fromisoformat(seal["ended"]["time"]))
    _meeting(sheet, seal, whose)
    sheet.heading("Its fingerprint, and that of the box")
    root = seal["audio"]["root"]
    sheet.fixed(
        "For the eye", f"{_in_fours(root[:FOR_THE_EYE])}  (the first {FOR_THE_EYE} characters of the root)", 9.5
    )
    sheet.fixed("Root of the seconds", root)
    sheet.fixed("Key of the box", whose.fingerprint)
    _files(sheet, listed)
    for title, *sentences in _texts():
        sheet.heading(title)
        for sentence in sentences:
            sheet.paragraph(sentence, SMALL)
    return sheet.as_pdf()


def gap_in_words(gap: Claims, rate: int) -> str:
    """Where nothing was recorded, for how long, and why."""
    at, long = spoken(gap["first_sample"] / rate), _long(gap["samples"] / rate)
    if gap["length_known"]:
        return f"at {at} for {long}: {gap['cause']}"
    return f"at {at}: {gap['cause']}; for how long is not known, {long} of silence stands for it"


def objection_in_words(objection: Claims, rate: int) -> str:
    at, answer = spoken(objection["sample"] / rate), objection["answer"]
    return f"at {at}, " + (f"answered with the button: {answer}" if answer else "which the button never answered")


def _meeting(sheet: Sheet, seal: Claims, whose: Whose) -> None:
    audio, rate = seal["audio"], seal["audio"]["rate"]
    gaps = [gap_in_words(gap, rate) for gap in seal["gaps"]]
    objections = [objection_in_words(one, rate) for one in seal["objections"]]
    sheet.row("Meeting", seal["meeting"])
    sheet.row("Where", ", ".join(part for part in (whose.room, whose.organisation) if part) or "not said")
    for label, name in (("Opened", "opened"), ("Recording began", "started"), ("Ended", "ended")):
        ended = f"; {seal['because']}" if name == "ended" else ""
        sheet.row(label, _moment(seal[name]) + ended)
    exact = f"{audio['seconds']} seconds, each with its hash ({audio['samples']} samples, {rate} a second)"
    sheet.row("Length", f"{_long(audio['samples'] / rate)}; {exact}")
    silent = _long(sum(gap["samples"] for gap in seal["gaps"]) / rate)
    sheet.row("Not recorded", f"{_counted(len(gaps), 'stretch', 'stretches')}, {silent} in all" if gaps else "no gap")
    _some(sheet, gaps, MOST_GAPS)
    sheet.row("Objections", _counted(len(objections), "objection", "objections") if objections else "none was marked")
    _some(sheet, objections, MOST_OBJECTIONS)
    if seal.get("keep_days"):
        sheet.row("To be deleted", f"from the box after {_counted(seal['keep_days'], 'day', 'days')}")
    notice = seal["notice"]
    told = f"the notice was version {notice['version']} in language {notice['language']}" if notice else "no notice"
    sheet.row(
        "Also signed", f"{_counted(seal['marks']['count'], 'mark', 'marks')}; {told}; software {seal['software']}"
    )


def _files(sheet: Sheet, listed: Sequence[Listed]) -> None:
    sheet.heading("The files, each with its SHA-256")
    for one in listed[:MOST_FILES]:
        sheet.columns(one.name, f"{one.bytes:,} bytes", one.sha256)
    if (more := len(listed) - MOST_FILES) > 0:
        sheet.paragraph(f"and {more} more, which manifest-sha256.txt lists", SMALL)


def _texts() -> list[list[str]]:
    """The fixed part: paragraphs, each a heading and its sentences."""
    text = files("appliance.evidence").joinpath("texts", "certificate.en.txt").read_text(encoding="utf-8")
    return [part.strip().splitlines() for part in text.split("\n\n")]


def _some(sheet: Sheet, sentences: Sequence[str], most: int) -> None:
    """The first ones; a page is no place for a hundred."""
    for sentence in sentences[:most]:
        sheet.row("", sentence, 1)
    if len(sentences) > most:
        sheet.row("", f"and {len(sentences) - most} more; all of them stand in data/evidence/seal.jws")


def _moment(said: Claims | None) -> str:
    if said is None:
        return "never"
    return f"{datetime.fromisoformat(said['time']):%-d %B %Y, %H:%M:%S} UTC, {in_words(said['clock'])}"


def _long(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} seconds"
    return f"{spoken(seconds)} {'minutes' if seconds < 3600 else 'hours'}"


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _in_fours(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
