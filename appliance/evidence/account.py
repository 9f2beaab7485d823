"""Everything that was signed about one meeting, as a verifier finds it in a bundle or a folder, and whether it agrees.

The seal is the root of it: the other statements name it, and the leaves and marks must come to its roots.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import BadZipFile

from cryptography import x509

from appliance.errors import BadStatement
from appliance.evidence import key, merkle, statement
from appliance.evidence.claims import NOT_RECORDED, SEAL, START
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
}
LEAVES, MARKS = "leaves.sha256", "marks.jsonl"
MOST_BYTES = 4_000_000  # of a list of leaves: 12 hours are 3.2 MB


@dataclass
class Account:
    """`leaves` and `marks` are empty where their files are not there or not what was sealed."""

    said: dict[str, Statement] = field(default_factory=dict)
    leaves: list[merkle.Hash] = field(default_factory=list)
    hints: list[bytes] = field(default_factory=list)
    marks: list[bytes] = field(default_factory=list)

    @property
    def seal(self) -> Statement | None:
        return self.said.get("seal.jws")

    @property
    def rate(self) -> int:
        return int(self.seal.claims["audio"]["rate"]) if self.seal else 0


def read(files: Files, known: Sequence[x509.Certificate], verdict: Verdict) -> Account:
    """Find the statements and lists among the files, and say what is wrong with them."""
    account = Account()
    for name, kind in STATEMENTS.items():
        if name in files and (found := _statement(files, name, kind, verdict)):
            account.said[name] = found
    if not account.said.keys() & {"seal.jws", "not-recorded.jws"}:
        verdict.find("seal.jws", About.UNKNOWN, "There is no seal that could be believed, so nothing can be judged.")
        return account
    _agree(account, verdict)
    _box(account, known, verdict)
    if account.seal:
        _lists(account, files, verdict)
    return account


def _statement(files: Files, name: str, kind: str, verdict: Verdict) -> Statement | None:
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
    first = account.seal or account.said["not-recorded.jws"]
    for name, said in account.said.items():
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
    first = account.seal or account.said["not-recorded.jws"]
    if not key.is_known(first.chain, known):
        says = (
            f"The box is unknown: whoever has the key {first.key} made this. Compare it with the placard of the box or"
            " the organisation's register, or give its certificate with --root."
        )
        verdict.find("box", About.UNKNOWN, says)


def _lists(account: Account, files: Files, verdict: Verdict) -> None:
    if account.seal is None:
        return
    audio, marks = account.seal.claims["audio"], account.seal.claims["marks"]
    if LEAVES in files:
        verdict.looked_at.append(LEAVES)
        leaves, hints = _leaves(_text(files, LEAVES))
        if (len(leaves), merkle.root(leaves).hex()) == (audio["seconds"], audio["root"]):
            account.leaves, account.hints = leaves, hints
        else:
            verdict.find(LEAVES, About.INTEGRITY, "The list of the seconds is not the one that was sealed.")
    if MARKS in files:
        verdict.looked_at.append(MARKS)
        lines = _text(files, MARKS).encode().splitlines()
        if (len(lines), merkle.root(map(merkle.leaf, lines)).hex()) == (marks["count"], marks["root"]):
            account.marks = lines
        else:
            verdict.find(MARKS, About.INTEGRITY, f"The marks are not those that were sealed{_which(lines, marks)}.")
    _gaps(account, verdict)


def _which(lines: list[bytes], sealed: Mapping[str, object]) -> str:
    return "" if len(lines) == sealed["count"] else f": there are {len(lines)} of {sealed['count']}"


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
