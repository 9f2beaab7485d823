"""What the finisher asks of a meeting: how far its recorder and its transcriber are, and what they wrote down."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from appliance.evidence.key import Key
from appliance.finisher.formats import Told
from appliance.finisher.text import Head, entries
from appliance.seats.join import seats_of
from appliance.store import record, seats, transcript
from appliance.store.database import opened
from appliance.store.folders import MeetingFolder
from appliance.store.record import Extent

Found = TypeVar("Found")


@dataclass(frozen=True)
class Meeting:
    """A meeting whose copies are made; `transcribing`: whether this box writes transcripts.

    `key` signs; None where the box's key cannot be used.
    """

    folder: MeetingFolder
    room: str
    transcribing: bool
    key: Key | None = None
    organisation: str = ""
    time_stamp_service: str = ""

    @property
    def id(self) -> str:
        return self.folder.id

    def sound(self) -> Extent | None:
        """How far the recording is; None while there is nothing to read."""
        return record.extent(self.folder)

    def transcribed(self) -> bool:
        """Whether the transcript reaches the end of the sound."""
        with opened(transcript.read(self.folder)) as db:
            return db is not None and transcript.cursor(db).complete

    def statement(self, kind: str) -> str | None:
        """What the recorder signed about it; None where it could not."""
        with opened(record.read(self.folder)) as db:
            return record.statement(db, kind) if db else None

    def marks(self) -> list[record.Mark]:
        with opened(record.read(self.folder)) as db:
            return list(record.marks(db)) if db else []

    def leaves(self) -> list[bytes] | None:
        """The leaf of each second of the record; None while there is nothing to read."""
        with opened(record.read(self.folder)) as db:
            return [second.leaf for second in record.seconds(db)] if db else None

    def told(self) -> Told | None:
        """All that was said, and what else happened; None while there is nothing to read."""
        sound = self.sound()
        with opened(record.read(self.folder)) as recorded, opened(transcript.read(self.folder)) as written:
            if sound is None or recorded is None or written is None:
                return None
            first = record.first_capture(recorded)
            passages = list(transcript.passages(written))
            models = {passage.model for passage in passages} - {""}
            head = Head(
                meeting=self.id,
                room=self.room,
                begun=datetime.fromisoformat(first.wall).astimezone() if first else None,
                clock_trust=first.clock_trust if first else "unknown",
                length_s=sound.samples / sound.rate,
                model=", ".join(sorted(models)),
                quality=transcript.cursor(written).quality,
            )
            said = list(transcript.lines(written))
            gaps, marks = list(record.gaps(recorded)), list(record.marks(recorded))
            directions = seats.blocks_of(self.folder)
            seated = seats_of(said, directions, sound.rate) if directions else None
            return Told(head, entries(said, gaps, marks, sound.rate, seated), passages, gaps, marks, sound.rate)


def readable(ask: Callable[[], Found | None]) -> Generator[bool, None, Found]:
    """The answer, as soon as there is one: another service's file can be out of reach for a moment."""
    while (found := ask()) is None:
        yield False
    return found
