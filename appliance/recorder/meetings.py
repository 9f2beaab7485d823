"""The meeting that the box is in: its folder, its row in the list, its recording."""

import secrets
import sqlite3
from collections.abc import Callable

from sqlite_utils import Database

from appliance import VERSION
from appliance.clock import Clock, stamp
from appliance.evidence import claims, statement
from appliance.evidence.claims import Moment
from appliance.evidence.key import Key
from appliance.recorder import disk
from appliance.recorder.disk import Disk
from appliance.recorder.log import Log
from appliance.recorder.recording import Recording
from appliance.recorder.witness import Signing, Told
from appliance.store import box, record
from appliance.store.database import opened
from appliance.store.folders import Folders

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base32 without letters that look like figures


class Meetings:
    """At most one meeting at a time; `id` stays until its admission ends, `recording` only until the meeting does."""

    def __init__(
        self,
        db: Database,
        folders: Folders,
        clock: Clock,
        rate: int,
        card: Disk,
        durable: Callable[[], None],
        key: Key | None = None,
        told: Told | None = None,
    ) -> None:
        self._db, self._folders, self._clock, self._rate = db, folders, clock, rate
        self._disk, self._durable = card, durable
        self.log = Log(db, folders)
        self._signing = Signing(key, self.log.head, told or Told())
        self.id: str | None = None
        self.recording: Recording | None = None

    def open(self) -> None:
        """A new meeting; the one before must have ended."""
        meeting_id = new_id(self._clock)
        box.add_meeting(self._db, meeting_id, stamp(self._clock.wall()), self._clock.trust())
        self._folders.make_meeting(meeting_id)
        self.id, self.recording = meeting_id, self._recording_of(meeting_id)

    def end(self, because: str) -> None:
        """No second will follow. First its own record says so, then the list; safe to repeat after a crash."""
        if self.id is None:
            return
        self.log.follow(self._folders.meeting(self.id))
        if self.recording:
            self.recording.end(self._opened(self.id), because)
            self.recording.close()
            self.recording = None
        box.end_meeting(self._db, self.id, stamp(self._clock.wall()), because)

    def could_not_begin(self, because: str) -> None:
        """Sign that the button was pressed and nothing could be recorded; under a name of its own, as a meeting has."""
        if self._signing.key is None:
            return
        refusal_id, now = new_id(self._clock), Moment(stamp(self._clock.wall()), self._clock.trust())
        told = claims.could_not_record(refusal_id, now, because, VERSION, self.log.head())
        jws = statement.signed(claims.NOT_RECORDED, told, self._signing.key)
        box.add_refusal(self._db, box.Refusal(refusal_id, now.time, because, jws))

    def leave(self) -> None:
        """The admission is over: the box is in no meeting."""
        self.id = None

    def close(self) -> None:
        """Let go of the files; the meeting stays open for the next recorder."""
        if self.recording:
            self.recording.close()

    def come_back(self, meeting_id: str | None) -> None:
        """After a restart: open the meeting that was left, and end all others that a crash kept from ending.

        A meeting that was begun at another sample rate, which somebody has set anew meanwhile, is ended too.
        """
        self.mend_list()
        self._set_damaged_aside()
        unended = {meeting.id for meeting in box.meetings(self._db) if meeting.ended_wall is None}
        goes_on = meeting_id is not None and self._rate_of(meeting_id) == self._rate
        for left in unended - ({meeting_id} if goes_on else set()):
            self.id = left
            self.recording = self._recording_of(left)
            self.end("ended by a restart")
        self.id = meeting_id
        if meeting_id in unended and goes_on:
            self.recording = self._recording_of(meeting_id)

    def mend_list(self) -> None:
        """End in the list what has ended in its own record: a crash came between the two, and no sound may follow."""
        for meeting in [meeting for meeting in box.meetings(self._db) if meeting.ended_wall is None]:
            try:
                with opened(record.read(self._folders.meeting(meeting.id))) as db:
                    about = record.described(db) if db else None
            except sqlite3.DatabaseError as error:
                if not disk.is_damaged(error):
                    raise
                about = None
            if about and about.ended_wall:
                box.end_meeting(self._db, meeting.id, about.ended_wall, "ended as the box went down")

    def _set_damaged_aside(self) -> None:
        """A meeting that is not there, or whose index is damaged, cannot go on; it must not keep others from theirs.

        Its sound is kept, and the index beside it under another name.
        """
        for meeting in [meeting for meeting in box.meetings(self._db) if meeting.ended_wall is None]:
            folder = self._folders.meeting(meeting.id)
            if not folder.path.is_dir():
                box.end_meeting(self._db, meeting.id, stamp(self._clock.wall()), "its folder is gone")
            elif not record.is_sound(folder):
                folder.set_record_aside()
                box.end_meeting(self._db, meeting.id, stamp(self._clock.wall()), "its index is damaged")

    def _rate_of(self, meeting_id: str) -> int:
        """Samples per second of a meeting's master; of a new one where nothing was described yet."""
        with opened(record.read(self._folders.meeting(meeting_id))) as db:
            about = record.described(db) if db else None
            return about.rate if about else self._rate

    def _recording_of(self, meeting_id: str) -> Recording:
        rate = self._rate_of(meeting_id)
        folder = self._folders.meeting(meeting_id)
        return Recording(folder, rate, self._clock, self._disk, self._durable, self._signing)

    def _opened(self, meeting_id: str) -> Moment:
        listed = next(meeting for meeting in box.meetings(self._db) if meeting.id == meeting_id)
        return Moment(listed.opened_wall, listed.clock_trust)


def new_id(clock: Clock) -> str:
    """A name such as 2026-11-23-K7QF: the date as the box believes it, and four characters that keep it apart."""
    return f"{clock.wall():%Y-%m-%d}-" + "".join(secrets.choice(CROCKFORD) for _ in range(4))
