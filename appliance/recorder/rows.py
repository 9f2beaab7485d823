"""The seconds' rows in record.db: an index, written behind the WAV and rebuilt from it whenever it lags."""

import sqlite3

from sqlite_utils import Database

from appliance.clock import Clock
from appliance.evidence.merkle import Tree
from appliance.recorder import disk
from appliance.recorder.disk import Disk
from appliance.recorder.listening import SILENCE_DBFS, describe
from appliance.recorder.master import Master
from appliance.recorder.speech import SpeechDetector
from appliance.store import record

SPOKEN_PERCENT = 20
ROWS_AT_ONCE = 600


class Rows:
    """One row for each full second of the master, and at the end one for what is left of the last."""

    def __init__(self, db: Database, rate: int, clock: Clock, card: Disk) -> None:
        self._db, self._rate, self._clock, self._disk = db, rate, clock, card
        self._detector = SpeechDetector(rate)
        self._count = 0
        self.tree = Tree()
        """Of the seconds that have their row."""
        self.last_speech = clock.monotonic()
        self.level = SILENCE_DBFS
        """Of the last second that has its row, in dBFS."""

    def check(self, master: Master) -> None:
        """After a crash: rows without sound go."""
        last = record.last_second(self._db)
        self._count = min(last.number + 1 if last else 0, master.samples // self._rate)
        record.forget_seconds(self._db, self._count)
        self.tree = Tree(second.leaf for second in record.seconds(self._db))

    def follow(self, master: Master) -> None:
        """Describe every full second that has no row yet; while somebody locks the file that may wait."""
        try:
            self._write(master)
        except sqlite3.OperationalError as error:
            if not self._may_wait(error):
                raise

    def finish(self, master: Master) -> None:
        """Describe everything, what is left of the last second too."""
        self._write(master)
        whole = master.samples // self._rate
        if master.samples % self._rate:
            self._add(master, range(whole, whole + 1))

    def _write(self, master: Master) -> None:
        whole = master.samples // self._rate
        while self._count < whole:
            self._add(master, range(self._count, min(whole, self._count + ROWS_AT_ONCE)))

    def _add(self, master: Master, numbers: range) -> None:
        rows = [describe(n, master.pcm(n * self._rate, self._rate), self._detector) for n in numbers]
        record.add_seconds(self._db, rows)
        for row in rows:
            self.tree.append(row.leaf)
        self._count, self.level = numbers.stop, rows[-1].level
        if any(row.speech >= SPOKEN_PERCENT for row in rows):
            self.last_speech = self._clock.monotonic()

    def _may_wait(self, error: sqlite3.OperationalError) -> bool:
        """Locked, or no room before the ballast was given up: the next second writes these rows too."""
        if disk.is_full(error):
            return self._disk.make_room()
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
