"""A meeting is deleted: nothing of it stays but hashes, and against these all that people kept still verifies."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fake_clock import FakeClock
from held_meetings import ALL, RATE, Held, finish_all, key_of_the_box, offered
from lives import touches_until

from appliance.__main__ import candour
from appliance.evidence import key, merkle, statement, tombstone
from appliance.evidence.claims import RECEIPT, TOMBSTONE, Moment, mark_leaf, receipt
from appliance.evidence.key import Key
from appliance.evidence.merkle import Tree
from appliance.finisher.retention import LOOK_S, Deletions
from appliance.recorder import removal
from appliance.recorder.log import Log
from appliance.store import box, record, wav
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder

MEETING = "2026-03-02-K7QF"
SECRET = "The mother said that she is afraid."


def a_box(folders: Folders) -> Held:
    """One finished meeting, long due, and the log of what was done."""
    folders.prepare()
    held = Held(folders, MEETING)
    held.talk(4)
    held.mark("objection", SECRET)
    held.talk(8.5)
    held.transcribe()
    held.end()
    finish_all(folders)
    with closing(box.own(folders)) as db:
        box.add_meeting(db, MEETING, "2026-03-02T10:02:30.000Z", "synchronised")
        box.end_meeting(db, MEETING, "2026-03-02T10:00:00.000Z", "stopped by the button")
        Log(db, folders).follow()
    return held


def finisher_deletes(folders: Folders) -> None:
    clock, signs = FakeClock(), key.load(folders.evidence)
    clock.trusted = True
    deletions = Deletions(folders, clock, keep_days=90)
    for _ in range(2):
        deletions.look(signs)
        clock.pass_s(LOOK_S)


def recorder_removes(folders: Folders) -> list[str]:
    with closing(box.own(folders)) as db:
        return removal.let_go(folders, db, key.load(folders.evidence).fingerprint)


class Kept:
    """What people took away before: the bundle, and receipts as their phones kept them."""

    def __init__(self, held: Held, at: Path) -> None:
        at.mkdir()
        self.at, self.box = at, held.key
        self.bundle = shutil.copy(held.folder.copies / "bundle.zip", at)
        self.root = at / "box.pem"
        self.root.write_bytes(held.key.pem)
        pcm = wav.pcm(held.folder.master, 0, held.samples)
        self.leaves = [merkle.leaf(pcm[start : start + 2 * RATE]) for start in range(0, len(pcm), 2 * RATE)]
        with opened(record.read(held.folder)) as db:
            assert db is not None
            self.marks = list(map(mark_leaf, record.marks(db)))

    def receipt(self, seconds: int, signs: Key | None = None, **changed: object) -> Path:
        now = Moment("2026-03-02T10:03:00.000Z", "synchronised")
        leaves = self.leaves[:seconds] + [merkle.leaf(b"later")] * max(0, seconds - len(self.leaves))
        told = receipt(MEETING, Tree(leaves), Tree(self.marks), now) | changed
        path = self.at / f"receipt-{seconds}-{len(changed)}.jws"
        path.write_text(statement.signed(RECEIPT, told, signs or self.box))
        return path


def run(*words: object) -> tuple[int, str]:
    """A command of Candour's, as typed: its exit status and what it said."""
    done = CliRunner().invoke(candour, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folders, Kept]:
    """A box from which a meeting was deleted, and what people had kept of it."""
    folder = tmp_path_factory.mktemp("made")
    folders = Folders(folder / "data")
    kept = Kept(a_box(folders), folder / "kept")
    finisher_deletes(folders)
    assert recorder_removes(folders) == [MEETING]
    return folders, kept


def test_nothing_stays_of_it_but_hashes(made: tuple[Folders, Kept]) -> None:
    folders, kept = made
    grave = folders.tombstone(MEETING)
    assert sorted(path.name for path in grave.path.iterdir()) == ["leaves.sha256", "marks.sha256", "tombstone.jws"]
    assert list(folders.meetings.iterdir()) == [] and list(folders.going.iterdir()) == []
    everything = b"".join(path.read_bytes() for path in folders.data.rglob("*") if path.is_file())
    for secret in (SECRET, "Good morning.", "objection"):
        assert secret.encode() not in everything
    told = tombstone.read(grave).claims
    assert (told["seconds"], told["marks"]) == (len(kept.leaves), 1)
    assert told["because"] == "it had been kept for the promised 90 days"


