"""The one file that IT staff edit on the card's FAT partition, taken in at every boot; what came of it, beside it.

What is wrong in it is told in plain words and line by line, and the box goes on with what it had. A secret is kept on
the box and taken out of the file, which anybody who holds the card can read.
"""

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from appliance import VERSION, partition, settings_file, wifi
from appliance.clock import Clock, in_words
from appliance.errors import BadSettings, CandourError
from appliance.settings import Settings
from appliance.store.folders import sync_folder

NAME, STATUS = "candour.toml", "candour-status.txt"
SECRETS_NAME = "secrets.toml"
SECRETS = (("network", "password"), ("staff", "key"))
KEPT = "# kept on the box"
HEADER = re.compile(r"\s*\[\s*(?:box\.([^.\]]+)\.)?(\w+)\s*\]")
ENTRY = re.compile(r"""\s*(\w+)\s*=\s*(?:"[^"]*"|'[^']*')""")
SERIAL = Path("/proc/device-tree/serial-number")
"""Of a Raspberry Pi; other computers go by their machine id."""
MACHINE_ID = Path("/etc/machine-id")
READABLE, OWNER_ONLY = 0o640, 0o600
PROFILES = Path("NetworkManager/system-connections")
TIME_SERVER = Path("systemd/timesyncd.conf.d/candour.conf")


@dataclass(frozen=True)
class Places:
    """`fat` is the partition that every computer can open, `kept` the folder on the box, `template` a fresh file.

    `told` is what became of the partition for meetings in this boot; `readable`: the FAT partition is there. Not
    `lasting`: what is kept goes with the power. Under `run` other programs find what they are to do in this boot.
    """

    fat: Path
    kept: Path
    template: Path
    told: Path = partition.TOLD
    run: Path = Path("/run")
    readable: bool = True
    lasting: bool = True


def serial_number(serial: Path = SERIAL, machine_id: Path = MACHINE_ID) -> str:
    for path in (serial, machine_id):
        try:
            return path.read_text().strip("\0\n ")
        except OSError:
            continue
    return "unknown"


def take_in(places: Places, serial: str, clock: Clock) -> str:
    """Take the file in and write the status; returns what it says. Never raises over what people wrote."""
    places.kept.mkdir(parents=True, exist_ok=True)
    said = "\n".join([*_taken(places, serial), *_connected(places, serial)])
    when = f"{clock.wall().astimezone():%-d %B %Y, %H:%M}, {in_words(clock.trust())}"
    told = f"Candour box {serial}, software {VERSION}\nSwitched on {when}.\n\n{said}\n"
    try:
        if places.readable:
            write(places.fat / STATUS, told)
    except OSError as error:
        told += f"This could not be written to the card ({error.strerror}).\n"
    return told


def _taken(places: Places, serial: str) -> Iterator[str]:
    """Sentences, as they come true."""
    path = places.fat / NAME
    with contextlib.suppress(OSError):
        yield places.told.read_text(encoding="utf-8").strip()
    if not places.lasting:
        yield "NOTHING CAN BE RECORDED: there is no place for meetings on the card. Passwords and keys were left alone."
    if not places.readable:
        yield f"The card’s FAT partition cannot be read, so {NAME} was NOT taken in. {_goes_on(places, serial)}"
        return
    try:
        if not path.exists():
            write(path, places.template.read_text(encoding="utf-8"))
            yield f"There was no {NAME}, so a fresh one lies here now."
        text = path.read_text(encoding="utf-8-sig")
        chosen = _with_secrets(settings_file.parse(text, Path(NAME), serial), text, serial, places)
        left, without = _without_secrets(text, serial)
        _keep(chosen, serial, places)
        if without != text and places.lasting:
            write(path, without)
            yield f"Passwords and keys were taken in and are no longer in {NAME}: {KEPT}."
        if left and places.lasting:
            yield f"{left} could not be taken out of {NAME}. Write it on a line of its own, in plain quotes."
        yield f"{NAME} is in force: {chosen.room.name}. All is well with it."
    except (CandourError, OSError, UnicodeDecodeError) as error:
        yield f"{NAME} was NOT taken in. {error}"
        yield _goes_on(places, serial)


