"""`candour meetings`: what is on this box, for people."""

from pathlib import Path

from appliance.clock import TRUST_IN_WORDS, spoken
from appliance.settings import Settings
from appliance.store import box, finish, record, transcript
from appliance.store.database import opened
from appliance.store.folders import Folders

HEADINGS = ("meeting", "begun (UTC)", "recorded", "gaps", "transcript", "copies", "ended")

SIGNS = {"synchronised": "", "rtc": "*", "unknown": "?"}  # behind a time, explained below the table


def table(settings: Settings) -> str:
    """One line a meeting, newest first, and what its signs mean; a sentence when there is none."""
    folders = Folders(Path(settings.store.data))
    with opened(box.read(folders)) as db:
        listed = list(box.meetings(db)) if db else []
    if not listed:
        return f"There are no meetings in {folders.data}."
    rows = [HEADINGS, *(_deleted(one) if folders.tombstone(one.id).stands else _row(folders, one) for one in listed)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    trusts = {meeting.clock_trust for meeting in listed}
    return "\n".join(
        lines + [f"{sign} {TRUST_IN_WORDS[trust]}" for trust, sign in SIGNS.items() if sign and trust in trusts]
    )


def _row(folders: Folders, meeting: box.Meeting) -> tuple[str, ...]:
    folder = folders.meeting(meeting.id)
    with (
        opened(record.read(folder)) as sound,
        opened(transcript.read(folder)) as text,
        opened(finish.read(folder)) as done,
    ):
        about = record.described(sound) if sound else None
        samples = record.recorded(sound) if sound else 0
        return (
            meeting.id,
            _begun(meeting),
            spoken(samples / about.rate) if about else "0:00",
            str(len(list(record.gaps(sound)))) if sound else "0",
            _read(transcript.cursor(text), samples) if text else "none",
            str(len(list(finish.copies(done)))) if done else "0",
            meeting.ended_because or "open",
        )


def _deleted(meeting: box.Meeting) -> tuple[str, ...]:
    return (meeting.id, _begun(meeting), "-", "-", "-", "0", "deleted")


def _begun(meeting: box.Meeting) -> str:
    return meeting.opened_wall[:16].replace("T", " ") + SIGNS.get(meeting.clock_trust, "?")


def _read(cursor: transcript.Cursor, samples: int) -> str:
    if cursor.complete:
        return "complete"
    return f"{100 * cursor.transcribed // samples} %" if samples else "0 %"
