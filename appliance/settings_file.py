"""Reading the one TOML file of a box: every problem in one message, each with its line.

The line of a problem is found in the text, because tomllib does not keep it.
"""

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from appliance.errors import BadSettings, NoSettings
from appliance.settings import Microphone, Settings

DEFAULT_PATH = Path("/etc/candour/candour.toml")
"""Where a provisioned box has its settings."""


def load(path: Path) -> Settings:
    """Read a settings file. Raises NoSettings, or BadSettings that names every problem with its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NoSettings(path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(path=path, problems=f"it is not readable as UTF-8 text ({error})") from error
    return parse(text, path)


def parse(text: str, path: Path, serial: str = "") -> Settings:
    """Turn the text of a settings file into Settings; `path` is named in messages.

    What stands under [box.SERIAL.section] replaces, in the box with that serial number, what stands above.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(path=path, problems=f"it is not TOML: {error}.") from error
    problems: list[tuple[int, str]] = []
    sections = {part.name: part.default_factory for part in fields(Settings)}
    own = _of_box(tree.pop("box", {}), serial, text, problems)
    tree |= {name: {**tree.get(name, {}), **values} for name, values in own.items()}
    made = {
        name: _section(section, tree.get(name, {}), text, problems)
        for name, section in sections.items()
        if section is not MISSING
    }
    problems += [
        (_line(text, name), f"[{name}] is not known; the sections are {', '.join(sections)}")
        for name in tree.keys() - sections.keys()
    ]
    if "microphone" in made and made["microphone"].master_channel > made["microphone"].channels:
        problems.append(
            (_line(text, "microphone", "master_channel"), "`master_channel` is more than `channels`; write 1")
        )
    if "web" in made and bool(made["web"].certificate) != bool(made["web"].key):
        problems.append((_line(text, "web"), "`certificate` and `key` under [web] belong together; write both"))
    if "network" in made and made["network"].wifi == "join" and not made["network"].name:
        problems.append((_line(text, "network", "wifi"), "the Wi-Fi to join needs its `name` under [network]"))
    if "microphone" in made and (problem := _array_problem(made["microphone"])):
        problems.append((_line(text, "microphone", "array_microphones"), problem))
    if problems:
        said = [f"line {line}: {problem}" if line else problem for line, problem in sorted(problems)]
        raise BadSettings(path=path, problems="; ".join(said) + ".")
    return Settings(**made)


def _of_box(boxes: object, serial: str, text: str, problems: list[tuple[int, str]]) -> dict[str, dict[str, object]]:
    """The sections of one box; what is wrong in those of any box goes to `problems`."""
    if not isinstance(boxes, dict) or not all(isinstance(part, dict) for part in boxes.values()):
        problems.append((_line(text, "box"), "write [box.SERIAL.room] above what is for one box only"))
        return {}
    parts = {part.name: part.default_factory for part in fields(Settings)}
    for number, sections in boxes.items():
        for name, values in sections.items():
            header = f"box.{number}.{name}"
            if name not in parts:
                problems.append((_line(text, header), f"[{header}] is not known; there are {', '.join(parts)}"))
            else:
                _section(parts[name], values, text, problems, header)
    found: dict[str, dict[str, object]] = {
        name: values for name, values in boxes.get(serial, {}).items() if name in parts and isinstance(values, dict)
    }
    return found


def _array_problem(microphone: Microphone) -> str:
    """What is wrong with the ring's channels; empty when nothing is."""
    if not microphone.array_microphones or microphone.array_last_channel <= microphone.channels:
        return ""
    return (
        f"`array_microphones` from `array_first_channel` on reach to channel {microphone.array_last_channel}, which is"
        " more than `channels`; write 0, or give the device's number of channels"
    )


def _section(section: Any, values: object, text: str, problems: list[tuple[int, str]], header: str = "") -> Any:
    """One dataclass from one table; adds what is wrong to `problems` and then returns the defaults."""
    name = header or section.__name__.lower()
    if not isinstance(values, dict):
        problems.append((_line(text, name), f"`{name}` must be a section: write [{name}] on a line of its own"))
        return section()
    known = {part.name: part for part in fields(section)}
    good: dict[str, object] = {}
    for key, value in values.items():
        line = _line(text, name, key)
        if key not in known:
            problems.append((line, f"`{key}` is not known under [{name}]; there are {', '.join(known)}"))
        elif (fitting := _fitting(value, known[key].type)) is None or not known[key].metadata["check"](fitting):
            problems.append((line, f"`{key} = {_as_toml(value)}` will not do; write {known[key].metadata['say']}"))
        else:
            good[key] = fitting
    return section(**good)


def _fitting(value: object, wanted: object) -> object:
    """The value as the wanted type, or None: true is no number, and a whole number is a fraction too."""
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value if type(value) is wanted else None


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _line(text: str, section: str, key: str | None = None) -> int:
    """The line of a section or of a key in it, from 1; 0 when it is written in a way not looked for."""
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*([^\]]*?)\s*\]", line)
        if header:
            inside = header[1] == section
        if key is None and (inside or re.match(rf"\s*{re.escape(section)}\s*=", line)):
            return number
        if key is not None and inside and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
            return number
    return 0
