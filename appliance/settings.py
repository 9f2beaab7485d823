"""The settings of a box, as frozen dataclasses: one for each section of the one TOML file.

Each field's metadata says what is right (`check`) and what to write (`say`); appliance/settings_file.py reads them.
"""

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LANGUAGES = ("en", "cy")
"""What the pages can be shown in, ISO 639-1."""
HEADER_PINS = range(2, 28)  # the GPIO numbers that the Raspberry Pi's 40-pin header carries


def setting(default: object, say: str, check: Callable[[Any], bool] = lambda _: True) -> Any:
    """A field with its default, what it may be, and how to say that."""
    return field(default=default, metadata={"say": say, "check": check})


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def pin(default: int) -> Any:
    return setting(default, f"a GPIO number from {HEADER_PINS[0]} to {HEADER_PINS[-1]}", HEADER_PINS.__contains__)


def one_of(default: object, *choices: object) -> Any:
    return setting(default, "one of " + ", ".join(map(repr, choices)), choices.__contains__)


@dataclass(frozen=True)
class Room:
    """[room]: what the page says of itself."""

    name: str = setting("Meeting room", "the room's name in quotes")
    """Shown at the top of every page."""
    organisation: str = setting("", "the organisation's name in quotes")
    """Who is responsible for the recordings; empty: not shown."""
    help_line: str = setting("", "a telephone number or sentence in quotes")
    """Whom to call when the box says that something is wrong."""
    languages: str = setting(
        ", ".join(LANGUAGES),
        f"languages of {', '.join(LANGUAGES)} with commas between them, the first for whoever asks for none of them",
        lambda v: bool(_list(v)) and set(_list(v)) <= set(LANGUAGES),
    )
    """What the pages are shown in; visitors choose."""
    notices: str = setting("", "the path of a folder in quotes, or nothing")
    """The organisation's own texts of the notice, one file for each language, such as en.txt; empty: the box's own."""
    time_zone: str = setting(
        "",
        'a time zone such as "Europe/London", or nothing',
        lambda v: v == "" or v in zoneinfo.available_timezones(),
    )
    """Of every time that people read, by its name in the IANA database; empty: this computer's own."""

    @property
    def spoken(self) -> list[str]:
        return _list(self.languages)


@dataclass(frozen=True)
class Panel:
    """[panel]: the button, the light and the buzzer."""

    pin_factory: str = one_of("lgpio", "lgpio", "rpigpio")
    """How gpiozero reaches the pins; rpigpio is RPi.GPIO or its drop-in rpi-lgpio."""
    button_pin: int = pin(17)
    """GPIO number of the button, which connects it to ground."""
    light_pin: int = pin(27)
    """GPIO number of the light, on when high."""
    buzzer_pin: int = pin(22)
    """GPIO number of an active buzzer, on when high."""


@dataclass(frozen=True)
class Microphone:
    """[microphone]: where the sound comes from."""

    device: str = setting("auto", 'a card id from /proc/asound/cards, "pcm:NAME", or "auto"', lambda v: v != "")
    """`auto`: the only sound card that can record; else an ALSA card id, or `pcm:` and a PortAudio device name."""
    rate: int = one_of(16000, 16000, 48000)
    """Samples per second of the device and the master."""
    channels: int = setting(1, "the number of channels of the device, 1 to 8", lambda v: 1 <= v <= 8)
    """Channels to open; only one of them is recorded."""
    master_channel: int = setting(1, "the number of a channel, counted from 1, 1 to 8", lambda v: 1 <= v <= 8)
    """Which channel becomes the master, counted from 1."""
    array_microphones: int = setting(0, "0 (no array) or a number from 4 to 8", lambda v: v == 0 or 4 <= v <= 8)
    """Microphones in a ring, equally spaced; with them the transcript tells seats apart."""
    array_first_channel: int = setting(1, "the number of a channel, counted from 1, 1 to 8", lambda v: 1 <= v <= 8)
    """The channel of the ring's first microphone, counted from 1; the others follow in order round the ring."""
    array_radius_mm: float = setting(32.0, "millimetres, from 10 to 200", lambda v: 10 <= v <= 200)
    """From the middle of the ring to its microphones."""

    @property
    def array_last_channel(self) -> int:
        """Counted from 1; less than the first one without an array."""
        return self.array_first_channel + self.array_microphones - 1


