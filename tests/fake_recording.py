"""A meeting on disk as the recorder leaves it, at any moment of it, and sounds to put in."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from appliance.store import record, wav
from appliance.store.folders import Folders

Sound = NDArray[np.float32]


class StillClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = 1.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def trust(self) -> str:
        return "synchronised"

    def boot_id(self) -> str:
        return "boot"


class Recorder:
    """Writes a meeting as the recorder does: a whole second of sound, then its row."""

    def __init__(self, folders: Folders, meeting: str, rate: int = 16_000) -> None:
        self.folder = folders.make_meeting(meeting)
        self.rate = rate
        self.samples = 0
        self._db = record.own(self.folder)
        self.folder.master.write_bytes(wav.header(rate))
        record.describe(self._db, meeting, rate, "test")

    def add(self, sound: Sound) -> None:
        """Sound is at the master's rate, a whole number of seconds but for the last of a meeting."""
        for start in range(0, sound.size, self.rate):
            second = sound[start : start + self.rate]
            self.write(second)
            number = self.samples // self.rate
            record.add_seconds(self._db, [record.Second(number, second.size, b"", -20.0, 100, 0)])
            self.samples += second.size

    def write(self, sound: Sound) -> None:
        """Sound that is in the file, but not yet acknowledged."""
        with self.folder.master.open("ab") as file:
            file.write((sound * 32767).astype("<i2").tobytes())

    def gap(self, seconds: float) -> None:
        """As the recorder goes on after a pause: the row, then the zeros."""
        zeros = round(seconds * self.rate)
        record.add_gap(self._db, self.samples, zeros, "paused", length_known=True)
        with self.folder.master.open("ab") as file:
            file.write(bytes(2 * zeros))
        first = self.samples // self.rate
        self.samples += zeros
        numbers = range(first, -(-self.samples // self.rate))
        lengths = [min(self.rate, self.samples - number * self.rate) for number in numbers]
        record.add_seconds(
            self._db,
            [record.Second(n, length, b"", -120.0, 0, 0) for n, length in zip(numbers, lengths, strict=True)],
        )

    def end(self) -> None:
        record.end(self._db, self.samples, "2026-03-02T10:30:00.000Z")

    def close(self) -> None:
        self._db.close()


def tone(pitch: float, seconds: float, rate: int = 16_000) -> Sound:
    return np.asarray(0.3 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate), dtype=np.float32)


def quiet(seconds: float, rate: int = 16_000) -> Sound:
    return np.zeros(round(seconds * rate), dtype=np.float32)


def speech(seconds: int, rate: int = 16_000) -> Sound:
    """Every second a new pitch for 0.5 s: 300 Hz, 350 Hz, ..."""
    return np.concatenate([part for n in range(seconds) for part in (tone(300 + 50 * n, 0.5, rate), quiet(0.5, rate))])
