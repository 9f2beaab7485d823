"""The Wi-Fi of a box: what its settings mean for this box, and the profiles that NetworkManager gets.

The own Wi-Fi leads nowhere else: nothing is passed on between it and a cable, nor between two phones.
"""

import secrets
from dataclasses import replace

from appliance.settings import Network, Settings

OWN, JOINED, CABLE = "candour-own", "candour-join", "candour-cable"
"""The names of the profiles."""
OWN_ADDRESS = "10.41.0.1"
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that is taken for another when it is copied from paper."""


def new_password() -> str:
    """Twelve letters, 59 bits, in three groups."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def own_name(serial: str) -> str:
    return f"Candour {serial[-4:]}"


def filled(settings: Settings, serial: str, password: str) -> Settings:
    """With what the box decides where nothing was set; `password` is the one that it made."""
    network, web = settings.network, settings.web
    if network.wifi == "own":
        network = replace(network, name=network.name or own_name(serial), password=network.password or password)
        web = replace(web, address=web.address or f"http://{OWN_ADDRESS}" + (f":{web.port}" if web.port != 80 else ""))
    return replace(settings, network=network, web=web)


def profiles(network: Network, serial: str, password: str) -> dict[str, str]:
    """The keyfiles for NetworkManager (nm-settings-keyfile(5)), by name; `password` as for `filled`."""
    found = {CABLE: f"[connection]\nid={CABLE}\ntype=ethernet\n\n{_asks_for_an_address(serial)}"}
    if network.wifi == "join":
        found[JOINED] = _joined(network, serial)
        found[OWN] = _own(own_name(serial), password, by_itself=False)
    if network.wifi == "own":
        found[OWN] = _own(network.name or own_name(serial), network.password or password, by_itself=True)
    return found


def _own(name: str, password: str, by_itself: bool) -> str:
    """Plain WPA2 (pmf=1): as an access point the radio of a Pi is said to be unreliable with WPA3 (SAE)."""
    return f"""[connection]
id={OWN}
type=wifi
autoconnect={str(by_itself).lower()}

[wifi]
mode=ap
band=bg
ssid={_bytes(name)}
ap-isolation=1
powersave=2

[wifi-security]
key-mgmt=wpa-psk
proto=rsn;
pmf=1
pairwise=ccmp;
group=ccmp;
psk={_value(password)}

[ipv4]
method=manual
address1={OWN_ADDRESS}/24
never-default=true

[ipv6]
method=disabled
"""


def _joined(network: Network, serial: str) -> str:
    security = f"[wifi-security]\nkey-mgmt=wpa-psk\npsk={_value(network.password)}\n\n" if network.password else ""
    return f"""[connection]
id={JOINED}
type=wifi
autoconnect-retries=0

[wifi]
mode=infrastructure
ssid={_bytes(network.name)}
powersave=2

{security}{_asks_for_an_address(serial)}"""


def _asks_for_an_address(serial: str) -> str:
    return f"""[ipv4]
method=auto
dhcp-hostname={own_name(serial).lower().replace(" ", "-")}

[ipv6]
method=disabled
"""


def _bytes(name: str) -> str:
    """A name may hold anything, so it is written as numbers."""
    return "".join(f"{byte};" for byte in name.encode())


def _value(text: str) -> str:
    """As a key file writes it: no space of a password is lost at its ends."""
    return text.replace("\\", "\\\\").replace(" ", "\\s")
