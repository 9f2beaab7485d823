"""What `candour export` takes away, and that nobody can change the log behind it unseen."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fake_clock import FakeClock
from held_meetings import Held
from test_deletion import MEETING, SECRET, Kept, a_box, finisher_deletes, recorder_removes, run

from appliance.evidence import key, statement
from appliance.recorder.log import Log
from appliance.store import box, events
from appliance.store.folders import Folders

pytestmark = pytest.mark.pure
LATER = "2026-03-03-ABCD"


def another(folders: Folders) -> None:
    """A second meeting, whose start and seal name the log as it was then."""
    held = Held(folders, LATER)
    held.talk(2.5)
    with closing(box.own(folders)) as db:
        log = Log(db, folders)

        def head() -> dict[str, object]:
            events.log(db, FakeClock(), "something happened")
            log.follow()
            return log.head()

        held.head = head
        held.end()
        events.log(db, FakeClock(), "later")
        log.follow()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    """An export of a box with one deleted meeting and one that is there."""
    folder = tmp_path_factory.mktemp("made")
    folders = Folders(folder / "data")
    kept = Kept(a_box(folders), folder / "kept")
    finisher_deletes(folders)
    recorder_removes(folders)
    another(folders)
    with closing(box.own(folders)) as db:
        box.set_certificate(db, kept.box.pem.decode())
    (folder / "candour.toml").write_text(f"[store]\ndata = {json.dumps(str(folders.data))}\n")
    status, said = run("export", folder / "out", "--settings", folder / "candour.toml")
    assert status == 0 and "tombstones 1, events" in said, said
    return folder / "out", kept


@pytest.fixture
def export(made: tuple[Path, Kept], tmp_path: Path) -> Path:
    shutil.copytree(made[0], tmp_path / "out")
    return tmp_path / "out"


def test_it_says_that_the_log_only_grew_and_judges_receipts(made: tuple[Path, Kept], export: Path) -> None:
    kept = made[1]
    status, said = run("verify", export, "--root", kept.root, "--receipt", kept.receipt(7))
    assert status == 0 and "The log only grew: 3 signed heads agree with its" in said and "It agrees" in said
    status, said = run("verify", export, "--root", kept.root, "--receipt", kept.receipt(16))
    assert status == 1 and "3 signed seconds are lost" in said
    status, said = run("verify", export)
    assert status == 2 and "The box is unknown" in said


def test_there_is_no_sound_in_it_and_no_word(export: Path) -> None:
    found = sorted(path.relative_to(export).as_posix() for path in export.rglob("*") if path.is_file())
    stones = [f"tombstones/{MEETING}/{name}" for name in ("leaves.sha256", "marks.sha256", "tombstone.jws")]
    assert found == ["device.pem", "heads.jsonl", "log.sha256", *stones]
    everything = b"".join(path.read_bytes() for path in export.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything and b"Good morning" not in everything


def edited(export: Path, name: str, edit: Callable[[list[str]], list[str]]) -> None:
    path = export / name
    path.write_text("".join(edit(path.read_text().splitlines(keepends=True))))


@pytest.mark.parametrize(
    ("name", "edit", "says"),
    [
        ("log.sha256", lambda lines: lines[:2] + lines[3:], "other"),
        ("log.sha256", lambda lines: lines[:-2], "Cut short"),
        ("log.sha256", lambda lines: [lines[1], lines[0], *lines[2:]], "It is not the log that was signed"),
        ("log.sha256", lambda lines: [lines[0], *lines], "It is not the log that was signed"),
        ("log.sha256", lambda lines: ["no hash\n", *lines[1:]], "a line is no SHA-256"),
        ("log.sha256", lambda lines: [], "Cut short"),
        ("heads.jsonl", lambda lines: [line.replace('"size": ', '"size": 1') for line in lines], "not what it says"),
        ("heads.jsonl", lambda lines: ["{}\n", *lines], "Line 1"),
        ("heads.jsonl", lambda lines: ["[" * 100_000, *lines], "Line 1"),
        (f"tombstones/{MEETING}/leaves.sha256", lambda lines: lines[1:], "leaves.sha256"),
        (f"tombstones/{MEETING}/tombstone.jws", lambda lines: ["no statement"], "no tombstone of this meeting"),
    ],
)
def test_whatever_is_changed_in_it_is_found(
    made: tuple[Path, Kept], export: Path, name: str, edit: Callable[[list[str]], list[str]], says: str
) -> None:
    edited(export, name, edit)
    status, said = run("verify", export, "--root", made[1].root)
    assert status == 1 and says in said, said


@pytest.mark.parametrize("name", ["log.sha256", "heads.jsonl"])
def test_what_is_missing_is_named(made: tuple[Path, Kept], export: Path, name: str) -> None:
    (export / name).unlink()
    status, said = run("verify", export, "--root", made[1].root)
    assert status == 1 and f"{name}: The" in said and "missing" in said


def test_a_log_made_anew_with_the_own_key_does_not_fit_what_others_keep(
    made: tuple[Path, Kept], export: Path, tmp_path: Path
) -> None:
    """Whoever has the key can sign another log; the heads in seals that people took away convict it."""
    key.make(tmp_path / "forger")
    forger = key.load(tmp_path / "forger")
    line = json.loads((export / "heads.jsonl").read_text().splitlines()[-1])
    said = statement.read(line["jws"])
    again = statement.signed(said.kind, said.claims, forger)
    (export / "heads.jsonl").write_text(json.dumps(line | {"jws": again}) + "\n")
    status, told = run("verify", export, "--root", made[1].root)
    assert status == 2 and "The box is unknown" in told


def test_it_fills_only_an_empty_folder_of_a_box(made: tuple[Path, Kept], tmp_path: Path) -> None:
    settings = made[0].parent / "candour.toml"
    status, said = run("export", made[0], "--settings", settings)
    assert status == 1 and "it is not empty" in said
    (tmp_path / "candour.toml").write_text(f"[store]\ndata = {json.dumps(str(tmp_path / 'nothing'))}\n")
    status, said = run("export", tmp_path / "out", "--settings", tmp_path / "candour.toml")
    assert status == 1 and "There is no log" in said
