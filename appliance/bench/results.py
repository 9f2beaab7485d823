"""What was measured, in .cache/bench/PART.json; the README quotes the last figures."""

import json
from pathlib import Path
from typing import Any

import click

FOLDER = Path(__file__).parents[2] / ".cache" / "bench"


def read(part: str) -> dict[str, Any]:
    """What an earlier run kept; empty where there was none."""
    path = FOLDER / f"{part}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def write(part: str, result: dict[str, Any]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    new = FOLDER / f"{part}.json.new"
    new.write_text(json.dumps(result, indent=2) + "\n")
    new.replace(FOLDER / f"{part}.json")


def show(figures: dict[str, Any]) -> None:
    """Lines of a name and a figure; what is no single figure is only kept."""
    for what, figure in figures.items():
        if isinstance(figure, int | float):
            click.echo(f"{what:52} {figure:>8}")
