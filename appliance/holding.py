"""`candour hold`: whoever looks after the box keeps a meeting from being deleted, by name, for all holders to see."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from appliance.clock import Clock, stamp
from appliance.errors import BadHold, DataNotWritable, MeetingBeingDeleted, MeetingDeleted, NoSuchMeeting
from appliance.settings import Settings
from appliance.store import database, events, holds, operator
from appliance.store.folders import Folders
from appliance.store.holds import Hold
from appliance.store.operator import Lifting


def ask(settings: Settings, clock: Clock, meeting: str, who: str, why: str) -> str:
    """Write down that a meeting is to be kept; returns what to say about it.

    Raises BadHold, NoSuchMeeting, MeetingDeleted, MeetingBeingDeleted, DataNotWritable.
    """
    folders, who, why = Folders(Path(settings.store.data)), holds.reason(who), holds.reason(why)
    _check(folders, meeting, who, why)
    with _writing(folders) as db:
        operator.add_hold(db, meeting, who, why, stamp(clock.wall()))
        events.log(db, clock, "hold", meeting)
    if folders.tombstone(meeting).stands:
        raise MeetingDeleted(id=meeting)
    if folders.tombstone(meeting).is_begun:
        raise MeetingBeingDeleted(id=meeting)
    return f"Meeting {meeting} is kept until the hold is lifted. All who hold a ticket see that {who} asked, and why."


def lift(settings: Settings, clock: Clock, meeting: str, who: str, why: str) -> str:
    """Lift every hold of a meeting, also of its holders, who may ask again. Raises as `ask`, and HoldsUnreadable."""
    folders, who, why = Folders(Path(settings.store.data)), holds.reason(who), holds.reason(why)
    _check(folders, meeting, who, why)
    wall = stamp(clock.wall())
    found = [hold for hold in holds.of_meeting(folders, meeting) if hold.in_force]
    if not found:
        return f"Meeting {meeting} is not on hold."
    with _writing(folders) as db:
        operator.lift(db, meeting, [Lifting(hold.source, hold.id, who, why, wall) for hold in found])
        events.log(db, clock, "hold lifted", meeting)
    names = ", ".join(hold.who for hold in found)
    return f"Lifted for meeting {meeting}: {names}. It stays at least 7 more days, so that all holders can see that."


def table(settings: Settings) -> str:
    """Every hold that there was on the meetings of this box. Raises HoldsUnreadable."""
    folders = Folders(Path(settings.store.data))
    lines = [
        f"{folder.id}  {_in_words(hold)}"
        for folder in folders.every_meeting()
        for hold in holds.of_meeting(folders, folder.id)
    ]
    return "\n".join(lines) or "No meeting is on hold."


def _in_words(hold: Hold) -> str:
    asked = f"since {hold.since[:16].replace('T', ' ')} (UTC), {hold.who}: {hold.why}"
    if hold.lifted is None:
        return f"on hold {asked}"
    why = f": {hold.lifted_why}" if hold.lifted_why else ""
    return f"lifted {hold.lifted[:16].replace('T', ' ')} (UTC) by {hold.lifted_by}{why}; it was on hold {asked}"


def _check(folders: Folders, meeting: str, who: str, why: str) -> None:
    if not who or not why:
        raise BadHold(why="everybody is shown who asks and why: give a name with --who and a reason with --why")
    if max(len(who), len(why)) > holds.LONGEST_WHY:
        raise BadHold(why=f"a reason or a name has at most {holds.LONGEST_WHY} characters")
    if meeting in {folder.id for folder in folders.every_meeting()}:
        return
    if meeting in {grave.path.name for grave in folders.every_tombstone()}:
        raise MeetingDeleted(id=meeting)
    raise NoSuchMeeting(id=meeting)


@contextmanager
def _writing(folders: Folders) -> Iterator[Database]:
    """operator.db, which forgets in passing what was said of meetings that are deleted."""
    try:
        db = operator.own(folders)
        try:
            for meeting in operator.named(db):
                if folders.tombstone(meeting).stands:
                    operator.forget(db, meeting)
            yield db
        finally:
            database.close(db)
    except (sqlite3.OperationalError, OSError) as error:
        raise DataNotWritable(path=folders.data, why=error) from error
