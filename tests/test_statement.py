"""Signed statements: openssl believes them, and nobody can change one letter of them."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from appliance.errors import BadStatement
from appliance.evidence import key, statement
from appliance.evidence.key import Key

pytestmark = pytest.mark.pure

KIND = "candour-receipt"
CLAIMS = {"meeting": "2026-11-23-K7QF", "seconds": 12, "says": "Tŷ Hywel"}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Key:
    folder = tmp_path_factory.mktemp("box") / "evidence"
    key.make(folder)
    return key.load(folder)


@pytest.fixture(scope="module")
def jws(box: Key) -> str:
    return statement.signed(KIND, CLAIMS, box)


def test_what_was_signed_is_read(box: Key, jws: str) -> None:
    read = statement.read(f"  {jws}\n")
    assert (read.kind, read.claims, read.key) == (KIND, {"v": 1, **CLAIMS}, box.fingerprint)
    assert read.digest == statement.digest(jws)
    assert statement.signed(KIND, CLAIMS, box) == jws


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: apt-get install openssl")
def test_openssl_believes_it(tmp_path: Path, jws: str) -> None:
    told, _, signature = jws.rpartition(".")
    header = json.loads(base64.urlsafe_b64decode(told.split(".")[0] + "=="))
    (tmp_path / "box.der").write_bytes(base64.b64decode(header["x5c"][0]))
    numbers = base64.urlsafe_b64decode(signature + "==")
    r, s = int.from_bytes(numbers[:32]), int.from_bytes(numbers[32:])
    (tmp_path / "told").write_text(told)
    (tmp_path / "signature").write_bytes(encode_dss_signature(r, s))
    for command in (
        "openssl x509 -inform der -in box.der -noout -pubkey -out public.pem",
        "openssl dgst -sha256 -verify public.pem -signature signature told",
    ):
        assert subprocess.run(command.split(), cwd=tmp_path, check=False, capture_output=True).returncode == 0


@given(data=some.data())
@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_not_a_letter_can_be_changed(jws: str, data: some.DataObject) -> None:
    at = data.draw(some.integers(0, len(jws) - 1))
    other = data.draw(some.sampled_from("ABCabc019-_.=+/ \x00é"))
    changed = data.draw(some.sampled_from([jws[:at] + other + jws[at + 1 :], jws[:at] + other + jws[at:], jws[:at]]))
    if changed.strip() == jws:
        return
    with pytest.raises(BadStatement):
        statement.read(changed)


def test_a_statement_of_another_key_names_that_key(tmp_path: Path, box: Key, jws: str) -> None:
    key.make(tmp_path / "evidence")
    other = key.load(tmp_path / "evidence")
    assert statement.read(statement.signed(KIND, CLAIMS, other)).key == other.fingerprint != box.fingerprint
    with pytest.raises(BadStatement, match="somebody has changed it"):
        statement.read(_with_certificate_of(other, jws))


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"alg": "none"}, {}),
        ({"alg": "HS256"}, {}),
        ({"typ": "JWT"}, {}),
        ({"x5c": []}, {}),
        ({"x5c": ["AAAA"]}, {}),
        ({}, {"v": 2}),
        ({}, {"v": None}),
    ],
)
def test_what_is_signed_but_not_ours_is_not_believed(
    box: Key, jws: str, header: dict[str, object], claims: dict[str, object]
) -> None:
    ours = json.loads(base64.urlsafe_b64decode(jws.split(".")[0] + "=="))
    parts = (ours | header, {"v": 1, **CLAIMS} | claims)
    told = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    with pytest.raises(BadStatement):
        statement.read(f"{told}.{_encoded(box.sign(told.encode()))}")


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "[].{}.x", "é", "W10.W10.", "bnVsbA.bnVsbA.AA", "[" * 100_000]
)
def test_rubbish_is_one_sentence(text: str) -> None:
    with pytest.raises(BadStatement, match="believed"):
        statement.read(text)


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _with_certificate_of(other: Key, jws: str) -> str:
    told, claims, signature = jws.split(".")
    header = json.loads(base64.urlsafe_b64decode(told + "=="))
    header["x5c"] = [base64.b64encode(other.certificate.public_bytes(Encoding.DER)).decode()]
    return ".".join([_encoded(statement.as_json(header)), claims, signature])
