"""A clip that somebody shows, held against the meeting: which seconds it is, in which order, and what is missing.

A clip with the samples of the recording is judged by its seconds; any other is only located, by what it sounds like.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.errors import NotAudio
from appliance.evidence import clip, clip_words, recognition, sound
from appliance.evidence.clip import Found, Run
from appliance.evidence.fingerprint import RATE, Words
from appliance.evidence.joins import Join, Kind
from appliance.evidence.places import Sealed
from appliance.evidence.verdict import About, Verdict

RE_ENCODED = "It was re-encoded or changed, so it cannot be checked bit by bit."
NO_LIST = "To check it bit by bit, the list leaves.sha256 of the bundle or the lossless recording must be here."
NOWHERE = "No part of it was found in this meeting."
NOTHING_TO_HEAR = "To find out where it sounds like the meeting, the recording or the small audio must be here."
ABOUT = {Kind.EDGE: About.NOTE, Kind.MISSING: About.COMPLETENESS, Kind.TOO_SHORT: About.UNKNOWN}


@dataclass(frozen=True)
class Meeting:
    """What a clip is held against; `sealed` is None where no list of seconds could be believed.

    `heard` gives the fingerprint of the meeting's sound; None where there is none.
    """

    sealed: Sealed | None
    heard: Callable[[], Words | None]


def judge(path: Path, meeting: Meeting, verdict: Verdict) -> None:
    """Say what a clip is. Damage of any kind becomes a finding."""
    verdict.looked_at.append(path.name)
    try:
        if not _exactly(path, meeting.sealed, verdict):
            _by_ear(path, meeting, verdict)
    except (NotAudio, OSError) as error:
        verdict.find(path.name, About.UNKNOWN, f"It cannot be read: {error}")


def _exactly(path: Path, sealed: Sealed | None, verdict: Verdict) -> bool:
    """False where it is no piece of the recording, sample for sample."""
    with sound.opened(path) as file:
        if sealed is None or not file.exact or file.rate != sealed.rate or not sound.decoder_is_exact():
            return False
        samples = np.frombuffer(b"".join(file.pcm()), "<i2").astype(np.int16)
    found = clip.find(samples, sealed)
    if found.runs:
        _tell(path.name, found, sealed.rate, verdict)
    return bool(found.runs)


def _tell(part: str, found: Found, rate: int, verdict: Verdict) -> None:
    for run in found.runs:
        verdict.find(part, About.NOTE, clip_words.run(run, rate), _of_run(run))
    for join in found.joins:
        verdict.find(part, ABOUT.get(join.kind, About.INTEGRITY), clip_words.said(join, rate), _of_join(join, rate))
    if not found.thorough:
        verdict.find(part, About.UNKNOWN, clip_words.NOT_THOROUGH)


def _by_ear(path: Path, meeting: Meeting, verdict: Verdict) -> None:
    words, why = meeting.heard(), RE_ENCODED if meeting.sealed else NO_LIST
    if words is None:
        verdict.find(path.name, About.UNKNOWN, f"{why} {NOTHING_TO_HEAR}")
        return
    with sound.opened(path) as file:
        heard = list(file.heard(RATE))
    found = recognition.recognise(np.concatenate(heard) if heard else np.empty(0, dtype=np.float32), words)
    for says in clip_words.of_recognised(found):
        verdict.find(path.name, About.UNKNOWN, says)
    is_too_short = any(join.kind is Kind.TOO_SHORT for join in found.joins)
    verdict.find(path.name, About.UNKNOWN, why if found.stretches or is_too_short else NOWHERE)


def _of_run(run: Run) -> tuple[int, ...]:
    return tuple(range(run.first, run.first + run.seconds))


def _of_join(join: Join, rate: int) -> tuple[int, ...]:
    return tuple(range(join.origin // rate, -(-(join.origin + join.concerned) // rate)))
