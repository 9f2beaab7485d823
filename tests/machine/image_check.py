"""Parts of scripts/check-image: the image that was built, in a virtual machine. `scripts/test` does not run them."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulated import Card, Machine, switched_on

SERVICES = ("panel", "recorder", "transcriber", "seats", "finisher", "web")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--image", type=Path, required=True, help="What scripts/build-image made.")
    parser.addoption("--work", type=Path, required=True, help="A folder for cards; some 3 GB.")
    parser.addoption("--figures", type=Path, required=True, help="Where to write what was measured, as JSON.")
    parser.addoption("--cuts", type=int, default=20, help="How often the power is cut.")


class Figures:
    """What a part measured, for the README."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._all: dict[str, object] = {}

    def say(self, what: str, value: object) -> None:
        self._all[what] = value
        self._path.write_text(json.dumps(self._all, indent=1, ensure_ascii=False))
        print(f"{what}: {value}", flush=True)


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    return Figures(request.config.getoption("--figures"))


@pytest.fixture(scope="module")
def card(request: pytest.FixtureRequest) -> Iterator[Card]:
    """Freshly flashed; gone after the part."""
    folder = request.config.getoption("--work") / request.module.__name__
    card = Card(request.config.getoption("--image"), folder)
    card.path.unlink(missing_ok=True)
    card.flash()
    yield card
    card.path.unlink()


@pytest.fixture(scope="module")
def box(card: Card) -> Iterator[Machine]:
    """The card in a box that is switched on, with a room in which somebody speaks, ready."""
    with switched_on(card, sound=True) as machine:
        machine.wait_until_ready()
        yield machine


@pytest.fixture(autouse=True)
def minutes(request: pytest.FixtureRequest, figures: Figures) -> Iterator[None]:
    began = time.monotonic()
    yield
    figures.say(f"minutes: {request.node.name}", round((time.monotonic() - began) / 60, 1))