def test_the_log_forgets_what_it_was_and_its_head_stays(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data")
    a_box(folders)
    with closing(box.own(folders)) as db:
        head = Log(db, folders).head()
    finisher_deletes(folders)
    assert tombstone.read(folders.tombstone(MEETING)).claims["log"] == head
    recorder_removes(folders)
    with closing(box.own(folders)) as db:
        assert Log(db, folders).head() == head
        rows = db.conn.execute("SELECT source, salt FROM log").fetchall()
    assert len(rows) > 5 and all(source.startswith(MEETING) and salt is None for source, salt in rows)


def test_old_receipts_are_judged_by_the_tombstone(made: tuple[Folders, Kept]) -> None:
    folders, kept = made
    grave = folders.tombstone(MEETING).path
    status, said = run(
        "verify", grave, "--root", kept.root, "--receipt", kept.receipt(3), "--receipt", kept.receipt(12)
    )
    assert status == 2 and said.count("It agrees") == 2
    assert "The box deleted this recording on 23 November 2026, because" in said
    status, said = run("verify", grave, "--root", kept.root, "--receipt", kept.receipt(16))
    assert status == 1 and "3 signed seconds are lost" in said
    another = kept.receipt(5, root=merkle.root(kept.leaves[1:6]).hex())
    status, said = run("verify", grave, "--root", kept.root, "--receipt", another)
    assert status == 1 and "contradict" in said.lower()


def test_a_statement_alone_is_judged_whatever_it_was_saved_as(made: tuple[Folders, Kept], tmp_path: Path) -> None:
    folders, kept = made
    alone = tmp_path / f"{MEETING} tombstone (1).jws"
    shutil.copy(folders.tombstone(MEETING).statement, alone)
    status, said = run("verify", alone, "--root", kept.root, "--receipt", kept.receipt(16))
    assert status == 1 and "The box deleted this recording" in said and "3 signed seconds are lost" in said
    status, said = run("verify", kept.receipt(3), "--root", kept.root)
    assert status == 2 and "nothing can be judged" in said
    (tmp_path / "rubbish.jws").write_bytes(b"\xff\x00")
    status, said = run("verify", tmp_path / "rubbish.jws", "--root", kept.root)
    assert status == 2 and "nothing can be judged" in said


def test_an_old_bundle_is_judged_by_itself_and_by_the_tombstone(made: tuple[Folders, Kept]) -> None:
    folders, kept = made
    grave = folders.tombstone(MEETING)
    status, said = run("verify", kept.bundle, "--root", kept.root, "--tombstone", grave.statement)
    assert status == 0 and "It names this very seal." in said and "unaltered" in said


def _forged(claims: dict[str, Any], **changed: object) -> dict[str, Any]:
    return json.loads(json.dumps(claims)) | changed  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("forge", "status", "says"),
    [
        (lambda told: _forged(told, seal="00" * 32), 1, "contradicts the seal"),
        (lambda told: _forged(told, seconds=told["seconds"] - 1), 1, "contradicts the seal"),
        (lambda told: _forged(told, root="00" * 32), 1, "contradicts the seal"),
        (lambda told: _forged(told, marks=0), 1, "contradicts the seal"),
        (lambda told: _forged(told, meeting="2026-03-02-ABCD"), 2, "belongs to another meeting"),
        (lambda told: {"meeting": MEETING}, 1, "makes no sense"),
        (lambda told: _forged(told, time="yesterday"), 1, "makes no sense"),
        (lambda told: _forged(told, because=["x"]), 1, "makes no sense"),
    ],
)
def test_a_tombstone_that_says_something_else(
    made: tuple[Folders, Kept],
    tmp_path: Path,
    forge: Callable[[dict[str, Any]], dict[str, Any]],
    status: int,
    says: str,
) -> None:
    """Signed with the box's own key by whoever has it."""
    folders, kept = made
    told = tombstone.read(folders.tombstone(MEETING)).claims
    forged = tmp_path / "tombstone.jws"
    forged.write_text(statement.signed(TOMBSTONE, forge(dict(told)), kept.box))
    found = run("verify", kept.bundle, "--root", kept.root, "--tombstone", forged)
    assert found[0] == status and says in found[1], found


