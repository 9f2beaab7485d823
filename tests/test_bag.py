"""The bundle: outside programs find it in order, and every damage to it is named."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from held_meetings import finisher, held, idle, offered
from signed_meeting import SignedMeeting

from appliance.__main__ import candour
from appliance.errors import NotABundle
from appliance.evidence import bag, bagging, key
from appliance.evidence.bagging import Contents
from appliance.evidence.key import Key
from appliance.store.folders import Folders


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SignedMeeting:
    folder = tmp_path_factory.mktemp("made")
    return SignedMeeting(folder / "data", folder / "out")


@pytest.fixture
def unpacked(made: SignedMeeting, tmp_path: Path) -> Path:
    with zipfile.ZipFile(made.bundle) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "2026-03-02-K7QF"


@pytest.fixture
def root(made: SignedMeeting, tmp_path: Path) -> Path:
    path = tmp_path / "box.pem"
    path.write_bytes(made.box.certificate.public_bytes(Encoding.PEM))
    return path


def verified(path: Path, root: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(candour, ["verify", str(path), "--root", str(root), *more])
    return done.exit_code, done.output


def test_the_bundle_is_complete_and_unaltered_packed_and_unpacked(
    made: SignedMeeting, unpacked: Path, root: Path
) -> None:
    for path in (made.bundle, unpacked, unpacked.parent):
        code, said = verified(path, root, "--receipt", str(made.receipt(10)))
        assert code == 0, said
        assert "leaves.sha256" in said and "recording.flac" in said and "It agrees" in said


def test_the_field_s_own_tool_finds_the_bag_in_order(unpacked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(unpacked)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_everything_is_stored_under_one_folder_without_times(made: SignedMeeting) -> None:
    with zipfile.ZipFile(made.bundle) as archive:
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.filename.startswith("2026-03-02-K7QF/")
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
        names = {info.filename.partition("/")[2] for info in archive.infolist()}
    assert {
        "bagit.txt",
        "tagmanifest-sha256.txt.p7s",
        "data/recording.flac",
        "data/certificate.pdf",
        "data/open-me.html",
        "data/evidence/seal.jws",
    } <= names


def test_the_same_contents_make_the_same_bundle_but_for_the_signature(tmp_path: Path, made: SignedMeeting) -> None:
    (tmp_path / "sound").write_bytes(bytes(5_000_000))
    contents = Contents("M", {"b": b"two", "a": tmp_path / "sound"}, {"Source-Organization": "Room\n 3"}, made.box)
    files = []
    for _ in range(2):
        file = BytesIO()
        assert sum(1 for _ in bagging.write(file, contents)) >= 6
        with zipfile.ZipFile(file) as archive:
            files.append([(info.filename, archive.read(info)) for info in archive.infolist()])
    one, other = ({name: said for name, said in found if not name.endswith(".p7s")} for found in files)
    assert one == other
    assert b"Source-Organization: Room 3\n" in one["M/bag-info.txt"]
    assert b"Payload-Oxum: 5000003.2\n" in one["M/bag-info.txt"]


def rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return damage


DAMAGES = [
    (rewrite("data/READ-ME-FIRST.txt", lambda was: was + b"!"), "data/READ-ME-FIRST.txt is altered."),
    (rewrite("data/recording.mp3", lambda was: was[:-1]), "data/recording.mp3 is altered."),
    (rewrite("bag-info.txt", lambda was: was + b"x: y\n"), "bag-info.txt is altered."),
    (rewrite("tagmanifest-sha256.txt.p7s", lambda was: was[:-1] + b"x"), "does not hold"),
    (rewrite("tagmanifest-sha256.txt.p7s", lambda _: b"0"), "does not hold"),
    (rewrite("manifest-sha256.txt", lambda _: b""), "was put in: no manifest lists it."),
    (lambda folder: (folder / "tagmanifest-sha256.txt.p7s").unlink(), "the bag as a whole is not signed"),
    (lambda folder: (folder / "data/transcript.vtt").unlink(), "data/transcript.vtt is missing."),
    (lambda folder: (folder / "manifest-sha256.txt").unlink(), "manifest-sha256.txt is missing."),
    (lambda folder: (folder / "data/more.txt").write_text("x"), "data/more.txt was put in"),
    (lambda folder: (folder / "data/seal.jws").write_text("x"), "data/seal.jws was put in"),
    (lambda folder: (folder / "data/evidence/seal.jws").unlink(), "There is no seal that could be believed"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGES)
def test_damage_is_named(unpacked: Path, root: Path, damage: Callable[[Path], object], words: str) -> None:
    damage(unpacked)
    code, said = verified(unpacked, root)
    assert code == 1 and words in said, said


def test_manifests_that_were_made_to_fit_are_found_by_the_signature(unpacked: Path, root: Path) -> None:
    """Somebody edits the read-me and writes all lists again, but has not the box's key."""
    (unpacked / "data" / "READ-ME-FIRST.txt").write_text("All is well.")
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        listed = [line.split("  ")[1] for line in (unpacked / name).read_text().splitlines()]
        done = subprocess.run(["sha256sum", *listed], cwd=unpacked, capture_output=True, check=True)
        (unpacked / name).write_bytes(done.stdout)
    code, said = verified(unpacked, root)
    assert (code, "somebody has changed a file beside the recording" in said) == (1, True), said


