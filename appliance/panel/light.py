"""What the light and the buzzer do. Pure: patterns as (on, seconds), and the light's own fall to `fault`.

Only `steady` is on for longer than 0.6 s, and every other pattern begins dark, so that the end of steady is seen at
once.
"""

from appliance.link import LIGHT_LASTS_S

Pattern = tuple[tuple[bool, float], ...]

PATTERNS: dict[str, Pattern] = {
    "dark": ((False, 60.0),),
    "steady": ((True, 60.0),),
    "pulse": ((False, 0.9), (True, 0.6)),
    "fast blink": ((False, 0.15), (True, 0.15)),
    "slow blink": ((False, 2.8), (True, 0.2)),
    "two blinks": ((False, 1.4), (True, 0.2), (False, 0.2), (True, 0.2)),
    "fault": ((False, 0.1), (True, 0.1), (False, 0.1), (True, 0.1), (False, 0.1), (True, 0.1), (False, 0.6)),
}

SOUNDS: dict[str, Pattern] = {
    "accepted": ((True, 0.08),),
    "refused": ((True, 0.6),),
    "started": ((True, 0.1), (False, 0.1), (True, 0.4)),
    "stopped": ((True, 0.4), (False, 0.1), (True, 0.1)),
    "reminder": ((True, 0.05), (False, 0.1), (True, 0.05)),
    "warning": ((True, 0.2), (False, 0.2)) * 3,
    "twice": ((True, 0.2), (False, 0.2)) * 2,
}


class Light:
    """Shows what it was last fed; not fed for 1.9 s it shows `fault`, whatever the cause."""

    def __init__(self, now: float) -> None:
        self.pattern = "fault"
        self._since = now
        self._fed = now

    def feed(self, pattern: str, now: float) -> None:
        """Show a pattern; saying the same again only keeps it alive."""
        self._fed = now
        self._turn(pattern, now)

    def starve(self, now: float) -> None:
        """The one who feeds is gone."""
        self._turn("fault", now)

    def starving(self, now: float) -> bool:
        """True when whoever feeds it has said nothing for too long."""
        return now - self._fed >= LIGHT_LASTS_S

    def on(self, now: float) -> bool:
        if self.starving(now):
            self._turn("fault", now)
        return _at(PATTERNS[self.pattern], now - self._since)[0]

    def deadline(self, now: float) -> float:
        """When `on` may next answer differently."""
        change = now + _at(PATTERNS[self.pattern], now - self._since)[1]
        return change if self.pattern == "fault" else min(change, self._fed + LIGHT_LASTS_S)

    def _turn(self, pattern: str, now: float) -> None:
        if pattern != self.pattern:
            self.pattern, self._since = pattern, now


class Buzzer:
    """Plays one sound at a time; a new one takes over."""

    def __init__(self) -> None:
        self._sound: Pattern = ()
        self._since = 0.0

    def play(self, sound: str, now: float) -> None:
        self._sound, self._since = SOUNDS[sound], now

    def on(self, now: float) -> bool:
        return bool(self._left(now)) and _at(self._sound, now - self._since)[0]

    def deadline(self, now: float) -> float | None:
        return now + _at(self._sound, now - self._since)[1] if self._left(now) else None

    def _left(self, now: float) -> bool:
        return now - self._since < sum(seconds for _, seconds in self._sound)


def _at(pattern: Pattern, elapsed: float) -> tuple[bool, float]:
    """On or off at a time after the pattern began, and how long it stays so; patterns repeat."""
    elapsed %= sum(seconds for _, seconds in pattern)
    for on, seconds in pattern:
        if elapsed < seconds:
            return on, seconds - elapsed
        elapsed -= seconds
    return pattern[0][0], pattern[0][1]
