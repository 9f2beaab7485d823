"""The contract of the panel's pins, on gpiozero's lgpio factory and the kernel's gpio-sim, by the box's own Python."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulated import Card, Machine, switched_on
from image_check import Figures

CONTRACT = Path(__file__).parents[1] / "test_pins_contract.py"
PYTEST = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments")


def pytest_as_files() -> dict[str, str]:
    """What the tests need that a box does not have; plain Python, whatever its version."""
    found = {}
    for name in PYTEST:
        spec = importlib.util.find_spec(name)
        assert spec and spec.origin
        folder = Path(spec.origin).parent
        for path in folder.rglob("*.py"):
            found[f"rig/site/{name}/{path.relative_to(folder)}"] = path.read_text(encoding="latin-1")
    return found


@pytest.fixture(scope="module")
def bare(card: Card) -> Iterator[Machine]:
    with switched_on(card, extra={"rig/tests/test_pins_contract.py": CONTRACT.read_text(), **pytest_as_files()}) as box:
        box.until("systemctl is-active candour-panel", 300)
        yield box


def test_the_contract_of_the_pins(bare: Machine, figures: Figures) -> None:
    bare.sh("systemctl stop candour-panel; mount --bind /run/cpuinfo /proc/cpuinfo; mkdir -p /run/lg")
    said = bare.sh(
        "cd /run/lg && LG_WD=/run/lg CANDOUR_PINS=gpio-sim PYTHONPATH=/rig/site:/rig /opt/candour/bin/python3 -m pytest"
        " -q -p no:cacheprovider --noconftest -W ignore /rig/tests/test_pins_contract.py",
        timeout=300,
    )
    figures.say("the contract of the pins, on lgpio and gpio-sim", said.strip().splitlines()[-1])
    assert "passed" in said and "failed" not in said


def test_the_panel_takes_them_again(bare: Machine) -> None:
    bare.sh("systemctl start candour-panel")
    bare.until("systemctl is-active candour-panel")
    bare.wait_for_light("fault")  # there is no microphone
