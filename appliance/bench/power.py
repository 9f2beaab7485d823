"""`scripts/bench crash --power`: cut the power at random moments, and see what the card still has.

All services are stopped at one instant; the file behind the card, copied then, is what a power cut would have left.
They are killed, the copy is mounted in its place, and the box is started again as after a boot.
"""

import random
import signal
import time
from dataclasses import replace
from typing import Any

import click

from appliance.bench import results
from appliance.bench.card import Card
from appliance.bench.crash import LONGEST_WAIT_S, PART_S, ROOM_S, in_air
from appliance.bench.house import House
from appliance.bench.kept import Kept, damaged
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.rig import RATE, await_steady, end_meeting, folder_of_a_rig, rigged, start_recording
from appliance.bench.room import Room

CUTS_PER_MEETING = 5
MOST_LOST_S = 2.0
SETTLE_S = 1.5  # in which a box that starts a recording by itself would have


def run(cuts: int, seconds: float = PART_S) -> dict[str, Any]:
    """Go on with the kept results until there are so many cuts, or the time is up; returns all results."""
    until = time.monotonic() + seconds
    result: dict[str, Any] = {"cuts": [], "complaints": []} | results.read("power")
    while len(result["cuts"]) < cuts and time.monotonic() < until:
        part = one_meeting(min(CUTS_PER_MEETING, cuts - len(result["cuts"])), seed=len(result["cuts"]))
        result["cuts"] += part["cuts"]
        result["complaints"] += part["complaints"]
        results.write("power", result)
        click.echo(f"{len(result['cuts'])} of {cuts} power cuts", err=True)
    return result


def one_meeting(cuts: int, seed: int) -> dict[str, Any]:
    """A meeting with so many power cuts; what each took, and what is wrong."""
    sound = NumberedSound(seed)
    with folder_of_a_rig() as folder:
        card = Card(folder)
        try:
            room = Room.opened(sound.make(folder / "room.pcm", ROOM_S * RATE), RATE, 1.0)
            with rigged(folder, room, data=card.data / "data", longest_hours=0.1) as house:
                start_recording(house)
                cut_at, complaints = [], []
                for number in range(1, cuts + 1):
                    time.sleep(random.uniform(0, LONGEST_WAIT_S))
                    cut_at.append(cut(house, room, card))
                    complaints += [f"After a power cut {name} is damaged." for name in damaged(card.data)]
                    complaints += come_back(house, replace(room, boot=f"boot {number + 1}"))
                end_meeting(house)
                kept = Kept(house.folders.every_meeting()[0], sound)
                lost = [round(kept.lost_s(at), 4) for at in cut_at]
                return {"cuts": lost, "complaints": complaints + kept.complaints() + unknown_gaps(kept, cuts)}
        finally:
            card.close()


def cut(house: House, room: Room, card: Card) -> int:
    """Returns the samples in the air at that instant."""
    programs = ("recorder", "panel")
    at = in_air(house, room)
    for program in programs:
        house.signal(program, signal.SIGSTOP)
    card.take_image()
    for program in programs:
        house.kill(program)
    card.cut_power()
    return at


def come_back(house: House, room: Room) -> list[str]:
    """Start after the cut and go on recording, through the notice; what was not as it must be, in sentences."""
    said = []
    house.set_room(room)
    house.start("panel", "recorder")
    house.await_state("paused_long")
    time.sleep(SETTLE_S)
    if house.microphones() or house.await_state("paused_long").boot_id != room.boot:
        said.append("After a power cut the box did not wait for the button.")
    house.press()
    house.await_state("notice_again")
    if house.microphones():
        said.append("The microphone was open in the notice after a power cut.")
    house.press()
    house.await_state("recording")
    await_steady(house)
    return said


def unknown_gaps(kept: Kept, cuts: int) -> list[str]:
    """Nobody knows how long a power cut lasted where the clock cannot be trusted."""
    gaps = kept.gaps()
    if len(gaps) == cuts and not any(gap.length_known for gap in gaps):
        return []
    return [f"After {cuts} power cuts the record has the gaps {gaps}."]


def figures(result: dict[str, Any]) -> dict[str, Any]:
    lost = result["cuts"]
    return {
        "power cuts": len(lost),
        "mean seconds lost": round(sum(lost) / max(1, len(lost)), 3),
        "greatest seconds lost": max(lost, default=0),
    }


def failures(result: dict[str, Any]) -> list[str]:
    """Why this must not be shipped, each in a sentence."""
    worst = [lost for lost in result["cuts"] if lost > MOST_LOST_S]
    return [f"{lost} s were lost in a power cut." for lost in worst] + [*result["complaints"]]
