"""The times of lines: from the sound that was read to the timeline of the meeting."""

from collections.abc import Iterable
from dataclasses import replace

from appliance.store.transcript import Line, Word


def placed(lines: Iterable[Line], offset_s: float, start_s: float, end_s: float) -> list[Line]:
    """Lines moved by `offset_s` and kept inside the passage from `start_s` to `end_s`, no time before the last one.

    The model's word times may overlap by a few hundredths of a second and may lie behind the end of the sound.
    """
    made: list[Line] = []
    for line in lines:
        words = []
        earliest = start_s
        for word in line.words:
            words.append(_placed(word, offset_s, earliest, end_s))
            earliest = words[-1].end_s
        start = words[0].start_s if words else _within(line.start_s + offset_s, start_s, end_s)
        end = words[-1].end_s if words else _within(line.end_s + offset_s, start, end_s)
        made.append(replace(line, start_s=start, end_s=end, words=tuple(words)))
        start_s = end
    return made


def _placed(word: Word, offset_s: float, earliest: float, latest: float) -> Word:
    start = _within(word.start_s + offset_s, earliest, latest)
    return replace(word, start_s=start, end_s=_within(word.end_s + offset_s, start, latest))


def _within(moment: float, earliest: float, latest: float) -> float:
    return max(earliest, min(round(moment, 3), latest))
