"""What the documents say exists, and what exists is in the documents."""

import re
import tomllib
from dataclasses import asdict
from pathlib import Path

import click
import pytest

from appliance import settings, settings_file
from appliance.__main__ import candour
from appliance.link import LIGHTS
from appliance.panel.light import PATTERNS, SOUNDS
from appliance.recorder import machine
from web.words import STATES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
TEMPLATE = ROOT / "firmware_config" / "etc" / "candour" / "candour.toml"

pytestmark = pytest.mark.pure


def commands() -> set[str]:
    found = set()
    for name, command in candour.commands.items():
        found |= {f"{name} {sub}" for sub in command.commands} if isinstance(command, click.Group) else {name}
    return found


def test_every_command_is_in_the_readme_and_has_help() -> None:
    for name in commands():
        assert f"`candour {name}`" in README or f"`{name}`" in README
    assert all(command.help for command in candour.commands.values())


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"`candour ([a-z-]+(?: [a-z]+)?)", README))
    assert named <= commands() | {"demo"}


def test_every_script_is_in_the_readme_and_the_other_way_round() -> None:
    there = {path.name for path in (ROOT / "scripts").iterdir() if path.is_file()} - {"set-up.sh"}
    assert set(re.findall(r"scripts/([a-z-]+)", README)) == there


def test_every_link_of_the_readme_leads_somewhere() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_settings_template_has_every_setting_with_its_default() -> None:
    uncommented = re.sub(r"^# ([a-z_]+ = )", r"\1", TEMPLATE.read_text(), flags=re.MULTILINE)
    assert tomllib.loads(uncommented) == asdict(settings.Settings())
    assert settings_file.parse(uncommented, TEMPLATE) == settings.Settings()
    assert settings_file.load(TEMPLATE) == settings.Settings()


def test_machine_link_panel_and_page_use_the_same_words() -> None:
    assert set(machine.LIGHT.values()) == LIGHTS == set(PATTERNS)
    assert set(STATES) == {str(state) for state in machine.State}
    sounds = {act.name for _, acts in machine.TABLE.values() for act in acts if isinstance(act, machine.Sound)}
    assert sounds | {"reminder"} == set(SOUNDS)


@pytest.mark.parametrize("light", sorted(LIGHTS))
def test_the_readme_tells_every_light(light: str) -> None:
    told = {"pulse": "slow pulse", "steady": "**steady**", "fault": "fault: three quick flashes"}
    assert told.get(light, light) in README
