"""A tombstone as a verifier finds it: alone, where nothing is left to listen to, or beside what somebody kept."""

from datetime import datetime

from appliance.evidence import merkle
from appliance.evidence.statement import Statement
from appliance.evidence.verdict import About, Verdict

TOMBSTONE_NAME, MARKS_NAME = "tombstone.jws", "marks.sha256"


def beside_seal(said: Statement, seal: Statement, verdict: Verdict) -> None:
    """Whether it names this very seal, or somebody has signed two recordings of one meeting."""
    if said.claims["meeting"] != seal.claims["meeting"]:
        verdict.find(TOMBSTONE_NAME, About.UNKNOWN, f"It belongs to another meeting, {said.claims['meeting']}.")
    elif said.key != seal.key:
        says = (
            f"It was signed with another key ({said.key[:20]} ...) than the seal, so it says nothing of this recording."
        )
        verdict.find(TOMBSTONE_NAME, About.UNKNOWN, says)
    elif said.claims["seal"] != seal.digest or _numbers(said) not in (_sealed(seal), _NOTHING):
        says = (
            "It contradicts the seal: it is the tombstone of another recording of this meeting. The box, or whoever has"
            " its key, has signed two."
        )
        verdict.find(TOMBSTONE_NAME, About.INTEGRITY, says)
    else:
        verdict.find(
            TOMBSTONE_NAME, About.NOTE, f"It names this very seal. {_when(said)} What is here was kept elsewhere."
        )


def alone(said: Statement, verdict: Verdict) -> None:
    verdict.find(TOMBSTONE_NAME, About.UNKNOWN, f"{_when(said)} There is nothing to listen to.")


def marks(text: str, said: Statement, verdict: Verdict) -> list[merkle.Hash]:
    """The leaves of the marks, where they are those that the tombstone speaks of."""
    try:
        found = [bytes.fromhex(line) for line in text.splitlines()]
    except ValueError:
        found = [b""]
    if (len(found), merkle.root(found).hex()) == (said.claims["marks"], said.claims["marks_root"]):
        return found
    if said.claims["marks"] is not None:
        verdict.find(MARKS_NAME, About.INTEGRITY, "The hashes of the marks are not those that the tombstone speaks of.")
    return []


def _when(said: Statement) -> str:
    on, because = datetime.fromisoformat(said.claims["time"]), said.claims["because"]
    if not isinstance(because, str):
        raise TypeError("its because is no text")
    return f"The box deleted this recording on {on:%-d %B %Y}, because {because}."


_NOTHING = (None, None, None, None)


def _numbers(said: Statement) -> tuple[object, ...]:
    told = said.claims
    return told["seconds"], told["root"], told["marks"], told["marks_root"]


def _sealed(seal: Statement) -> tuple[object, ...]:
    audio, marked = seal.claims["audio"], seal.claims["marks"]
    return audio["seconds"], audio["root"], marked["count"], marked["root"]
