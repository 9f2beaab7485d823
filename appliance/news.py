"""The recorder's sign of life: what it is doing, told twice a second in memory only, whatever the card does.

box.db says the same for good; this says it now. Readers believe it for NEWS_S, in the boot in which it was told.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

NEWS_S = 3.0


@dataclass(frozen=True)
class News:
    """`because`: what people should know; `level` in dBFS; `objections` that the button has not yet answered."""

    boot_id: str
    monotonic: float
    state: str
    since_monotonic: float
    since_wall: str
    because: str
    meeting: str | None
    level: float
    objections: int

    def is_fresh(self, boot_id: str, now: float) -> bool:
        """`now` is the monotonic time."""
        return self.boot_id == boot_id and now - self.monotonic < NEWS_S


def tell(path: Path, news: News) -> None:
    """Replace what was told before; never seen in half. The folder need not survive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(news)))
    fresh.chmod(0o640)
    fresh.replace(path)


def latest(path: Path) -> News | None:
    """What was told last, however old; None when nothing was."""
    try:
        return News(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
