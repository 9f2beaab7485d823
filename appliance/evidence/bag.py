"""Reading a bundle, as a zip or unpacked, whatever somebody did to it: its files, and what is wrong with the bag."""

import hashlib
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from cryptography import x509

from appliance.errors import NotABundle
from appliance.evidence import cms
from appliance.evidence.bagging import MANIFEST, PIECE_BYTES, SIGNATURE, TAG_MANIFEST

PAYLOAD = "data/"
TAGS = ("bagit.txt", "bag-info.txt", MANIFEST, TAG_MANIFEST)
NOT_LISTED = frozenset({TAG_MANIFEST, SIGNATURE, f"{TAG_MANIFEST}.tsr"})  # they speak of the list themselves
LOCKED = 0x1 | 0x20 | 0x40  # flags of encrypted and patched entries (APPNOTE.TXT, section 4.4.4)
LINE = re.compile(r"([0-9a-fA-F]{64})\s+\*?(.+)")
LONGEST_TAG = 4_000_000

Entries = dict[str, Callable[[], BinaryIO]]
"""By the name below the bag's folder: what opens it."""


@contextmanager
def opened(path: Path) -> Iterator[Entries]:
    """The files of a bundle. Raises NotABundle for a zip that cannot be read or holds what a bundle never has."""
    if path.is_dir():
        yield _unpacked(path)
        return
    try:
        with _archive(path) as archive:
            yield _zipped(archive, path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise NotABundle(path=path, why=f"it is no zip or a damaged one: {error}") from error


def is_bag(entries: Entries) -> bool:
    """Or what is left of one, from which somebody took the lists away."""
    return any(name in TAGS or name.startswith(PAYLOAD) for name in entries)


def complaints(entries: Entries) -> list[str]:
    """Everything that does not agree with the bag's own manifests, a sentence each; nothing where there are none."""
    if not is_bag(entries):
        return []
    payload = {name for name in entries if name.startswith(PAYLOAD)}
    tags = set(entries) - payload - NOT_LISTED
    return [
        *_against(entries, MANIFEST, payload),
        *_against(entries, TAG_MANIFEST, tags),
    ]


def signature_problem(entries: Entries, certificate: x509.Certificate) -> str:
    """What is wrong with the CMS signature over the tag manifest by the key that also made the seal; empty: nothing."""
    if SIGNATURE not in entries or TAG_MANIFEST not in entries:
        return f"{SIGNATURE} is missing: the bag as a whole is not signed."
    if cms.holds(read(entries, SIGNATURE), read(entries, TAG_MANIFEST), certificate):
        return ""
    return f"{SIGNATURE} does not hold: somebody has changed a file beside the recording, or signed with another key."


def _against(entries: Entries, manifest: str, there: set[str]) -> Iterator[str]:
    if manifest not in entries:
        yield f"{manifest} is missing."
        return
    listed = dict(_lines(read(entries, manifest).decode("utf-8", "replace")))
    for name, wanted in listed.items():
        if name not in entries:
            yield f"{_shown(name)} is missing."
        elif _hashed(entries, name) != wanted:
            yield f"{_shown(name)} is altered."
    for name in sorted(there - listed.keys()):
        yield f"{_shown(name)} was put in: no manifest lists it."


def _shown(name: str) -> str:
    """Nothing that a terminal would take for a command."""
    return name if name.isprintable() else repr(name)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if found := LINE.fullmatch(line):
            yield found[2], found[1].lower()


def _hashed(entries: Entries, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with entries[name]() as file:
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
    except (zipfile.BadZipFile, OSError, EOFError):
        return "damaged"
    return digest.hexdigest()


def read(entries: Entries, name: str) -> bytes:
    """A short file of a bundle; empty where it is damaged."""
    try:
        with entries[name]() as file:
            return file.read(LONGEST_TAG)
    except (zipfile.BadZipFile, OSError, EOFError):
        return b""


def _unpacked(path: Path) -> Entries:
    folders = (path, *sorted(path.glob("*/")))
    top = next((one for one in folders if any((one / name).is_file() for name in TAGS)), path)
    files = (one for one in sorted(top.rglob("*")) if one.is_file() and one.resolve().is_relative_to(top.resolve()))
    return {one.relative_to(top).as_posix(): partial(_open, one) for one in files}


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (
        OSError,
        ValueError,
        OverflowError,
        struct.error,
    ) as error:  # what a list of contents can hold instead of one
        raise NotABundle(path=path, why=f"it is no zip or a damaged one: {error}") from error


def _zipped(archive: zipfile.ZipFile, path: Path) -> Entries:
    entries: Entries = {}
    inside = [info for info in archive.infolist() if not info.is_dir()]
    for info in inside:
        if why := _unfit(info, inside[0]):
            raise NotABundle(path=path, why=why)
        name = info.filename.partition("/")[2]
        if name in entries:
            raise NotABundle(path=path, why=f"it holds {name} twice")
        entries[name] = cast(Callable[[], BinaryIO], partial(archive.open, info))
    if sum(info.file_size for info in inside) > path.stat().st_size:
        raise NotABundle(path=path, why="its files lie over each other")
    return entries


def _unfit(info: zipfile.ZipInfo, first: zipfile.ZipInfo) -> str:
    """Why this is no file of a bundle, all of which lie in one folder; empty where it is one."""
    parts = info.filename.split("/")
    if {"", ".", ".."} & set(parts) or len(parts) < 2 or set("\\:") & set(info.filename):
        return f"it holds a file with the name {info.filename!r}"
    if not info.filename.isprintable() or parts[0] != first.filename.partition("/")[0]:
        return f"it holds a file with the name {info.filename!r}"
    if info.compress_type != zipfile.ZIP_STORED:
        return f"{info.filename} is packed; unpack it, and give the folder"
    return f"{info.filename} is locked with a password" if info.flag_bits & LOCKED else ""


def _open(path: Path) -> BinaryIO:
    return path.open("rb")
