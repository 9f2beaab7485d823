"""Reading a bundle, as a zip or unpacked, whatever somebody did to it: its files, and what is wrong with the bag."""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.errors import NotABundle
from appliance.evidence.bagging import MANIFEST, PIECE_BYTES, SIGNATURE, TAG_MANIFEST

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
        with zipfile.ZipFile(path) as archive:
            yield _zipped(archive, path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise NotABundle(path=path, why=f"it is no zip or a damaged one: {error}") from error


def is_bag(entries: Entries) -> bool:
    return MANIFEST in entries or TAG_MANIFEST in entries


def complaints(entries: Entries) -> list[str]:
    """Everything that does not agree with the bag's own manifests, a sentence each; nothing where there are none."""
    if not is_bag(entries):
        return []
    payload = {name for name in entries if name.startswith("data/")}
    tags = set(entries) - payload - {TAG_MANIFEST} - {name for name in entries if name.startswith(TAG_MANIFEST)}
    return [
        *_against(entries, MANIFEST, payload),
        *_against(entries, TAG_MANIFEST, tags),
    ]


def signature_problem(entries: Entries, certificate: x509.Certificate) -> str:
    """What is wrong with the CMS signature over the tag manifest by the key that also made the seal; empty: nothing."""
    if SIGNATURE not in entries or TAG_MANIFEST not in entries:
        return f"{SIGNATURE} is missing: the bag as a whole is not signed."
    public = certificate.public_key()
    try:
        signature = _last_octets(_read(entries, SIGNATURE))
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, _read(entries, TAG_MANIFEST), ec.ECDSA(hashes.SHA256()))
            return ""
    except (InvalidSignature, ValueError, IndexError):
        pass
    return f"{SIGNATURE} does not hold: somebody has changed a file beside the recording, or signed with another key."


def _against(entries: Entries, manifest: str, there: set[str]) -> Iterator[str]:
    if manifest not in entries:
        yield f"{manifest} is missing."
        return
    listed = dict(_lines(_read(entries, manifest).decode("utf-8", "replace")))
    for name, wanted in listed.items():
        if name not in entries:
            yield f"{name} is missing."
        elif _hashed(entries, name) != wanted:
            yield f"{name} is altered."
    for name in sorted(there - listed.keys()):
        yield f"{name} was put in: no manifest lists it."


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


def _read(entries: Entries, name: str) -> bytes:
    try:
        with entries[name]() as file:
            return file.read(LONGEST_TAG)
    except (zipfile.BadZipFile, OSError, EOFError):
        return b""


def _unpacked(path: Path) -> Entries:
    top = next((one for one in (path, *sorted(path.glob("*/"))) if (one / TAG_MANIFEST).is_file()), path)
    files = (one for one in sorted(top.rglob("*")) if one.is_file() and one.resolve().is_relative_to(top.resolve()))
    return {one.relative_to(top).as_posix(): partial(_open, one) for one in files}


def _zipped(archive: zipfile.ZipFile, path: Path) -> Entries:
    entries: Entries = {}
    for info in archive.infolist():
        parts = PurePosixPath(info.filename).parts
        if info.is_dir():
            continue
        name = "/".join(parts[1:])
        if ".." in parts or info.filename.startswith("/") or "\\" in info.filename or not name:
            raise NotABundle(path=path, why=f"it holds a file with the name {info.filename!r}")
        if info.compress_type != zipfile.ZIP_STORED:
            raise NotABundle(path=path, why=f"{info.filename} is packed; unpack it, and give the folder")
        if name in entries:
            raise NotABundle(path=path, why=f"it holds {name} twice")
        entries[name] = cast(Callable[[], BinaryIO], partial(archive.open, info))
    return entries


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _last_octets(der: bytes) -> bytes:
    """The last OCTET STRING of nested DER: the signature, in a SignedData without attributes (RFC 5652, 5.3)."""
    tag, content = _last_element(der)
    while tag & 0x20:
        tag, content = _last_element(content)
    if tag != 0x04:
        raise ValueError("there is no signature at the end")
    return content


def _last_element(der: bytes) -> tuple[int, bytes]:
    at, tag, content = 0, 0, b""
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at : at + size]), at + size
        content, at = der[at : at + length], at + length
    return tag, content
