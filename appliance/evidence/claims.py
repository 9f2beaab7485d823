"""What the recorder states of a meeting, from its rows: the claims of docs/evidence.md. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.evidence import merkle
from appliance.evidence.merkle import Tree
from appliance.evidence.statement import as_json
from appliance.store.record import ANSWER, OBJECTION, Described, Gap, Mark
from appliance.store.room import Note

Claims = dict[str, Any]
START, RECEIPT, SEAL, NOT_RECORDED = "candour-start", "candour-receipt", "candour-seal", "candour-not-recorded"
TOMBSTONE, NOTES = "candour-tombstone", "candour-notes"


@dataclass(frozen=True)
class Moment:
    """A time of day (RFC 3339, UTC) and how far the clock could be trusted."""

    time: str
    clock: str

    def claims(self) -> Claims:
        return {"time": self.time, "clock": self.clock}


@dataclass(frozen=True)
class Course:
    """When a meeting was opened, recorded and ended, and why it ended; `started` is None where nobody started it.

    `keep_days`: after so many days it is to be deleted. `language`: what was spoken, by the settings.
    """

    opened: Moment
    started: Moment | None
    ended: Moment
    because: str
    keep_days: int = 0
    language: str = ""


def mark_entry(mark: Mark) -> bytes:
    """The line of a mark in the tree of marks."""
    said = {"sample": mark.sample, "mark": mark.mark, "detail": mark.detail}
    return as_json(said | {"time": mark.wall, "clock": mark.clock_trust})


def mark_leaf(mark: Mark) -> merkle.Hash:
    return merkle.leaf(mark_entry(mark))


def receipt(meeting: str, seconds: Tree, marks: Tree, now: Moment) -> Claims:
    return {
        "meeting": meeting,
        "seconds": seconds.size,
        "root": seconds.root.hex(),
        "marks": marks.size,
        "marks_root": marks.root.hex(),
        **now.claims(),
    }


def start(about: Described, notice: Claims, log: Claims, now: Moment) -> Claims:
    said = {"meeting": about.meeting, "rate": about.rate, "software": about.software, "notice": notice, "log": log}
    return said | now.claims()


def seal(
    about: Described,
    course: Course,
    *,
    samples: int,
    seconds: Tree,
    marks: Sequence[Mark],
    gaps: Iterable[Gap],
    notice: Claims,
    start: str,
    log: Claims,
) -> Claims:
    """`samples`: of the whole master; `start`: the digest of the start record, empty where there is none."""
    tree = Tree(map(mark_leaf, marks))
    return {
        **_course(about, course, notice),
        "audio": {
            "rate": about.rate,
            "channels": 1,
            "format": about.sample_format,
            "samples": samples,
            "seconds": seconds.size,
            "root": seconds.root.hex(),
        },
        "marks": {"count": tree.size, "root": tree.root.hex()},
        "gaps": [_gap(gap) for gap in gaps],
        "objections": objections(marks),
        "start": start,
        "log": log,
    }


def not_recorded(about: Described, course: Course, notice: Claims, marks: Sequence[Mark], log: Claims) -> Claims:
    return _course(about, course, notice) | {"objections": objections(marks), "log": log}


def could_not_record(name: str, now: Moment, because: str, software: str, log: Claims) -> Claims:
    """A press that began no meeting; `name` is what it is known by."""
    said = {"meeting": name, "opened": now.claims(), "started": None, "ended": now.claims(), "software": software}
    return said | {"because": f"could not record: {because}", "keep_days": 0, "objections": [], "log": log}


def notes(meeting: str, seal: str, number: int, before: str, written: Sequence[Note], now: Moment) -> Claims:
    """File `number` of the notes on a meeting, from 1; `seal` and `before` are digests, of the file before this one."""
    said = {"meeting": meeting, "seal": seal, "number": number, "before": before}
    return said | {"notes": [_note(note) for note in written]} | now.claims()


def objections(marks: Sequence[Mark]) -> list[Claims]:
    """Each with what the button answered next; an empty answer: it never did."""
    found = []
    for place, mark in enumerate(marks):
        if mark.mark == OBJECTION:
            answer = next((later.detail for later in marks[place:] if later.mark == ANSWER), "")
            found.append({"sample": mark.sample, "time": mark.wall, "answer": answer})
    return found


def _course(about: Described, course: Course, notice: Claims) -> Claims:
    return {
        "meeting": about.meeting,
        "opened": course.opened.claims(),
        "started": course.started.claims() if course.started else None,
        "ended": course.ended.claims(),
        "because": course.because,
        "keep_days": course.keep_days,
        "language": course.language,
        "software": about.software,
        "notice": notice,
    }


def _note(note: Note) -> Claims:
    said = {"id": note.id, "by": note.pseudonym, "first_s": note.first_s, "last_s": note.last_s, "says": note.says}
    home = None if note.home_wall is None else {"name": note.name, "written": note.home_wall}
    return said | {"time": note.wall, "at_home": home}


def _gap(gap: Gap) -> Claims:
    return {
        "first_sample": gap.first_sample,
        "samples": gap.samples,
        "cause": gap.cause,
        "length_known": gap.length_known,
    }
