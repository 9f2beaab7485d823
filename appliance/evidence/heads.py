"""An exported log held against every head of it that was signed: whether it only ever grew.

`log.sha256` has the leaf of each event in hex, one a line; `heads.jsonl` the statements in which a head stands. The
folder `tombstones` has what remains of deleted meetings.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509

from appliance.errors import BadStatement
from appliance.evidence import account, key, receipts, statement
from appliance.evidence.account import Account
from appliance.evidence.bag import Entries
from appliance.evidence.merkle import Hash, Tree
from appliance.evidence.statement import Statement
from appliance.evidence.verdict import About, Verdict

LOG, HEADS, TOMBSTONES = "log.sha256", "heads.jsonl", "tombstones"
MOST_BYTES = 400_000_000  # a million events are 65 MB


def is_export(entries: Entries) -> bool:
    return LOG in entries or HEADS in entries


def judge(entries: Entries, receipt_files: Sequence[Path], known: Sequence[x509.Certificate]) -> Verdict:
    """Everything that an export shows; damage of any kind becomes a finding."""
    verdict = Verdict()
    leaves = _leaves(entries, verdict)
    heads = list(_heads(entries, verdict))
    if leaves is not None:
        _grew(leaves, heads, verdict)
    for fingerprint, one in {head.key: head for head in heads}.items():
        if not key.is_known(one.chain, known):
            says = f"The box is unknown: whoever has the key {fingerprint} made this. Give its certificate with --root."
            verdict.find("box", About.UNKNOWN, says)
    stones = _tombstones(entries, verdict)
    for path in receipt_files:
        _receipt(path, stones, verdict)
    return verdict


def _leaves(entries: Entries, verdict: Verdict) -> list[Hash] | None:
    verdict.looked_at.append(LOG)
    if LOG not in entries:
        verdict.find(LOG, About.COMPLETENESS, "The log is missing.")
        return None
    try:
        leaves = [bytes.fromhex(line) for line in _text(entries, LOG).splitlines()]
    except ValueError:
        leaves = [b""]
    if any(len(leaf) != 32 for leaf in leaves):
        verdict.find(LOG, About.INTEGRITY, "It is damaged: a line is no SHA-256.")
        return None
    return leaves


def _heads(entries: Entries, verdict: Verdict) -> Iterator[Statement]:
    verdict.looked_at.append(HEADS)
    if HEADS not in entries:
        verdict.find(HEADS, About.COMPLETENESS, "The signed heads are missing.")
        return
    for number, line in enumerate(_text(entries, HEADS).splitlines(), start=1):
        try:
            yield _head(json.loads(line))
        except (BadStatement, LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            verdict.find(HEADS, About.INTEGRITY, f"Line {number}: {error}")


def _head(told: dict[str, Any]) -> Statement:
    """The statement of a line, which says the same as what stands beside it. Raises what such a line makes fail."""
    said = statement.read(told["jws"])
    head = said.claims["log"]
    if told != head | {"meeting": said.claims["meeting"], "kind": said.kind, "jws": said.jws}:
        raise BadStatement(why="what stands beside it is not what it says")
    if not isinstance(head["size"], int) or not isinstance(head["root"], str):
        raise BadStatement(why="there is no head in it")
    return said


def _grew(leaves: list[Hash], heads: list[Statement], verdict: Verdict) -> None:
    """Each head is that of the log's first so many leaves, in one pass."""
    tree, wrong = Tree(), False
    for said in sorted(heads, key=lambda one: int(one.claims["log"]["size"])):
        size, root = said.claims["log"]["size"], said.claims["log"]["root"]
        whose = f"the {statement.KINDS[said.kind]} of meeting {said.claims['meeting']}"
        if size > len(leaves):
            wrong = True
            says = f"Cut short: {whose} speaks of {size} events, and here are {len(leaves)}."
            verdict.find(LOG, About.COMPLETENESS, says)
            continue
        for leaf in leaves[tree.size : size]:
            tree.append(leaf)
        if tree.root.hex() != root:
            wrong = True
            says = (
                f"It is not the log that was signed: its first {size} events are others than those of {whose}. Somebody"
                " has taken out, put in or changed an event, or the box has signed two logs."
            )
            verdict.find(LOG, About.INTEGRITY, says)
    if not wrong:
        says = f"The log only grew: {len(heads)} signed heads agree with its {len(leaves)} events."
        verdict.find(LOG, About.NOTE if heads else About.UNKNOWN, says if heads else "No signed head speaks of it.")


def _tombstones(entries: Entries, verdict: Verdict) -> dict[str, Account]:
    """What remains of each deleted meeting, by its name."""
    found: dict[str, Account] = {}
    for name in sorted({entry.split("/")[1] for entry in entries if entry.startswith(f"{TOMBSTONES}/")}):
        prefix, own = f"{TOMBSTONES}/{name}/", Verdict()
        files = {entry.removeprefix(prefix): entries[entry] for entry in entries if entry.startswith(prefix)}
        found[name] = account.read(files, (), own)
        verdict.looked_at.append(f"{TOMBSTONES}/{name}")
        for one in own.findings:
            if one.about is not About.UNKNOWN:
                verdict.find(f"{name} {one.part}", one.about, one.says, one.seconds)
        said = found[name].tombstone
        if said is None or said.claims["meeting"] != name:
            verdict.find(name, About.INTEGRITY, "There is no tombstone of this meeting that could be believed.")
    return found


def _receipt(path: Path, stones: dict[str, Account], verdict: Verdict) -> None:
    try:
        text = path.read_text("utf-8", "replace")
        meeting = statement.read(text).claims["meeting"]
    except (OSError, BadStatement, LookupError) as error:
        verdict.find(path.name, About.UNKNOWN, f"It cannot be read ({error}).")
        return
    if meeting not in stones:
        verdict.find(path.name, About.UNKNOWN, f"There is no tombstone here of its meeting, {meeting}.")
        return
    receipts.judge(path.name, text, stones[meeting], [], verdict)


def _text(entries: Entries, name: str) -> str:
    with entries[name]() as file:
        return file.read(MOST_BYTES).decode("utf-8", "replace")
