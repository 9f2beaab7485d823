"""Everything that was signed about one meeting, as a verifier finds it in a bundle or a folder, and whether it agrees.

The seal is the root of it: the other statements name it, and the leaves and marks must come to its roots. Where the
recording is deleted, the tombstone stands in for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import BadZipFile

from cryptography import x509

from appliance.errors import BadStatement
from appliance.evidence import deleted, key, merkle, statement
from appliance.evidence.claims import NOT_RECORDED, SEAL, START, TOMBSTONE
from appliance.evidence.deleted import MARKS_NAME, TOMBSTONE_NAME
from appliance.evidence.statement import Statement
from appliance.evidence.verdict import About, Verdict

Files = Mapping[str, Callable[[], BinaryIO]]
"""By the name without folders: what opens it."""

STATEMENTS = {
    "seal.jws": SEAL,
    "start.jws": START,
    "copies.jws": "candour-copies",
    "transcript.jws": "candour-transcript",
    "not-recorded.jws": NOT_RECORDED,
    TOMBSTONE_NAME: TOMBSTONE,
}
NAMES = {kind: name for name, kind in STATEMENTS.items()}
LEAVES, MARKS = "leaves.sha256", "marks.jsonl"
MOST_BYTES = 4_000_000  # of a list of leaves: 12 hours are 3.2 MB


@dataclass
class Account:
    """`leaves` and `mark_leaves` are empty where their files are not there or not what was sealed.

    `marks` are the entries themselves, which a tombstone no longer has.
    """

    said: dict[str, Statement] = field(default_factory=dict)
    leaves: list[merkle.Hash] = field(default_factory=list)
    hints: list[bytes] = field(default_factory=list)
    marks: list[bytes] = field(default_factory=list)
    mark_leaves: list[merkle.Hash] = field(default_factory=list)

    @property
    def seal(self) -> Statement | None:
        return self.said.get("seal.jws")

    @property
    def tombstone(self) -> Statement | None:
        return self.said.get(TOMBSTONE_NAME)

    @property
    def first(self) -> Statement | None:
        """What everything else is held against."""
        return self.seal or self.said.get("not-recorded.jws") or self.tombstone

    @property
    def seconds(self) -> int | None:
        """How many there were; None where nobody says."""
        if self.seal:
            return int(self.seal.claims["audio"]["seconds"])
        return self.tombstone.claims["seconds"] if self.tombstone else None

    @property
    def marked(self) -> int | None:
        """How many marks there were; None where nobody says."""
        if self.seal:
            return int(self.seal.claims["marks"]["count"])
        return self.tombstone.claims["marks"] if self.tombstone else None

    @property
    def rate(self) -> int:
        return int(self.seal.claims["audio"]["rate"]) if self.seal else 0


def read(files: Files, known: Sequence[x509.Certificate], verdict: Verdict) -> Account:
    """Find the statements and lists among the files, and say what is wrong with them."""
    account = Account()
    for name, kind in STATEMENTS.items():
        if name in files and (found := stated(files, name, kind, verdict)):
            account.said[name] = found
    if account.first is None:
        verdict.find("seal.jws", About.UNKNOWN, "There is no seal that could be believed, so nothing can be judged.")
        return account
    _agree(account, verdict)
    _box(account, known, verdict)
    if account.seal or account.tombstone:
        _lists(account, files, verdict)
    if account.tombstone and account.seal:
        deleted.beside_seal(account.tombstone, account.seal, verdict)
    elif account.tombstone:
        deleted.alone(account.tombstone, verdict)
    return account


def stated(files: Files, name: str, kind: str, verdict: Verdict) -> Statement | None:
    """The statement of that name; None, and a finding, where it is not to be believed or of another kind."""
    verdict.looked_at.append(name)
    try:
        found = statement.read(_text(files, name))
    except BadStatement as error:
        verdict.find(name, About.INTEGRITY, str(error))
        return None
    if found.kind != kind:
        verdict.find(name, About.INTEGRITY, f"This is a {statement.KINDS[found.kind]}, put in place of another one.")
        return None
    return found


def _agree(account: Account, verdict: Verdict) -> None:
    """All of one meeting, one key, and each naming the one before as it is."""
    first = account.first
    for name, said in account.said.items():
        if first is None or (name == TOMBSTONE_NAME and account.seal):
            continue
        if said.claims["meeting"] != first.claims["meeting"]:
            verdict.find(name, About.INTEGRITY, f"It belongs to another meeting, {said.claims['meeting']}.")
        elif said.key != first.key:
            verdict.find(name, About.INTEGRITY, f"It was signed with another key ({said.key[:20]} ...) than the seal.")
        else:
            _named(name, said, account, verdict)


def _named(name: str, said: Statement, account: Account, verdict: Verdict) -> None:
    for word, other in (("seal", "seal.jws"), ("copies", "copies.jws"), ("start", "start.jws")):
        named = said.claims.get(word)
        if isinstance(named, str) and named and other in account.said and named != account.said[other].digest:
            verdict.find(other, About.INTEGRITY, f"It is not the one that {name} names: one of the two was replaced.")


def _box(account: Account, known: Sequence[x509.Certificate], verdict: Verdict) -> None:
    first = account.first
    if first and not key.is_known(first.chain, known):
        says = (
            f"The box is unknown: whoever has the key {first.key} made this. Compare it with the placard of the box or"
            " the organisation's register, or give its certificate with --root."
        )
        verdict.find("box", About.UNKNOWN, says)


def _lists(account: Account, files: Files, verdict: Verdict) -> None:
    seconds, root, marks, marks_root = _told(account)
    if LEAVES in files:
        verdict.looked_at.append(LEAVES)
        leaves, hints = _leaves(_text(files, LEAVES))
        if (len(leaves), merkle.root(leaves).hex()) == (seconds, root):
            account.leaves, account.hints = leaves, hints
        elif seconds is not None:
            verdict.find(LEAVES, About.INTEGRITY, "The list of the seconds is not the one that was sealed.")
    if MARKS in files:
        verdict.looked_at.append(MARKS)
        lines = _text(files, MARKS).encode().splitlines()
        hashed = [merkle.leaf(line) for line in lines]
        if (len(lines), merkle.root(hashed).hex()) == (marks, marks_root):
            account.marks, account.mark_leaves = lines, hashed
        else:
            verdict.find(MARKS, About.INTEGRITY, f"The marks are not those that were sealed{_which(lines, marks)}.")
    elif MARKS_NAME in files and account.tombstone and not account.seal:
        verdict.looked_at.append(MARKS_NAME)
        account.mark_leaves = deleted.marks(_text(files, MARKS_NAME), account.tombstone, verdict)
    _gaps(account, verdict)


def _told(account: Account) -> tuple[object, object, object, object]:
    """How many seconds and marks there are, and their roots, as the seal says, or the tombstone in its place."""
    if account.seal:
        audio, marks = account.seal.claims["audio"], account.seal.claims["marks"]
        return audio["seconds"], audio["root"], marks["count"], marks["root"]
    told = account.tombstone.claims if account.tombstone else {}
    return told["seconds"], told["root"], told["marks"], told["marks_root"]


def _which(lines: list[bytes], sealed: object) -> str:
    return "" if len(lines) == sealed else f": there are {len(lines)} of {sealed}"


def _gaps(account: Account, verdict: Verdict) -> None:
    """A sealed gap is digital zero; where it is not, the seal was not made by an honest box."""
    if account.seal is None or not account.leaves:
        return
    zero = merkle.leaf(bytes(2 * account.rate))
    for gap in account.seal.claims["gaps"]:
        first = -(-gap["first_sample"] // account.rate)
        end = (gap["first_sample"] + gap["samples"]) // account.rate
        loud = tuple(second for second in range(first, end) if account.leaves[second : second + 1] != [zero])
        if loud:
            says = f"The seal says that nothing was recorded here ({gap['cause']}), yet there is sound."
            verdict.find("seal.jws", About.INTEGRITY, says, loud)


def _leaves(text: str) -> tuple[list[merkle.Hash], list[bytes]]:
    """The leaf and the hint of each second; nothing where a line is no such pair."""
    try:
        pairs = [line.split(" ") for line in text.splitlines()]
        return [bytes.fromhex(leaf) for leaf, _ in pairs], [bytes.fromhex(hint.strip("-")) for _, hint in pairs]
    except ValueError:
        return [], []


def _text(files: Files, name: str) -> str:
    try:
        with files[name]() as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except BadZipFile:
        return ""
