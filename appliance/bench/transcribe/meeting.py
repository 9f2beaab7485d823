"""A meeting on disk as the recorder leaves it, without a recorder: durable at once, or in parts."""

from pathlib import Path

from appliance.bench.stage import RATE
from appliance.bench.transcribe.corpus import Samples
from appliance.store import record, transcript, wav
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder

NAME = "m"


class Recording:
    """Goes on with a meeting that is there."""

    def __init__(self, data: Path, name: str = NAME) -> None:
        folders = Folders(data)
        folders.prepare()
        self.folder = folders.meeting(name)
        new = not self.folder.path.exists()
        if new:
            folders.make_meeting(name)
            self.folder.master.write_bytes(wav.header(RATE))
        self._db = record.own(self.folder)
        if new:
            record.describe(self._db, name, RATE, "bench")
        self.samples = record.recorded(self._db)

    def add(self, sound: Samples) -> None:
        """Whole seconds, but for the last of a meeting."""
        with self.folder.master.open("ab") as file:
            file.write(sound.astype("<i2").tobytes())
        first = self.samples // RATE
        lengths = [min(RATE, sound.size - at) for at in range(0, sound.size, RATE)]
        record.add_seconds(
            self._db,
            [record.Second(first + at, length, b"", -20.0, 100, 0) for at, length in enumerate(lengths)],
        )
        self.samples += sound.size

    def end(self) -> None:
        record.end(self._db, self.samples, "2026-03-02T10:30:00.000Z")

    def close(self) -> None:
        self._db.close()


def recorded(data: Path, sound: Samples, name: str = NAME) -> MeetingFolder:
    """A meeting that has ended."""
    recording = Recording(data, name)
    recording.add(sound)
    recording.end()
    recording.close()
    return recording.folder


def lines(folder: MeetingFolder) -> list[transcript.Line]:
    with opened(transcript.read(folder)) as db:
        return list(transcript.lines(db)) if db else []


def passages(folder: MeetingFolder) -> list[transcript.Passage]:
    with opened(transcript.read(folder)) as db:
        return list(transcript.passages(db)) if db else []


def cursor(folder: MeetingFolder) -> transcript.Cursor:
    with opened(transcript.read(folder)) as db:
        return transcript.cursor(db) if db else transcript.Cursor(0, complete=False)
