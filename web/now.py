"""What is going on in the room: the recorder's news, and how far recorder and transcriber are by their files."""

from dataclasses import dataclass
from datetime import datetime

from appliance.clock import spoken
from appliance.news import News, latest
from appliance.store import box, record, transcript
from appliance.store.folders import MeetingFolder
from web.house import house, reading, within_reach
from web.languages import gettext, said
from web.words import NO_NEWS, STATES, Words, about_minutes, minutes, objecting

ADMITS = frozenset(
    ("notice", "notice_again", "recording", "stopping", "paused", "paused_long", "interrupted", "ended", "ended_full")
)

BEHIND_S = 60.0  # a passage and the time to read it are no delay worth telling


@dataclass(frozen=True)
class Progress:
    """How far one meeting is, in seconds; `ended_s` is its length, None until it has ended."""

    recorded_s: float = 0.0
    transcribed_s: float = 0.0
    transcript_complete: bool = False
    ended_s: float | None = None
    left_s: float | None = None
    quality: str = ""
    """How long the transcript of what there is will take; None where nothing was read yet."""

    @property
    def behind_s(self) -> float:
        return self.recorded_s - self.transcribed_s


@dataclass(frozen=True)
class Now:
    """The state of the box in words; `meeting` is the one that is open or whose admission is.

    `level`: in dBFS, while it records.
    """

    words: Words
    says: str
    because: str
    meeting: str | None
    admits: bool
    progress: Progress
    level: float | None = None
    objecting: int = 0

    @property
    def objections(self) -> str:
        return objecting(self.objecting)

    @property
    def title(self) -> str:
        return gettext(self.words.title)

    @property
    def light(self) -> str:
        return gettext(self.words.light)

    @property
    def recorded(self) -> str:
        far = self.progress.recorded_s
        return gettext("%(length)s recorded", length=spoken(far)) if far else ""

    @property
    def transcribed(self) -> str:
        writes = house().settings.transcript.enabled and self.progress.recorded_s and self.meeting
        if not writes:
            return ""
        behind = self.progress.behind_s
        far = spoken(self.progress.transcribed_s)
        if behind < BEHIND_S:
            return gettext("Transcript up to %(length)s", length=far)
        return gettext("Transcript up to %(length)s, %(minutes)s behind", length=far, minutes=about_minutes(behind))


def now() -> Now:
    """The state of the box; without news from the recorder nothing is claimed and nobody is admitted."""
    told, written = news(), within_reach(_written_meeting, None)
    meeting = told.meeting if told else written
    far = within_reach(lambda: _progress_of(meeting), Progress())
    if told is None:
        return Now(NO_NEWS, gettext(NO_NEWS.says), "", meeting, False, far)
    words, admission = STATES[told.state], minutes(house().settings.meeting.admission_minutes)
    return Now(
        words,
        gettext(words.says).format(since=_time(told.since_wall), admission=admission),
        _because(told, words),
        meeting,
        _admits(told, written),
        far,
        told.level if told.state == "recording" else None,
        told.objections,
    )


def news() -> News | None:
    """What the recorder told just now; None when it is dead, hangs, or has not run since the boot."""
    told = latest(house().settings.store.news)
    if told is None or told.state not in STATES:
        return None
    return told if told.is_fresh(house().boot_id, house().clock.monotonic()) else None


def objections() -> str:
    """The sentence about objections that the button has not yet answered, for every page."""
    told = news()
    return objecting(told.objections) if told else ""


def progress(folder: MeetingFolder) -> Progress:
    """How far a meeting is; zero where its files are not there yet."""
    db = reading(record, folder)
    about = record.described(db) if db else None
    if db is None or about is None:
        return Progress()
    text = reading(transcript, folder)
    cursor = transcript.cursor(text) if text else transcript.Cursor(0, False)
    samples = record.recorded(db) if about.samples is None else about.samples
    pace = transcript.pace(text) if text else None
    unread = samples - cursor.transcribed + (sum(draft.samples for draft in transcript.drafts(text)) if text else 0)
    return Progress(
        recorded_s=samples / about.rate,
        transcribed_s=cursor.transcribed / about.rate,
        transcript_complete=cursor.complete,
        ended_s=None if about.samples is None else about.samples / about.rate,
        quality=cursor.quality,
        left_s=None if pace is None else pace * unread,
    )


def _progress_of(meeting: str | None) -> Progress:
    return progress(house().folders.meeting(meeting)) if meeting else Progress()


def _written_meeting() -> str | None:
    """The meeting that is open or whose admission is, as it was last written down."""
    db = reading(box, house().folders)
    found = box.state(db) if db else None
    return found.meeting if found else None


def _because(told: News, words: Words) -> str:
    """What people should know, and in trouble also who can help."""
    helps = house().settings.room.help_line if told.because and words.pattern == "fault" else ""
    return f"{said(told.because)} {helps}".strip()


def _admits(told: News, written: str | None) -> bool:
    """Whether the code on the table gives tickets; an end of the admission is written down just before it is told."""
    return told.meeting is not None and told.meeting == written and told.state in ADMITS


def _time(wall: str) -> str:
    """A moment of the record as the time of day in the room."""
    return f"{datetime.fromisoformat(wall).astimezone():%H:%M}"
