"""A receipt held against a recording: it agrees, contradicts it, or is ahead of it."""

from appliance.errors import BadStatement
from appliance.evidence import merkle, statement
from appliance.evidence.account import Account
from appliance.evidence.claims import RECEIPT
from appliance.evidence.statement import Statement
from appliance.evidence.verdict import About, Verdict


def judge(name: str, text: str, account: Account, offered: list[merkle.Hash], verdict: Verdict) -> Statement | None:
    """Say what a receipt shows; `offered`: the leaves of the sound, used where there is no sealed list of them."""
    verdict.looked_at.append(name)
    try:
        said = statement.read(text)
    except BadStatement as error:
        verdict.find(name, About.UNKNOWN, str(error))
        return None
    if said.kind != RECEIPT:
        verdict.find(name, About.UNKNOWN, f"This is no receipt but a {statement.KINDS[said.kind]}.")
        return None
    seal = account.seal or account.tombstone
    if seal is None:
        verdict.find(name, About.UNKNOWN, "There is no seal to hold it against.")
    elif said.claims["meeting"] != seal.claims["meeting"]:
        verdict.find(name, About.UNKNOWN, f"It belongs to another meeting, {said.claims['meeting']}.")
    elif said.key != seal.key:
        says = f"It was signed with another key ({said.key[:20]} ...) than this seal: one of the two is not of the box."
        verdict.find(name, About.INTEGRITY, says)
    else:
        _seconds(name, said, account, offered, verdict)
        _marks(name, said, account, verdict)
    return said


def _seconds(name: str, said: Statement, account: Account, offered: list[merkle.Hash], verdict: Verdict) -> None:
    count, root, leaves = said.claims["seconds"], said.claims["root"], account.leaves or offered
    known = len(leaves) if leaves else account.seconds
    if known is None or (count <= known and not leaves and known > 0):
        verdict.find(name, About.UNKNOWN, "To hold it against the seconds, their list leaves.sha256 must be here.")
    elif count > known:
        lost = count - known
        says = f"It is ahead of the recording: {lost} signed {'second is' if lost == 1 else 'seconds are'} lost."
        verdict.find(name, About.COMPLETENESS, says, tuple(range(known, count)))
    elif merkle.root(leaves[:count]).hex() == root:
        verdict.find(name, About.NOTE, f"It agrees: the first {count} seconds are those that were signed then.")
    else:
        says = (
            f"It contradicts the recording: the first {count} seconds are not those that the box signed on"
            f" {said.claims['time']}. The box, or whoever has its key, has signed two different recordings."
        )
        verdict.find(name, About.INTEGRITY, says)


def _marks(name: str, said: Statement, account: Account, verdict: Verdict) -> None:
    count, known = said.claims["marks"], account.marked
    if known is None or (known and not account.mark_leaves and count <= known):
        return
    if count > known:
        lost = count - known
        verdict.find(name, About.COMPLETENESS, f"It knows of {lost} signed marks that this record does not have.")
    elif merkle.root(account.mark_leaves[:count]).hex() != said.claims["marks_root"]:
        verdict.find(
            name, About.INTEGRITY, f"It contradicts the marks: the first {count} are not those that were signed."
        )


def contradict(name: str, one: Statement, other_name: str, other: Statement, verdict: Verdict) -> None:
    """Two receipts of one key over as many seconds with different roots convict the box, whatever else there is."""
    same = (one.key, one.claims["meeting"], one.claims["seconds"]) == (
        other.key,
        other.claims["meeting"],
        other.claims["seconds"],
    )
    if same and one.claims["root"] != other.claims["root"]:
        says = f"It contradicts {other_name}: the box has signed two different recordings."
        verdict.find(name, About.INTEGRITY, says)