@dataclass(frozen=True)
class Meeting:
    """[meeting]: how long things may take."""

    longest_hours: float = setting(4.0, "hours, from 0.1 to 12", lambda v: 0.1 <= v <= 12)
    """A meeting is ended after this many hours of recording."""
    admission_minutes: float = setting(2.0, "minutes, from 1 to 60", lambda v: 1 <= v <= 60)
    """How long after the end the code on the table still gives tickets."""
    start_by_itself_seconds: int = setting(0, "0 (never) or seconds from 60 to 900", lambda v: v == 0 or 60 <= v <= 900)
    """After this many seconds of notice the recording starts without a second press; 0: only the button."""


@dataclass(frozen=True)
class Transcript:
    """[transcript]: the speech model."""

    enabled: bool = setting(True, "true or false")
    """False: meetings are recorded without a transcript."""
    models: str = setting("/var/lib/candour/models", "the path of a folder in quotes", lambda v: v != "")
    """Folder with a folder for each speech model; nothing is ever fetched into it by itself."""
    model: str = setting(
        "base", "the name of an installed model; see `candour model list`", lambda v: bool(MODEL_NAME.fullmatch(v))
    )
    """Which of them writes the transcript."""
    language: str = setting(
        "en", 'a two-letter code such as "en", or "auto"', lambda v: v == "auto" or bool(re.fullmatch("[a-z]{2}", v))
    )
    """What is spoken: an ISO 639-1 code, or `auto` to decide it for each passage."""
    error_limit: float = setting(50.0, "words in 100, from 1 to 100", lambda v: 1 <= v <= 100)
    """A language in which the model is not stated to get at most so many words in 100 wrong is not written down."""

    live: bool = setting(False, "true or false")
    """True: whoever has a ticket can read along while the meeting goes on."""

    @property
    def model_folder(self) -> Path:
        return Path(self.models) / self.model


@dataclass(frozen=True)
class Network:
    """[network]: the Wi-Fi in which phones find the box."""

    wifi: str = one_of("own", "own", "join", "off")
    """`own`: the box makes one; `join`: it goes into the one that is named; `off`: it is reached by cable only."""
    name: str = setting("", "the name of a Wi-Fi (SSID) in quotes, at most 32 bytes", lambda v: len(v.encode()) <= 32)
    """Empty: the placard has no code for a Wi-Fi. A box fills in a name for its own."""
    password: str = setting(
        "",
        "8 to 63 letters, digits and signs of a plain keyboard in quotes, or nothing",
        lambda v: v == "" or (8 <= len(v) <= 63 and v.isascii() and v.isprintable()),
    )
    """Of WPA2; empty: of the own Wi-Fi the box makes one, the Wi-Fi to join is open."""
    country: str = setting("GB", 'two capital letters such as "GB"', lambda v: bool(re.fullmatch("[A-Z]{2}", v)))
    """ISO 3166: whose rules the radio keeps to."""
    phones: int = setting(7, "how many phones fit, from 1 to 200", lambda v: 1 <= v <= 200)
    """So many phones at a time fit into the own Wi-Fi; said to people, not enforced."""
    time_server: str = setting(
        "",
        "the name or address of a time server in quotes, or nothing",
        lambda v: bool(re.fullmatch(r"[A-Za-z0-9.:-]*", v)),
    )
    """NTP server of the organisation; empty: Debian's."""

    @property
    def makes_own(self) -> bool:
        """A Wi-Fi of this box's, which has a name: only where a box was provisioned."""
        return self.wifi == "own" and bool(self.name)


