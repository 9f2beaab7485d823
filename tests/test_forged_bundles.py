"""Bundles as somebody with bad intentions makes them: each is a sentence or a named complaint, none is believed."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from signed_meeting import SignedMeeting

from appliance.errors import CandourError, NotABundle
from appliance.evidence import bagging, cms, key, verify
from appliance.evidence.verdict import Verdict

Files = dict[str, bytes]
"""The entries of a zip by their whole names."""
TOP = "2026-03-02-K7QF/"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SignedMeeting:
    folder = tmp_path_factory.mktemp("made")
    return SignedMeeting(folder / "data", folder / "out")


@pytest.fixture(scope="module")
def whole(made: SignedMeeting) -> bytes:
    return made.bundle.read_bytes()


@pytest.fixture
def verdict_on(made: SignedMeeting, tmp_path: Path) -> Callable[[bytes], Verdict]:
    root = tmp_path / "box.pem"
    root.write_bytes(made.box.certificate.public_bytes(Encoding.PEM))

    def verdict(content: bytes) -> Verdict:
        (tmp_path / "forged.zip").write_bytes(content)
        return verify.of_path(tmp_path / "forged.zip", (), [root])

    return verdict


def said(verdict: Verdict) -> str:
    return "\n".join(f"{one.part}: {one.says}" for one in verdict.findings)


def files_of(whole: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def without(*words: str) -> Callable[[Files], Files]:
    return lambda files: {name: content for name, content in files.items() if not any(word in name for word in words)}


def with_file(name: str) -> Callable[[Files], Files]:
    return lambda files: files | {name: b"put in"}


FORGED_LISTS = [
    (without("manifest"), "tagmanifest-sha256.txt is missing."),
    (without("manifest", "bag"), "tagmanifest-sha256.txt.p7s is missing: the bag as a whole is not signed"),
    (with_file(f"{TOP}tagmanifest-sha256.txt.html"), "tagmanifest-sha256.txt.html was put in"),
    (with_file(f"{TOP}manifest-md5.txt"), "manifest-md5.txt was put in"),
    (with_file(f"{TOP}fetch.txt"), "fetch.txt was put in"),
]


@pytest.mark.parametrize(("forge", "words"), FORGED_LISTS)
def test_lists_that_are_taken_away_or_added_are_missed(
    whole: bytes, verdict_on: Callable[[bytes], Verdict], forge: Callable[[Files], Files], words: str
) -> None:
    """A certificate or read-me that was changed would otherwise be found by nothing."""
    verdict = verdict_on(zipped(forge(files_of(whole))))
    assert verdict.exit_code == 1 and words in said(verdict)


def test_lists_taken_away_after_unpacking(made: SignedMeeting, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.bundle) as archive:
        archive.extractall(tmp_path)
    for path in (tmp_path / TOP).glob("*manifest*"):
        path.unlink()
    for path in (tmp_path / TOP, tmp_path):
        assert "manifest-sha256.txt is missing." in said(verify.of_path(path))


def locked(whole: bytes) -> bytes:
    """As if each entry needed a password, in both places of a zip that say so (APPNOTE.TXT, sections 4.3.7, 4.3.12)."""
    changed = bytearray(whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        at = archive.start_dir
        for info in archive.infolist():
            changed[info.header_offset + 6] |= 1
            changed[at + 8] |= 1
            at += 46 + sum(int.from_bytes(whole[at + part : at + part + 2], "little") for part in (28, 30, 32))
    return bytes(changed)


def nameless(whole: bytes) -> bytes:
    """The first name says that it is UTF-8, and is not."""
    changed = bytearray(whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        at = archive.start_dir
    changed[at + 9] |= 0x08
    changed[at + 46] = 0xFF
    return bytes(changed)


def over_each_other(_: bytes) -> bytes:
    """Two thousand entries that are all the same ten thousand bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("m/data/0000", bytes(10_000))
        for number in range(1, 2000):
            entry = zipfile.ZipInfo(f"m/data/{number:04}")
            entry.file_size = entry.compress_size = 10_000
            entry.header_offset, entry.CRC = 0, 0
            archive.filelist.append(entry)
            archive.NameToInfo[entry.filename] = entry
    return made.getvalue()


