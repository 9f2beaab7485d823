"""How the box is once its services have started, written behind what candour-status.txt says of its start."""

from pathlib import Path

from appliance import checks, network, news
from appliance.clock import Clock
from appliance.lifetime import Lifetime
from appliance.provisioning import STATUS, write
from appliance.settings import Settings

PATIENCE_S = 180.0
"""So long the recorder and the network may take until they say something that is not on the way to something else."""
HEADING = "\nOnce it had started:\n"


def run(settings: Settings, fat: Path | None, clock: Clock, lifetime: Lifetime) -> str:
    """What the box says of itself, once it has settled; with `fat` it is written there at once, if that can be."""
    ends = clock.monotonic() + (PATIENCE_S if fat is None else 0)
    while not _has_settled(settings, clock) and clock.monotonic() < ends and not lifetime.wait(2):
        pass
    said = HEADING + checks.as_text(checks.seen(settings, clock)) + "\n"
    if fat is None:
        return said
    path = fat / STATUS
    try:
        before = path.read_text(encoding="utf-8").partition(HEADING)[0]
        write(path, before + said)
    except OSError as error:
        said += f"This could not be written to the card ({error.strerror}).\n"
    return said


def _has_settled(settings: Settings, clock: Clock) -> bool:
    told, wifi = news.latest(settings.store.news), network.latest(Path(settings.store.run))
    heard = told is not None and told.is_fresh(clock.boot_id(), clock.monotonic()) and told.state != "starting"
    return heard and wifi is not None and not wifi.on_the_way
