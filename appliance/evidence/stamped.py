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
UNKNOWN = "Whoever signed that is nobody whose certificate you gave with --root: it proves as much as you trust them."


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
            seen = time_stamp.check(answer, content)
        except BadTimeStamp as error:
            verdict.find(name, About.INTEGRITY, f"{error} The bundle or the stamp was replaced or damaged.")
            continue
        says = f"Stamped: this bundle, as it is, existed at {stamp(seen.time)}."
        verdict.find(name, About.NOTE, says if _is_known(answer, content, roots) else f"{says} {UNKNOWN}")


def _stamps(entries: Entries, path: Path, given: Sequence[Path], verdict: Verdict) -> Iterator[tuple[str, bytes]]:
    if STAMP in entries:
        yield STAMP, read(entries, STAMP)
    beside = [one for one in (path.with_name(STAMP), path.with_name(f"{path.name}.tsr")) if one.is_file()]
    for one in dict.fromkeys([*beside, *given]):
        try:
            yield one.name, one.read_bytes()[:LONGEST]
        except OSError as error:
            verdict.find(one.name, About.UNKNOWN, f"It cannot be read ({error.strerror}).")


def _is_known(answer: bytes, content: bytes, roots: Sequence[x509.Certificate]) -> bool:
    try:
        time_stamp.check(answer, content, roots)
    except BadTimeStamp:
        return False
    return bool(roots)
