"""Which sound card is the microphone? Read from /proc/asound without opening anything; never by number."""

import re
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import NoMicrophone

ASOUND = Path("/proc/asound")


@dataclass(frozen=True)
class Card:
    """A card that can record: the kernel's number today, its stable id, its name for people."""

    number: int
    id: str
    name: str


def recording_cards(asound: Path = ASOUND) -> list[Card]:
    """All cards with a capture device, by number (/proc/asound/cards, proc.rst of the kernel's ALSA documents)."""
    try:
        text = (asound / "cards").read_text()
    except FileNotFoundError:
        return []
    cards = [
        Card(int(number), card_id.strip(), name.strip())
        for number, card_id, name in re.findall(r"^\s*(\d+) \[(\S+)\s*\]: .*? - (.*)$", text, re.MULTILINE)
    ]
    return [card for card in cards if any((asound / f"card{card.number}").glob("pcm*c"))]


def find(device: str, asound: Path = ASOUND) -> Card | None:
    """The card that a setting names; None for `pcm:NAME`, which only PortAudio knows.

    Raises NoMicrophone when the card is not there, or `auto` does not say which.
    """
    if device.startswith("pcm:"):
        return None
    cards = recording_cards(asound)
    fitting = cards if device == "auto" else [card for card in cards if card.id == device]
    if len(fitting) == 1:
        return fitting[0]
    wanted = "can be chosen by itself" if device == "auto" else f'"{device}"'
    raise NoMicrophone(wanted=wanted, found=", ".join(f'"{card.id}"' for card in cards) or "none")