FORGED_ZIPS = [
    (locked, "is locked with a password"),
    (nameless, "it is no zip or a damaged one"),
    (over_each_other, "its files lie over each other"),
    (lambda whole: zipped(with_file("other/data/more.txt")(files_of(whole))), "the name 'other/data/more.txt'"),
    (lambda whole: zipped(with_file(f"{TOP}data/\x1b[2Ja")(files_of(whole))), r"the name '.*x1b"),
    (lambda whole: zipped(with_file("C:/data/more.txt")(files_of(whole))), "the name 'C:/data/more.txt'"),
    (lambda whole: zipped(with_file(f"{TOP}data//a")(files_of(whole))), "the name"),
    (lambda whole: zipped(with_file(f"{TOP}../data/a")(files_of(whole))), "the name"),
]


@pytest.mark.parametrize(("forge", "words"), FORGED_ZIPS)
def test_zips_that_no_box_made_are_one_sentence(
    whole: bytes, verdict_on: Callable[[bytes], Verdict], forge: Callable[[bytes], bytes], words: str
) -> None:
    with pytest.raises(NotABundle, match=f"no bundle that can be read: .*{words}") as caught:
        verdict_on(forge(whole))
    assert str(caught.value).isprintable()


def test_a_folder_that_cannot_be_written_to_the_terminal(made: SignedMeeting, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.bundle) as archive:
        archive.extractall(tmp_path)
    (tmp_path / TOP / "data" / "\x1b[2J").write_bytes(b"")
    words = said(verify.of_path(tmp_path))
    assert "was put in: no manifest lists it." in words and "\x1b" not in words


@given(data=some.data())
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_in_the_list_of_a_zip_is_no_traceback(
    whole: bytes, verdict_on: Callable[[bytes], Verdict], data: some.DataObject
) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.start_dir
    changed = bytearray(whole)
    for _ in range(data.draw(some.integers(1, 3))):
        changed[data.draw(some.integers(start, len(whole) - 1))] = data.draw(some.integers(0, 255))
    try:
        assert verdict_on(bytes(changed)).exit_code in (0, 1, 2)
    except CandourError as error:
        assert "no bundle that can be read" in str(error)


def test_a_changed_signature_never_holds_and_is_never_a_traceback(made: SignedMeeting) -> None:
    signature = bagging.sign(b"text", made.box)
    assert cms.holds(signature, b"text", made.box.certificate)
    assert not cms.holds(signature, b"text ", made.box.certificate)
    for at in range(len(signature)):
        changed = bytearray(signature)
        changed[at] ^= 0x41
        held = cms.holds(bytes(changed), b"text", made.box.certificate)
        assert not held or at < len(signature) - 70  # the two numbers at the end; before them is also what nobody asks


def test_a_signature_that_openssl_would_not_take_is_not_taken(made: SignedMeeting, tmp_path: Path) -> None:
    signature = bagging.sign(b"text", made.box)
    wrapped = b"\x30\x84" + (len(signature) + 4).to_bytes(4) + b"\x04\x02ab" + signature
    key.make(tmp_path / "other")
    forger = key.load(tmp_path / "other")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"text")
    timed = builder.add_signer(made.box.certificate, made.box.private, hashes.SHA256())
    for other in (
        b"",
        b"0",
        wrapped,
        signature + b"x",
        bagging.sign(b"text", forger),
        timed.sign(Encoding.DER, [pkcs7.PKCS7Options.NoCapabilities]),  # the content inside
    ):
        assert not cms.holds(other, b"text", made.box.certificate)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: apt-get install openssl")
def test_openssl_s_own_signature_is_taken(made: SignedMeeting, tmp_path: Path) -> None:
    """The same form by another hand."""
    private = made.bundle.parents[3] / "evidence"
    (tmp_path / "text").write_bytes(b"text")
    command = f"openssl cms -sign -binary -noattr -md sha256 -in text -outform DER -out text.p7s -signer {private}"
    command += f"/certificate.pem -inkey {private}/key.pem"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    assert cms.holds((tmp_path / "text.p7s").read_bytes(), b"text", made.box.certificate)
