"""One meeting's sound on the disk: blocks in; durable seconds, gaps and marks out.

The WAV is the record. A second is durable when it is fsynced, and `durable` is called at that instant; its row is an
index, written behind it and rebuilt here from the WAV whenever it lags.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from appliance import VERSION
from appliance.clock import Clock, stamp
from appliance.recorder.listening import describe
from appliance.recorder.master import Master
from appliance.recorder.speech import SpeechDetector
from appliance.recorder.timeline import Block, Lost, Timeline
from appliance.store import database, record
from appliance.store.folders import MeetingFolder

UNKNOWN_GAP_S = 10  # of digital zero stand for a gap whose length nobody knows
SPOKEN_PERCENT = 20
ROWS_AT_ONCE = 600


class Recording:
    """The open meeting. Positions and lengths in samples unless a name says otherwise."""

    def __init__(self, folder: MeetingFolder, rate: int, clock: Clock, durable: Callable[[], None]) -> None:
        self._folder, self._rate, self._clock, self._durable = folder, rate, clock, durable
        self._db = record.own(folder)
        record.describe(self._db, folder.id, rate, VERSION)
        self._detector = SpeechDetector(rate)
        self._timeline: Timeline | None = None
        self._ended = False
        self._marks: list[record.Mark] = []  # waiting for the first sample of a capture
        self._master = Master(folder.master, rate) if folder.master.exists() else None
        self.last_speech = clock.monotonic()
        self._rows = self._check_rows()
        self._told = self.samples // rate  # seconds that were said to be durable
        self._write_rows()
        self._ended_at = self._end_of_sound()

    @property
    def samples(self) -> int:
        return self._master.samples if self._master else 0

    @property
    def seconds(self) -> float:
        return self.samples / self._rate

    @property
    def last_sample_at(self) -> float | None:
        """Monotonic time at which the last sample was in the air; None when that was in another boot."""
        return self._ended_at

    def put(self, block: Block, cause: str) -> None:
        """Take a block from the microphone; `cause` says why there was nothing before the first one of a capture."""
        if self._timeline is None:
            self._timeline = Timeline(self._rate, block)
            self._begin(self._timeline.start, cause)
        for part in self._timeline.put(block):
            self._append(part)

    def close_capture(self) -> None:
        """The microphone is closed: make durable what it gave."""
        if self._timeline:
            for part in self._timeline.release():
                self._append(part)
        self._timeline = None
        if self._master:
            self._master.sync()

    def mark(self, name: str, detail: str = "", *, at_next_capture: bool = False) -> None:
        """Note that something happened now, or at the first sample that the microphone is about to give."""
        wall = stamp(self._clock.wall())
        mark = record.Mark(self.samples, name, detail, wall, self._clock.trust())
        if at_next_capture:
            self._marks.append(mark)
        else:
            record.add_mark(self._db, mark)

    def end(self) -> None:
        """No sample will follow. Safe to repeat."""
        self.close_capture()
        self._place_marks()
        self._write_rows(rest=True)
        record.end(self._db, self.samples, stamp(self._clock.wall()))
        self._ended = True

    def close(self) -> None:
        """Let go of the files; a recording that has not ended can be opened again, whoever reads it meanwhile."""
        if self._master:
            self._master.close()
        if self._ended:
            database.close(self._db)
        else:
            self._db.conn.close()

    def _begin(self, start: float, cause: str) -> None:
        if self._master is None:
            self._master = Master(self._folder.master, self._rate)
        if self.samples:
            self._gap(*self._length_since(start), cause)
        self._place_marks()
        wall, trust = stamp(self._clock.wall()), self._clock.trust()
        record.add_capture(self._db, record.Capture(self.samples, start, wall, trust, self._clock.boot_id()))

    def _length_since(self, start: float) -> tuple[int, bool]:
        """How long there was no sound before a capture that starts now, and whether that is known."""
        if self._ended_at is not None:
            return max(0, round((start - self._ended_at) * self._rate)), True
        before = record.last_capture(self._db)
        if before and before.clock_trust == self._clock.trust() == "synchronised":
            passed_s = (self._clock.wall() - datetime.fromisoformat(before.wall)).total_seconds()
            return max(0, round(passed_s * self._rate) - (self.samples - before.first_sample)), True
        return UNKNOWN_GAP_S * self._rate, False

    def _append(self, part: Block | Lost) -> None:
        if self._master is None:
            return
        if isinstance(part, Lost):
            self._gap(part.samples, True, "the microphone lost sound")
            return
        self._master.append(part.pcm)
        self._ended_at = part.end
        whole = self._master.samples // self._rate
        if whole > self._told:  # the rows may be further behind, when somebody locks them
            self._master.sync()
            self._told = whole
            self._durable()
            self._write_rows()

    def _gap(self, samples: int, length_known: bool, cause: str) -> None:
        """Digital zero of the gap's length. The row comes first: the file can be made to follow it, not it the file."""
        if not samples or not self._master:
            return
        self._master.sync()  # else a power cut could put the gap's zeros where sound was lost
        record.add_gap(self._db, self.samples, samples, cause, length_known=length_known)
        self._master.extend(samples)
        self._master.sync()
        self._told = self._master.samples // self._rate
        self._write_rows()

    def _place_marks(self) -> None:
        for mark in self._marks:
            record.add_mark(self._db, record.Mark(self.samples, mark.mark, mark.detail, mark.wall, mark.clock_trust))
        self._marks = []

    def _check_rows(self) -> int:
        """After a crash: a gap that the file does not hold yet is put in, rows without sound go. Returns the rows."""
        if self._master is None:
            return 0
        for gap in record.gaps(self._db):
            self._master.extend(max(0, gap.first_sample + gap.samples - self._master.samples))
        self._master.sync()
        last = record.last_second(self._db)
        rows = min(last.number + 1 if last else 0, self._master.samples // self._rate)
        record.forget_seconds(self._db, rows)
        return rows

    def _write_rows(self, *, rest: bool = False) -> None:
        """Describe every full second that has no row yet, and with `rest` also what is left of the last one."""
        whole = self.samples // self._rate
        try:
            while self._master and self._rows < whole:
                self._add_rows(range(self._rows, min(whole, self._rows + ROWS_AT_ONCE)))
            if self._master and rest and self.samples % self._rate:
                self._add_rows(range(whole, whole + 1))
        except sqlite3.OperationalError as error:
            if rest or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:  # else the next second writes them too
                raise

    def _add_rows(self, numbers: range) -> None:
        if self._master is None:
            return
        rows = [describe(n, self._master.pcm(n * self._rate, self._rate), self._detector) for n in numbers]
        record.add_seconds(self._db, rows)
        self._rows = numbers.stop
        if any(row.speech >= SPOKEN_PERCENT for row in rows):
            self.last_speech = self._clock.monotonic()

    def _end_of_sound(self) -> float | None:
        before = record.last_capture(self._db)
        if before is None or before.boot_id != self._clock.boot_id():
            return None
        return before.monotonic + (self.samples - before.first_sample) / self._rate
