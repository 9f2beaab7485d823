"""Counting words: wrong, lost and invented ones, and how far from its sound each one stands. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import jiwer
import numpy as np
from whisper_normalizer.english import EnglishTextNormalizer


@dataclass(frozen=True)
class Count:
    """Words of a reference, and what a transcript made of them (S, D and I of the word error rate)."""

    said: int = 0
    mistaken: int = 0
    lost: int = 0
    invented: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.said + other.said,
            self.mistaken + other.mistaken,
            self.lost + other.lost,
            self.invented + other.invented,
        )

    @property
    def error_rate(self) -> float:
        """In percent of the words said; where nothing was said, of one word."""
        return 100 * (self.mistaken + self.lost + self.invented) / max(1, self.said)


@dataclass(frozen=True)
class Timed:
    """A word and when it begins, in seconds of the master."""

    word: str
    start_s: float


@dataclass(frozen=True)
class Found:
    """A word that was said at one time and stands in the transcript at another, in seconds."""

    said_s: float
    written_s: float

    @property
    def late_s(self) -> float:
        return self.written_s - self.said_s


def count(said: str, written: str) -> Count:
    """Both texts as the field compares them: by the normaliser that came with Whisper."""
    reference, hypothesis = plain(said), plain(written)
    if not reference:
        return Count(invented=len(hypothesis.split()))
    found = jiwer.process_words(reference, hypothesis)
    return Count(
        said=found.hits + found.substitutions + found.deletions,
        mistaken=found.substitutions,
        lost=found.deletions,
        invented=found.insertions,
    )


def plain(text: str) -> str:
    return str(_normaliser()(text)).strip()


def found_again(said: Sequence[Timed], written: Sequence[Timed]) -> list[Found]:
    """The words of which both have the same, by the alignment with the fewest errors over the whole."""
    reference, hypothesis = [bare(one) for one in said], [bare(one) for one in written]
    if not said or not written:
        return []
    aligned = jiwer.process_words(" ".join(reference), " ".join(hypothesis)).alignments[0]
    pairs = [
        (part.ref_start_idx + step, part.hyp_start_idx + step)
        for part in aligned
        if part.type == "equal"
        for step in range(part.ref_end_idx - part.ref_start_idx)
    ]
    return [Found(said[one].start_s, written[other].start_s) for one, other in pairs]


def bare(one: Timed) -> str:
    """A word as its letters and digits, so that each stays one word."""
    return re.sub(r"[^\w]", "", one.word.lower()) or "-"


def lateness(found: Sequence[Found], edge_s: float) -> dict[str, float]:
    """How far from their sound words stand, in seconds; `edge_s`: how much of beginning and end is looked at apart."""
    late = np.array([one.late_s for one in found])
    end = max(one.said_s for one in found)
    first = [one.late_s for one in found if one.said_s < edge_s]
    last = [one.late_s for one in found if one.said_s > end - edge_s]
    return {
        "median error": float(np.median(np.abs(late))),
        "within 1 s, %": float(100 * np.mean(np.abs(late) <= 1)),
        "greatest error": float(np.max(np.abs(late))),
        "median late at the beginning": float(np.median(first)),
        "median late at the end": float(np.median(last)),
    }


@cache
def _normaliser() -> EnglishTextNormalizer:
    return EnglishTextNormalizer()
