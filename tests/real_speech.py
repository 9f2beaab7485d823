"""The real speech model, where a developer has it: `candour model install` with this folder in the settings."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / ".cache" / "models" / "base"


def model_folder() -> Path:
    """The folder of the model, or a skipped test."""
    if not (FOLDER / "model.bin").exists():
        pytest.skip(f"needs the speech model in {FOLDER.relative_to(FOLDER.parents[2])}")
    return FOLDER
