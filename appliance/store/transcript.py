"""transcript.db, written by the transcriber: passages, lines and the second cursor of one meeting."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.store import database, migrations
from appliance.store.folders import MeetingFolder


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
    model: str


@dataclass(frozen=True)
class Cursor:
    """Every sample before `transcribed` has its text; `complete` when the ended meeting is read to its end."""

    transcribed: int
    complete: bool


def own(folder: MeetingFolder) -> Database:
    return database.own(folder.transcript_db, migrations.transcript)


def read(folder: MeetingFolder) -> Database | None:
    return database.read(folder.transcript_db)


def add_passage(db: Database, passage: Passage, lines: Iterable[Line]) -> None:
    """A passage, its lines and the cursor behind it: all of them or none."""
    with db.conn:
        row = db.conn.execute(
            "INSERT INTO passages (first_sample, samples, speech_s, took_s, model) VALUES (?, ?, ?, ?, ?)",
            (passage.first_sample, passage.samples, passage.speech_s, passage.took_s, passage.model),
        )
        db.conn.executemany(
            "INSERT INTO lines (passage, start_s, end_s, text, language, words) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (row.lastrowid, line.start_s, line.end_s, line.text, line.language, _as_json(line.words))
                for line in lines
            ],
        )
        db.conn.execute("UPDATE cursor SET transcribed = ?", (passage.first_sample + passage.samples,))


def complete(db: Database) -> None:
    with db.conn:
        db.conn.execute("UPDATE cursor SET complete = 1")


def cursor(db: Database) -> Cursor:
    row = db.conn.execute("SELECT transcribed, complete FROM cursor").fetchone()
    return Cursor(row[0], bool(row[1]))


def passages(db: Database) -> Iterator[Passage]:
    for row in db.conn.execute(
        "SELECT first_sample, samples, speech_s, took_s, model FROM passages ORDER BY first_sample"
    ):
        yield Passage(*row)


def lines(db: Database) -> Iterator[Line]:
    for row in db.conn.execute("SELECT start_s, end_s, text, language, words FROM lines ORDER BY start_s, id"):
        yield Line(row[0], row[1], row[2], row[3], tuple(Word(*word) for word in json.loads(row[4])))


def _as_json(words: Iterable[Word]) -> str:
    return json.dumps([(w.word, w.start_s, w.end_s, w.probability) for w in words], ensure_ascii=False)
