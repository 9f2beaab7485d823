"""What the finisher asks of a meeting: how far its recorder and its transcriber are, and what they wrote down."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlite_utils import Database

from appliance.finisher.text import Entry, Head, entries
from appliance.store import record, transcript
from appliance.store.folders import MeetingFolder

Found = TypeVar("Found")


@dataclass(frozen=True)
class Sound:
    """So many samples of the master are durable; `ended`: there will be no more."""

    rate: int
    samples: int
    ended: bool


@dataclass(frozen=True)
class Meeting:
    """A meeting whose copies are made; `transcribing`: whether this box writes transcripts."""

    folder: MeetingFolder
    room: str
    transcribing: bool

    @property
    def id(self) -> str:
        return self.folder.id

    def sound(self) -> Sound | None:
        """None while there is nothing to read."""
        db = record.read(self.folder)
        if db is None:
            return None
        with closing(db):
            about = record.described(db)
            recorded = record.recorded(db)
        if about is None:
            return None
        return Sound(about.rate, recorded if about.samples is None else about.samples, about.samples is not None)

    def transcribed(self) -> bool:
        """Whether the transcript reaches the end of the sound."""
        db = transcript.read(self.folder)
        if db is None:
            return False
        with closing(db):
            return transcript.cursor(db).complete

    def leaves(self) -> list[bytes] | None:
        """The leaf of each second of the record; None while there is nothing to read."""
        db = record.read(self.folder)
        if db is None:
            return None
        with closing(db):
            return [second.leaf for second in record.seconds(db)]

    def told(self) -> tuple[Head, list[Entry]] | None:
        """All that was said, and what else happened; None while there is nothing to read."""
        sound, recorded, written = self.sound(), record.read(self.folder), transcript.read(self.folder)
        if sound is None or recorded is None or written is None:
            _close(recorded, written)
            return None
        with closing(recorded), closing(written):
            first = record.first_capture(recorded)
            models = {passage.model for passage in transcript.passages(written)} - {""}
            head = Head(
                meeting=self.id,
                room=self.room,
                begun=datetime.fromisoformat(first.wall).astimezone() if first else None,
                clock_trust=first.clock_trust if first else "unknown",
                length_s=sound.samples / sound.rate,
                model=", ".join(sorted(models)),
            )
            said = transcript.lines(written)
            return head, entries(said, record.gaps(recorded), record.marks(recorded), sound.rate)


def readable(ask: Callable[[], Found | None]) -> Generator[bool, None, Found]:
    """The answer, as soon as there is one: another service's file can be out of reach for a moment."""
    while (found := ask()) is None:
        yield False
    return found


def _close(*files: Database | None) -> None:
    for db in files:
        if db is not None:
            db.close()
