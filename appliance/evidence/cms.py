"""Reading the detached CMS signature of a bundle (RFC 5652): only what a box writes, and what openssl takes as well.

One signer, P-256 with SHA-256, no attributes, its certificates inside and the content outside.
"""

from typing import Annotated

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ObjectIdentifier

from appliance.evidence.key import NOT_A_CERTIFICATE, fingerprint

DATA = ObjectIdentifier("1.2.840.113549.1.7.1")
SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
ECDSA_WITH_SHA256 = ObjectIdentifier("1.2.840.10045.4.3.2")


@asn1.sequence
class Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Outside:
    """EncapsulatedContentInfo without the content, which is detached (section 5.2)."""

    type: ObjectIdentifier


@asn1.sequence
class IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class Signer:
    """SignerInfo without attributes (section 5.3)."""

    version: int
    certificate: IssuerAndSerial
    digest: Algorithm
    algorithm: Algorithm
    signature: bytes


@asn1.sequence
class SignedData:
    version: int
    digests: asn1.SetOf[Algorithm]
    content: Outside
    certificates: Annotated[asn1.SetOf[x509.Certificate], asn1.Implicit(0)]
    signers: asn1.SetOf[Signer]


@asn1.sequence
class ContentInfo:
    type: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


def holds(signature: bytes, content: bytes, certificate: x509.Certificate) -> bool:
    """Whether `signature`, DER, is one over `content` by the key of that certificate, whoever issued it."""
    try:
        read = asn1.decode_der(ContentInfo, signature)
        (signer,) = read.content.signers.as_list()
        own = next(one for one in read.content.certificates.as_list() if _is_of(signer, one))
        public = own.public_key()
        kinds = (read.type, read.content.content.type, signer.digest.algorithm, signer.algorithm.algorithm)
        if kinds != (SIGNED_DATA, DATA, SHA256, ECDSA_WITH_SHA256) or not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        public.verify(signer.signature, content, ec.ECDSA(hashes.SHA256()))
        return fingerprint(own) == fingerprint(certificate)
    except (InvalidSignature, StopIteration, *NOT_A_CERTIFICATE):
        return False


def _is_of(signer: Signer, certificate: x509.Certificate) -> bool:
    named = asn1.encode_der(signer.certificate.issuer)
    return (signer.certificate.serial, named) == (certificate.serial_number, certificate.issuer.public_bytes())
