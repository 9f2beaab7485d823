"""A whole recording held against its seal, second by second: what is altered, missing, inserted or elsewhere."""

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from appliance.evidence import merkle, shifts
from appliance.evidence.account import Account
from appliance.evidence.merkle import Hash
from appliance.evidence.places import Sealed
from appliance.evidence.verdict import About, Verdict, runs, span

Pieces = Callable[[], Iterable[bytes]]
"""Reads the samples (s16le) of a recording from its beginning."""


def leaves_of(seconds: Iterable[bytes]) -> list[Hash]:
    return [merkle.leaf(pcm) for pcm in seconds]


def judge(part: str, offered: Sequence[Hash], pcm: Pieces, account: Account, verdict: Verdict) -> None:
    """Say what is wrong with a recording of which these are the leaves; nothing where it is the sealed one."""
    if account.seal is None:
        return
    audio = account.seal.claims["audio"]
    if (len(offered), merkle.root(offered).hex()) == (audio["seconds"], audio["root"]):
        return
    if not account.leaves:
        about = About.INTEGRITY if len(offered) == audio["seconds"] else About.COMPLETENESS
        says = f"It is not the sealed recording ({len(offered)} of {audio['seconds']} seconds)."
        verdict.find(part, about, f"{says} The list leaves.sha256 of the bundle would name the seconds.")
        return
    if shifts.may_be_shifted(offered, account.leaves):
        sealed = Sealed(account.leaves, account.hints, account.rate, audio["samples"])
        found, samples = shifts.stretches(pcm(), sealed)
        if shifts.is_shifted(found, account.rate):
            shifts.tell(part, found, samples, sealed, verdict)
            return
    _differences(part, offered, account.leaves, verdict)


def _differences(part: str, offered: Sequence[Hash], sealed: Sequence[Hash], verdict: Verdict) -> None:
    places: dict[Hash, list[int]] = {}
    for second, leaf in enumerate(sealed):
        places.setdefault(leaf, []).append(second)
    taken: set[int] = set()
    altered: list[int] = []
    missing: list[int] = []
    inserted: list[int] = []
    for kind, sealed_from, sealed_to, from_, to in _changes(sealed, offered):
        gone, come = list(range(sealed_from, sealed_to)), list(range(from_, to))
        moved = {second: places[offered[second]] for second in come if offered[second] in places}
        for second, origins in moved.items():
            taken.update(origins)
            verdict.find(part, About.INTEGRITY, _moved(second, origins), (second,))
        strange = [second for second in come if second not in moved]
        if kind == "replace" and len(gone) == len(come):
            altered += [gone[place] for place, second in enumerate(come) if second not in moved]
            continue
        missing += gone
        inserted += strange
    _tell(part, About.INTEGRITY, altered, "altered", verdict)
    _tell(part, About.COMPLETENESS, [one for one in missing if one not in taken], "missing", verdict)
    for run in runs(inserted):
        seconds = tuple(run)
        verdict.find(part, About.INTEGRITY, f"At its {span(seconds)} is sound that was never sealed.", seconds)


def _changes(sealed: Sequence[Hash], offered: Sequence[Hash]) -> Iterable[tuple[str, int, int, int, int]]:
    if len(sealed) == len(offered):  # in their places, as after an edit that kept the length
        for second, (was, now) in enumerate(zip(sealed, offered, strict=True)):
            if was != now:
                yield "replace", second, second + 1, second, second + 1
        return
    for change in SequenceMatcher(None, sealed, offered, autojunk=False).get_opcodes():
        if change[0] != "equal":
            yield change


def _moved(second: int, origins: list[int]) -> str:
    if len(origins) == 1:
        return f"At {span((second,))} stands what was sealed as {span((origins[0],))}."
    return f"At {span((second,))} stands one of {len(origins)} equal sealed seconds, such as {span((origins[0],))}."


def _tell(part: str, about: About, seconds: list[int], word: str, verdict: Verdict) -> None:
    for run in runs(seconds):
        verb = "is" if len(run) == 1 else "are"
        said = span(tuple(run))
        verdict.find(part, about, f"{said[0].upper()}{said[1:]} {verb} {word}.", tuple(run))
