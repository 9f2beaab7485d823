"""What remains of a deleted meeting: a signed statement, and the hashes against which old receipts and bundles verify.

The folder of a tombstone holds `tombstone.jws`, `leaves.sha256` as in a bundle but without hints, and `marks.sha256`
with the leaf of each mark, so that no word of it remains.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.errors import BadStatement
from appliance.evidence import lists, merkle, statement
from appliance.evidence.claims import TOMBSTONE, Claims, Moment
from appliance.evidence.merkle import Hash
from appliance.evidence.statement import Statement
from appliance.store.folders import TombstoneFolder


@dataclass(frozen=True)
class Remains:
    """`seal` is empty where the recording was not signed; `leaves` and `marks` are None where none could be read."""

    meeting: str
    seal: str
    leaves: Sequence[Hash] | None
    marks: Sequence[Hash] | None

    @property
    def leaves_text(self) -> str:
        return "".join(lists.leaf_line(leaf, b"") for leaf in self.leaves or ())

    @property
    def marks_text(self) -> str:
        return "".join(f"{leaf.hex()}\n" for leaf in self.marks or ())


def claims(remains: Remains, now: Moment, because: str, log: Claims) -> Claims:
    """`log`: size and root of the log at that moment. Numbers and roots are None for what could not be read."""
    seconds, root = _tree(remains.leaves)
    marks, marks_root = _tree(remains.marks)
    return {
        "meeting": remains.meeting,
        "seal": statement.digest(remains.seal) if remains.seal else "",
        "seconds": seconds,
        "root": root,
        "marks": marks,
        "marks_root": marks_root,
        **now.claims(),
        "because": because,
        "log": log,
    }


def read(folder: TombstoneFolder) -> Statement:
    """What stands on it. Raises BadStatement, also for what is no tombstone of this meeting, and OSError."""
    said = statement.read(folder.statement.read_text("utf-8", "replace"))
    if said.kind != TOMBSTONE or said.claims["meeting"] != folder.path.name:
        raise BadStatement(why=f"it is no tombstone of meeting {folder.path.name}")
    return said


def check(folder: TombstoneFolder, seal: str, key: str) -> Statement:
    """Of this very recording, by the box itself: only such a tombstone lets anything be removed.

    `seal` is its seal, empty where it has none, `key` the fingerprint of the box's key. Raises BadStatement, OSError.
    """
    said = read(folder)
    if said.key != key:
        raise BadStatement(why="it was not signed by this box")
    if said.claims["seal"] != (statement.digest(seal) if seal else ""):
        raise BadStatement(why="it names another seal than that of the recording")
    return said


def head(leaves: Iterable[Hash]) -> Claims:
    """Of a log with these leaves."""
    tree = merkle.Tree(leaves)
    return {"size": tree.size, "root": tree.root.hex()}


def _tree(leaves: Sequence[Hash] | None) -> tuple[int, str] | tuple[None, None]:
    return (None, None) if leaves is None else (len(leaves), merkle.root(leaves).hex())
