"""The lists in a bundle: the leaf of each second with its hint, and the marks; see docs/evidence.md."""

import hashlib
from collections.abc import Iterable, Iterator

from appliance.evidence import merkle
from appliance.evidence.claims import mark_entry
from appliance.evidence.merkle import Hash
from appliance.store.record import Mark

HINT_SAMPLES = 64
HINT_BYTES = 4


def hint(pcm: bytes) -> bytes:
    """What a second (s16le) begins with, in 4 bytes; empty where it is shorter than 64 samples."""
    first = pcm[: 2 * HINT_SAMPLES]
    return hashlib.sha256(first).digest()[:HINT_BYTES] if len(first) == 2 * HINT_SAMPLES else b""


def leaves_lines(seconds: Iterable[bytes]) -> Iterator[str]:
    """A line for each second of PCM."""
    for pcm in seconds:
        yield leaf_line(merkle.leaf(pcm), hint(pcm))


def leaf_line(leaf: Hash, its_hint: bytes) -> str:
    return f"{leaf.hex()} {its_hint.hex() or '-'}\n"


def marks_lines(marks: Iterable[Mark]) -> Iterator[str]:
    for mark in marks:
        yield mark_entry(mark).decode() + "\n"
