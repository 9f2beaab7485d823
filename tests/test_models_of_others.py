"""Speech models of the operator's own: a folder, a manifest of hashes, a name."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.__main__ import candour
from appliance.errors import BadModelFolder, DamagedModel, NoModel, NoModelSource
from appliance.transcriber import models
from appliance.transcriber.models import BASE, check, install_named, named, smaller
from appliance.transcriber.pinned import silent

pytestmark = pytest.mark.pure

FILES = {
    "config.json": b"{}",
    "model.bin": bytes(range(256)) * 4000,
    "tokenizer.json": b"[]",
    "vocabulary.json": b"['a']",
}
NO_VOCABULARY = {name: content for name, content in FILES.items() if name != "vocabulary.json"}
RATES = b'source = "the council\'s own test"\n[wrong]\ncy = 22.5\n'


def manifest(files: dict[str, bytes]) -> str:
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return filled(tmp_path / "stick", FILES | {"error-rates.toml": RATES})


def filled(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "SHA256SUMS").write_text(manifest(files))
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "models"


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(candour, ["model", *map(str, words)])
    return done.exit_code, done.output


def test_installed_listed_checked(stick: Path, shelf: Path) -> None:
    assert run("install", "welsh", "--from", stick, "--models", shelf)[0] == 0
    status, listed = run("list", "--models", shelf)
    assert status == 0 and "not installed" in listed.splitlines()[0]
    assert "welsh" in listed and "Welsh: 22.5 words in 100 wrong (the council's own test)" in listed
    status, said = run("check", "welsh", "--models", shelf)
    assert status == 0 and "is complete and unchanged" in said
    known = named(shelf, "welsh")
    assert known.name == f"welsh {hashlib.sha256(FILES['model.bin']).hexdigest()[:8]}"
    assert known.rates.wrong == {"cy": 22.5}
    assert not list(shelf.glob(".*"))


def test_a_second_install_fetches_nothing_and_a_damaged_one_is_mended(stick: Path, shelf: Path) -> None:
    install_named(shelf, "welsh", str(stick), silent)
    before = (shelf / "welsh" / "model.bin").stat().st_mtime_ns
    install_named(shelf, "welsh", str(stick), silent)
    assert (shelf / "welsh" / "model.bin").stat().st_mtime_ns == before
    (shelf / "welsh" / "model.bin").write_bytes(b"x" * len(FILES["model.bin"]))
    with pytest.raises(DamagedModel, match="candour model install welsh"):
        check(shelf / "welsh", named(shelf, "welsh"))
    install_named(shelf, "welsh", str(stick), silent)
    check(shelf / "welsh", named(shelf, "welsh"))


def test_a_stick_with_wrong_bytes_installs_nothing(stick: Path, shelf: Path) -> None:
    (stick / "model.bin").write_bytes(FILES["model.bin"][::-1])
    with pytest.raises(NoModelSource, match=r"model\.bin"):
        install_named(shelf, "welsh", str(stick), silent)
    assert not (shelf / "welsh").exists()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda stick: (stick / "SHA256SUMS").unlink(), "SHA256SUMS"),
        (lambda stick: (stick / "SHA256SUMS").write_text("hello\n"), "a line that is not"),
        (lambda stick: (stick / "SHA256SUMS").write_text(f"{'0' * 64}  ../../etc/passwd\n"), "a line that is not"),
        (lambda stick: (stick / "SHA256SUMS").write_text(f"{'0' * 64}  .hidden\n"), "a line that is not"),
        (lambda stick: (stick / "SHA256SUMS").write_bytes(b"\xff\xfe"), "decode"),
        (lambda stick: (stick / "tokenizer.json").unlink(), "tokenizer"),
        (lambda stick: (stick / "SHA256SUMS").write_text(manifest({"model.bin": b""})), "does not list config.json"),
        (lambda stick: (stick / "SHA256SUMS").write_text(manifest(NO_VOCABULARY)), "vocabulary.txt"),
        (lambda stick: (stick / "error-rates.toml").write_text("cy = 3"), "must hold source"),
        (
            lambda stick: (stick / "error-rates.toml").write_text('source = "x"\n[wrong]\ncy = "few"'),
            "must hold source",
        ),
        (lambda stick: (stick / "error-rates.toml").write_text("not toml"), "not a speech model"),
    ],
)
def test_a_folder_that_will_not_do_is_one_sentence(spoil: object, why: str, stick: Path, shelf: Path) -> None:
    spoil(stick)  # type: ignore[operator]
    status, said = run("install", "welsh", "--from", stick, "--models", shelf)
    assert status == 1 and why in said and len(said.splitlines()) == 1
    assert not (shelf / "welsh").exists()


@pytest.mark.parametrize("name", ["../base", "Welsh", "a/b", "", ".welsh", "x" * 65])
def test_a_name_that_is_none(name: str, stick: Path, shelf: Path) -> None:
    with pytest.raises(BadModelFolder, match="is no name for a model"):
        install_named(shelf, name, str(stick), silent)


def test_a_manifest_that_lists_itself_is_what_the_advice_makes_the_second_time(stick: Path, shelf: Path) -> None:
    with (stick / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  SHA256SUMS\n")
    install_named(shelf, "welsh", str(stick), silent)
    check(shelf / "welsh", named(shelf, "welsh"))


def test_a_model_that_lost_a_file_is_told_which_and_what_to_do(stick: Path, shelf: Path) -> None:
    install_named(shelf, "welsh", str(stick), silent)
    (shelf / "welsh" / "tokenizer.json").unlink()
    status, said = run("check", "welsh", "--models", shelf)
    assert status == 1 and "missing: tokenizer.json" in said and "candour model install welsh" in said
    assert "incomplete" in run("list", "--models", shelf)[1]


def test_a_file_where_the_folder_should_be(stick: Path, shelf: Path) -> None:
    shelf.mkdir()
    (shelf / "welsh").write_text("hello")
    status, said = run("install", "welsh", "--from", stick, "--models", shelf)
    assert status == 1 and "it is a file" in said


def test_a_rate_may_be_called_like_anything_but_must_be_a_number(stick: Path, shelf: Path) -> None:
    for rates, right in ((b'source = "x"\n[wrong]\nsource = 3', True), (b'source = "x"\n[wrong]\ncy = true', False)):
        (stick / "error-rates.toml").write_bytes(rates)
        (stick / "SHA256SUMS").write_text(manifest(FILES | {"error-rates.toml": rates}))
        assert (run("install", "welsh", "--from", stick, "--models", shelf)[0] == 0) is right


def test_an_unknown_model_needs_a_folder_and_a_missing_one_a_command(shelf: Path) -> None:
    with pytest.raises(BadModelFolder, match="give its folder with --from"):
        install_named(shelf, "tiny", "auto", silent)
    with pytest.raises(NoModel, match="candour model install tiny"):
        named(shelf, "tiny")
    status, said = run("check", "tiny", "--models", shelf)
    assert status == 1 and len(said.splitlines()) == 1


def test_the_largest_of_the_smaller_ones_is_taken(shelf: Path) -> None:
    assert smaller(shelf, BASE) is None
    for name, size in (("mini", 1000), ("tiny", 50_000), ("other", 30_000)):
        filled(shelf / name, FILES | {"model.bin": bytes(size)})
    filled(shelf / "broken", FILES | {"model.bin": bytes(60_000)})
    (shelf / "broken" / "config.json").unlink()
    found = smaller(shelf, BASE)
    assert found is not None and found[0] == shelf / "tiny"
    less = smaller(shelf, named(shelf, "tiny"))
    assert less is not None and less[0] == shelf / "mini"
    assert set(models.installed(shelf)) == {"mini", "tiny", "other"}
