"""The bundle: a BagIt bag (RFC 8493) as one zip file, stored, with a signature over its tag manifest.

    2026-11-23-K7QF/data/...                      the payload
    2026-11-23-K7QF/bagit.txt, bag-info.txt, manifest-sha256.txt, tagmanifest-sha256.txt
    2026-11-23-K7QF/tagmanifest-sha256.txt.p7s    CMS, detached, DER
    2026-11-23-K7QF/tagmanifest-sha256.txt.tsr    a time stamp (RFC 3161), where somebody puts one there later

The same input gives the same bytes, but for the signature: so a bundle is built once and then only given out.
"""

import hashlib
import os
import re
import stat
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from appliance.evidence import cms
from appliance.evidence.key import Key
from appliance.store.folders import sync_folder

PAYLOAD = "data/"
BAGIT, INFO, MANIFEST = "bagit.txt", "bag-info.txt", "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE, TIME_STAMP = f"{TAG_MANIFEST}.p7s", f"{TAG_MANIFEST}.tsr"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PARTIAL = ".partial"
PIECE_BYTES = 1 << 20
ONCE = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name
UNIX = 3  # the system whose attributes stand in a zip file (APPNOTE.TXT, section 4.4.2)

Source = Path | bytes
"""Where the content of a file is taken from."""

Progress = Generator[int, None, "Made"]
"""Gives how many bytes are done, after each piece; returns what was made."""


@dataclass(frozen=True)
class Made:
    """A bundle on the disk: its length in bytes, and its SHA-256 in hex."""

    bytes: int
    sha256: str


@dataclass
class Listing:
    """A manifest while it is written: the SHA-256 of each file in hex, and how many bytes they are together."""

    digests: dict[str, str] = field(default_factory=dict)
    bytes: int = 0

    def text(self) -> bytes:
        """Two spaces, as sha256sum wants it; RFC 8493, section 2.1.3, takes any."""
        return "".join(f"{digest}  {name}\n" for name, digest in sorted(self.digests.items())).encode()


def build(target: Path, meeting: str, payload: Mapping[str, Source], info: Mapping[str, str], key: Key) -> Made:
    """Build a bundle at once; see `building`."""
    work = building(target, meeting, payload, info, key)
    try:
        while True:
            next(work)
    except StopIteration as done:
        made: Made = done.value
        return made


def building(target: Path, meeting: str, payload: Mapping[str, Source], info: Mapping[str, str], key: Key) -> Progress:
    """Build a bundle piece by piece; one that is there already is taken as it is.

    `payload` is by the name below data/; `info` goes into bag-info.txt in this order, with the Payload-Oxum. Killed at
    any instant, it leaves nothing under the final name. Raises ValueError for a name that no bundle may have, and
    OSError.
    """
    for name in (meeting, *payload):
        if fault := fault_of(name):
            raise ValueError(f"{name!r} cannot stand in a bundle: {fault}")
    if not target.exists():
        partial = target.with_name(target.name + PARTIAL)
        with partial.open("wb") as file:
            with ZipFile(file, "w", ZIP_STORED) as bag:
                yield from _fill(_Bag(bag, meeting), payload, info, key)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        sync_folder(target.parent)
    return (yield from _made(target))


def fault_of(name: str) -> str:
    """Why a file in a bundle may not be called so; empty where it may."""
    if len(name) > 255 or not name.isprintable() or re.search(r'[\\:*?"<>|%]', name):
        return "it has characters that not every computer can write"
    if any(part in ("", ".", "..") or part.endswith((" ", ".")) for part in name.split("/")):
        return "it leads out of the bundle"
    return ""


@dataclass
class _Bag:
    """The zip file, and below which folder everything in it lies."""

    zip: ZipFile
    folder: str

    def add(self, name: str, source: Source, listing: Listing) -> Generator[int, None, None]:
        entry = ZipInfo(f"{self.folder}/{name}", ONCE)
        entry.create_system, entry.external_attr = UNIX, (stat.S_IFREG | 0o644) << 16
        entry.file_size = len(source) if isinstance(source, bytes) else source.stat().st_size  # so zip64 where needed
        digest = hashlib.sha256()
        with _opened(source) as content, self.zip.open(entry, "w") as written:
            while piece := content.read(PIECE_BYTES):
                digest.update(piece)
                written.write(piece)
                listing.bytes += len(piece)
                yield listing.bytes
        listing.digests[name] = digest.hexdigest()


def _fill(bag: _Bag, payload: Mapping[str, Source], info: Mapping[str, str], key: Key) -> Generator[int, None, None]:
    """The payload first, so that its hashes are those of the very bytes that were written."""
    listed, tags, others = Listing(), Listing(), Listing()
    for name in sorted(payload):
        yield from bag.add(PAYLOAD + name, payload[name], listed)
    about = {**info, "Payload-Oxum": f"{listed.bytes}.{len(listed.digests)}"}
    yield from bag.add(BAGIT, DECLARATION, tags)
    yield from bag.add(INFO, _info(about), tags)
    yield from bag.add(MANIFEST, listed.text(), tags)
    yield from bag.add(TAG_MANIFEST, tags.text(), others)
    yield from bag.add(SIGNATURE, cms.signed(tags.text(), key), others)


def _info(about: Mapping[str, str]) -> bytes:
    """One line each (RFC 8493, section 2.2.2)."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in about.items()).encode()


def _opened(source: Source) -> BinaryIO:
    return BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _made(target: Path) -> Progress:
    digest, done = hashlib.sha256(), 0
    with target.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            done += len(piece)
            yield done
    return Made(done, digest.hexdigest())
