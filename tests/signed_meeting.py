"""A meeting as an attendee holds it, whole and signed, and the hands of somebody who changes it."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from held_meetings import RATE, Held, finish_all

from appliance.evidence import bag, lists, merkle, statement
from appliance.evidence.claims import RECEIPT, START, Moment, receipt
from appliance.evidence.key import Key
from appliance.evidence.merkle import Tree
from appliance.evidence.statement import Statement
from appliance.evidence.verdict import Verdict
from appliance.evidence.verify import Asked, by_name, verify
from appliance.store import record, wav
from appliance.store.folders import Folders

Samples = np.ndarray[Any, np.dtype[np.int16]]
SECONDS = 24.5
GAP = (8, 3)  # first second and length


class SignedMeeting:
    """`at` is the folder with everything that was given out; `box` is the key, in whatever hands it is."""

    def __init__(self, data: Path, out: Path, meeting: str = "2026-03-02-K7QF") -> None:
        folders = Folders(data)
        folders.prepare()
        held = Held(folders, meeting)
        held.talk(GAP[0])
        held.mark("objection")
        held.mark("objection answered", "recording")
        held.pause(GAP[1])
        held.talk(SECONDS - sum(GAP))
        held.transcribe()
        held.end()
        finish_all(folders)
        self.at, self.box = out, held.key
        shutil.copytree(held.folder.copies, out, ignore=shutil.ignore_patterns("*.zip"))
        self.bundle = held.folder.copies / "bundle.zip"
        self.pcm = wav.pcm(held.folder.master, 0, held.samples)
        with closing(record.read(held.folder)) as db:  # type: ignore[type-var]
            assert db is not None
            (out / "start.jws").write_text(record.statement(db, START) or "")
            (out / "marks.jsonl").write_text("".join(lists.marks_lines(record.marks(db))))
        seconds = [self.pcm[at : at + 2 * RATE] for at in range(0, len(self.pcm), 2 * RATE)]
        (out / "leaves.sha256").write_text("".join(lists.leaves_lines(seconds)))

    def verdict(self, *receipts: Path, known: bool = True) -> Verdict:
        certificates = [self.box.certificate] if known else []
        with bag.opened(self.at) as entries:
            return verify(Asked(by_name(entries), (), receipts, (), certificates))[0]

    def receipt(self, seconds: int, *, marks: int = 2, box: Key | None = None) -> Path:
        """What a phone kept at that second."""
        leaves = [merkle.leaf(self.pcm[at : at + 2 * RATE]) for at in range(0, 2 * RATE * seconds, 2 * RATE)]
        lines = (self.at / "marks.jsonl").read_text().encode().splitlines()[:marks]
        now = Moment("2026-03-02T10:12:00.000Z", "synchronised")
        told = receipt(self.at_seal.claims["meeting"], Tree(leaves), Tree(map(merkle.leaf, lines)), now)
        path = self.at.with_name(f"receipt-{seconds}-{marks}.jws")
        path.write_text(statement.signed(RECEIPT, told, box or self.box))
        return path

    @property
    def at_seal(self) -> Statement:
        return statement.read((self.at / "seal.jws").read_text())

    def edit_sound(self, edit: Callable[[Samples], Samples]) -> None:
        """Somebody edits the recording and writes it as FLAC again."""
        edited = edit(np.frombuffer(self.pcm, "<i2").copy())
        soundfile.write(self.at / "recording.flac", edited, RATE, subtype="PCM_16")

    def edit(self, name: str, edit: Callable[[str], str]) -> None:
        path = self.at / name
        path.write_text(edit(path.read_text()))

    def sign_again(self, name: str, change: Callable[[dict[str, Any]], Any], box: Key) -> None:
        """Somebody with a key changes what a statement says, and signs it."""
        before = statement.read((self.at / name).read_text())
        claims = json.loads(json.dumps(before.claims))
        change(claims)
        (self.at / name).write_text(statement.signed(before.kind, claims, box))

    def rebuild(self, edit: Callable[[Samples], Samples], box: Key) -> None:
        """Somebody with a key edits the recording, and makes everything that was signed fit it."""
        self.edit_sound(edit)
        pcm = edit(np.frombuffer(self.pcm, "<i2").copy()).astype("<i2").tobytes()
        seconds = [pcm[at : at + 2 * RATE] for at in range(0, len(pcm), 2 * RATE)]
        (self.at / "leaves.sha256").write_text("".join(lists.leaves_lines(seconds)))
        tree = Tree(map(merkle.leaf, seconds))
        told = {"samples": len(pcm) // 2, "seconds": tree.size, "root": tree.root.hex()}
        self.sign_again("start.jws", lambda _: None, box)
        start = statement.digest((self.at / "start.jws").read_text())
        self.sign_again("seal.jws", lambda claims: (claims["audio"].update(told), claims.update(start=start)), box)
        seal = statement.digest((self.at / "seal.jws").read_text())
        self.sign_again("copies.jws", lambda claims: claims.update(seal=seal), box)
        copies = statement.digest((self.at / "copies.jws").read_text())
        self.sign_again("transcript.jws", lambda claims: claims.update(seal=seal, copies=copies), box)
