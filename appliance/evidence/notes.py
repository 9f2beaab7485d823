"""Files of notes: what people who were there said of it afterwards, signed by its box; each names the one before."""

import re

from appliance.evidence.account import Account, Files, stated
from appliance.evidence.claims import NOTES
from appliance.evidence.statement import Statement
from appliance.evidence.verdict import About, Verdict

NAME = re.compile(r"notes-([1-9][0-9]{0,3})\.jws")


def name(number: int) -> str:
    return f"notes-{number}.jws"


def judge(files: Files, account: Account, verdict: Verdict) -> None:
    """Do they belong to this meeting, and are they whole? They say nothing about the recording itself."""
    numbers = sorted(int(found[1]) for one in files if (found := NAME.fullmatch(one)))
    before: Statement | None = None
    for number in numbers:
        said = stated(files, name(number), NOTES, verdict)
        if said and account.first:
            problem = _problem(said, number, before, account)
            count, when = _told(said)
            told = f"Signed: {count} {'note' if count == 1 else 'notes'} of people who were there, at {when}."
            verdict.find(name(number), About.INTEGRITY if problem else About.NOTE, problem or told)
        before = said
    lost = sorted(set(range(1, max(numbers, default=0))) - set(numbers))
    if lost:
        verdict.find("notes", About.NOTE, f"Not here: {', '.join(name(number) for number in lost)}.")


def _told(said: Statement) -> tuple[int, str]:
    """How many notes, and when they were signed. Raises TypeError where no box would have said so."""
    notes, when = said.claims["notes"], said.claims["time"]
    if not isinstance(notes, list) or not isinstance(when, str):
        raise TypeError("its notes are no list, or its time is no text")
    return len(notes), when


def _problem(said: Statement, number: int, before: Statement | None, account: Account) -> str:
    """What is wrong with it; empty where nothing is."""
    first, claims = account.first, said.claims
    if first is None or claims["meeting"] != first.claims["meeting"]:
        return f"It belongs to another meeting, {claims['meeting']}."
    if said.key != first.key:
        return f"It was signed with another key ({said.key[:20]} ...) than the seal."
    if account.seal and claims["seal"] != account.seal.digest:
        return "It is about another recording: it names another seal."
    if claims["number"] != number:
        return f"It is file number {claims['number']} of the notes, not {number}."
    if before and before.claims["number"] == number - 1 and claims["before"] != before.digest:
        return f"It does not follow {name(number - 1)}: one of the two was replaced."
    return ""
