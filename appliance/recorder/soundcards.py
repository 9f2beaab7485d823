"""Which sound card is the microphone, and does it offer what the settings ask for? Nothing is opened for it: the kernel
tells in /proc/asound. A card is known by its id, never by its number.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from appliance import settings
from appliance.errors import MicrophoneCannot, MicrophoneOffers, NoMicrophone

ASOUND = Path("/proc/asound")
RATES = (16000, 48000)  # Hz; what `rate` under [microphone] may be
MOST_CHANNELS = 8  # what `channels` there may be


@dataclass(frozen=True)
class Card:
    """A card that can record: its number today, its stable id, its name for people, the device on it that records."""

    number: int
    id: str
    name: str
    device: int = 0


@dataclass(frozen=True)
class Offer:
    """One way to record with a USB card: how many channels, and at which rates in Hz, as (lowest, highest)."""

    channels: int
    rates: tuple[tuple[int, int], ...]

    def at(self, rate: int) -> bool:
        return any(lowest <= rate <= highest for lowest, highest in self.rates)


def recording_cards(asound: Path = ASOUND) -> list[Card]:
    """All cards with a capture device, by number (/proc/asound/cards: snd_card_info_read in the kernel's init.c)."""
    found = re.findall(r"^ ?(\d+) \[(.{15})\]: .*? - (.*)$", _told(asound / "cards"), re.MULTILINE)
    cards = []
    for number, card_id, name in found:
        devices = [int(pcm.name[3:-1]) for pcm in (asound / f"card{number}").glob("pcm*c")]
        if devices:
            cards.append(Card(int(number), card_id.strip(), name.strip(), min(devices)))
    return cards


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
    wanted = "that can be chosen by itself" if device == "auto" else f'"{device}"'
    raise NoMicrophone(wanted=wanted, found=", ".join(f'"{card.id}"' for card in cards) or "none")


def offers(card: Card, asound: Path = ASOUND) -> list[Offer]:
    """What a USB card offers for recording; nothing is known of other cards, and of one that was unplugged just now.

    Reads /proc/asound/cardN/streamN (proc_pcm_format_read in the kernel's sound/usb/proc.c).
    """
    sections = _told(asound / f"card{card.number}" / f"stream{card.device}").split("\n\n")
    capture = next((section for section in sections if section.startswith("Capture:\n")), "")
    altsets = re.findall(r"^    Channels: (\d+)\n(?:    .*\n)*?    Rates: (.*\d.*)$", capture, re.MULTILINE)
    return [Offer(int(channels), _spans(rates)) for channels, rates in altsets]


def check(setting: settings.Microphone, asound: Path = ASOUND) -> Card | None:
    """The card that a setting names, if it offers what the setting asks for; None for `pcm:NAME`.

    Fewer channels than the card has are well, because PortAudio then opens the fewest there are and hands on the first.
    Raises NoMicrophone, MicrophoneOffers, or MicrophoneCannot where no setting would do.
    """
    card = find(setting.device, asound)
    ways = offers(card, asound) if card else []
    if card is None or not ways:
        return card
    opened = max(setting.channels, min(way.channels for way in ways))
    if any(way.channels == opened and way.at(setting.rate) for way in ways):
        return card
    raise _refusal(card, ways, setting)


def spoken(channels: int, rates: Iterable[int]) -> str:
    """`2 channels at 16000 or 48000 Hz`."""
    return f"{channels} channel{'' if channels == 1 else 's'} at {' or '.join(map(str, rates))} Hz"


def _refusal(card: Card, ways: list[Offer], setting: settings.Microphone) -> MicrophoneOffers | MicrophoneCannot:
    fitting: dict[int, list[int]] = {}
    for channels in range(1, MOST_CHANNELS + 1):
        rates = [rate for rate in RATES if any(way.channels == channels and way.at(rate) for way in ways)]
        if rates:
            fitting[channels] = rates
    if not fitting:
        return MicrophoneCannot(name=card.id)
    offered = ", or ".join(spoken(channels, rates) for channels, rates in fitting.items())
    return MicrophoneOffers(name=card.id, offered=offered, wanted=f"{setting.channels} at {setting.rate} Hz")


def _spans(rates: str) -> tuple[tuple[int, int], ...]:
    """`16000, 48000` or `8000 - 48000 (continuous)`."""
    numbers = [int(number) for number in re.findall(r"\d+", rates)]
    if "continuous" in rates:
        return ((min(numbers), max(numbers)),)
    return tuple((number, number) for number in numbers)


def _told(file: Path) -> str:
    """A file of the kernel; empty where there is none."""
    try:
        # Names come from the devices; the kernel cuts them after 31 bytes, perhaps within a letter.
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:  # ENOENT, or ENODEV from a card that is just being unplugged
        return ""
