"""READ-ME-FIRST.txt: every command in it is run as it stands, on the bundle that it lies in."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from signed_meeting import SignedMeeting
from test_key import organisation, vouched
from time_stamp_service import Service, send, serving

from appliance.evidence import bagging, key, read_me, time_stamp
from appliance.evidence.bagging import TAG_MANIFEST, Contents
from appliance.evidence.key import Key
from appliance.evidence.merkle import root
from appliance.evidence.read_me import LANGUAGES

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: apt-get install openssl")

MEETING = "2026-03-02-K7QF"
FOR_THE_ORGANISATION = "organisation.pem"


def commands(text: str) -> list[str]:
    """The lines that begin with four spaces; one that ends with a backslash goes on in the next."""
    found = "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))
    return found.replace("\\\n", "\\\0").replace("\n", "\1").replace("\\\0", "\\\n").split("\1")


@dataclass(frozen=True)
class Unpacked:
    """A bundle on the desk of an expert, with what others gave to it beside it."""

    folder: Path

    @property
    def fingerprint(self) -> str:
        return key.fingerprint(key.read_certificates(self.folder / "data" / "evidence" / "device.pem")[0])

    @property
    def beside(self) -> Path:
        return self.folder.with_name("check")

    def text(self) -> str:
        return (self.folder / "data" / "READ-ME-FIRST.txt").read_text()

    def run(self, *lines: str) -> subprocess.CompletedProcess[str]:
        """In one shell, as somebody types them; it ends at the first that fails."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        command = ["bash", "-e", "-o", "pipefail", "-c", "\n".join(lines)]
        environment = {"PATH": path, "LANG": "C.UTF-8"}
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SignedMeeting:
    folder = tmp_path_factory.mktemp("made")
    return SignedMeeting(folder / "data", folder / "out")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(tmp_path_factory.mktemp("service"))


@pytest.fixture
def unpacked(made: SignedMeeting, service: Service, tmp_path: Path) -> Unpacked:
    with zipfile.ZipFile(made.bundle) as archive:
        archive.extractall(tmp_path)
    return stamped(Unpacked(tmp_path / MEETING), service)


def stamped(one: Unpacked, service: Service) -> Unpacked:
    one.beside.mkdir()
    with serving(lambda handler, question: send(handler, service.answer(question))) as url:
        answer = time_stamp.fetch(url, (one.folder / TAG_MANIFEST).read_bytes())
    (one.beside / f"{TAG_MANIFEST}.tsr").write_bytes(answer)
    shutil.copy(service.root, one.beside / "tsa.pem")
    return one


@pytest.fixture
def of_an_organisation(made: SignedMeeting, unpacked: Unpacked, service: Service, tmp_path: Path) -> Unpacked:
    """The same, from a box for whose key an organisation vouches."""
    private, its_root = organisation()
    box = Key(made.box.private, (vouched(made.box, private, its_root), its_root))
    data = unpacked.folder / "data"
    payload: dict[str, Path | bytes] = {
        path.relative_to(data).as_posix(): path for path in sorted(data.rglob("*")) if path.is_file()
    }
    payload["evidence/device.pem"] = b"".join(one.public_bytes(Encoding.PEM) for one in box.chain)
    file = BytesIO()
    for _ in bagging.write(file, Contents(MEETING, payload, {}, box)):
        pass
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "vouched")
    one = stamped(Unpacked(tmp_path / "vouched" / MEETING), service)
    (one.beside / FOR_THE_ORGANISATION).write_bytes(its_root.public_bytes(Encoding.PEM))
    return one


def test_every_command_runs_as_it_stands(of_an_organisation: Unpacked) -> None:
    one = of_an_organisation
    english, welsh = (part for part in one.text().split(read_me.BETWEEN))
    assert len(commands(english)) > 15 and commands(english) == commands(welsh)
    done = one.run(*commands(english))
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        "data/recording.flac: OK",
        "manifest-sha256.txt: OK",
        f"{one.fingerprint}  -",
        "Verified OK",
        f'"meeting":"{MEETING}"',
        "Time stamp:",
        "Integrity:    unaltered",
    ):
        assert words in done.stdout, words
    assert done.stderr.count("successful") == 2 and "Verification: OK" in done.stdout + done.stderr
    assert one.fingerprint in english and one.fingerprint in welsh and "{" not in english.replace("${", "")


