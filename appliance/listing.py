"""`candour meetings`: what is on this box, for people."""

from pathlib import Path

from appliance.clock import spoken
from appliance.settings import Settings
from appliance.store import box, finish, record, transcript
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder

HEADINGS = ("meeting", "begun (UTC)", "recorded", "gaps", "transcript", "copies", "ended")


def table(settings: Settings) -> str:
    """One line a meeting, newest first; a sentence when there is none."""
    folders = Folders(Path(settings.store.data))
    with opened(box.read(folders)) as db:
        rows = [_row(folders.meeting(meeting.id), meeting) for meeting in box.meetings(db)] if db else []
    if not rows:
        return f"There are no meetings in {folders.data}."
    widths = [max(len(row[column]) for row in [HEADINGS, *rows]) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [HEADINGS, *rows]
    )


def _row(folder: MeetingFolder, meeting: box.Meeting) -> tuple[str, ...]:
    with (
        opened(record.read(folder)) as sound,
        opened(transcript.read(folder)) as text,
        opened(finish.read(folder)) as done,
    ):
        about = record.described(sound) if sound else None
        samples = record.recorded(sound) if sound else 0
        begun = meeting.opened_wall[:16].replace("T", " ") + ("" if meeting.clock_trust == "synchronised" else "?")
        return (
            meeting.id,
            begun,
            spoken(samples / about.rate) if about else "0:00",
            str(len(list(record.gaps(sound)))) if sound else "0",
            _read(transcript.cursor(text), samples) if text else "none",
            str(len(list(finish.copies(done)))) if done else "0",
            meeting.ended_because or "open",
        )


def _read(cursor: transcript.Cursor, samples: int) -> str:
    if cursor.complete:
        return "complete"
    return f"{100 * cursor.transcribed // samples} %" if samples else "0 %"
