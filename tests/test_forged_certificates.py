"""Certificates that no library would make, inside a statement or given as a root: a sentence, never a traceback."""

import base64
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from appliance.errors import BadCertificate, BadStatement
from appliance.evidence import key, statement
from appliance.evidence.key import Key

pytestmark = pytest.mark.pure

VERSION_3 = b"\xa0\x03\x02\x01\x02"  # RFC 5280, section 4.1
KEY_USAGE, BASIC_CONSTRAINTS = b"\x06\x03\x55\x1d\x0f", b"\x06\x03\x55\x1d\x13"


@pytest.fixture
def box(tmp_path: Path) -> Key:
    key.make(tmp_path / "evidence")
    return key.load(tmp_path / "evidence")


def of_no_version(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER).replace(VERSION_3, VERSION_3[:-1] + b"\x07", 1)


def with_one_extension_twice(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER).replace(KEY_USAGE, BASIC_CONSTRAINTS, 1)


def signed_with(box: Key, *certificates: bytes) -> str:
    header = {"alg": "ES256", "typ": "candour-receipt", "x5c": [base64.b64encode(one).decode() for one in certificates]}
    parts = (statement.as_json(header), statement.as_json({"v": 1, "meeting": "M"}))
    told = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return f"{told}.{base64.urlsafe_b64encode(box.sign(told.encode())).decode().rstrip('=')}"


def test_a_statement_with_a_certificate_of_no_version(box: Key) -> None:
    own = box.certificate.public_bytes(Encoding.DER)
    for certificates in ([of_no_version(box.certificate)], [own, of_no_version(box.certificate)]):
        with pytest.raises(BadStatement, match="damaged or is no such statement"):
            statement.read(signed_with(box, *certificates))


def test_an_issuer_with_one_extension_twice_vouches_for_nobody(box: Key, tmp_path: Path) -> None:
    own, twice = box.certificate.public_bytes(Encoding.DER), with_one_extension_twice(box.certificate)
    key.make(tmp_path / "other")
    other = key.load(tmp_path / "other").certificate
    chain = statement.read(signed_with(box, own, twice)).chain
    assert not key.is_known(chain, [other])
    assert not key.is_known(chain[:1], [x509.load_der_x509_certificate(with_one_extension_twice(other))])


def test_a_root_of_no_version(box: Key, tmp_path: Path) -> None:
    made_up = base64.encodebytes(of_no_version(box.certificate)).decode()
    (tmp_path / "root.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{made_up}-----END CERTIFICATE-----\n")
    with pytest.raises(BadCertificate, match="cannot be used"):
        key.read_certificates(tmp_path / "root.pem")
