"""What is done for a meeting, in order. A step that was done is never done again; one that was begun begins again."""

import hashlib
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from appliance.clock import Clock, stamp
from appliance.errors import CopyChanged, CopyDiffers
from appliance.finisher import bundled, copies, last_look, naming, seals, stamps
from appliance.finisher.copies import MP3, Work
from appliance.finisher.formats import FORMS
from appliance.finisher.meeting import Meeting, readable
from appliance.store import database, events, finish
from appliance.store.database import opened
from appliance.store.finish import FLAC, MASTER_MAY_GO
from appliance.store.folders import MeetingFolder

STATEMENTS = (seals.SEAL_NAME, seals.COPIES_NAME, seals.TRANSCRIPT_NAME, seals.NOT_RECORDED_NAME)
MEDIA_TYPES = {
    MP3: "audio/mpeg",
    FLAC: "audio/flac",
    **{form.name: form.media_type for form in FORMS},
    **dict.fromkeys(STATEMENTS, "application/jose"),  # RFC 7515, section 9.2.1
    bundled.BUNDLE: "application/zip",
    stamps.STAMP_NAME: "application/timestamp-reply",  # RFC 3161, section 3.4
}
COMPLETE, TIME_STAMP = "complete", "time stamp"

Finishing = Generator[bool, None, None]
"""Gives True after a piece of work and False where it waits for somebody else."""


@dataclass(frozen=True)
class Step:
    """`needs` says whether it can begin; `event` is what it is called once it is done."""

    name: str
    needs: Callable[[Meeting], bool]
    make: Callable[[Meeting], Work]
    event: str


def begun(meeting: Meeting) -> bool:
    sound = meeting.sound()
    return sound is not None and (sound.samples > 0 or sound.ended)


def ended(meeting: Meeting) -> bool:
    sound = meeting.sound()
    return sound is not None and sound.ended


def text_is_there(meeting: Meeting) -> bool:
    return ended(meeting) and (meeting.transcribed() or not meeting.transcribing)


COPIES = (
    Step("small copy", needs=begun, make=copies.small_copy, event="small copy ready"),
    Step("flac", needs=ended, make=copies.lossless_copy, event="flac compared"),
    Step("transcript", needs=text_is_there, make=copies.transcript_copies, event="transcript written"),
    Step("bundle", needs=text_is_there, make=bundled.whole, event="bundle built"),
)
NO_COPIES = (Step("nothing recorded", needs=ended, make=copies.no_copies, event="nothing was recorded"),)
LAST_LOOK = Step(MASTER_MAY_GO, needs=text_is_there, make=last_look.at_lossless_copy, event=MASTER_MAY_GO)


def finish_meeting(meeting: Meeting, clock: Clock) -> Finishing:
    """Do what is left to do.

    A copy that differs is reported and the others are made; then the meeting does not become complete, its master
    stays, and the next start of the finisher tries again.
    """
    done = _done(meeting.folder)
    if MASTER_MAY_GO in done and (TIME_STAMP in done or not meeting.time_stamp_service):
        return
    while not begun(meeting):
        yield False
    sound = yield from readable(meeting.sound)
    if COMPLETE in done and not sound.samples:
        return
    naming.prepare(meeting.folder)
    with _owned(meeting) as db:
        done = finish.steps(db)
    as_they_should = True
    for step in COPIES if sound.samples else NO_COPIES:
        if step.name not in done:
            as_they_should &= yield from _take(step, meeting, clock)
    if as_they_should and COMPLETE not in done:
        _record(meeting, clock, COMPLETE, "copies complete", [])
    if as_they_should and sound.samples and MASTER_MAY_GO not in done:
        as_they_should = yield from _take(LAST_LOOK, meeting, clock)
    if as_they_should and sound.samples and meeting.time_stamp_service and TIME_STAMP not in done:
        stamped = Step(TIME_STAMP, needs=ended, make=lambda one: stamps.of_bundle(one, clock), event="time stamped")
        yield from _take(stamped, meeting, clock)


def _take(step: Step, meeting: Meeting, clock: Clock) -> Generator[bool, None, bool]:
    """One step, as soon as it can begin; False where its copy is not what it should be."""
    while not step.needs(meeting):
        yield False
    try:
        names = yield from step.make(meeting)
    except (CopyDiffers, CopyChanged) as error:
        print(error, file=sys.stderr, flush=True)
        with _owned(meeting) as db:
            events.log(db, clock, "copy differs", str(error))
        return False
    if names is not None:
        _record(meeting, clock, step.name, step.event, names)
    return True


def _record(meeting: Meeting, clock: Clock, step: str, event: str, names: list[str]) -> None:
    wall = stamp(clock.wall())
    made = [_described(meeting.folder.copies / name, wall) for name in names]
    with _owned(meeting) as db:
        if event not in {entry.event for entry in events.events(db)}:  # a crash may have come between the two
            events.log(db, clock, event)
        finish.add_step(db, step, wall, made)


def _described(copy: Path, wall: str) -> finish.Copy:
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return finish.Copy(copy.name, MEDIA_TYPES[copy.name], file.tell(), digest, wall)


def _done(folder: MeetingFolder) -> set[str]:
    """The steps, without opening finish.db for writing."""
    with opened(finish.read(folder)) as db:
        return finish.steps(db) if db else set()


@contextmanager
def _owned(meeting: Meeting) -> Iterator[Database]:
    """finish.db, open only while it is written: a meeting may wait for its transcript for a long time."""
    db = finish.own(meeting.folder)
    try:
        yield db
    finally:
        database.close(db)
