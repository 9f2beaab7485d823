"""Where everything lies: the data folder of the box and the folder of one meeting."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import CandourError, DataNotWritable, StorageFailed, StorageFull, StorageReadOnly

SHARED = 0o3770  # every service may make files here; they belong to the group, and only their owner may remove them


@dataclass(frozen=True)
class MeetingFolder:
    """One meeting: everything said in it or about it. Deleting it is deleting this folder."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def master(self) -> Path:
        return self.path / "master.wav"

    @property
    def record_db(self) -> Path:
        return self.path / "record.db"

    def set_record_aside(self) -> None:
        """Give a damaged record.db, with what belongs to it, another name."""
        for end in ("", "-wal", "-shm"):
            part = self.path / f"record.db{end}"
            if part.exists():
                part.replace(self.path / f"record.db.damaged{end}")

    @property
    def transcript_db(self) -> Path:
        return self.path / "transcript.db"

    @property
    def room_db(self) -> Path:
        return self.path / "room.db"

    @property
    def finish_db(self) -> Path:
        return self.path / "finish.db"

    @property
    def seats_db(self) -> Path:
        return self.path / "seats.db"

    @property
    def copies(self) -> Path:
        return self.path / "copies"


@dataclass(frozen=True)
class TombstoneFolder:
    """What remains of a deleted meeting. Without its statement, which comes last, nothing is deleted yet."""

    path: Path

    @property
    def statement(self) -> Path:
        return self.path / "tombstone.jws"

    @property
    def leaves(self) -> Path:
        return self.path / "leaves.sha256"

    @property
    def marks(self) -> Path:
        return self.path / "marks.sha256"

    @property
    def is_begun(self) -> bool:
        """Whether the meeting is being deleted at this moment, or was."""
        return self.path.is_dir()

    @property
    def stands(self) -> bool:
        """Whether the meeting counts as deleted, whatever is still there of it."""
        return self.statement.exists()


@dataclass(frozen=True)
class Folders:
    """The data folder of a box."""

    data: Path

    @property
    def box_db(self) -> Path:
        return self.data / "box.db"

    @property
    def tickets_db(self) -> Path:
        return self.data / "tickets.db"

    @property
    def operator_db(self) -> Path:
        return self.data / "operator.db"

    @property
    def tombstones(self) -> Path:
        """Made by the finisher, which alone writes there."""
        return self.data / "tombstones"

    def tombstone(self, meeting_id: str) -> TombstoneFolder:
        return TombstoneFolder(self.tombstones / meeting_id)

    def every_tombstone(self) -> list[TombstoneFolder]:
        """Those that stand, the newest day first."""
        found = [TombstoneFolder(path) for path in sorted(self.tombstones.glob("*"), reverse=True)]
        return [one for one in found if one.stands]

    @property
    def going(self) -> Path:
        """What the recorder is removing: a meeting comes here in one step."""
        return self.data / "going"

    @property
    def evidence(self) -> Path:
        """The box's key and certificate."""
        return self.data / "evidence"

    @property
    def meetings(self) -> Path:
        return self.data / "meetings"

    def meeting(self, meeting_id: str) -> MeetingFolder:
        return MeetingFolder(self.meetings / meeting_id)

    def prepare(self) -> None:
        """Make the data folder if need be, and find out by writing whether it can be written.

        Raises StorageFull, StorageReadOnly, StorageFailed or DataNotWritable.
        """
        probe = self.data / f".written-by-{os.getpid()}"
        try:
            self.meetings.mkdir(mode=SHARED, parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise refusal(self.data, error) from error

    def make_meeting(self, meeting_id: str) -> MeetingFolder:
        """Make the folder of a new meeting: the one place where a key can be given to it."""
        folder = self.meeting(meeting_id)
        folder.path.mkdir()
        folder.path.chmod(SHARED)  # mkdir(2) leaves such bits out
        sync_folder(self.meetings)
        return folder

    def every_meeting(self) -> list[MeetingFolder]:
        """All meetings there are, the newest day first; one with a tombstone is none any more."""
        return [folder for folder in self._folders_of_meetings() if not self.tombstone(folder.id).stands]

    def deleted_meetings(self) -> list[MeetingFolder]:
        """Those that count as deleted and are not removed yet."""
        return [folder for folder in self._folders_of_meetings() if self.tombstone(folder.id).stands]

    def _folders_of_meetings(self) -> list[MeetingFolder]:
        return [MeetingFolder(path) for path in sorted(self.meetings.glob("*"), reverse=True) if path.is_dir()]


def refusal(data: Path, error: OSError) -> CandourError:
    """What it means for people that the data folder did not take what was written."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StorageFull(path=data)
        case errno.EROFS:
            return StorageReadOnly(path=data)
        case errno.EIO | errno.ENODEV | errno.ENXIO | errno.EUCLEAN:
            return StorageFailed(path=data, why=error.strerror)
    return DataNotWritable(path=data, why=error.strerror)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (fsync(2): the file's own fsync does not do that)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
