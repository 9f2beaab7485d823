"""`candour verify` looks at a time stamp: inside an unpacked bundle, beside a zip, or wherever it was put."""

import shutil
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import decode_timestamp_response
from signed_meeting import SignedMeeting
from time_stamp_service import Service, send, serving

from appliance.evidence import key, time_stamp, verify
from appliance.evidence.verdict import Finding

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: apt-get install openssl")
STAMP = "tagmanifest-sha256.txt.tsr"


class Stamped:
    """A bundle with a stamp beside it, and the certificates of those who signed."""

    def __init__(self, folder: Path) -> None:
        made = SignedMeeting(folder / "data", folder / "out")
        self.bundle = folder / "bundle.zip"
        shutil.copy(made.bundle, self.bundle)
        with zipfile.ZipFile(self.bundle) as archive:
            (tag,) = (name for name in archive.namelist() if name.endswith("/tagmanifest-sha256.txt"))
            content = archive.read(tag)
        (folder / "service").mkdir()
        self.service = Service(folder / "service")
        with serving(lambda handler, question: send(handler, self.service.answer(question))) as url:
            self.stamp = time_stamp.fetch(url, content)
        self.box = folder / "box.pem"
        self.box.write_bytes(made.box.certificate.public_bytes(Encoding.PEM))


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Stamped:
    return Stamped(tmp_path_factory.mktemp("stamped"))


@pytest.fixture
def bundle(stamped: Stamped, tmp_path: Path) -> Path:
    shutil.copy(stamped.bundle, tmp_path / "bundle.zip")
    return tmp_path / "bundle.zip"


def judged(stamped: Stamped, path: Path, *given: Path, roots: tuple[Path, ...] = ()) -> tuple[int, list[Finding]]:
    verdict = verify.of_path(path, (), (stamped.box, *roots), (), given)
    return verdict.exit_code, [one for one in verdict.findings if one.part.endswith(".tsr")]


def test_without_a_stamp_nothing_is_said(stamped: Stamped, bundle: Path) -> None:
    assert judged(stamped, bundle) == (0, [])


@pytest.mark.parametrize("name", [STAMP, "bundle.zip.tsr"])
def test_a_stamp_beside_the_bundle(stamped: Stamped, bundle: Path, name: str) -> None:
    bundle.with_name(name).write_bytes(stamped.stamp)
    exit_code, (found,) = judged(stamped, bundle, roots=(stamped.service.root,))
    assert exit_code == 0 and found.part == name
    assert found.says.startswith("Stamped by CN=Service: this bundle, as it is, existed at 2")
    for roots in ((), (stranger(bundle.parent),)):
        exit_code, (found,) = judged(stamped, bundle, roots=roots)
        assert exit_code == 0 and "existed" not in found.says
        assert "It says that CN=Service stamped this bundle at 2" in found.says
        assert "signed by an authority that you did not name" in found.says


def stranger(folder: Path) -> Path:
    """The certificate of somebody who has nothing to do with it."""
    key.make(folder / "stranger")
    return key.certificate_path(folder / "stranger")


def another_time(answer: bytes) -> bytes:
    """Its digits are not part of what says for which content it is."""
    year = decode_timestamp_response(answer).tst_info.gen_time.strftime("%Y%m").encode()
    assert answer.count(year) == 1
    return answer.replace(year, b"199901")


def test_a_stamp_whose_time_was_edited(stamped: Stamped, bundle: Path) -> None:
    bundle.with_name(STAMP).write_bytes(another_time(stamped.stamp))
    exit_code, (found,) = judged(stamped, bundle, roots=(stamped.service.root,))
    assert exit_code == 1 and "stamped this bundle at 1999" in found.says and "altered or forged" in found.says
    _, (found,) = judged(stamped, bundle)
    assert "nobody has checked that" in found.says


def test_a_stamp_of_a_service_that_only_has_the_name(stamped: Stamped, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    bundle.with_name(STAMP).write_bytes(stamped.stamp)
    exit_code, (found,) = judged(stamped, bundle, roots=(Service(tmp_path / "other").root,))
    assert exit_code == 1 and "is not signed by that authority" in found.says


def test_a_stamp_in_the_unpacked_bundle_and_one_that_was_given(stamped: Stamped, bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    (inside,) = (tmp_path / "unpacked").iterdir()
    (inside / STAMP).write_bytes(stamped.stamp)
    (tmp_path / "elsewhere.tsr").write_bytes(stamped.stamp)
    exit_code, found = judged(stamped, tmp_path / "unpacked", tmp_path / "elsewhere.tsr", tmp_path / "none.tsr")
    assert exit_code == 2 and [one.part for one in found] == [STAMP, "elsewhere.tsr", "none.tsr"]
    assert found[2].says.startswith("It cannot be read")


def test_a_stamp_of_another_bundle_or_a_damaged_one(stamped: Stamped, bundle: Path, tmp_path: Path) -> None:
    other = SignedMeeting(tmp_path / "data", tmp_path / "out", "2026-03-03-AAAA")
    bundle.with_name(STAMP).write_bytes(stamped.stamp)
    shutil.copy(other.bundle, bundle)
    exit_code, (found,) = judged(stamped, bundle)
    assert exit_code == 1 and "the stamp is for something else" in found.says
    for content in (b"", b"my stamp", stamped.stamp[:-40]):
        bundle.with_name(STAMP).write_bytes(content)
        exit_code, (found,) = judged(stamped, bundle)
        assert exit_code == 1 and "was replaced or damaged" in found.says


def test_a_folder_of_copies_has_nothing_that_was_stamped(stamped: Stamped, tmp_path: Path) -> None:
    made = SignedMeeting(tmp_path / "data", tmp_path / "out")
    (tmp_path / "one.tsr").write_bytes(stamped.stamp)
    _, (found,) = judged(stamped, made.at, tmp_path / "one.tsr")
    assert "there is none here to hold it against" in found.says
