"""Time stamps (RFC 3161): somebody else's signature that a bundle existed at a time. Asked for only where one is set.

The service is told a hash and nothing else. What it answers lies beside the tag manifest; see docs/evidence.md.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from appliance.errors import BadTimeStamp, NoTimeStamp
from appliance.evidence.one_post import NoAnswer, post

LONGEST_S = 10.0
SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
DAMAGED = "the answer is damaged, or not written as RFC 3161 wants it"
HEADERS = {  # RFC 3161, section 3.4
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}


@dataclass(frozen=True)
class Stamp:
    """`time` is when the service says that it saw the hash, in UTC."""

    time: datetime
    serial: int


def fetch(url: str, content: bytes, longest_s: float = LONGEST_S) -> bytes:
    """Ask a service to stamp `content`; its answer, DER, once it was found to be for this hash and this question.

    Returns or raises NoTimeStamp within `longest_s`, whatever the network does.
    """
    if not _is_web(url):
        raise NoTimeStamp(url=url, why="this is no address that begins with http:// or https://")
    asked = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        answer = post(url, asked.as_bytes(), HEADERS, longest_s)
        _stamp(_decoded(answer), content, asked)
    except (NoAnswer, _Wrong) as error:
        raise NoTimeStamp(url=url, why=error) from error
    return answer


def check(answer: bytes, content: bytes, roots: Sequence[x509.Certificate] = ()) -> Stamp:
    """What a stamp over `content` says; with `roots` only if it is signed under one of them. Raises BadTimeStamp."""
    try:
        response = _decoded(answer)
        stamp = _stamp(response, content)
        if roots:
            _signed_under(roots, response, content)
    except _Wrong as error:
        raise BadTimeStamp(why=error) from error
    return stamp


def named(answer: bytes) -> tuple[str, set[x509.Name]]:
    """Whom a stamp names as its signer, and who issued that certificate and those that came with it.

    Nothing of it is checked. Raises BadTimeStamp.
    """
    try:
        signed = _decoded(answer).signed_data
        (signer,) = signed.signer_infos
        certificates = [x509.load_der_x509_certificate(one) for one in signed.certificates]
        own = [one for one in certificates if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number)]
        name = own[0].subject.rfc4514_string() if own else f"somebody under {signer.issuer.rfc4514_string()}"
        return name, {signer.issuer, *(one.issuer for one in certificates)}
    except ValueError as error:
        raise BadTimeStamp(why=DAMAGED) from error


class _Wrong(ValueError):
    """Why an answer is not taken, in words."""


def _is_web(url: str) -> bool:
    try:
        address = urlsplit(url)
        return address.scheme in ("http", "https") and bool(address.hostname)
    except ValueError:
        return False


def _decoded(answer: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(answer)
    except ValueError as error:
        raise _Wrong(DAMAGED) from error


def _stamp(response: TimeStampResponse, content: bytes, asked: TimeStampRequest | None = None) -> Stamp:
    if response.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        raise _Wrong(f"the service refused (status {response.status})")
    try:
        info = response.tst_info
        algorithm, digest, nonce = info.message_imprint.hash_algorithm, info.message_imprint.message, info.nonce
        stamp = Stamp(info.gen_time, info.serial_number)
    except ValueError as error:
        raise _Wrong(DAMAGED) from error
    if (algorithm, digest) != (SHA256, hashlib.sha256(content).digest()):
        raise _Wrong("the stamp is for something else")
    if asked is not None and nonce != asked.nonce:
        raise _Wrong("the stamp answers another question")
    return stamp


def _signed_under(roots: Sequence[x509.Certificate], response: TimeStampResponse, content: bytes) -> None:
    builder = VerifierBuilder()
    for root in dict.fromkeys(roots):
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(response, content)
    except (VerificationError, ValueError) as error:
        raise _Wrong("the stamp is not signed under the root that was given") from error
