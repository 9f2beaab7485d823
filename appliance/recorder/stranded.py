"""A recorder without storage: it says what is wrong by light, sound and page, and waits for a card that works."""

import contextlib
import sys
from pathlib import Path

from appliance.clock import Clock, stamp
from appliance.errors import CandourError
from appliance.lifetime import Lifetime
from appliance.news import News, tell
from appliance.notify import Notifier
from appliance.recorder import fitness, machine
from appliance.recorder.inbox import Said
from appliance.recorder.listening import SILENCE_DBFS
from appliance.recorder.machine import State
from appliance.recorder.ports import Ports
from appliance.recorder.timeline import Block
from appliance.store.folders import Folders

LOOK_S = 0.5
TRY_AGAIN_S = 2.0


def wait_for_storage(why: str, data: Path, clock: Clock, ports: Ports, lifetime: Lifetime, notifier: Notifier) -> None:
    """Return when the data folder can be written again, or life ends."""
    since, since_wall, tried = clock.monotonic(), stamp(clock.wall()), ports.real()
    print(f"candour: {why}", file=sys.stderr, flush=True)
    notifier.status(why)
    while not lifetime.over:
        _refuse(ports.inbox.take(LOOK_S), ports)
        ports.panel.show(machine.LIGHT[State.UNFIT])
        with contextlib.suppress(OSError):
            told = News(clock.boot_id(), ports.real(), State.UNFIT, since, since_wall, why, None, SILENCE_DBFS, 0)
            tell(ports.news, told)
        notifier.ready()
        notifier.alive()
        if ports.real() - tried >= TRY_AGAIN_S:
            tried = ports.real()
            if _works(data):
                return


def _refuse(item: Block | Said | None, ports: Ports) -> None:
    if isinstance(item, Said) and item.what in ("press", "hold"):
        ports.panel.sound("refused")


def _works(data: Path) -> bool:
    try:
        folders = Folders(data)
        folders.prepare()
        fitness.storage_self_test(folders)
    except CandourError:
        return False
    return True
