"""What the box kept of a numbered sound, held against what was in the air: the box's own rows are not believed."""

import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from appliance.bench.numbered_sound import NumberedSound, Run, Samples
from appliance.evidence.merkle import leaf
from appliance.store import record, wav
from appliance.store.database import opened
from appliance.store.folders import MeetingFolder

TRUE_S = 0.02
"""A gap's length in the record may differ by this from what is missing."""


@dataclass(frozen=True)
class Hole:
    """Between two stretches of kept sound: so many `samples` of zero where `missing` were in the air."""

    first: int
    samples: int
    missing: int


@dataclass(frozen=True)
class Kept:
    """A meeting that was recorded from a numbered sound."""

    folder: MeetingFolder
    sound: NumberedSound

    @cached_property
    def master(self) -> Samples:
        return np.frombuffer(wav.pcm(self.folder.master, 0, wav.UNTIL_THE_END), "<i2")

    @cached_property
    def runs(self) -> list[Run]:
        return self.sound.runs(self.master)

    @cached_property
    def rate(self) -> int:
        with opened(record.read(self.folder)) as db:
            about = record.described(db) if db else None
            return about.rate if about else 0

    def holes(self) -> list[Hole]:
        return [
            Hole(before.end, after.position - before.end, after.place - before.place_end)
            for before, after in pairwise(self.runs)
        ]

    def lost_s(self, in_air: int) -> float:
        """Seconds between the last sample in the air as something happened and the last one of before that was kept."""
        before = [run.place_end for run in self.runs if run.place < in_air]
        return max(0, in_air - max(before, default=0)) / self.rate

    def hole_after(self, in_air: int) -> Hole | None:
        """The hole that follows the sound of before something happened; None where sound never came back."""
        before = sum(run.place < in_air for run in self.runs)
        return self.holes()[before - 1] if 0 < before < len(self.runs) else None

    def gaps(self) -> list[record.Gap]:
        """The record's own; two that touch are one."""
        joined: list[record.Gap] = []
        with opened(record.read(self.folder)) as db:
            for gap in record.gaps(db) if db else ():
                if joined and joined[-1].first_sample + joined[-1].samples == gap.first_sample:
                    last = joined.pop()
                    known = last.length_known and gap.length_known
                    gap = record.Gap(last.id, last.first_sample, last.samples + gap.samples, last.cause, known)
                joined.append(gap)
        return joined

    def complaints(self) -> list[str]:
        """What is wrong with the meeting, each in a sentence; nothing if all is well."""
        rows, holes = self.gaps(), self.holes()
        said = [
            f"A gap of {gap.samples} samples stands for {hole.missing}."
            for gap, hole in zip(rows, holes, strict=False)
            if gap.length_known and abs(gap.samples - hole.missing) > TRUE_S * self.rate
        ]
        if [(gap.first_sample, gap.samples) for gap in rows] != [(hole.first, hole.samples) for hole in holes]:
            said = [f"The record says {rows}, and the sound has {holes}."]
        zeros = len(self.master) - sum(run.samples for run in self.runs) - sum(hole.samples for hole in holes)
        if zeros:
            said.append(f"{zeros} samples of the master were never in the air.")
        return said + self._file_complaints()

    def _file_complaints(self) -> list[str]:
        said = []
        if not opens(self.folder.master, len(self.master)):
            said.append(f"ffmpeg or soundfile cannot read {self.folder.master}.")
        with opened(record.read(self.folder)) as db:
            rows = list(record.seconds(db)) if db else []
        if sum(row.samples for row in rows) != len(self.master):
            said.append("The rows do not describe the whole master.")
        if any(row.leaf != leaf(wav.pcm(self.folder.master, row.number * self.rate, self.rate)) for row in rows):
            said.append("A leaf is not that of its second.")
        return said


def opens(master: Path, samples: int) -> bool:
    """Do two decoders that are not ours read the whole file?"""
    import soundfile

    command = ["ffmpeg", "-v", "error", "-i", str(master), "-f", "s16le", "-"]
    decoded = subprocess.run(command, capture_output=True, check=False)
    try:
        read, _ = soundfile.read(master, dtype="int16")
    except soundfile.LibsndfileError:
        return False
    return not decoded.stderr and decoded.returncode == 0 and len(decoded.stdout) // 2 == samples == len(read)


def damaged(data: Path) -> list[str]:
    """Databases below a folder that SQLite finds damaged; copies are looked at, so that nothing is mended."""
    return [path.name for path in data.rglob("*.db") if not _is_whole(path)]


def _is_whole(path: Path) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        for part in path.parent.glob(f"{path.name}*"):
            shutil.copy(part, folder)
        with closing(sqlite3.connect(Path(folder) / path.name)) as db:
            try:
                return db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            except sqlite3.DatabaseError:
                return False
