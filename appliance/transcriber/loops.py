"""Text that goes round in circles: the way in which a speech model fails on sound that it does not understand. Pure.

People repeat themselves too ("no, no, no"), so that the shorter a phrase is, the more often it may be said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from appliance.store.transcript import Line

UNCLEAR = "[unclear]"
OFTEN = ((1, 6), (3, 4), (12, 3))
"""A phrase of up to so many words, said so often in a row, is a loop."""


def circles(texts: Iterable[str]) -> bool:
    """Whether a phrase is repeated without end in what is said in these lines, one after the other."""
    words = [word for text in texts for word in _words(text)]
    return bool(_in_circles(words))


def unclear(lines: Sequence[Line]) -> list[Line]:
    """The lines, but one `[unclear]` in place of those that have part in a loop."""
    words = [(word, at) for at, line in enumerate(lines) for word in _words(line.text)]
    spoilt = {words[at][1] for at in _in_circles([word for word, _ in words])}
    made: list[Line] = []
    for at, line in enumerate(lines):
        if at not in spoilt:
            made.append(line)
        elif made and at - 1 in spoilt:
            made[-1] = replace(made[-1], end_s=line.end_s)
        else:
            made.append(replace(line, text=UNCLEAR, words=()))
    return made


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("’", "'"))


def _in_circles(words: Sequence[str]) -> set[int]:
    """Places of the words that are part of a loop."""
    found: set[int] = set()
    least = 1
    for longest, often in OFTEN:
        for length in range(least, longest + 1):
            same = 0
            for at in range(length, len(words) + 1):
                if at < len(words) and words[at] == words[at - length]:
                    same += 1
                    continue
                if same >= length * (often - 1):
                    found.update(range(at - same - length, at))
                same = 0
        least = longest + 1
    return found
