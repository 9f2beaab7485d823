"""What the recorder signs while it records: the trees of one meeting, receipts, and at the end the seal.

Nothing here may hurt a recording: a box without a usable key records without signatures, and a receipt that cannot be
written just now comes with the next second.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlite_utils import Database

from appliance.clock import Clock, stamp
from appliance.evidence import claims, statement
from appliance.evidence.claims import NOT_RECORDED, RECEIPT, SEAL, START, Claims, Course, Moment
from appliance.evidence.key import Key
from appliance.evidence.merkle import Tree
from appliance.store import record

EVERY_S = 10


@dataclass(frozen=True)
class Told:
    """What people were told: how many days it is kept, and the claims of the notice in each language.

    `language`: what is spoken, ISO 639-1, or `auto`.
    """

    keep_days: int = 0
    notice: Claims = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True)
class Signing:
    """`key` is None where the box's key cannot be used; `head` is that of the log."""

    key: Key | None = None
    head: Callable[[], Claims] = dict
    told: Told = field(default_factory=Told)


class Witness:
    """`db` is record.db."""

    def __init__(self, db: Database, meeting: str, clock: Clock, signing: Signing) -> None:
        self._db, self._meeting, self._clock, self._key = db, meeting, clock, signing.key
        self._head, self._told = signing.head, signing.told
        self._marks = Tree(map(claims.mark_leaf, record.marks(db)))
        self._seconds_told, self._marks_told = record.receipted(db)

    def mark(self, mark: record.Mark) -> None:
        """A mark that stands in the record now."""
        self._marks.append(claims.mark_leaf(mark))

    def started(self) -> None:
        """Sign the start record, once, as the first microphone is opened."""
        about = record.described(self._db)
        if self._key and about and record.statement(self._db, START) is None:
            told = claims.start(about, self._told.notice, self._head(), self._now())
            record.state(self._db, START, statement.signed(START, told, self._key))

    def receipt(self, seconds: Tree, *, at_once: bool = False) -> None:
        """Sign one when 10 more seconds are durable; `at_once`: as soon as there is anything new."""
        new_seconds, new_marks = seconds.size - self._seconds_told, self._marks.size - self._marks_told
        if self._key is None or not (new_seconds >= EVERY_S or (at_once and new_seconds + new_marks > 0)):
            return
        told = claims.receipt(self._meeting, seconds, self._marks, self._now())
        try:
            record.add_receipt(self._db, seconds.size, self._marks.size, statement.signed(RECEIPT, told, self._key))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL):
                raise
            return
        self._seconds_told, self._marks_told = seconds.size, self._marks.size

    def end(self, seconds: Tree, samples: int, opened: Moment, because: str) -> None:
        """Say in the record that no sample will follow, and sign what the meeting was."""
        about, now = record.described(self._db), self._now()
        if about is None:
            return
        course = Course(opened, self._first_sound(), now, because, self._told.keep_days, self._told.language)
        kind = SEAL if samples else NOT_RECORDED
        told = self._seal(about, course, seconds, samples) if samples else self._not_recorded(about, course)
        jws = statement.signed(kind, told, self._key) if self._key else ""
        record.end(self._db, samples, now.time, kind, jws)

    def _seal(self, about: record.Described, course: Course, seconds: Tree, samples: int) -> Claims:
        start = record.statement(self._db, START)
        return claims.seal(
            about,
            course,
            samples=samples,
            seconds=seconds,
            marks=list(record.marks(self._db)),
            gaps=record.gaps(self._db),
            notice=self._told.notice,
            start=statement.digest(start) if start else "",
            log=self._head(),
        )

    def _not_recorded(self, about: record.Described, course: Course) -> Claims:
        return claims.not_recorded(about, course, self._told.notice, list(record.marks(self._db)), self._head())

    def _first_sound(self) -> Moment | None:
        first = record.first_capture(self._db)
        return Moment(first.wall, first.clock_trust) if first else None

    def _now(self) -> Moment:
        return Moment(stamp(self._clock.wall()), self._clock.trust())
