"""What was found of a clip, in plain sentences: its stretches in the clip's order, then what lies between."""

from collections.abc import Iterator

from appliance.clock import spoken
from appliance.evidence.clip import Found, Run
from appliance.evidence.fingerprint import RATE
from appliance.evidence.joins import Join, Kind, Stretch
from appliance.evidence.recognition import SHORTEST_S, Recognised
from appliance.evidence.verdict import span

EXACT = {
    Kind.EDGE: "At its {at}, {length} are less than a whole second of the meeting and cannot be proven.",
    Kind.FOREIGN: "At its {at}, {length} are no sealed sound of the meeting, or were altered.",
    Kind.MISSING: "At its {at}, {left_out} are missing, of {seconds}.",
    Kind.ALTERED: "At its {at}, {length} of other sound stand in the place of {seconds}.",
    Kind.INSERTED: "At its {at}, {added} were inserted.",
    Kind.REPLACED: "At its {at}, {length} of other sound stand where {seconds} were; {left_out} more are missing.",
    Kind.ORDER: "At its {at} the order is broken: it goes on where it should not.",
    Kind.TOO_SHORT: "It is too short: only 2 s or more are sure to hold a whole second of the meeting.",
}
BY_EAR = EXACT | {
    Kind.EDGE: "At its {at}, {length} are too short to be recognised.",
    Kind.FOREIGN: "At its {at}, {length} are not recognised.",
    Kind.MISSING: "At its {at}, {times} is missing.",
    Kind.ALTERED: "At its {at}, {length} are not recognised, in the place of {times}.",
    Kind.REPLACED: "At its {at}, {length} are not recognised where {times} was; {left_out} more are missing.",
    Kind.TOO_SHORT: f"It is too short to be recognised: {SHORTEST_S:.1f} s are needed.",
}
NOT_THOROUGH = "It is long and little of it was found, so that pieces under 12 s were not looked for."


def of_exact(found: Found, rate: int) -> list[str]:
    """At the rate of the meeting."""
    sentences = [run(one, rate) for one in found.runs] + [said(join, rate) for join in found.joins]
    return sentences if found.thorough else [*sentences, NOT_THOROUGH]


def said(join: Join, rate: int) -> str:
    """What lies between two stretches of a sound that was not re-encoded."""
    return filled(EXACT[join.kind], join, rate)


def of_recognised(found: Recognised) -> list[str]:
    """It sounds like the meeting; never that it is unaltered."""
    sentences = list(_stretches(found.stretches))
    return sentences + [filled(BY_EAR[join.kind], join, RATE) for join in found.joins]


def run(found: Run, rate: int) -> str:
    """What a stretch of a clip is."""
    at, seconds = spoken(found.start / rate), span(range(found.first, found.first + found.seconds))
    if found.one_of:
        return f"From its {at} on it is one of {len(found.one_of)} equal parts of the meeting, such as {seconds}."
    return f"From its {at} on it is {seconds} of the meeting, unaltered."


def _stretches(stretches: tuple[Stretch, ...]) -> Iterator[str]:
    for one in stretches:
        at, until = spoken(one.start / RATE), spoken(one.end / RATE)
        yield f"From its {at} to {until} it sounds like {_times(one.origin, one.length)} of the meeting."


def filled(sentence: str, join: Join, rate: int) -> str:
    """A sentence with what a join tells in its places."""
    first, end = join.origin // rate, -(-(join.origin + join.concerned) // rate)
    return sentence.format(
        at=spoken(join.start / rate),
        length=_length(join.length, rate),
        left_out=_length(join.left_out, rate),
        added=_length(-join.left_out, rate),
        seconds=span(range(first, max(end, first + 1))),
        times=_times(join.origin, join.concerned),
    )


def _times(origin: int, length: int) -> str:
    return f"{spoken(round(origin / RATE))} to {spoken(round((origin + length) / RATE))}"


def _length(samples: int, rate: int) -> str:
    if samples < rate // 100:
        return f"{1000 * samples / rate:.3g} ms"
    return f"{samples / rate:.3g} s" if samples < rate else f"{samples / rate:.1f} s"
