"""What happens in the simulated room: a recording is heard there, at some speed, with sound lost where asked for."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from appliance.clock import boot_id


@dataclass(frozen=True)
class Room:
    """Written to a file, so that every process of the bench knows the same room."""

    pcm: str
    """Path of the room's sound: s16le, one channel."""
    rate: int
    speed: float
    """How much faster than real time the room's clock goes."""
    origin_monotonic: float
    origin_wall: float
    losses: tuple[tuple[float, float], ...] = ()
    """Where the microphone loses sound without saying so: (second of the sound, length in seconds)."""
    boot: str = ""
    """A name for the room's boot of the box; empty: this computer's own. Another name makes the next start one after
    a power cut."""
    loop: bool = False
    """At its end the sound begins again; else the microphone gives nothing more then."""

    @classmethod
    def opened(
        cls, pcm: Path, rate: int, speed: float, losses: tuple[tuple[float, float], ...] = (), *, loop: bool = False
    ) -> "Room":
        return cls(str(pcm), rate, speed, monotonic(), datetime.now(UTC).timestamp(), losses=losses, loop=loop)

    @classmethod
    def read(cls, path: Path) -> "Room":
        facts = json.loads(path.read_text())
        return cls(**{**facts, "losses": tuple(tuple(loss) for loss in facts["losses"])})

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @property
    def clock(self) -> "RoomClock":
        return RoomClock(self)


class RoomClock:
    """A clock of the room: everything in it, sound and timers alike, goes faster by the same factor."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def monotonic(self) -> float:
        return self._room.origin_monotonic + (monotonic() - self._room.origin_monotonic) * self._room.speed

    def wall(self) -> datetime:
        passed = timedelta(seconds=self.monotonic() - self._room.origin_monotonic)
        return datetime.fromtimestamp(self._room.origin_wall, UTC) + passed

    def trust(self) -> str:
        return "unknown"

    def boot_id(self) -> str:
        return self._room.boot or boot_id()
