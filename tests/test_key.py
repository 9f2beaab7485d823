"""The box's key and certificate: made once, whole or not at all, usable by openssl, vouched for by others."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from appliance.errors import BadCertificate, BadKey
from appliance.evidence import key
from appliance.evidence.key import Key

pytestmark = pytest.mark.pure


@pytest.fixture
def box(tmp_path: Path) -> Key:
    key.make(tmp_path / "evidence")
    return key.load(tmp_path / "evidence")


def organisation(name: str = "Council") -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A root as an organisation has it: RSA, valid for a while."""
    private = rsa.generate_private_key(65537, 2048)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(private.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return private, builder.sign(private, hashes.SHA256())


def vouched(box: Key, private: rsa.RSAPrivateKey, root: x509.Certificate) -> x509.Certificate:
    """What the organisation answers to the box's request."""
    asked = x509.load_pem_x509_csr(key.request(box))
    assert asked.is_signature_valid
    builder = x509.CertificateBuilder().subject_name(asked.subject).issuer_name(root.subject)
    builder = builder.public_key(asked.public_key()).serial_number(2)
    builder = builder.not_valid_before(root.not_valid_before_utc).not_valid_after(root.not_valid_after_utc)
    for extension in asked.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(private, hashes.SHA256())


def test_a_key_is_made_once(tmp_path: Path) -> None:
    for _ in range(3):
        key.make(tmp_path / "evidence")
    first = key.load(tmp_path / "evidence")
    key.make(tmp_path / "evidence")
    assert key.load(tmp_path / "evidence").fingerprint == first.fingerprint
    assert sorted(one.name for one in (tmp_path / "evidence").iterdir()) == ["certificate.pem", "key.pem"]
    assert (tmp_path / "evidence" / "key.pem").stat().st_mode & 0o007 == 0


def test_a_start_that_was_killed_between_key_and_certificate(tmp_path: Path, box: Key) -> None:
    key.certificate_path(tmp_path / "evidence").unlink()
    (tmp_path / "evidence" / ".key.pem-1").write_bytes(b"half")
    key.make(tmp_path / "evidence")
    assert key.load(tmp_path / "evidence").fingerprint == box.fingerprint


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: apt-get install openssl")
def test_openssl_finds_the_same_fingerprint_and_the_profile(tmp_path: Path, box: Key) -> None:
    path = str(key.certificate_path(tmp_path / "evidence"))
    public = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-pubkey"], capture_output=True, check=True)
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "der"], input=public.stdout, capture_output=True, check=True
    ).stdout
    said = subprocess.run(
        ["openssl", "dgst", "-sha256", "-r"], input=der, capture_output=True, check=True, text=False
    ).stdout
    assert said.decode().split()[0] == box.fingerprint
    text = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-text"], capture_output=True, check=True).stdout
    for words in (b"Digital Signature, Non Repudiation", b"E-mail Protection", b"9999", b"prime256v1", b"CA:FALSE"):
        assert words in text


def test_a_signature_is_the_same_each_time(box: Key) -> None:
    assert box.sign(b"said") == box.sign(b"said") != box.sign(b"said otherwise")
    assert len(box.sign(b"said")) == 64


def test_who_vouches_for_a_box(box: Key) -> None:
    private, root = organisation()
    _, other = organisation("Another council")
    by_council = (vouched(box, private, root), root)
    assert key.is_known(box.chain, [box.certificate])
    assert key.is_known(by_council, [root])
    assert key.is_known(by_council[:1], [root])
    assert key.is_known(by_council, [box.certificate])  # the same key
    assert not key.is_known(box.chain, [])
    assert not key.is_known(box.chain, [root])
    assert not key.is_known(by_council, [other])
    forged = (box.certificate, root)  # a chain whose root signed nothing
    assert not key.is_known(forged, [root])
    assert not key.is_known((by_council[0], by_council[0]), [other])


def test_no_box_vouches_for_another(tmp_path: Path, box: Key) -> None:
    """A box's own certificate may not issue others."""
    other = key.self_issued(ec.generate_private_key(ec.SECP256R1()))
    builder = x509.CertificateBuilder().subject_name(other.subject).issuer_name(box.certificate.subject)
    builder = builder.public_key(other.public_key()).serial_number(3)
    builder = builder.not_valid_before(key.NOT_BEFORE).not_valid_after(key.NO_END)
    assert not key.is_known([builder.sign(box.private, hashes.SHA256())], [box.certificate])


def test_a_certificate_of_the_organisation_must_be_for_this_key(tmp_path: Path, box: Key) -> None:
    private, root = organisation()
    issued = tmp_path / "issued.pem"
    issued.write_bytes(vouched(box, private, root).public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    loaded = key.load(tmp_path / "evidence", issued)
    assert (loaded.fingerprint, len(loaded.chain)) == (box.fingerprint, 2)
    issued.write_bytes(root.public_bytes(Encoding.PEM))
    with pytest.raises(BadCertificate, match="another key"):
        key.load(tmp_path / "evidence", issued)
    issued.write_bytes(b"no certificate")
    with pytest.raises(BadCertificate):
        key.load(tmp_path / "evidence", issued)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_one_sentence_and_never_replaced(tmp_path: Path, box: Key, content: bytes) -> None:
    key.key_path(tmp_path / "evidence").write_bytes(content)
    with pytest.raises(BadKey, match="cannot be signed"):
        key.load(tmp_path / "evidence")
    key.make(tmp_path / "evidence")
    assert key.key_path(tmp_path / "evidence").read_bytes() == content


def test_a_folder_that_belongs_to_somebody_else_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(BadKey, match="Permission denied"):
        key.make(tmp_path / "evidence")
