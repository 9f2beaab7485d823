"""Time stamps that lie in a bundle or beside it: when somebody else says that it existed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography import x509

from appliance.clock import stamp
from appliance.errors import BadTimeStamp
from appliance.evidence import time_stamp
from appliance.evidence.bag import Entries, read
from appliance.evidence.bagging import TAG_MANIFEST
from appliance.evidence.verdict import About, Verdict

STAMP = f"{TAG_MANIFEST}.tsr"
LONGEST = 1_000_000
UNNAMED = "It is signed by an authority that you did not name with --root, so nobody has checked that."
FORGED = "The stamp is not signed by that authority, whose certificate you gave: it was altered or forged."


def judge(
    entries: Entries, path: Path, given: Sequence[Path], roots: Sequence[x509.Certificate], verdict: Verdict
) -> None:
    """Look at the stamp inside, at one beside the bundle, and at those that were given."""
    if TAG_MANIFEST not in entries:
        for one in given:
            verdict.find(one.name, About.UNKNOWN, "It stamps a bundle, and there is none here to hold it against.")
        return
    content = read(entries, TAG_MANIFEST)
    for name, answer in _stamps(entries, path, given, verdict):
        verdict.looked_at.append(name)
        try:
            about, says = _said(answer, content, roots)
        except BadTimeStamp as error:
            about, says = About.INTEGRITY, f"{error} The bundle or the stamp was replaced or damaged."
        verdict.find(name, about, says)


def _said(answer: bytes, content: bytes, roots: Sequence[x509.Certificate]) -> tuple[About, str]:
    """What a stamp over this bundle says, and whether that is to be believed. Raises BadTimeStamp."""
    seen = stamp(time_stamp.check(answer, content).time)
    who, issuers = time_stamp.named(answer)
    if _is_under(roots, answer, content):
        return About.NOTE, f"Stamped by {who}: this bundle, as it is, existed at {seen}."
    says = f"It says that {who} stamped this bundle at {seen}."
    if any(root.subject in issuers for root in roots):
        return About.INTEGRITY, f"{says} {FORGED}"
    return About.NOTE, f"{says} {UNNAMED}"


def _stamps(entries: Entries, path: Path, given: Sequence[Path], verdict: Verdict) -> Iterator[tuple[str, bytes]]:
    if STAMP in entries:
        yield STAMP, read(entries, STAMP)
    path = path.resolve()  # `.` has no name
    beside = [one for one in (path.with_name(STAMP), path.with_name(f"{path.name}.tsr")) if one.is_file()]
    for one in dict.fromkeys([*beside, *given]):
        try:
            yield one.name, one.read_bytes()[:LONGEST]
        except OSError as error:
            verdict.find(one.name, About.UNKNOWN, f"It cannot be read ({error.strerror}).")


def _is_under(roots: Sequence[x509.Certificate], answer: bytes, content: bytes) -> bool:
    try:
        time_stamp.check(answer, content, roots)
    except BadTimeStamp:
        return False
    return bool(roots)
