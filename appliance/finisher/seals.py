"""What the finisher signs: the small audio before it is offered, later the transcript; each names the seal before it.

A meeting that the recorder could not sign for, because the box's key was no good, has no seals after it either.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from appliance.evidence import statement
from appliance.evidence.claims import NOT_RECORDED, SEAL, Claims
from appliance.finisher.meeting import Meeting
from appliance.finisher.naming import written

SEAL_NAME, COPIES_NAME, TRANSCRIPT_NAME, NOT_RECORDED_NAME = (
    "seal.jws",
    "copies.jws",
    "transcript.jws",
    "not-recorded.jws",
)
COPIES, TRANSCRIPT = "candour-copies", "candour-transcript"


def seal_copies(meeting: Meeting, names: Iterable[str]) -> list[str]:
    """Put the recorder's seal beside the copies, and sign which small audio belongs to it; the names of both."""
    seal = meeting.statement(SEAL)
    if seal is None or meeting.key is None:
        return []
    _write(meeting.folder.copies / SEAL_NAME, seal)
    told = {"meeting": meeting.id, "seal": statement.digest(seal), "files": _files(meeting, names)}
    _write(meeting.folder.copies / COPIES_NAME, statement.signed(COPIES, told, meeting.key))
    return [SEAL_NAME, COPIES_NAME]


def seal_transcript(meeting: Meeting, names: Iterable[str], about: Claims) -> list[str]:
    """Sign the transcript's files and `about`, by which model and settings they came; the name of the seal."""
    seal, copies = meeting.statement(SEAL), meeting.folder.copies / COPIES_NAME
    if seal is None or meeting.key is None:
        return []
    before = {
        "seal": statement.digest(seal),
        "copies": statement.digest(copies.read_text()) if copies.exists() else "",
    }
    told = {"meeting": meeting.id, **before, "files": _files(meeting, names), **about}
    _write(meeting.folder.copies / TRANSCRIPT_NAME, statement.signed(TRANSCRIPT, told, meeting.key))
    return [TRANSCRIPT_NAME]


def not_recorded(meeting: Meeting) -> list[str]:
    """Offer what the recorder signed of a meeting without sound; the name of the file."""
    signed = meeting.statement(NOT_RECORDED)
    if signed is None:
        return []
    _write(meeting.folder.copies / NOT_RECORDED_NAME, signed)
    return [NOT_RECORDED_NAME]


def _files(meeting: Meeting, names: Iterable[str]) -> Claims:
    return {name: _about(meeting.folder.copies / name) for name in names}


def _about(path: Path) -> Claims:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"bytes": file.tell(), "sha256": digest}


def _write(path: Path, text: str) -> None:
    """What is there already stays."""
    if not path.exists():
        with written(path) as file:
            file.write(text.encode())