def _goes_on(places: Places, serial: str) -> str:
    """Without settings of its own the box has the defaults, which work untouched."""
    try:
        if not (places.kept / NAME).exists():
            _keep(Settings(), serial, places)
            return "The box goes on with what it does without any setting."
    except OSError as error:
        return f"The box’s own card cannot be written ({error.strerror})."
    return "The box goes on with the settings that it had before."


def _connected(places: Places, serial: str) -> Iterator[str]:
    """Tell the network and the clock of this boot what is in force; sentences about it."""
    try:
        network = settings_file.load(places.kept / NAME).network
        made = _made_password(places) or wifi.new_password()
        for name, text in wifi.profiles(network, serial, made).items():
            write(places.run / PROFILES / f"{name}.nmconnection", text, OWNER_ONLY)
        if network.time_server:
            write(places.run / TIME_SERVER, f"[Time]\nNTP={network.time_server}\n")
    except (CandourError, OSError) as error:
        yield f"The network could not be set up. {error}"
        return
    if network.wifi == "own":
        secret = f"with the password {made}" if network.password == made else "with the password that you chose"
        yield f"Its own Wi-Fi: {network.name}, {secret}. The page is at http://{wifi.OWN_ADDRESS} there."
    if network.wifi == "join":
        own = f"{wifi.own_name(serial)}, with the password {made}"
        yield f"It joins the Wi-Fi {network.name}; where it cannot, it makes its own: {own}."


def _made_password(places: Places) -> str:
    return _held(places).get("network", {}).get("made", "")


def _held(places: Places) -> dict[str, dict[str, str]]:
    """Every secret that is kept on the box."""
    try:
        return tomllib.loads((places.kept / SECRETS_NAME).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _keep(chosen: Settings, serial: str, places: Places) -> None:
    """Secrets first: they leave the file on the card only once they are safe here."""
    made = _made_password(places) or wifi.new_password()
    held = {section: {key: getattr(getattr(chosen, section), key)} for section, key in SECRETS}
    held["network"]["made"] = made
    write(places.kept / SECRETS_NAME, _as_toml(held), READABLE)
    chosen = wifi.filled(chosen, serial, made)
    whole = {
        part.name: {
            key.name: getattr(getattr(chosen, part.name), key.name) for key in fields(getattr(chosen, part.name))
        }
        for part in fields(Settings)
    }
    write(places.kept / NAME, _as_toml(whole), READABLE)


def _with_secrets(chosen: Settings, text: str, serial: str, places: Places) -> Settings:
    """Where the file says that one is kept on the box, the kept one."""
    held = _held(places)
    said = {secret for box, secret, line in _secret_lines(text) if box in ("", serial) and KEPT in line}
    for section, key in said:
        part = getattr(chosen, section)
        if not getattr(part, key):
            kept = {key: str(held.get(section, {}).get(key, ""))}
            chosen = replace(chosen, **{section: replace(part, **kept)})
    return chosen


def _without_secrets(text: str, serial: str) -> tuple[str, str]:
    """What could not be taken out, in words, and the text without the rest, whichever box it is for."""
    without = text
    for _, _, line in _secret_lines(text):
        if KEPT not in line:
            name = line.partition("=")[0]
            without = without.replace(line, f'{name.rstrip()} = ""  {KEPT}')
    try:
        after = settings_file.parse(without, Path(NAME), serial)
    except BadSettings:
        return "What is secret", text
    left = [f"`{key}` under [{section}]" for section, key in SECRETS if getattr(getattr(after, section), key)]
    return " and ".join(left), without


def _secret_lines(text: str) -> Iterator[tuple[str, tuple[str, str], str]]:
    """The serial number of the box that a secret is for (empty: all), what it is, and its line."""
    box, section = "", ""
    for line in text.splitlines():
        if header := HEADER.match(line):
            box, section = header[1] or "", header[2]
        found = ENTRY.match(line)
        if found and (section, found[1]) in SECRETS:
            yield box, (section, found[1]), line


def _as_toml(tree: Mapping[str, Mapping[str, object]]) -> str:
    """Sections of plain values; strings as TOML's basic strings, which are JSON's but for DEL."""
    lines = []
    for section, values in tree.items():
        lines += [f"[{section}]", *(f"{key} = {_value(value)}" for key, value in values.items()), ""]
    return "\n".join(lines)


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Whole or not at all, also when the power goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
