"""What is going on in the room, read from the recorder's and the transcriber's files, and how far that is news."""

from dataclasses import dataclass
from datetime import datetime

from appliance.clock import spoken
from appliance.store import box, record, transcript
from appliance.store.folders import MeetingFolder
from web.house import house, reading
from web.words import NO_NEWS, STATES, Words, minutes

NEWS_S = 5.0  # the recorder makes a second durable every second
ADMITS = frozenset(("notice", "notice_again", "recording", "stopping", "paused", "paused_long", "interrupted", "ended"))


@dataclass(frozen=True)
class Progress:
    """How far one meeting is, in seconds; `ended_s` is its length, None until it has ended."""

    recorded_s: float = 0.0
    transcribed_s: float = 0.0
    transcript_complete: bool = False
    ended_s: float | None = None


@dataclass(frozen=True)
class Now:
    """The state of the box in words; `meeting` is the one that is open or whose admission is."""

    words: Words
    says: str
    because: str
    meeting: str | None
    admits: bool
    progress: Progress

    @property
    def recorded(self) -> str:
        return f"{spoken(self.progress.recorded_s)} recorded" if self.progress.recorded_s else ""

    @property
    def transcribed(self) -> str:
        writes = house().settings.transcript.enabled and self.progress.recorded_s and self.meeting
        return f"Transcript up to {spoken(self.progress.transcribed_s)}" if writes else ""


def now() -> Now:
    """The state of the box; without news from the recorder nothing is claimed and nobody is admitted."""
    db = reading(box, house().folders)
    found = box.state(db) if db else None
    if found is None:
        return Now(NO_NEWS, NO_NEWS.says, "", None, False, Progress())
    news = _is_news(found)
    words = STATES[found.state] if news else NO_NEWS
    return Now(
        words,
        words.says.format(since=_time(found.since_wall), admission=minutes(house().settings.meeting.admission_minutes)),
        _because(found) if news else "",
        found.meeting,
        _admits(found),
        progress(house().folders.meeting(found.meeting)) if found.meeting else Progress(),
    )


def progress(folder: MeetingFolder) -> Progress:
    """How far a meeting is; zero where its files are not there yet."""
    db = reading(record, folder)
    about = record.described(db) if db else None
    if db is None or about is None:
        return Progress()
    text = reading(transcript, folder)
    cursor = transcript.cursor(text) if text else transcript.Cursor(0, False)
    samples = record.recorded(db) if about.samples is None else about.samples
    return Progress(
        recorded_s=samples / about.rate,
        transcribed_s=cursor.transcribed / about.rate,
        transcript_complete=cursor.complete,
        ended_s=None if about.samples is None else about.samples / about.rate,
    )


def _because(found: box.BoxState) -> str:
    """Why it does not record, and who can help."""
    helps = house().settings.room.help_line if found.because else ""
    return f"{found.because} {helps}".strip()


def _in_state_s(found: box.BoxState) -> float | None:
    """Seconds since the state began; None when that was before this boot."""
    same_boot = found.boot_id == house().boot_id
    return house().clock.monotonic() - found.since_monotonic if same_boot else None


def _is_news(found: box.BoxState) -> bool:
    """False when the recorder has not run since the boot, or says `recording` while the master does not grow."""
    age = _in_state_s(found)
    if age is None or found.state not in STATES:
        return False
    if found.state != "recording" or age < NEWS_S:
        return True
    return found.meeting is not None and _grows(house().folders.meeting(found.meeting))


def _grows(folder: MeetingFolder) -> bool:
    try:
        written = folder.master.stat().st_mtime
    except FileNotFoundError:
        return False
    return abs(house().clock.wall().timestamp() - written) < NEWS_S


def _admits(found: box.BoxState) -> bool:
    """Whether the code on the table gives tickets; its end is kept here too, should the recorder have died."""
    age = _in_state_s(found)
    if age is None or found.meeting is None or found.state not in ADMITS:
        return False
    return found.state != "ended" or age < house().settings.meeting.admission_minutes * 60


def _time(wall: str) -> str:
    """A moment of the record as the time of day in the room."""
    return f"{datetime.fromisoformat(wall).astimezone():%H:%M}"
