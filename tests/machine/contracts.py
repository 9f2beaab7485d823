"""The contracts of pins and microphone, on the kernel's gpio-sim and a USB microphone, by the box's own Python."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulated import Card, Machine, spoken, switched_on
from image_check import Figures
from microphone import BE_ONE, PLAIN

TESTS = Path(__file__).parents[1]
PYTEST = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments")
PINS, MICROPHONE = "test_pins_contract.py", "test_microphone_contract.py"
RUN = (
    "PYTHONPATH=/rig/site:/rig /opt/candour/bin/python3 -m pytest -q -s -p no:cacheprovider --noconftest -W ignore"
    " --basetemp /run/contract /rig/tests"
)


def pytest_as_files() -> dict[str, str]:
    """What the tests need that a box does not have; plain Python, whatever its version."""
    found = {}
    for name in PYTEST:
        folder = package(name)
        for path in folder.rglob("*.py"):
            found[f"rig/site/{name}/{path.relative_to(folder)}"] = path.read_text(encoding="latin-1")
    return found | {"rig/site/py.py": (package("pytest").parent / "py.py").read_text()}


def package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec and spec.origin
    return Path(spec.origin).parent


@pytest.fixture(scope="module")
def bare(card: Card) -> Iterator[Machine]:
    tests = {f"rig/tests/{name}": (TESTS / name).read_text() for name in (PINS, MICROPHONE)}
    with switched_on(card, extra={"rig/usb.wav": spoken(48000), **tests, **pytest_as_files()}) as box:
        box.until("systemctl is-active candour-panel", 300)
        yield box


def passes(box: Machine, name: str, how: str) -> str:
    """Its last line."""
    said = box.sh(f"mkdir -p /run/lg && cd /run/lg && {how} {RUN}/{name}", timeout=600)
    assert " passed" in said and "failed" not in said and "skipped" not in said, said
    return said.strip().splitlines()[-1]


def test_the_contract_of_the_pins(bare: Machine, figures: Figures) -> None:
    bare.until("systemctl is-active candour.target", 600, every=3)
    bare.sh("systemctl stop candour-panel; mount --bind /run/cpuinfo /proc/cpuinfo")
    said = passes(bare, PINS, "LG_WD=/run/lg CANDOUR_PINS=gpio-sim")
    figures.say("the contract of the pins, on lgpio and gpio-sim", said)


def test_the_panel_takes_them_again(bare: Machine) -> None:
    bare.sh("systemctl start candour-panel")
    bare.until("systemctl is-active candour-panel")
    bare.wait_for_light("fault")  # there is no microphone


def test_the_contract_of_the_microphone(bare: Machine, figures: Figures) -> None:
    bare.sh(f"systemctl stop candour-recorder; {BE_ONE} {PLAIN}")
    bare.until("python3 /rig/usb_microphone.py plug")
    bare.until("test -e /proc/asound/microphone")
    said = passes(bare, MICROPHONE, "CANDOUR_MICROPHONE=usb")
    figures.say("the contract of the microphone, on PortAudio and USB", said)