def test_a_box_that_no_organisation_vouches_for(unpacked: Unpacked) -> None:
    lines = commands(unpacked.text().split(read_me.BETWEEN)[0])
    (of_organisation,) = (line for line in lines if FOR_THE_ORGANISATION in line)
    done = unpacked.run(*(line for line in lines if line != of_organisation))
    assert done.returncode == 0, done.stdout + done.stderr
    (unpacked.beside / FOR_THE_ORGANISATION).write_bytes(organisation()[1].public_bytes(Encoding.PEM))
    assert unpacked.run(of_organisation).returncode != 0


def test_the_commands_put_nothing_into_the_bundle(unpacked: Unpacked) -> None:
    before = sorted(unpacked.folder.rglob("*"))
    unpacked.run(*(line for line in commands(unpacked.text()) if FOR_THE_ORGANISATION not in line))
    assert sorted(unpacked.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "begins", "step"),
    [
        ("data/recording.mp3", "sha256sum -c manifest", 1),
        ("bag-info.txt", "sha256sum -c tagmanifest", 1),
        (TAG_MANIFEST, "openssl cms", 3),
        ("tagmanifest-sha256.txt.p7s", "openssl cms", 3),
        (TAG_MANIFEST, "openssl ts -verify", 5),
        ("data/recording.flac", "candour verify", 6),
    ],
)
def test_each_step_finds_what_it_says(unpacked: Unpacked, name: str, begins: str, step: int) -> None:
    command = next(line for line in commands(unpacked.text()) if line.startswith(begins))
    assert unpacked.text().index(f"\n{step}. ") < unpacked.text().index(command.splitlines()[0])
    assert unpacked.run(command).returncode == 0
    content = bytearray((unpacked.folder / name).read_bytes())
    content[-1] ^= 1
    (unpacked.folder / name).write_bytes(content)
    assert unpacked.run(command).returncode != 0


def test_a_seal_that_says_something_else_is_found_by_openssl(unpacked: Unpacked) -> None:
    lines = commands(unpacked.text().split(read_me.BETWEEN)[0])
    seal = unpacked.folder / "data/evidence/seal.jws"
    before, first, after = seal.read_text().partition(".")
    seal.write_text(before + first + after.replace("A", "B", 1))
    verified = next(place for place, line in enumerate(lines) if line.startswith("openssl dgst"))
    of_the_key = next(place for place, line in enumerate(lines) if line.startswith("openssl x509"))
    begun = next(place for place, line in enumerate(lines) if line.startswith("cut"))
    done = unpacked.run(lines[of_the_key], *lines[begun : verified + 1])
    assert done.returncode != 0 and "Verif" in done.stdout + done.stderr  # "Verification failure"


def test_the_root_can_be_computed_as_it_says(unpacked: Unpacked) -> None:
    """From a line for each second."""
    leaves = (unpacked.folder / "data/evidence/leaves.sha256").read_text().splitlines()
    reckoned = root(bytes.fromhex(line.split(" ")[0]) for line in leaves).hex()
    lines = commands(unpacked.text().split(read_me.BETWEEN)[0])
    first = next(place for place, line in enumerate(lines) if line.startswith("said="))
    said = unpacked.run(*lines[first : first + 3])
    assert f'"root":"{reckoned}"' in said.stdout


def test_both_languages_speak_of_the_same() -> None:
    texts = [read_me.text(MEETING, "ab" * 32).split(read_me.BETWEEN)[place] for place in range(len(LANGUAGES))]
    counted = {tuple(text.count(word) for word in ("RFC", "../check", "data/", ".jws", "macOS")) for text in texts}
    assert len(counted) == 1
    for text in texts:
        assert max(map(len, text.splitlines())) <= 120
        for word in ("admissible", "tamper", "compliant", "{meeting}", "{fingerprint}"):
            assert word not in text.lower()
