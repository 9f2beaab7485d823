"""The one file that IT staff edit on the card's FAT partition, taken in at every boot; what came of it, beside it.

What is wrong in it is told in plain words and line by line, and the box goes on with what it had. A secret is kept on
the box and taken out of the file, which anybody who holds the card can read.
"""

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from appliance import VERSION, partition, settings_file
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
READABLE = 0o640


@dataclass(frozen=True)
class Places:
    """`fat` is the partition that every computer can open, `kept` the folder on the box, `template` a fresh file.

    `told` is what became of the partition for meetings in this boot; `readable`: the FAT partition is there. Not
    `lasting`: what is kept goes with the power.
    """

    fat: Path
    kept: Path
    template: Path
    told: Path = partition.TOLD
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
    said = "\n".join(_taken(places, serial))
    when = f"{clock.wall().astimezone():%-d %B %Y, %H:%M}, {in_words(clock.trust())}"
    told = f"Candour box {serial}, software {VERSION}\nSwitched on {when}.\n\n{said}\n"
    try:
        if places.readable:
            _write(places.fat / STATUS, told)
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
        yield f"The card’s FAT partition cannot be read, so {NAME} was NOT taken in. {_goes_on(places)}"
        return
    try:
        if not path.exists():
            _write(path, places.template.read_text(encoding="utf-8"))
            yield f"There was no {NAME}, so a fresh one lies here now."
        text = path.read_text(encoding="utf-8-sig")
        chosen = _with_secrets(settings_file.parse(text, Path(NAME), serial), text, serial, places)
        left, without = _without_secrets(text, serial)
        _keep(chosen, places)
        if without != text and places.lasting:
            _write(path, without)
            yield f"Passwords and keys were taken in and are no longer in {NAME}: {KEPT}."
        if left and places.lasting:
            yield f"{left} could not be taken out of {NAME}. Write it on a line of its own, in plain quotes."
        yield f"{NAME} is in force: {chosen.room.name}, at {chosen.web.url}. All is well with it."
    except (CandourError, OSError, UnicodeDecodeError) as error:
        yield f"{NAME} was NOT taken in. {error}"
        yield _goes_on(places)


def _goes_on(places: Places) -> str:
    """Without settings of its own the box has the defaults, which work untouched."""
    kept = places.kept / NAME
    try:
        if not kept.exists():
            _write(kept, "", READABLE)
            return "The box goes on with what it does without any setting."
    except OSError as error:
        return f"The box’s own card cannot be written ({error.strerror})."
    return "The box goes on with the settings that it had before."


def _keep(chosen: Settings, places: Places) -> None:
    """Secrets first: they leave the file on the card only once they are safe here."""
    held = {section: {key: getattr(getattr(chosen, section), key)} for section, key in SECRETS}
    _write(places.kept / SECRETS_NAME, _as_toml(held), READABLE)
    whole = {
        part.name: {
            key.name: getattr(getattr(chosen, part.name), key.name) for key in fields(getattr(chosen, part.name))
        }
        for part in fields(Settings)
    }
    _write(places.kept / NAME, _as_toml(whole), READABLE)


def _with_secrets(chosen: Settings, text: str, serial: str, places: Places) -> Settings:
    """Where the file says that one is kept on the box, the kept one."""
    try:
        held = tomllib.loads((places.kept / SECRETS_NAME).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        held = {}
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


def _as_toml(tree: dict[str, dict[str, object]]) -> str:
    """Sections of plain values; strings as TOML's basic strings, which are JSON's but for DEL."""
    lines = []
    for section, values in tree.items():
        lines += [f"[{section}]", *(f"{key} = {_value(value)}" for key, value in values.items()), ""]
    return "\n".join(lines)


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """Whole or not at all, also when the power goes."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
