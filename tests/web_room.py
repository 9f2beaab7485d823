"""A box for the tests of the page: the files that other services would have written, and a clock to move by hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from appliance.clock import Clock, stamp
from appliance.evidence import claims, key, merkle, statement
from appliance.evidence.merkle import Tree
from appliance.news import News, tell
from appliance.settings import Room, Settings, Store, Web
from appliance.store import box, finish, record, transcript
from appliance.store.folders import Folders, MeetingFolder

MEETING = "2026-11-23-K7QF"
RATE = 16000


@dataclass
class HandClock:
    """A clock that stands still until it is told to go on; it starts at noon, so that minutes never turn the day."""

    passed: float = 0.0
    start: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def wall(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def trust(self) -> str:
        return "synchronised"

    def boot_id(self) -> str:
        return "the boot of the test"

    def go_on(self, seconds: float) -> None:
        self.passed += seconds


class BoxOnTheTable:
    """Writes what recorder, transcriber and finisher would write."""

    def __init__(self, data: Path, clock: Clock, **web: object) -> None:
        self.settings = Settings(
            room=Room(name="Room 4", organisation="Anytown Council", help_line="Ring 01234 567890."),
            store=Store(data=str(data), run=str(data.with_name(f"{data.name}-run"))),
            web=Web(**web),  # type: ignore[arg-type]
        )
        self.folders = Folders(data)
        self.folders.prepare()
        self.clock = clock
        self.clock_trust = "synchronised"
        self._told: News | None = None
        self._voice = threading.Lock()

    def says(
        self,
        state: str,
        meeting: str | None = None,
        because: str = "",
        boot: str | None = None,
        objections: int = 0,
        level: float = -40.0,
    ) -> None:
        """The recorder writes its state down for good, then tells it."""
        db = box.own(self.folders)
        moment, boot = stamp(self.clock.wall()), boot or self.clock.boot_id()
        if meeting and meeting not in {one.id for one in box.meetings(db)}:
            box.add_meeting(db, meeting, moment, self.clock_trust)
        now = self.clock.monotonic()
        box.set_state(db, box.BoxState(state, now, moment, boot, because, meeting))
        db.close()
        self.tells(News(boot, now, state, now, moment, because, meeting, level, objections))

    def tells(self, news: News) -> None:
        """News without a row, as of a recorder that has no storage."""
        with self._voice:
            self._told = news
            tell(self.settings.store.news, news)

    def lives(self) -> None:
        """The recorder tells again, now, what it told last."""
        with self._voice:
            if self._told:
                tell(self.settings.store.news, replace(self._told, monotonic=self.clock.monotonic()))

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Until the end of the block the recorder gives its sign of life twice a second, as the real one does."""
        over = threading.Event()

        def speak() -> None:
            while not over.wait(0.5):
                self.lives()

        voice = threading.Thread(target=speak)
        voice.start()
        try:
            yield
        finally:
            over.set()
            voice.join()

    def opens(self, meeting: str = MEETING) -> MeetingFolder:
        folder = self.folders.make_meeting(meeting)
        db = record.own(folder)
        record.describe(db, meeting, RATE, "test")
        db.close()
        self.says("notice", meeting)
        return folder

    def records(self, seconds: int, meeting: str = MEETING) -> None:
        """The master has grown to so many seconds."""
        self.folders.meeting(meeting).master.write_bytes(bytes(2 * RATE * seconds))
        db = record.own(self.folders.meeting(meeting))
        leaves = [merkle.leaf(bytes([number % 256])) for number in range(seconds)]
        record.add_seconds(db, [record.Second(number, RATE, leaf, -40.0, 90, 0) for number, leaf in enumerate(leaves)])
        db.close()
        self.says("recording", meeting)

    def signs(self, seconds: int, meeting: str = MEETING) -> str:
        """A receipt over so many seconds; returns it."""
        key.make(self.folders.evidence)
        db = record.own(self.folders.meeting(meeting))
        leaves = Tree(merkle.leaf(bytes([second])) for second in range(seconds))
        now = claims.Moment(stamp(self.clock.wall()), self.clock.trust())
        told = claims.receipt(meeting, leaves, Tree(), now)
        jws = statement.signed(claims.RECEIPT, told, key.load(self.folders.evidence))
        record.add_receipt(db, seconds, 0, jws)
        db.close()
        return jws

    def transcribes(self, seconds: int, meeting: str = MEETING, *, took_s: float = 0.0, draft: bool = False) -> None:
        db = transcript.own(self.folders.meeting(meeting))
        first = transcript.cursor(db).transcribed
        passage = transcript.Passage(first, seconds * RATE, 1.0, took_s, "test", took_s, draft=draft)
        transcript.add_passage(db, passage, [])
        transcript.state_quality(db, "About one word in three was wrong in a test.")
        db.close()

    def ends(self, meeting: str = MEETING, seconds: int | None = None) -> None:
        """Stopped, with the small copy not yet made."""
        db = record.own(self.folders.meeting(meeting))
        record.end(db, record.recorded(db) if seconds is None else seconds * RATE, stamp(self.clock.wall()))
        db.close()
        self.says("ended", meeting)
        self._lists_as_ended(meeting)

    def makes(self, name: str, media_type: str, content: bytes, meeting: str = MEETING) -> str:
        """A copy is ready; returns its SHA-256."""
        folder = self.folders.meeting(meeting)
        folder.copies.mkdir(exist_ok=True)
        (folder.copies / name).write_bytes(content)
        digest = sha256(content).hexdigest()
        db = finish.own(folder)
        made = finish.Copy(name, media_type, len(content), digest, stamp(self.clock.wall()))
        finish.add_step(db, name, made.made_wall, [made])
        db.close()
        return digest

    def rows(self, path: Path, sql: str) -> list[tuple[object, ...]]:
        db = Database(path)
        found: list[tuple[object, ...]] = db.conn.execute(sql).fetchall()
        db.close()
        return found

    def _lists_as_ended(self, meeting: str) -> None:
        db = box.own(self.folders)
        box.end_meeting(db, meeting, stamp(self.clock.wall()), "stopped by the button")
        db.close()
