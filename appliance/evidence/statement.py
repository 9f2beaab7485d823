"""Signed statements: JSON claims as a JWS in compact form (RFC 7515), ES256, with the box's certificates (`x5c`).

The kind of a statement stands in the protected header (`typ`), so that none can be taken for one of another kind.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from appliance.errors import BadStatement
from appliance.evidence.key import NOT_A_CERTIFICATE, NUMBER_BYTES, Key, fingerprint

VERSION = 1
LONGEST = 1_000_000  # characters; a seal with a thousand gaps has a tenth of that
KINDS = {
    "candour-start": "start record",
    "candour-receipt": "receipt",
    "candour-seal": "seal",
    "candour-copies": "copies seal",
    "candour-transcript": "transcript seal",
    "candour-not-recorded": "record of a meeting that was not recorded",
    "candour-tombstone": "tombstone",
    "candour-notes": "file of notes",
}


@dataclass(frozen=True)
class Statement:
    """One that bears out its own signature; whose key that is, is another question."""

    kind: str
    claims: dict[str, Any]
    chain: tuple[x509.Certificate, ...]
    jws: str

    @property
    def key(self) -> str:
        """The fingerprint of the key that signed."""
        return fingerprint(self.chain[0])

    @property
    def digest(self) -> str:
        return digest(self.jws)


def signed(kind: str, claims: dict[str, Any], key: Key) -> str:
    """A statement as text."""
    certificates = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in key.chain]
    header = {"alg": "ES256", "typ": kind, "x5c": certificates}
    told = ".".join(_encoded(as_json(part)) for part in (header, {"v": VERSION, **claims}))
    return f"{told}.{_encoded(key.sign(told.encode()))}"


def read(text: str) -> Statement:
    """What a statement says, if its signature holds. Raises BadStatement."""
    jws = text.strip()
    try:
        told, _, signature = jws.rpartition(".")
        header, claims = (json.loads(_decoded(part)) for part in told.split("."))
        kind, algorithm = header["typ"], header["alg"]
        chain = tuple(x509.load_der_x509_certificate(base64.b64decode(one, validate=True)) for one in header["x5c"])
        known = (kind in KINDS, algorithm, claims["v"]) == (True, "ES256", VERSION) and len(jws) <= LONGEST
        _verify(chain[0], told.encode(), _decoded(signature))
    except InvalidSignature as error:
        raise BadStatement(why="its signature is not of the key that it names: somebody has changed it") from error
    except (LookupError, AttributeError, RecursionError, *NOT_A_CERTIFICATE) as error:
        raise BadStatement(why=f"it is damaged or is no such statement ({error})") from error
    if not known:
        raise BadStatement(why="it is of a kind or version that this program does not know")
    return Statement(kind, claims, chain, jws)


def digest(jws: str) -> str:
    """SHA-256 in hex: how one statement names another."""
    return hashlib.sha256(jws.encode()).hexdigest()


def as_json(value: object) -> bytes:
    """Sorted, without spaces, UTF-8: for what statements hold the same bytes as RFC 8785 asks for."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _verify(certificate: x509.Certificate, message: bytes, signature: bytes) -> None:
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise ValueError("its key is not a P-256 key")  # noqa: TRY004 - of what somebody else wrote
    if len(signature) != 2 * NUMBER_BYTES:
        raise ValueError("its signature has a wrong length")
    r, s = (int.from_bytes(signature[at : at + NUMBER_BYTES]) for at in (0, NUMBER_BYTES))
    public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _decoded(part: str) -> bytes:
    """base64url without padding (RFC 7515, section 2), and nothing else."""
    decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    if _encoded(decoded) != part:
        raise ValueError("it is not written in base64url")
    return decoded
