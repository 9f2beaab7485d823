"""Reading the light of the bench as people in the room would."""

import time
from dataclasses import dataclass
from pathlib import Path

LONGEST_BLINK_S = 0.6  # of every pattern but steady
SURE_S = 0.75
FLASH_S = 0.3  # of the pattern `fault`, which is three flashes and a pause; with time for a busy computer
FLASHES = 3
PAUSE_S = 0.4


@dataclass(frozen=True)
class Shine:
    """The light was on from a time to another; `end` is None while it still is. Monotonic seconds."""

    start: float
    end: float | None


def shines(log: Path, dark_since: float | None = None) -> list[Shine]:
    """All times at which the light was on; `dark_since` ends the last one (the panel died)."""
    found: list[Shine] = []
    for line in log.read_text().splitlines() if log.exists() else []:
        at, on = line.split()
        if on == "1":
            found.append(Shine(float(at), None))
        elif found and found[-1].end is None:
            found[-1] = Shine(found[-1].start, float(at))
    if found and found[-1].end is None and dark_since is not None:
        found[-1] = Shine(found[-1].start, dark_since)
    return found


def steady(log: Path, dark_since: float | None = None) -> list[Shine]:
    """The times of steady light: on for longer than any blink."""
    now = time.monotonic()
    return [shine for shine in shines(log, dark_since) if (shine.end or now) - shine.start > SURE_S]


def is_steady(log: Path) -> bool:
    found = steady(log)
    return bool(found) and found[-1].end is None


def fault_since(log: Path, after: float) -> float | None:
    """When a light that was on first turned to `fault` after a time; None while it has not."""
    found = shines(log)
    for first in range(1, len(found) - FLASHES):
        before, flashes, then = found[first - 1], found[first : first + FLASHES], found[first + FLASHES]
        ends = [before.end or 0.0, *(flash.end or 0.0 for flash in flashes)]
        quick = all(flash.start - end <= FLASH_S for flash, end in zip(flashes, ends, strict=False))
        short = all(end - flash.start <= FLASH_S for flash, end in zip(flashes, ends[1:], strict=True))
        if ends[0] > after and quick and short and then.start - ends[-1] >= PAUSE_S:
            return ends[0]
    return None
