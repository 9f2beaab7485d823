"""`scripts/bench crash`: kill -9 at random moments, again and again, and see what is missing.

A meeting goes on through ten kills, each program being started again as systemd would. What is lost is read from the
sound itself: from the last sample in the air at the kill to the last one that was kept of before it.
"""

import os
import random
import signal
import time
from dataclasses import asdict, dataclass
from typing import Any

import click

from appliance.bench import results
from appliance.bench.house import House
from appliance.bench.kept import Kept
from appliance.bench.microphone import began
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.rig import RATE, await_steady, await_trouble, end_meeting, folder_of_a_rig, rigged, start_recording
from appliance.bench.room import Room

VICTIMS = ("recorder", "microphone", "panel", "all together")
KILLS_PER_MEETING = 10
EARLY_SHARE = 0.2  # of the kills come before the light is steady again
RESTARTED_AFTER_S = 0.3
LONGEST_WAIT_S = 3.0
MOST_LOST_S = 1.0
ROOM_S = 600
PART_S = 420.0


@dataclass(frozen=True)
class Kill:
    """`in_air`: the room's samples so far; `steady`: the light was, so that a loss counts."""

    victim: str
    in_air: int
    steady: bool


def run(kills: int, seconds: float = PART_S) -> dict[str, Any]:
    """Go on with the kept results until there are so many counted kills, or the time is up; returns all results."""
    until = time.monotonic() + seconds
    result: dict[str, Any] = {"kills": [], "meetings": 0, "complaints": []} | results.read("crash")
    while counted(result) < kills and time.monotonic() < until:
        part = one_meeting(min(KILLS_PER_MEETING, kills - counted(result)), seed=result["meetings"])
        result["kills"] += part["kills"]
        result["complaints"] += part["complaints"]
        result["meetings"] += 1
        results.write("crash", result)
        click.echo(f"{counted(result)} of {kills} kills", err=True)
    return result


def counted(result: dict[str, Any]) -> int:
    return sum(kill["steady"] for kill in result["kills"])


def one_meeting(kills: int, seed: int) -> dict[str, Any]:
    """A meeting with so many kills under a steady light, and some more; what came of each, and what is wrong."""
    sound = NumberedSound(seed)
    with folder_of_a_rig() as folder:
        room = Room.opened(sound.make(folder / "room.pcm", ROOM_S * RATE), RATE, 1.0)
        with rigged(folder, room) as house:
            start_recording(house)
            done: list[Kill] = []
            while sum(kill.steady for kill in done) < kills:
                done.append(kill_one(house, room, VICTIMS[len(done) % len(VICTIMS)]))
            await_steady(house)
            end_meeting(house)
            kept = Kept(house.folders.every_meeting()[0], sound)
            return {"kills": [judged(kept, kill) for kill in done], "complaints": kept.complaints()}


def kill_one(house: House, room: Room, victim: str) -> Kill:
    """Kill at a random moment, and start again what nobody else starts."""
    if random.random() >= EARLY_SHARE:
        await_steady(house)
    time.sleep(random.uniform(0, LONGEST_WAIT_S))
    kill = Kill(victim, in_air(house, room), house.light_is_steady())
    services = {"recorder": ["recorder"], "panel": ["panel"], "microphone": []}.get(victim, ["recorder", "panel"])
    if victim in ("microphone", "all together"):
        for pid in house.microphones():
            os.kill(pid, signal.SIGKILL)
    for service in random.sample(services, len(services)):
        house.kill(service)
    time.sleep(RESTARTED_AFTER_S)
    if services:
        house.start(*services)
    await_trouble(house)
    return kill


def in_air(house: House, room: Room) -> int:
    """Samples since the room's first."""
    start = began(house.run / "room.json", room)
    return int((room.clock.monotonic() - start) * room.rate)


def judged(kept: Kept, kill: Kill) -> dict[str, Any]:
    hole = kept.hole_after(kill.in_air)
    return {
        **asdict(kill),
        "lost_s": round(kept.lost_s(kill.in_air), 4),
        "gap_s": round(hole.missing / RATE, 3) if hole else None,
        "gap_is_wrong_by_s": round(abs(hole.samples - hole.missing) / RATE, 5) if hole else None,
    }


def figures(result: dict[str, Any]) -> dict[str, Any]:
    """What the README quotes."""
    told: dict[str, Any] = {"kills under a steady light": counted(result), "meetings": result["meetings"]}
    for victim in ("", *VICTIMS):
        lost = [kill["lost_s"] for kill in result["kills"] if kill["steady"] and kill["victim"].startswith(victim)]
        name = f" ({victim})" if victim else ""
        if lost:
            told[f"mean seconds lost{name}"] = round(sum(lost) / len(lost), 3)
            told[f"greatest seconds lost{name}"] = round(max(lost), 3)
    gaps = [kill for kill in result["kills"] if kill["gap_s"] is not None]
    if gaps:
        told["greatest error of a gap's length, s"] = max(kill["gap_is_wrong_by_s"] for kill in gaps)
        told["median seconds without sound"] = sorted(kill["gap_s"] for kill in gaps)[len(gaps) // 2]
    return told


def failures(result: dict[str, Any]) -> list[str]:
    """Why this must not be shipped, each in a sentence."""
    worst = [kill for kill in result["kills"] if kill["steady"] and kill["lost_s"] > MOST_LOST_S]
    return [f"{kill['lost_s']} s were lost in a kill ({kill['victim']})." for kill in worst] + [*result["complaints"]]
