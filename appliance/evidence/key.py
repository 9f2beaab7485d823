"""The box's P-256 key and X.509 certificate, made at the first start; for recorder and finisher only.

The certificate's profile is the one that JWS, CMS and PDF readers all accept. It has no well-defined end (RFC 5280,
section 4.1.2.5): a recording must be checkable for as long as somebody keeps it.
"""

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from appliance.errors import BadCertificate, BadKey
from appliance.store.folders import sync_folder

NUMBER_BYTES = 32
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
C2PA_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)  # a box whose clock is wrong at the first start signs all the same
NOT_A_CERTIFICATE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library says of a certificate that somebody made up; the last three are no ValueError."""
NO_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True)
class Key:
    """What signs; `chain` begins with the box's own certificate."""

    private: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)

    @property
    def pem(self) -> bytes:
        """The certificates, the box's own first."""
        return b"".join(one.public_bytes(Encoding.PEM) for one in self.chain)

    def sign(self, message: bytes) -> bytes:
        """The ES256 signature: r and s, 32 bytes each (RFC 7518, section 3.4); the same each time (RFC 6979)."""
        signature = self.private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return b"".join(number.to_bytes(NUMBER_BYTES) for number in decode_dss_signature(signature))


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the public key (SubjectPublicKeyInfo, DER) in hex: the same whoever signs the certificate."""
    return hashlib.sha256(_public(certificate.public_key())).hexdigest()


def make(folder: Path) -> None:
    """Make key and certificate where there is no key yet. Killed at any instant, it leaves none or a whole one.

    Raises BadKey where somebody else owns the folder, and OSError of a card that fails.
    """
    path = key_path(folder)
    try:
        folder.mkdir(mode=0o750, exist_ok=True)
        if not path.exists():
            _keep(path, _pem(ec.generate_private_key(ec.SECP256R1())), 0o640)
        if not certificate_path(folder).exists():
            issued = self_issued(_private(path)).public_bytes(Encoding.PEM)
            _keep(certificate_path(folder), issued, 0o644)
    except PermissionError as error:
        raise BadKey(path=path, why=error.strerror) from error


def load(folder: Path, issued: Path | None = None) -> Key:
    """Key and certificate; `issued`: the certificate that an organisation signed for this key, with its issuers.

    Raises BadKey, or BadCertificate where that is not for this key.
    """
    private = _private(key_path(folder))
    chain = read_certificates(issued or certificate_path(folder))
    if _public(chain[0].public_key()) != _public(private.public_key()):
        raise BadCertificate(path=issued or certificate_path(folder), why="it is for another key than this box has")
    return Key(private, chain)


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """All certificates of a PEM file. Raises BadCertificate."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, *NOT_A_CERTIFICATE) as error:
        raise BadCertificate(path=path, why=str(error)) from error


def request(key: Key) -> bytes:
    """A certificate signing request for the organisation's root, PEM (PKCS #10)."""
    asked = x509.CertificateSigningRequestBuilder().subject_name(key.certificate.subject)
    for extension, critical in _profile():
        asked = asked.add_extension(extension, critical)
    return asked.sign(key.private, hashes.SHA256()).public_bytes(Encoding.PEM)


def self_issued(private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    public = private.public_key()
    short = hashlib.sha256(_public(public)).hexdigest()[:10]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Candour box {short}")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(NOT_BEFORE).not_valid_after(NO_END)
    for extension, critical in _profile():
        builder = builder.add_extension(extension, critical)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    return builder.sign(private, hashes.SHA256())


def is_known(chain: Sequence[x509.Certificate], known: Sequence[x509.Certificate]) -> bool:
    """Whether the first certificate's key is one of the known ones, or an organisation among them vouches for it."""
    keys = {_public(one.public_key()) for one in known}
    for place, certificate in enumerate(chain):
        if _public(certificate.public_key()) in keys or any(_issued(certificate, issuer) for issuer in known):
            return True
        if not any(_issued(certificate, issuer) for issuer in chain[place + 1 : place + 2]):
            return False
    return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        may_issue = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, InvalidSignature, *NOT_A_CERTIFICATE):
        return False
    return may_issue


def key_path(folder: Path) -> Path:
    return folder / "key.pem"


def certificate_path(folder: Path) -> Path:
    return folder / "certificate.pem"


def _profile() -> list[tuple[x509.ExtensionType, bool]]:
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True, "content_commitment": True}
    purposes = [ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING, C2PA_SIGNING]
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(**usage), True),
        (x509.ExtendedKeyUsage(purposes), False),
    ]


_USAGES = (
    "digital_signature",
    "content_commitment",  # X.509's nonRepudiation
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _private(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(path=path, why=error) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise BadKey(path=path, why="it is not a P-256 key")
    return private


def _pem(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public(public: object) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined,no-any-return]


def _keep(path: Path, content: bytes, mode: int) -> None:
    """Give a file its name only once it is whole on the card; whoever was first stays."""
    made = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:  # noqa: PTH123 - the mode
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(made)
    finally:
        made.unlink(missing_ok=True)
    sync_folder(path.parent)