def test_a_tombstone_of_another_key_says_nothing(made: tuple[Folders, Kept], tmp_path: Path) -> None:
    folders, kept = made
    key.make(tmp_path / "forger")
    forger = key.load(tmp_path / "forger")
    forged = tmp_path / "tombstone.jws"
    forged.write_text(statement.signed(TOMBSTONE, tombstone.read(folders.tombstone(MEETING)).claims, forger))
    status, said = run("verify", kept.bundle, "--root", kept.root, "--tombstone", forged)
    assert status == 2 and "signed with another key" in said
    shutil.copytree(folders.tombstone(MEETING).path, tmp_path / "grave")
    shutil.copy(forged, tmp_path / "grave")
    status, said = run("verify", tmp_path / "grave", "--root", kept.root)
    assert status == 2 and "The box is unknown" in said


@pytest.mark.parametrize("name", ["leaves.sha256", "marks.sha256"])
@pytest.mark.parametrize("edit", ["changed", "cut", "garbage"])
def test_hashes_that_are_not_those_of_the_tombstone(
    made: tuple[Folders, Kept], tmp_path: Path, name: str, edit: str
) -> None:
    folders, kept = made
    shutil.copytree(folders.tombstone(MEETING).path, tmp_path / "grave")
    path = tmp_path / "grave" / name
    text = path.read_text()
    path.write_text({"changed": "0" * 8 + text[8:], "cut": "", "garbage": "no list at all\n"}[edit])
    status, said = run("verify", tmp_path / "grave", "--root", kept.root)
    assert status == 1 and name in said


def test_a_recording_is_removed_only_for_a_tombstone_of_its_own(tmp_path: Path) -> None:
    """Whoever can write there, but has no key, makes nobody delete anything."""
    folders = Folders(tmp_path / "data")
    held = a_box(folders)
    other = Held(folders, "2026-03-02-ABCD")
    other.talk(2)
    other.end()
    key.make(tmp_path / "forger")
    told = {
        "meeting": MEETING, "seal": "", "seconds": 0, "root": "", "marks": 0, "marks_root": "",
        "time": "2026-03-02T10:00:00.000Z", "clock": "rtc", "because": "so", "log": {},
    }  # fmt: skip
    of_other = told | {"seal": "00" * 32}
    attempts = [
        statement.signed(TOMBSTONE, told, key.load(tmp_path / "forger")),
        statement.signed(TOMBSTONE, of_other, key_of_the_box(folders)),
        statement.signed(TOMBSTONE, told | {"meeting": "2026-03-02-ABCD"}, key_of_the_box(folders)),
        "no statement",
    ]
    for attempt in attempts:
        grave = folders.tombstone(MEETING)
        grave.path.mkdir(parents=True, exist_ok=True)
        grave.statement.write_text(attempt)
        assert recorder_removes(folders) == []
        finisher = Deletions(folders, FakeClock(), keep_days=90)
        finisher.look(key.load(folders.evidence))
        assert recorder_removes(folders) == []
        assert offered(held.folder) == ALL and not grave.stands


def delete_everything(data: str) -> None:
    finisher_deletes(Folders(Path(data)))
    recorder_removes(Folders(Path(data)))


def is_whole(folders: Folders, folder: MeetingFolder) -> bool:
    return folder.id in {one.id for one in folders.every_meeting()} and offered(folder) == ALL


def test_killed_between_any_two_touches_of_the_disk(tmp_path: Path) -> None:
    """After each kill it is either all there, or its tombstone is; and the next life ends what was begun."""
    template = Folders(tmp_path / "template")
    held = a_box(template)
    with opened(record.read(held.folder)) as db:
        assert db is not None
        leaves = [second.leaf for second in record.seconds(db)]
    with closing(box.own(template)) as db:
        head = Log(db, template).head()

    def again(instant: int) -> Folders:
        shutil.copytree(template.data, tmp_path / str(instant))
        return Folders(tmp_path / str(instant))

    instants = touches_until(delete_everything, again(0), 1_000_000)
    assert instants and instants > 60
    for instant in range(1, instants, 3):
        folders = again(instant)
        assert touches_until(delete_everything, folders, instant) is None
        grave = folders.tombstone(MEETING)
        assert is_whole(folders, folders.meeting(MEETING)) or tombstone.read(grave).claims["seconds"] == len(leaves)
        finisher_deletes(folders)
        recorder_removes(folders)
        assert tombstone.read(grave).claims["root"] == merkle.root(leaves).hex()
        assert not folders.meeting(MEETING).path.exists() and list(folders.going.iterdir()) == []
        with closing(box.own(folders)) as db:
            assert Log(db, folders).head() == head
            assert db.conn.execute("SELECT count(*) FROM log WHERE salt IS NOT NULL").fetchone() == (0,), instant
        shutil.rmtree(folders.data)
