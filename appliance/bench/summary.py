"""summary.json: what happened in a demonstration, for machines."""

from dataclasses import asdict

from appliance.bench.attendee import Taken
from appliance.errors import NoSuchMeeting
from appliance.store import record, transcript
from appliance.store.folders import MeetingFolder


def summarise(folder: MeetingFolder, last_word_s: float, taken: list[Taken]) -> dict[str, object]:
    """All times in seconds; `last_word_s` is from the press that stopped to the moment at which every word
    of the recording stood in the transcript. Raises NoSuchMeeting."""
    db, text = record.read(folder), transcript.read(folder)
    about = record.described(db) if db else None
    if db is None or text is None or about is None:
        raise NoSuchMeeting(id=folder.id)
    return {
        "meeting": folder.id,
        "seconds_recorded": record.recorded(db) / about.rate,
        "gaps": [
            {
                "at_s": gap.first_sample / about.rate,
                "length_s": gap.samples / about.rate,
                "cause": gap.cause,
                "length_known": gap.length_known,
            }
            for gap in record.gaps(db)
        ],
        "seconds_of_speech": round(record.speech_seconds(db), 1),
        "seconds_from_stop_to_transcript": round(last_word_s, 1),
        "model": next((one.model for one in transcript.passages(text) if one.model), ""),
        "files": {copy.name: {key: value for key, value in asdict(copy).items() if key != "name"} for copy in taken},
    }
