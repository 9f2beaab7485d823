"""The speech models on this box, for people."""

from pathlib import Path

from appliance.errors import BadModelFolder, NoModel
from appliance.transcriber import languages, models
from appliance.transcriber.models import KNOWN, Model


def table(folder: Path) -> str:
    """A line for each model that is known or there: its name, size, state, and how good it is stated to be."""
    there = [path.name for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    names = [*KNOWN, *(name for name in there if name not in KNOWN and not name.startswith("."))]
    return "\n".join(_row(folder, name) for name in names)


def _row(folder: Path, name: str) -> str:
    try:
        model = models.named(folder, name)
    except (NoModel, BadModelFolder) as error:
        return f"{name:16} {error}"
    return f"{name:16} {model.size / 1e6:6.0f} MB  {_state(folder / name, model):14} {_rates(model)}"


def _state(folder: Path, model: Model) -> str:
    """By names and lengths; `candour model check` reads every byte."""
    sizes = [(folder / file.name).stat().st_size if (folder / file.name).is_file() else None for file in model.files]
    if not any(size is not None for size in sizes):
        return "not installed"
    return "installed" if sizes == [file.size for file in model.files] else "incomplete"


def _rates(model: Model) -> str:
    stated = [f"{languages.name(code)}: {wrong:g} words in 100 wrong" for code, wrong in model.rates.wrong.items()]
    return f"{', '.join(stated)} ({model.rates.source})" if stated else "nobody has stated how many words it gets wrong"
