"""Leaves of the tree over the seconds of a recording (RFC 9162, section 2.1.1)."""

import hashlib


def leaf(pcm: bytes) -> bytes:
    """The 32-byte leaf of one second: SHA-256 of 0x00 and its PCM, so that the container does not matter."""
    return hashlib.sha256(b"\x00" + pcm).digest()