@dataclass(frozen=True)
class Web:
    """[web]: the page."""

    host: str = setting("0.0.0.0", "an address of this computer in quotes", lambda v: v != "")
    """Address to listen on; 0.0.0.0 is every network of the box."""
    port: int = setting(80, "a port number from 1 to 65535", lambda v: 1 <= v <= 65535)
    """TCP port to listen on."""
    address: str = setting(
        "",
        'what phones open, such as "http://10.41.0.1"',
        lambda v: v == "" or bool(re.fullmatch(r"https?://\S+", v)),
    )
    """The address that QR codes carry; empty: made from host and port."""
    certificate: str = setting("", "the path of a PEM file in quotes, or nothing")
    """Certificate of the organisation for the page's name, with its issuers; empty: plain HTTP."""
    key: str = setting("", "the path of a PEM file in quotes, or nothing")
    """The key of that certificate."""

    @property
    def url(self) -> str:
        """The address of the room page, without a slash at the end."""
        if self.address:
            return self.address.rstrip("/")
        scheme, usual = ("https", 443) if self.certificate else ("http", 80)
        return f"{scheme}://{self.host}" + ("" if self.port == usual else f":{self.port}")


@dataclass(frozen=True)
class Evidence:
    """[evidence]: who vouches for the box, and for the time."""

    certificate: str = setting("", "the path of a PEM file in quotes, or nothing")
    """The box's certificate as the organisation signed it, with its issuers; empty: the box's own."""
    time_stamp_service: str = setting(
        "",
        'the address of a time-stamp service, such as "http://timestamp.example"',
        lambda v: v == "" or bool(re.fullmatch(r"https?://\S+", v)),
    )
    """Asked for an RFC 3161 token over each bundle when it can be reached; empty: none."""

    @property
    def issued(self) -> Path | None:
        return Path(self.certificate) if self.certificate else None


@dataclass(frozen=True)
class Retention:
    """[retention]: how long recordings stay on the box."""

    days: int = setting(90, "days, from 1 to 3650", lambda v: 1 <= v <= 3650)
    """A meeting is deleted so many days after its end, by a trusted clock, unless a hold is shown to all."""


@dataclass(frozen=True)
class Notes:
    """[notes]: what people who were there write afterwards."""

    working_days: int = setting(10, "a whole number from 1 to 100", lambda v: 1 <= v <= 100)
    """Days after the meeting on which notes can be written; Saturdays and Sundays do not count."""


@dataclass(frozen=True)
class Staff:
    """[staff]: the page for whoever looks after the box."""

    key: str = setting("", "at least 12 characters in quotes, or nothing", lambda v: v == "" or len(v) >= 12)
    """What opens it; empty: there is no such page."""


@dataclass(frozen=True)
class Store:
    """[store]: where things are kept."""

    data: str = setting("/var/lib/candour", "the path of a folder in quotes", lambda v: v != "")
    """Recordings and databases."""
    run: str = setting("/run/candour", "the path of a folder in quotes", lambda v: v != "")
    """The socket between panel and recorder; need not survive a restart."""
    stick: str = setting("/run/candour/stick", "the path of a folder in quotes", lambda v: v != "")
    """Where a USB stick is mounted while it is plugged in."""
    reserve_mb: int = setting(500, "megabytes, from 10 to 100000", lambda v: 10 <= v <= 100_000)
    """A recording is ended before less than this is free."""

    @property
    def panel_socket(self) -> Path:
        return Path(self.run) / "panel.sock"

    @property
    def news(self) -> Path:
        return Path(self.run) / "recorder.json"

    @property
    def array_socket(self) -> Path:
        """Where the microphone program offers all channels of an array, to whoever listens."""
        return Path(self.run) / "array.sock"


@dataclass(frozen=True)
class Settings:
    """Everything that an operator may set."""

    room: Room = field(default_factory=Room)
    panel: Panel = field(default_factory=Panel)
    microphone: Microphone = field(default_factory=Microphone)
    meeting: Meeting = field(default_factory=Meeting)
    transcript: Transcript = field(default_factory=Transcript)
    network: Network = field(default_factory=Network)
    web: Web = field(default_factory=Web)
    evidence: Evidence = field(default_factory=Evidence)
    retention: Retention = field(default_factory=Retention)
    notes: Notes = field(default_factory=Notes)
    staff: Staff = field(default_factory=Staff)
    store: Store = field(default_factory=Store)

    def with_own_notices(self) -> "Settings":
        """The same, but for the texts of the notice."""
        return replace(self, room=replace(self.room, notices=""))
