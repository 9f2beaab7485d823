"""`scripts/bench faults`: something goes wrong under a steady light; how long does the light go on claiming that all is
well?

Each fault happens a few times in a house of its own. Counted are the seconds from the fault to the end of steady, to
the first moment of the fault pattern, and from its end to the next steady light, with no human help.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from statistics import median

import click

from appliance.bench import light, results
from appliance.bench.card import Card
from appliance.bench.fault_list import FAULTS, Fault, Rig, nothing
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.pulse import NAME, Microphone
from appliance.bench.rig import RATE, await_steady, await_trouble, folder_of_a_rig, rigged, start_recording
from appliance.bench.room import Room

PROMISED_S = 2.0
LOOP_S = 0.3  # for the loops of recorder and panel on a busy computer
SOUND_S = 240
SEEN_WITHIN_S = 10.0
LASTS_S = 2.0  # at most, from the moment it was seen

Told = dict[str, list[float | None]]


def run(only: tuple[str, ...], times: int) -> dict[str, Told]:
    """Let the faults happen whose names hold one of the words; returns these and what earlier calls kept."""
    told: dict[str, Told] = results.read("faults")
    for fault in FAULTS:
        if not only or any(word in fault.name for word in only):
            click.echo(f"{fault.name} ...", err=True)
            told[fault.name] = happen(fault, times)
            results.write("faults", told)
    return {fault.name: told[fault.name] for fault in FAULTS if fault.name in told}


def happen(fault: Fault, times: int) -> Told:
    """One fault, so many times; a meeting that it ends is followed by another."""
    told: Told = {"steady ended": [], "fault began": [], "steady again": []}
    while (left := times - len(told["steady ended"])) > 0:
        with rig_for(fault) as rig:
            start_recording(rig.house)
            for _ in range(1 if fault.ends_the_meeting else left):
                for what, seconds in strike(rig, fault).items():
                    told[what].append(seconds)
    return told


def strike(rig: Rig, fault: Fault) -> dict[str, float | None]:
    """One time: seconds for each of the columns; None where nothing was seen, or nothing is to be."""
    time.sleep(random.uniform(0, 1))
    log, begun = rig.house.light_log, time.monotonic()
    fault.begin(rig)
    if fault.darkens:
        ended, began = time.monotonic(), None
    else:
        await_trouble(rig.house)
        ended = light.steady(log)[-1].end or 0.0
        began = wait_for(lambda: light.fault_since(log, begun))
    time.sleep(random.uniform(0, LASTS_S))
    mended = begun if fault.end is nothing else time.monotonic()
    fault.end(rig, begun)
    again = None if fault.ends_the_meeting else steady_again(rig, fault) - mended
    return {"steady ended": ended - begun, "fault began": began and began - begun, "steady again": again}


def steady_again(rig: Rig, fault: Fault) -> float:
    """When the light became steady; a panel that was killed says only in its next life that it went dark."""
    if fault.darkens:
        await_trouble(rig.house)
    await_steady(rig.house)
    return light.steady(rig.house.light_log)[-1].start


def wait_for(seen: Callable[[], float | None]) -> float | None:
    until = time.monotonic() + SEEN_WITHIN_S
    while (found := seen()) is None and time.monotonic() < until:
        time.sleep(0.05)
    return found


@contextmanager
def rig_for(fault: Fault) -> Iterator[Rig]:
    """A house with what the fault happens to."""
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_a_rig())
        sound = NumberedSound().make(folder / "room.pcm", SOUND_S * RATE)
        card = stack.enter_context(closing(Card(folder))) if fault.of_the_card else None
        data = card.data / "data" if card else folder / "data"
        if fault.of_the_server:
            microphone = stack.enter_context(closing(Microphone(1, RATE)))
            microphone.hum(sound)
            seen = microphone.environment
            house = stack.enter_context(
                rigged(folder, None, data=data, longest_hours=0.1, device=f"pcm:{NAME}", environment=seen)
            )
            yield Rig(house, microphone, card)
        else:
            room = Room.opened(sound, RATE, 1.0, loop=True)
            house = stack.enter_context(rigged(folder, room, data=data, longest_hours=0.1))
            yield Rig(house, None, card)


def table(told: dict[str, Told]) -> str:
    """A Markdown table, in seconds."""
    columns = ("steady ended", "fault began", "steady again")
    lines = ["| fault | " + " | ".join(f"{column}: median | greatest" for column in columns) + " |"]
    lines.append("|---" * (1 + 2 * len(columns)) + "|")
    for name, times in told.items():
        cells = [cell for column in columns for cell in in_words(times[column])]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def in_words(times: list[float | None]) -> tuple[str, str]:
    seen = [seconds for seconds in times if seconds is not None]
    return (f"{median(seen):.2f}", f"{max(seen):.2f}") if seen else ("-", "-")


def failures(told: dict[str, Told]) -> list[str]:
    """Why this must not be shipped, each in a sentence."""
    late = [
        f"{name}: the light was steady for {seconds:.2f} s more."
        for name, times in told.items()
        for seconds in times["steady ended"]
        if seconds is not None and seconds > PROMISED_S + LOOP_S
    ]
    dark = {fault.name for fault in FAULTS if fault.darkens}
    return late + [f"{name}: no fault was shown." for name in told.keys() - dark if None in told[name]["fault began"]]
