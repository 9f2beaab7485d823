"""The commands under `scripts/bench transcribe`."""

import sys
from pathlib import Path

import click

from appliance.bench import results
from appliance.bench.transcribe import noise as noise_part
from appliance.bench.transcribe import table as table_part

HOUSE = Path(__file__).parents[3]
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

corpus_option = click.option(
    "--corpus",
    "folders",
    type=FOLDER,
    multiple=True,
    default=[HOUSE.parent / "shared" / "corpus"],
    help="A folder of speech with manifest.tsv; may be given several times.",
)
model_option = click.option(
    "--model",
    type=FOLDER,
    default=HOUSE / ".cache" / "models" / "base",
    help="The folder of the speech model.",
)
anew_option = click.option("--anew", is_flag=True, help="Forget the results of earlier calls.")


@click.group()
def transcribe() -> None:
    """How well, how fast and how surely the transcriber reads; each part is called until nothing is left."""


@transcribe.command()
@corpus_option
@model_option
@anew_option
def table(folders: tuple[Path, ...], model: Path, anew: bool) -> None:
    """Word error rate, words lost and invented, processor time and memory, beside faster-whisper itself."""
    if anew:
        results.write(table_part.PART, {})
    found, missing = table_part.run(folders, model)
    click.echo(table_part.table(found))
    end(missing, table_part.failures(found) if not missing else [])


@transcribe.command()
@corpus_option
@model_option
def noise(folders: tuple[Path, ...], model: Path) -> None:
    """Whether anything is written where nobody speaks."""
    found = noise_part.run(folders, model)
    results.write(noise_part.PART, {"sounds": found})
    click.echo(noise_part.table(found))
    end(0, noise_part.failures(found))


def end(missing: int, failures: list[str]) -> None:
    if missing:
        click.echo(f"{missing} to go: call again.")
    if failures:
        sys.exit("\n".join(failures))
