"""One meeting's sound on the disk: blocks in; durable seconds, gaps and marks out.

The WAV is the record. A second is durable when it is fsynced, and `durable` is called at that instant; its row is an
index, written behind it and rebuilt here from the WAV whenever it lags.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from appliance import VERSION
from appliance.clock import Clock, stamp
from appliance.evidence.claims import Moment
from appliance.recorder.disk import Disk
from appliance.recorder.master import Master
from appliance.recorder.rows import Rows
from appliance.recorder.timeline import Block, Lost, Timeline
from appliance.recorder.witness import Signing, Witness
from appliance.store import database, record
from appliance.store.folders import MeetingFolder

UNKNOWN_GAP_S = 10  # of digital zero stand for a gap whose length nobody knows
UNTRUSTED = "unknown"
UNSIGNED = Signing()


class Recording:
    """The open meeting. Positions and lengths in samples unless a name says otherwise."""

    def __init__(
        self,
        folder: MeetingFolder,
        rate: int,
        clock: Clock,
        card: Disk,
        durable: Callable[[], None],
        signing: Signing = UNSIGNED,
    ) -> None:
        self._folder, self._rate, self._clock, self._disk, self._durable = folder, rate, clock, card, durable
        self._db = record.own(folder)
        record.describe(self._db, folder.id, rate, VERSION)
        self._witness = Witness(self._db, folder.id, clock, signing)
        self._timeline: Timeline | None = None
        self._ended = False
        self._marks: list[record.Mark] = []  # waiting for the first sample of a capture
        self._master: Master | None = None
        self.objections = self.unanswered = 0
        """How many marks of an objection there are, and how many since the button last answered."""
        self._rows = Rows(self._db, rate, clock, card)
        try:
            self._look_back()
        except BaseException:
            self.close()
            raise
        self._told = self.samples // rate  # seconds that were said to be durable

    @property
    def samples(self) -> int:
        return self._master.samples if self._master else 0

    @property
    def seconds(self) -> float:
        return self.samples / self._rate

    @property
    def level(self) -> float:
        """Of the last second that has its row, in dBFS."""
        return self._rows.level

    @property
    def last_speech(self) -> float:
        """Monotonic time at which somebody was last heard to speak, or the meeting was opened here."""
        return self._rows.last_speech

    def microphone_opened(self) -> None:
        """Until now nobody could be heard."""
        self._rows.last_speech = self._clock.monotonic()
        self._witness.started()

    @property
    def capturing(self) -> bool:
        """Did the microphone that is open now give sound already?"""
        return self._timeline is not None

    @property
    def last_sample_at(self) -> float | None:
        """Monotonic time at which the last sample was in the air; None when that was in another boot."""
        before = self._capture_of_this_boot()
        return before.monotonic + (self.samples - before.first_sample) / self._rate if before else None

    @property
    def last_sample_wall(self) -> datetime | None:
        """The time of day at the last sample, where the clock could be trusted then; it may have been set meanwhile."""
        opened, changed = record.last_capture(self._db), record.last_mark(self._db, record.CLOCK_CHANGED)
        if opened is None:
            return None
        sample, wall, trust = opened.first_sample, opened.wall, opened.clock_trust
        if changed and changed.boot_id == opened.boot_id and changed.monotonic > opened.monotonic:
            sample, wall, trust = changed.sample, changed.wall, changed.clock_trust
        if trust == UNTRUSTED:
            return None
        return datetime.fromisoformat(wall) + timedelta(seconds=(self.samples - sample) / self._rate)

    def put(self, blocks: list[Block], cause: str) -> None:
        """Take blocks from the microphone; `cause` says why there was nothing before the first ones of a capture."""
        if self._timeline is None:
            self._timeline = Timeline(self._rate, blocks)
            self._begin(self._timeline.start, cause)
        for block in blocks:
            for part in self._timeline.put(block):
                self._append(part)

    def close_capture(self) -> None:
        """The microphone is closed: make durable what it gave."""
        if self._timeline:
            for part in self._timeline.release():
                self._append(part)
        self._timeline = None
        self._place_marks()  # of a microphone that gave nothing
        if self._master:
            self._master.sync()
            self._witness.receipt(self._rows.tree, at_once=True)

    def mark(self, name: str, detail: str = "", *, at_next_capture: bool = False) -> None:
        """Note that something happened now, or at the first sample that the microphone is about to give."""
        clock = self._clock
        wall, trust = stamp(clock.wall()), clock.trust()
        mark = record.Mark(self.samples, name, detail, wall, trust, clock.monotonic(), clock.boot_id())
        if at_next_capture:
            self._marks.append(mark)
        else:
            self._add_mark(mark)
        if name == record.OBJECTION:
            self.objections, self.unanswered = self.objections + 1, self.unanswered + 1
        elif name == record.ANSWER:
            self.unanswered = 0

    def end(self, opened: Moment, because: str) -> None:
        """No sample will follow: sign what the meeting was. Safe to repeat."""
        self.close_capture()
        if self._master:
            self._rows.finish(self._master)
        self._witness.end(self._rows.tree, self.samples, opened, because)
        self._ended = True

    def close(self) -> None:
        """Let go of the files; a recording that has not ended can be opened again, whoever reads it meanwhile."""
        try:
            if self._master:
                self._master.close()
        finally:
            if self._ended:
                database.close(self._db)
            else:
                self._db.conn.close()

    def _look_back(self) -> None:
        self.objections, self.unanswered = record.objections(self._db)
        if self._folder.master.exists():
            self._master = Master(self._folder.master, self._rate, self._disk)
            self._mend(self._master)

    def _mend(self, master: Master) -> None:
        """After a crash: a gap that the file does not hold yet is put in, and the rows follow the file."""
        for gap in record.gaps(self._db):
            master.extend(max(0, gap.first_sample + gap.samples - master.samples))
        master.sync()
        self._rows.check(master)
        self._rows.follow(master)

    def _begin(self, start: float, cause: str) -> None:
        if self._master is None:
            self._master = Master(self._folder.master, self._rate, self._disk)
        if self.samples:
            self._gap(*self._length_until(start), cause)
        self._place_marks()
        wall, trust = stamp(self._wall_at(start)), self._clock.trust()
        record.add_capture(self._db, record.Capture(self.samples, start, wall, trust, self._clock.boot_id()))

    def _wall_at(self, moment: float) -> datetime:
        """The time of day at a monotonic time a little while ago."""
        return self._clock.wall() - timedelta(seconds=self._clock.monotonic() - moment)

    def _length_until(self, start: float) -> tuple[int, bool]:
        """How long there was no sound before a capture that starts now, and whether that is known.

        Within a boot it is what brings the master level with the monotonic clock again, whatever the microphone's
        crystal has added up since the capture before.
        """
        before = self._capture_of_this_boot()
        if before:
            return max(0, before.first_sample + round((start - before.monotonic) * self._rate) - self.samples), True
        last, trust = self.last_sample_wall, self._clock.trust()
        passed_s = (self._wall_at(start) - last).total_seconds() if last else 0.0
        if passed_s > 0 and trust != UNTRUSTED:
            return round(passed_s * self._rate), True
        return UNKNOWN_GAP_S * self._rate, False

    def _capture_of_this_boot(self) -> record.Capture | None:
        before = record.last_capture(self._db)
        return before if before and before.boot_id == self._clock.boot_id() else None

    def _append(self, part: Block | Lost) -> None:
        if self._master is None:
            return
        if isinstance(part, Lost):
            self._gap(part.samples, True, "the microphone lost sound")
            return
        self._master.append(part.pcm)
        whole = self._master.samples // self._rate
        if whole > self._told:  # the rows may be further behind, when somebody locks them
            self._master.sync()
            self._told = whole
            self._durable()
            self._rows.follow(self._master)
            self._witness.receipt(self._rows.tree)

    def _gap(self, samples: int, length_known: bool, cause: str) -> None:
        """Digital zero of the gap's length. The row comes first: the file can be made to follow it, not it the file."""
        if not samples or not self._master:
            return
        self._master.sync()  # else a power cut could put the gap's zeros where sound was lost
        record.add_gap(self._db, self.samples, samples, cause, length_known=length_known)
        self._master.extend(samples)
        self._master.sync()
        self._told = self._master.samples // self._rate
        self._rows.follow(self._master)

    def _place_marks(self) -> None:
        for mark in self._marks:
            self._add_mark(replace(mark, sample=self.samples))
        self._marks = []

    def _add_mark(self, mark: record.Mark) -> None:
        record.add_mark(self._db, mark)
        self._witness.mark(mark)
