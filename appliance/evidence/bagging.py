"""Making the bundle: a BagIt bag (RFC 8493) in one zip, stored not packed, its tag manifest signed as CMS (RFC 5652).

Manifests have two spaces between hash and name, so that `sha256sum -c` takes them as well as BagIt's own tools.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from appliance.evidence.key import Key

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE = f"{TAG_MANIFEST}.p7s"
PIECE_BYTES = 4_000_000
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold; the true ones stand in the statements
REGULAR_FILE = 0o100644 << 16

Payload = Mapping[str, Path | bytes]
"""By the name below data/."""


@dataclass(frozen=True)
class Contents:
    """What becomes a bundle; `info` are lines of bag-info.txt."""

    meeting: str
    payload: Payload
    info: Mapping[str, str]
    key: Key


def write(target: BinaryIO, contents: Contents) -> Iterator[None]:
    """Write the zip, a piece at a time. The same contents make the same bytes, but for the signature."""
    hashed = {}
    for name, source in sorted(contents.payload.items()):
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(source):
            digest.update(piece)
            size += len(piece)
            yield
        hashed[f"data/{name}"] = digest.hexdigest(), size
    tags = _tags(contents, hashed)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, text in tags.items():
            _add(archive, f"{contents.meeting}/{name}", text)
        for name, source in sorted(contents.payload.items()):
            with archive.open(_entry(f"{contents.meeting}/data/{name}", hashed[f"data/{name}"][1]), "w") as file:
                for piece in _pieces(source):
                    file.write(piece)
                    yield


def sign(tag_manifest: bytes, key: Key) -> bytes:
    """A detached CMS signature, DER, the certificates inside; without attributes, so that no time is claimed."""
    builder = PKCS7SignatureBuilder().set_data(tag_manifest)
    builder = builder.add_signer(key.certificate, key.private, hashes.SHA256())
    for issuer in key.chain[1:]:
        builder = builder.add_certificate(issuer)
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoAttributes]
    return builder.sign(Encoding.DER, options)


def _tags(contents: Contents, hashed: Mapping[str, tuple[str, int]]) -> dict[str, bytes]:
    """The files beside data/, in the order of reading."""
    octets = sum(size for _, size in hashed.values())
    info = {"External-Identifier": contents.meeting, **contents.info, "Payload-Oxum": f"{octets}.{len(hashed)}"}
    tags = {
        "bagit.txt": DECLARATION.encode(),
        "bag-info.txt": "".join(f"{name}: {_one_line(said)}\n" for name, said in info.items()).encode(),
        MANIFEST: "".join(f"{digest}  {name}\n" for name, (digest, _) in hashed.items()).encode(),
    }
    listed = "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in sorted(tags.items()))
    tags[TAG_MANIFEST] = listed.encode()
    tags[SIGNATURE] = sign(tags[TAG_MANIFEST], contents.key)
    return tags


def _one_line(said: str) -> str:
    return " ".join(said.split())


def _pieces(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _add(archive: zipfile.ZipFile, name: str, text: bytes) -> None:
    with archive.open(_entry(name, len(text)), "w") as file:
        file.write(text)


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.external_attr, entry.create_system, entry.file_size = REGULAR_FILE, 3, size
    return entry
