"""The transcriber: brittle. Any surprise ends it with a traceback; started again, it goes on at its cursor.

It reads what the recorder made durable and writes to its own file only, so that nothing waits for it. Killed at any
instant, it reads the passage it was at once more and writes what it would have written.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from appliance import settings
from appliance.clock import Clock
from appliance.errors import DamagedModel
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.store import box, database, events, finish, transcript
from appliance.store.folders import Folders, MeetingFolder
from appliance.store.transcript import Line, Passage
from appliance.transcriber import languages, models, passages
from appliance.transcriber.durable import CLOSING_GAP_S, Durable, durable
from appliance.transcriber.hearing import Hearing
from appliance.transcriber.hurry import Hurry, hurry
from appliance.transcriber.lines import placed
from appliance.transcriber.passages import FRAME, FRAME_S, RATE, Probabilities
from appliance.transcriber.sound import Audio
from appliance.transcriber.whisper import FasterWhisper, Reading, SpeechModel

NICE = 15
LOOK_AGAIN_S = 0.5


def run(settings: settings.Settings, clock: Clock, lifetime: Lifetime, notifier: Notifier) -> None:
    """Transcribe until life ends. Raises NoModel or DamagedModel before anything is read."""
    if not settings.transcript.enabled:
        notifier.ready()
        while not lifetime.wait(LOOK_AGAIN_S):
            notifier.alive()
        return
    step_back()
    folder = settings.transcript.model_folder
    known = models.named(folder.parent, folder.name)
    models.check(folder, known)
    model = FasterWhisper(folder, known.name, known.rates)
    folders, smaller = Folders(Path(settings.store.data)), Smaller(folder.parent, known)
    with closing(Transcriber(folders, settings.transcript, model, clock, smaller)) as transcriber:
        notifier.ready()
        while not lifetime.over:
            notifier.alive()
            if not transcriber.step():
                lifetime.wait(LOOK_AGAIN_S)
    notifier.stopping()


def step_back() -> None:
    """Take processor and disk only when nobody else wants them; SCHED_IDLE includes the idle I/O class (ioprio(7))."""
    os.nice(NICE)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class Smaller:
    """A smaller model, loaded when it is first wanted; None where there is none that is whole."""

    def __init__(self, folder: Path, than: models.Model) -> None:
        self._folder = folder
        self._than = than

    @cache  # noqa: B019 - there is one of these in a process
    def __call__(self) -> SpeechModel | None:
        found = models.smaller(self._folder, self._than)
        if found is None:
            return None
        folder, known = found
        try:
            models.check(folder, known)
        except DamagedModel as error:
            print(error, file=sys.stderr, flush=True)
            return None
        return FasterWhisper(folder, known.name, known.rates)


class Transcriber:
    """Everything after the speech model is ready; one `step` is one passage.

    `smaller`: a model that is read with while the room talks faster than the first one can follow.
    """

    def __init__(
        self,
        folders: Folders,
        settings: settings.Transcript,
        model: SpeechModel,
        clock: Clock,
        smaller: Callable[[], SpeechModel | None] = lambda: None,
    ) -> None:
        self._folders = folders
        self._settings = settings
        self._model = model
        self._smaller = smaller
        self._clock = clock
        self._files: dict[str, Database] = {}
        self._done: set[str] = set()
        self._looked_at: dict[str, Durable] = {}
        self._hearing: dict[str, Hearing] = {}
        self._closed_since: dict[str, tuple[str, int, float]] = {}
        self.hurry = Hurry.NONE

    def close(self) -> None:
        for db in self._files.values():
            database.close(db)
        self._files.clear()

    def step(self) -> bool:
        """Read one passage of the open meeting or else of the newest unread one; False when there is none."""
        return any(self._advance(folder) for folder in self._unread())

    def _unread(self) -> list[MeetingFolder]:
        folders = self._folders.every_meeting()
        for gone in self._files.keys() - {folder.id for folder in folders}:
            self._files.pop(gone).close()  # its file is gone: there is nothing to leave behind
            self._hearing.pop(gone, None)
        open_one = box.open_meeting(self._folders)
        return sorted((f for f in folders if f.id not in self._done), key=lambda f: f.id != open_one)

    def _advance(self, folder: MeetingFolder) -> bool:
        extent = self._settled(folder, durable(self._folders, folder))
        if extent is None or self._looked_at.get(folder.id) == extent or self._was_completed(folder):
            return False
        if extent.ended and self._was_let_go(folder):
            return False
        db = self._file(folder)
        cursor = transcript.cursor(db).transcribed
        if self._read_passage(folder, db, extent, cursor) or self._read_draft(folder, db, extent):
            return True
        if extent.over and cursor >= extent.samples:
            self._complete(folder, db)
            return True
        if extent.missing:
            self._log_once(db, "sound missing", f"{extent.missing} samples")
        self._looked_at[folder.id] = extent
        return False

    def _settled(self, folder: MeetingFolder, extent: Durable | None) -> Durable | None:
        """`closed` only once it was seen for as long as the shortest gap that ends a passage: a press that takes the
        stop back at once must not find a passage that ends there."""
        if extent is None or not extent.closed:
            self._closed_since.pop(folder.id, None)
            return extent
        closing = (extent.closed, extent.samples)
        since = self._closed_since.get(folder.id)
        if since is None or since[:2] != closing:
            since = self._closed_since[folder.id] = (*closing, self._clock.monotonic())
        settled = self._clock.monotonic() - since[2] >= CLOSING_GAP_S
        return extent if settled else replace(extent, closed="")

    def _was_completed(self, folder: MeetingFolder) -> bool:
        db = None if folder.id in self._files else transcript.read(folder)
        if db is None:
            return False
        with closing(db):
            complete = transcript.cursor(db).complete
        if complete:
            self._done.add(folder.id)
        return complete

    def _was_let_go(self, folder: MeetingFolder) -> bool:
        """Whether the recorder may remove the master: all was done for it while this box wrote no transcripts."""
        if not finish.master_may_go(folder):
            return False
        self._done.add(folder.id)
        if folder.id in self._files:
            database.close(self._files.pop(folder.id))
        return True

    def _file(self, folder: MeetingFolder) -> Database:
        if folder.id not in self._files:
            self._files[folder.id] = transcript.own(folder)
        return self._files[folder.id]

    def _complete(self, folder: MeetingFolder, db: Database) -> None:
        self._log_once(db, "transcript complete")
        transcript.complete(db)
        self._done.add(folder.id)
        self._hearing.pop(folder.id, None)
        database.close(self._files.pop(folder.id))

    def _read_passage(self, folder: MeetingFolder, db: Database, extent: Durable, cursor: int) -> bool:
        """Read the next passage and put the cursor behind it; False when its end cannot be told yet."""
        self.hurry = Hurry.NONE if extent.ended else hurry(self.hurry, (extent.samples - cursor) / extent.rate)
        gap_end = extent.gap_at(cursor)
        if gap_end is not None and gap_end > cursor:
            transcript.add_passage(db, Passage(cursor, gap_end - cursor, 0.0, 0.0, ""), [])
            return True
        hearing = self._hearing.get(folder.id)
        if hearing is None or hearing.first != cursor:
            hearing = self._hearing[folder.id] = Hearing(folder.master, extent.rate, cursor, self._model.ear())
        read = self._read(hearing, extent, self.hurry)
        if read is None:
            return False
        if self._log_once(db, "transcript begun"):
            language = "en" if self._settings.language == "auto" else self._settings.language
            transcript.state_quality(db, languages.how_good(self._model.rates, language))
        transcript.add_passage(db, *read)
        return True

    def _read_draft(self, folder: MeetingFolder, db: Database, extent: Durable) -> bool:
        """Read again what was read in a hurry, now that there is time; False where there is nothing, or no time."""
        drafts = [] if self.hurry else transcript.drafts(db)
        if not drafts:
            return False
        hearing = Hearing(folder.master, extent.rate, drafts[0].first_sample, self._model.ear())
        end = drafts[0].first_sample + drafts[0].samples
        read = self._read(hearing, replace(extent, samples=end, ended=True, missing=0), Hurry.NONE)
        if read is None:
            return False
        transcript.replace_draft(db, *read)
        return True

    def _read(self, hearing: Hearing, extent: Durable, haste: Hurry) -> tuple[Passage, list[Line]] | None:
        """The passage that begins where the hearing does; None when its end cannot be told yet."""
        began, began_wall = time.process_time(), self._clock.monotonic()
        gap = extent.next_gap(hearing.first)
        over = gap is not None or extent.over or bool(extent.closed)
        limit = extent.samples if gap is None else gap
        if limit <= hearing.first:
            return None
        try:
            hearing.hear(limit, over=over)
        except FileNotFoundError:  # the recorder let it go at this moment
            return None
        probabilities = hearing.probabilities
        end = passages.cut(probabilities, over=over)
        if end is None:
            return None
        probabilities = probabilities[:end]
        samples = min(end * FRAME * extent.rate // RATE, limit - hearing.first)
        model = (self._smaller() if haste == Hurry.SMALLER_MODEL else None) or self._model
        at_s, length_s = hearing.first / extent.rate, samples / extent.rate
        reading = self._listen_to(model, hearing.audio, probabilities, haste)
        if reading is not None and not self._is_written(reading.language, model):
            reading = _unwritten(reading, at_s, length_s)
        passage = Passage(
            first_sample=hearing.first,
            samples=samples,
            speech_s=passages.speech_seconds(probabilities),
            took_s=round(time.process_time() - began, 3),
            model="" if reading is None else model.name,
            wall_s=round(self._clock.monotonic() - began_wall, 3),
            way="" if reading is None else reading.way,
            draft=reading is not None and (model is not self._model or (haste != Hurry.NONE and reading.doubtful)),
        )
        return passage, [] if reading is None else placed(reading.lines, at_s, at_s, at_s + length_s)

    def _listen_to(
        self, model: SpeechModel, audio: Audio, probabilities: Probabilities, haste: Hurry
    ) -> Reading | None:
        """What is said in a passage, in its time; None where nobody spoke."""
        spoken = passages.spoken(probabilities)
        if spoken is None:
            return None
        if self._settings.language != "auto" and not self._is_written(self._settings.language, model):
            return Reading([], self._settings.language, "", doubtful=False)
        first, last = spoken
        sound = audio[first * FRAME : last * FRAME]
        reading = model.read(sound, self._settings.language, one_way=haste != Hurry.NONE)
        heard = [
            line
            for line in placed(reading.lines, first * FRAME_S, 0.0, audio.size / RATE)
            if passages.anybody_speaks(probabilities, line.start_s, line.end_s)
        ]
        return replace(reading, lines=heard)

    def _is_written(self, language: str, model: SpeechModel) -> bool:
        return languages.written(model.rates, language, self._settings.error_limit)

    def _log_once(self, db: Database, event: str, detail: str = "") -> bool:
        """Whether it had not happened before."""
        new = event not in {entry.event for entry in events.events(db)}
        if new:
            events.log(db, self._clock, event, detail)
        return new


def _unwritten(reading: Reading, at_s: float, length_s: float) -> Reading:
    """In place of words that nobody could rely on: which language it is, and where to listen."""
    line = Line(0.0, length_s, languages.listen(reading.language, at_s), reading.language, ())
    return replace(reading, lines=[line], doubtful=False)
