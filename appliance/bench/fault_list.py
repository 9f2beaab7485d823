"""What can go wrong under a steady light, each with how to let it begin and how to end it."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from appliance.bench.card import Card
from appliance.bench.house import House
from appliance.bench.pulse import Microphone
from appliance.bench.trouble import TROUBLES

SLOW_CARD_S = 3.0


@dataclass(frozen=True)
class Rig:
    """A house that records; the sound server and the card only where a fault happens to them."""

    house: House
    microphone: Microphone | None
    card: Card | None


@dataclass(frozen=True)
class Fault:
    """`end` is also handed the monotonic time of the beginning."""

    name: str
    begin: Callable[[Rig], None]
    end: Callable[[Rig, float], None]
    of_the_server: bool = False
    of_the_card: bool = False
    darkens: bool = False
    """There is nobody to show a fault: the light is dark with the process that lit it."""
    ends_the_meeting: bool = False


def kill(service: str) -> Callable[[Rig], None]:
    return lambda rig: rig.house.kill(service)


def start(service: str) -> Callable[[Rig, float], None]:
    return lambda rig, _: rig.house.start(service)


def stop(service: str) -> Callable[[Rig], None]:
    return lambda rig: rig.house.signal(service, signal.SIGSTOP)


def go_on(service: str) -> Callable[[Rig, float], None]:
    return lambda rig, _: rig.house.signal(service, signal.SIGCONT)


def to_the_program(number: signal.Signals) -> Callable[[Rig], None]:
    """The recorder kills a microphone program that hangs, and starts another."""
    return lambda rig: os.kill(rig.house.microphones()[0], number)


def nothing(_rig: Rig, _begun: float) -> None:
    """The box helps itself."""


def trouble(word: str) -> Fault:
    return Fault(
        f"microphone: {word}", lambda rig: rig.house.begin_trouble(word), lambda rig, _: rig.house.end_trouble()
    )


def server(name: str, begin: Callable[[Microphone], None], end: Callable[[Microphone], None]) -> Fault:
    return Fault(
        f"sound server: {name}",
        lambda rig: begin(rig.microphone) if rig.microphone else None,
        lambda rig, _: end(rig.microphone) if rig.microphone else None,
        of_the_server=True,
    )


def card(
    name: str, begin: Callable[[Card], None], end: Callable[[Rig, Card, float], None], ends_the_meeting: bool = False
) -> Fault:
    return Fault(
        f"card: {name}",
        lambda rig: begin(rig.card) if rig.card else None,
        lambda rig, begun: end(rig, rig.card, begun) if rig.card else None,
        of_the_card=True,
        ends_the_meeting=ends_the_meeting,
    )


def put_in_another(rig: Rig, broken: Card, _begun: float) -> None:
    """While the card is out, the recorder must not take the empty folder for it."""
    rig.house.signal("recorder", signal.SIGSTOP)
    broken.writable()
    rig.house.signal("recorder", signal.SIGCONT)


def thaw(_rig: Rig, frozen: Card, begun: float) -> None:
    time.sleep(max(0.0, begun + SLOW_CARD_S - time.monotonic()))
    frozen.thaw()


FAULTS = (
    Fault("recorder: killed", kill("recorder"), start("recorder")),
    Fault("recorder: stopped", stop("recorder"), go_on("recorder")),
    Fault("microphone program: killed", to_the_program(signal.SIGKILL), nothing),
    Fault("microphone program: stopped", to_the_program(signal.SIGSTOP), nothing),
    Fault("panel: killed", kill("panel"), start("panel"), darkens=True),
    *map(trouble, TROUBLES),
    server("unplugged", Microphone.unplug, Microphone.plug),
    server("killed", Microphone.power_off, Microphone.power_on),
    server("frozen", Microphone.freeze, Microphone.thaw),
    card("full", Card.fill, lambda _rig, full, _begun: full.empty(), ends_the_meeting=True),
    card("read-only", Card.read_only, put_in_another),
    card("slow", Card.freeze, thaw),
)
