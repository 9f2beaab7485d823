"""`candour network`: which Wi-Fi the box is in. Where that to join is out of reach, it makes its own meanwhile."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from appliance import news, wifi
from appliance.clock import Clock
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.settings import Network, Settings

LOOK_S, SETTLED_LOOK_S = 5.0, 30.0
JOIN_S = 60.0
"""So long the Wi-Fi to join may be away before the box makes its own."""
AGAIN_S = 600.0
"""So often it is tried again, while nobody is in the own one and no meeting goes on."""
NAMES = "serve-candour-names.service"
NO_RADIO = (
    "The box’s own Wi-Fi could not be made. Is there a radio in the box that may send in the country that is set?"
)
NOT_JOINED = "The Wi-Fi {name} could not be joined. Are its name and its password right, and is it near? {meanwhile}"


@dataclass(frozen=True)
class Told:
    """Where the box is: `says` in words; not `well` where it is not what was set; `on_the_way`: it may soon be."""

    says: str
    well: bool = True
    on_the_way: bool = False


class Radio(Protocol):
    """What the box's Wi-Fi can do; a profile is one of `appliance.wifi`."""

    def is_in(self, profile: str) -> bool: ...

    def go_into(self, profile: str) -> bool:
        """Leave the other one; True where it came about."""

    def phones(self) -> int:
        """How many are in the own Wi-Fi."""

    def answer_names(self, on: bool) -> None:
        """Give phones their addresses, and every name the address of the box."""


class Watch:
    """Looked at every few seconds; `is_idle` says that no meeting goes on."""

    def __init__(self, network: Network, radio: Radio, clock: Clock, is_idle: Callable[[], bool]) -> None:
        self._network, self._radio, self._clock, self._is_idle = network, radio, clock, is_idle
        self._away_since: float | None = clock.monotonic()
        self._tried = clock.monotonic()

    def look(self) -> Told:
        if self._network.wifi == "off":
            return Told("no Wi-Fi, as it was set")
        if self._network.wifi == "own":
            return self._own()
        return self._join()

    def _own(self) -> Told:
        """NetworkManager makes it by itself."""
        if self._radio.is_in(wifi.OWN):
            self._radio.answer_names(True)
            return Told(f"its own Wi-Fi {self._network.name}, for about {self._network.phones} phones at a time")
        if self._waited(self._away_since, JOIN_S):
            return Told(NO_RADIO, well=False)
        return Told(f"about to make its own Wi-Fi {self._network.name}", on_the_way=True)

    def _join(self) -> Told:
        name = self._network.name
        if self._radio.is_in(wifi.JOINED):
            self._away_since, self._tried = None, self._clock.monotonic()
            self._radio.answer_names(False)
            return Told(f"in the Wi-Fi {name}")
        if self._away_since is None:
            self._away_since = self._clock.monotonic()
        if not self._waited(self._away_since, JOIN_S):
            return Told(f"joining the Wi-Fi {name}", on_the_way=True)
        if not self._radio.is_in(wifi.OWN) or self._may_try():
            self._try(again=self._radio.is_in(wifi.OWN))
        if self._radio.is_in(wifi.JOINED):
            return Told(f"in the Wi-Fi {name}")
        meanwhile = "Meanwhile it has its own." if self._radio.is_in(wifi.OWN) else NO_RADIO
        return Told(NOT_JOINED.format(name=name, meanwhile=meanwhile), well=False)

    def _may_try(self) -> bool:
        return self._waited(self._tried, AGAIN_S) and self._radio.phones() == 0 and self._is_idle()

    def _try(self, again: bool) -> None:
        self._tried = self._clock.monotonic()
        if again and self._radio.go_into(wifi.JOINED):
            return
        self._radio.answer_names(self._radio.go_into(wifi.OWN))

    def _waited(self, since: float | None, seconds: float) -> bool:
        return since is not None and self._clock.monotonic() - since >= seconds


class NetworkManager:
    """The radio through NetworkManager's own command, and systemd for the names."""

    def is_in(self, profile: str) -> bool:
        done = _run("nmcli", "-g", "GENERAL.STATE", "connection", "show", profile)
        return done.stdout.strip() == "activated"

    def go_into(self, profile: str) -> bool:
        return _run("nmcli", "--wait", "30", "connection", "up", profile).returncode == 0

    def phones(self) -> int:
        radios = [line.split()[1] for line in _run("iw", "dev").stdout.splitlines() if "Interface" in line]
        return sum(_run("iw", "dev", one, "station", "dump").stdout.count("Station ") for one in radios)

    def answer_names(self, on: bool) -> None:
        _run("systemctl", "start" if on else "stop", NAMES)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    """What fails says so on standard error, and is tried again."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60, check=False)


def told_path(run: Path) -> Path:
    return run / "network.json"


def latest(run: Path) -> Told | None:
    """What was told last in this boot; None before, and where there is no such service."""
    try:
        return Told(**json.loads(told_path(run).read_text()))
    except FileNotFoundError:
        return None


def tell(run: Path, told: Told) -> None:
    fresh = told_path(run).with_suffix(".new")
    fresh.write_text(json.dumps(asdict(told)))
    fresh.replace(told_path(run))


def run(settings: Settings, clock: Clock, lifetime: Lifetime, notifier: Notifier) -> None:
    """Watch until life ends."""
    folder, network = Path(settings.store.run), settings.network
    _run("iw", "reg", "set", network.country)

    def is_idle() -> bool:
        told = news.latest(settings.store.news)
        return told is None or told.state == "ready"

    watch = Watch(network, NetworkManager(), clock, is_idle)
    while not lifetime.over:
        told = watch.look()
        if told != latest(folder):
            tell(folder, told)
        notifier.status(told.says)
        notifier.ready()
        lifetime.wait(SETTLED_LOOK_S if told.well and not told.on_the_way else LOOK_S)