def bad_zip(path: Path, *entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zips_that_are_no_bundles_are_one_sentence(tmp_path: Path, made: SignedMeeting, root: Path) -> None:
    whole = made.bundle.read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "empty.zip").write_bytes(b"")
    bad_zip(tmp_path / "up.zip", ("m/../../etc/passwd", b""))
    bad_zip(tmp_path / "root.zip", ("/etc/passwd", b""))
    bad_zip(tmp_path / "twice.zip", ("m/a", b"1"), ("m/a", b"2"))
    bad_zip(tmp_path / "bomb.zip", ("m/a", bytes(10_000_000)), method=zipfile.ZIP_DEFLATED)
    for path in tmp_path.glob("*.zip"):
        with pytest.raises(NotABundle, match="no bundle that can be read"), bag.opened(path):
            pass
        code, said = verified(path, root)
        assert code == 1 and said.startswith("candour: ") and "Traceback" not in said


def test_a_byte_in_the_middle_of_the_zip(made: SignedMeeting, tmp_path: Path, root: Path) -> None:
    content = bytearray(made.bundle.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "changed.zip").write_bytes(content)
    code, said = verified(tmp_path / "changed.zip", root)
    assert code == 1 and "is altered." in said


def test_a_link_out_of_the_folder_is_not_followed(unpacked: Path, root: Path) -> None:
    (unpacked / "data" / "link").symlink_to("/etc/passwd")
    with bag.opened(unpacked) as entries:
        assert "data/link" not in entries


def test_it_is_built_once(folders: Folders) -> None:
    meeting = held(folders, 2.5)
    with finisher(folders) as one:
        idle(one)
    first = (meeting.folder.copies / "bundle.zip").read_bytes()
    meeting.folder.finish_db.unlink()
    with finisher(folders) as one:
        idle(one)
    assert (meeting.folder.copies / "bundle.zip").read_bytes() == first
    assert "bundle.zip" in offered(meeting.folder)


def test_the_chain_of_an_organisation_is_in_the_signature(made: SignedMeeting, tmp_path: Path) -> None:
    key.make(tmp_path / "other")
    issuer = key.load(tmp_path / "other").certificate
    chained = Key(made.box.private, (made.box.certificate, issuer))
    (tmp_path / "tag").write_bytes(b"text")
    (tmp_path / "p7s").write_bytes(bagging.sign(b"text", chained))
    with bag.opened(tmp_path) as found:
        entries = {"tagmanifest-sha256.txt": found["tag"], "tagmanifest-sha256.txt.p7s": found["p7s"]}
        assert bag.signature_problem(entries, made.box.certificate) == ""
        assert bag.signature_problem(entries, issuer) != ""
