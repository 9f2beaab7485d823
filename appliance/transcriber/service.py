"""The transcriber: brittle. Any surprise ends it with a traceback; started again, it goes on at its cursor.

It reads what the recorder made durable and writes to its own file only, so that nothing waits for it. Killed at any
instant, it reads the passage it was at once more and writes what it would have written.
"""

import os
import time
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from appliance import settings
from appliance.clock import Clock
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.store import box, database, events, finish, transcript
from appliance.store.folders import Folders, MeetingFolder
from appliance.store.transcript import Line, Passage
from appliance.transcriber import models, passages
from appliance.transcriber.durable import Durable, durable, longest_passage
from appliance.transcriber.lines import placed
from appliance.transcriber.passages import EARLIEST, FRAME, FRAME_S, PAUSE, Probabilities
from appliance.transcriber.sound import Audio
from appliance.transcriber.whisper import FasterWhisper, SpeechModel

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
    folder = Path(settings.transcript.model)
    models.check(folder)
    model = FasterWhisper(folder, models.BASE.name)
    with closing(Transcriber(Folders(Path(settings.store.data)), settings.transcript, model, clock)) as transcriber:
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


class Transcriber:
    """Everything after the speech model is ready; one `step` is one passage."""

    def __init__(self, folders: Folders, settings: settings.Transcript, model: SpeechModel, clock: Clock) -> None:
        self._folders = folders
        self._language = settings.language
        self._model = model
        self._clock = clock
        self._files: dict[str, Database] = {}
        self._done: set[str] = set()
        self._looked_at: dict[str, Durable] = {}

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
        open_one = box.open_meeting(self._folders)
        return sorted((f for f in folders if f.id not in self._done), key=lambda f: f.id != open_one)

    def _advance(self, folder: MeetingFolder) -> bool:
        extent = durable(folder)
        if extent is None or self._looked_at.get(folder.id) == extent or self._was_completed(folder):
            return False
        if extent.ended and self._was_let_go(folder):
            return False
        db = self._file(folder)
        cursor = transcript.cursor(db).transcribed
        if extent.over and cursor >= extent.samples:
            self._complete(folder, db)
            return True
        if self._read_passage(folder, db, extent, cursor):
            return True
        if extent.missing:
            self._log_once(db, "sound missing", f"{extent.missing} samples")
        self._looked_at[folder.id] = extent
        return False

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
        database.close(self._files.pop(folder.id))

    def _read_passage(self, folder: MeetingFolder, db: Database, extent: Durable, cursor: int) -> bool:
        """Read the next passage and put the cursor behind it; False when its end cannot be told yet."""
        frames = extent.whole_frames(cursor)
        if not extent.over and frames < EARLIEST + PAUSE:
            return False
        began = time.process_time()
        try:
            audio = longest_passage(folder, extent, cursor)
        except FileNotFoundError:  # the recorder let it go at this moment
            return False
        probabilities = self._model.speech(audio)[:frames]
        end = passages.cut(probabilities, over=extent.over)
        if end is None:
            return False
        samples = min(end * extent.frame, extent.samples - cursor)
        lines = self._lines(audio, probabilities[:end], cursor / extent.rate, samples / extent.rate)
        read = Passage(
            first_sample=cursor,
            samples=samples,
            speech_s=passages.speech_seconds(probabilities[:end]),
            took_s=round(time.process_time() - began, 3),
            model="" if lines is None else self._model.name,
        )
        self._log_once(db, "transcript begun")
        transcript.add_passage(db, read, lines or [])
        return True

    def _lines(self, audio: Audio, probabilities: Probabilities, at_s: float, length_s: float) -> list[Line] | None:
        """The lines of a passage in the meeting's time; None where nobody spoke."""
        spoken = passages.spoken(probabilities)
        if spoken is None:
            return None
        first, last = spoken
        lines = self._model.read(audio[first * FRAME : last * FRAME], self._language)
        shift = first * FRAME_S
        heard = [
            line for line in lines if passages.anybody_speaks(probabilities, line.start_s + shift, line.end_s + shift)
        ]
        return placed(heard, at_s + shift, at_s, at_s + length_s)

    def _log_once(self, db: Database, event: str, detail: str = "") -> None:
        if event not in {entry.event for entry in events.events(db)}:
            events.log(db, self._clock, event, detail)
