"""Making the copies of one meeting. Each maker works in pieces, so that nothing else waits long for it."""

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

from appliance.errors import CopyDiffers, NotAudio
from appliance.evidence import merkle
from appliance.evidence.claims import Claims
from appliance.evidence.sound import by_second, decode_pcm
from appliance.finisher import audio, seals
from appliance.finisher.formats import FORMS, Told
from appliance.finisher.meeting import Meeting, readable
from appliance.finisher.naming import partial, publish, written
from appliance.store import wav
from appliance.store.finish import FLAC
from appliance.store.record import Extent

MP3 = "recording.mp3"

Work = Generator[bool, None, list[str] | None]
"""Gives True after a piece of work and False where there is nothing to do just now; returns the names it made, and None
where the step is not for this meeting."""


def small_copy(meeting: Meeting) -> Work:
    """Follow the durable cursor while the meeting lasts, so that its end leaves only seconds to do."""
    target = meeting.folder.copies / MP3
    sound = yield from readable(meeting.sound)
    if not target.exists():
        with audio.SmallCopy(partial(target), sound.rate) as copy:
            while not (sound.ended and copy.samples == sound.samples):
                pcm = _more(meeting.folder.master, copy.samples, sound)
                if pcm:
                    copy.append(pcm)
                elif sound.ended:  # the master is shorter than it was
                    raise CopyDiffers(name=MP3, id=meeting.id, second=copy.samples // sound.rate)
                yield bool(pcm)
                sound = yield from readable(meeting.sound)
            copy.finish()
        publish(target)
    return [MP3, *seals.seal_copies(meeting, [MP3])]


def lossless_copy(meeting: Meeting) -> Work:
    """Every sample of the master, compared with the leaves of its seconds before anybody can have it."""
    target = meeting.folder.copies / FLAC
    sound = yield from readable(meeting.sound)
    if not target.exists():
        there = wav.samples(meeting.folder.master)
        if there < sound.samples:
            raise CopyDiffers(name=FLAC, id=meeting.id, second=there // sound.rate)
        leaves = yield from readable(meeting.leaves)
        encoded = audio.flac(meeting.folder.master, sound.rate, sound.samples, partial(target))
        with closing(encoded):
            for _ in encoded:
                yield True
        for same in compare(partial(target), leaves, sound.rate, meeting.id):
            if same % audio.PIECE_S == 0:
                yield True
        publish(target)
    return [FLAC]


def compare(copy: Path, leaves: list[bytes], rate: int, meeting_id: str) -> Iterator[int]:
    """Hold a FLAC file against the record, giving how many seconds are the same.

    Where they differ the file is removed. Raises CopyDiffers, which names that second.
    """
    same, damage = 0, None
    try:
        for leaf, pcm in zip_longest(leaves, by_second(decode_pcm(copy), rate)):
            if leaf is None or pcm is None or merkle.leaf(pcm) != leaf:
                break
            same += 1
            yield same
        else:
            return
    except NotAudio as error:
        damage = error
    copy.unlink()
    raise CopyDiffers(name=FLAC, id=meeting_id, second=same) from damage


def transcript_copies(meeting: Meeting) -> Work:
    """Every form of the transcript; none where this box writes none."""
    if not meeting.transcribing and not meeting.transcribed():
        return None
    told = yield from readable(meeting.told)
    for form in FORMS:
        target = meeting.folder.copies / form.name
        if not target.exists():
            with written(target) as file:
                file.write(form.make(told))
            yield True
    names = [form.name for form in FORMS]
    return [*names, *seals.seal_transcript(meeting, names, _made_by(told))]


def no_copies(meeting: Meeting) -> Work:
    """Of a meeting in which nothing was recorded: what the recorder signed about that."""
    yield True
    return seals.not_recorded(meeting) or None


def _made_by(told: Told) -> Claims:
    read = [passage for passage in told.passages if passage.model]
    return {
        "models": sorted({passage.model for passage in read}),
        "settings": {"ways": sorted({passage.way for passage in read})},
    }


def _more(master: Path, first: int, sound: Extent) -> bytes:
    """Some durable PCM from sample `first` on; empty where there is none."""
    there = min(sound.samples, wav.samples(master)) - first
    return wav.pcm(master, first, min(there, audio.PIECE_S * sound.rate)) if there > 0 else b""
