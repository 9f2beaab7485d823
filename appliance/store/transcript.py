"""transcript.db, written by the transcriber: passages, lines and the second cursor of one meeting."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from typing import Any

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import MeetingFolder

PASSAGE = "first_sample, samples, speech_s, took_s, model, wall_s, way, draft"
PACE_PASSAGES = 10


@dataclass(frozen=True)
class Word:
    """One word; times in seconds of the master, probability 0 to 1."""

    word: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True)
class Line:
    """A line of transcript; times in seconds of the master."""

    start_s: float
    end_s: float
    text: str
    language: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Passage:
    """A stretch of the master that was given to the speech model at once; `model` is empty where nobody spoke."""

    first_sample: int
    samples: int
    speech_s: float
    took_s: float
    """Processor seconds."""
    model: str
    wall_s: float = 0.0
    """Seconds on the clock, which is what people wait."""
    way: str = ""
    """How the model searched, such as `beam 1`."""
    draft: bool = False
    """Whether it was read in a hurry and will be read again."""


@dataclass(frozen=True)
class Cursor:
    """Every sample before `transcribed` has its text; `complete` when the ended meeting is read to its end.

    `quality`: how many words the model is known to get wrong, as a sentence; empty where nobody has stated it.
    """

    transcribed: int
    complete: bool
    quality: str = ""


def own(folder: MeetingFolder) -> Database:
    return database.own(folder.transcript_db, migrations.transcript)


def read(folder: MeetingFolder) -> Database | None:
    return database.read(folder.transcript_db)


def add_passage(db: Database, passage: Passage, lines: Iterable[Line]) -> None:
    """A passage, its lines and the cursor behind it: all of them or none."""
    with db.conn:
        _insert(db, passage, lines)
        db.conn.execute("UPDATE cursor SET transcribed = ?", (passage.first_sample + passage.samples,))


def replace_draft(db: Database, passage: Passage, lines: Iterable[Line]) -> None:
    """The better reading of a draft, in its place: both of them or none."""
    with db.conn:
        (old,) = db.conn.execute(
            "SELECT id FROM passages WHERE first_sample = ? AND draft", (passage.first_sample,)
        ).fetchone()
        db.conn.execute("DELETE FROM lines WHERE passage = ?", (old,))
        db.conn.execute("DELETE FROM passages WHERE id = ?", (old,))
        _insert(db, passage, lines)


def _insert(db: Database, passage: Passage, lines: Iterable[Line]) -> None:
    row = db.conn.execute(f"INSERT INTO passages ({PASSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(passage))
    db.conn.executemany(
        "INSERT INTO lines (passage, start_s, end_s, text, language, words) VALUES (?, ?, ?, ?, ?, ?)",
        [(row.lastrowid, line.start_s, line.end_s, line.text, line.language, _as_json(line.words)) for line in lines],
    )


def state_quality(db: Database, sentence: str) -> None:
    with db.conn:
        db.conn.execute("UPDATE cursor SET quality = ?", (sentence,))


def complete(db: Database) -> None:
    with db.conn:
        db.conn.execute("UPDATE cursor SET complete = 1")


def cursor(db: Database) -> Cursor:
    row = db.conn.execute("SELECT transcribed, complete, quality FROM cursor").fetchone()
    return Cursor(row[0], bool(row[1]), row[2])


def passages(db: Database) -> Iterator[Passage]:
    for row in db.conn.execute(f"SELECT {PASSAGE} FROM passages ORDER BY first_sample"):
        yield _passage(row)


def drafts(db: Database) -> list[Passage]:
    """What is to be read again, in the order of time."""
    rows = db.conn.execute(f"SELECT {PASSAGE} FROM passages WHERE draft ORDER BY first_sample")
    return [_passage(row) for row in rows]


def _passage(row: tuple[Any, ...]) -> Passage:
    return replace(Passage(*row[:-1]), draft=bool(row[-1]))


def pace(db: Database) -> float | None:
    """Seconds on the clock for each sample, in the last passages that were read; None where none was."""
    took, samples = db.conn.execute(
        "SELECT sum(wall_s), sum(samples) FROM"
        " (SELECT wall_s, samples FROM passages WHERE model != '' AND NOT draft ORDER BY id DESC LIMIT ?)",
        (PACE_PASSAGES,),
    ).fetchone()
    return took / samples if samples else None


def lines(db: Database) -> Iterator[Line]:
    for row in db.conn.execute("SELECT start_s, end_s, text, language, words FROM lines ORDER BY start_s, id"):
        yield Line(row[0], row[1], row[2], row[3], tuple(Word(*word) for word in json.loads(row[4])))


def _as_json(words: Iterable[Word]) -> str:
    return json.dumps([(w.word, w.start_s, w.end_s, w.probability) for w in words], ensure_ascii=False)
