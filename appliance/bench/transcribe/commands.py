"""The commands under `scripts/bench transcribe`."""

import sys
from pathlib import Path

import click

from appliance.bench import pulse, results
from appliance.bench.transcribe import beside as beside_part
from appliance.bench.transcribe import kills as kills_part
from appliance.bench.transcribe import long as long_part
from appliance.bench.transcribe import noise as noise_part
from appliance.bench.transcribe import stop as stop_part
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


@transcribe.command()
@click.option("--hours", default=2.0, show_default=True, help="How long the meeting is.")
@model_option
@anew_option
def long(hours: float, model: Path, anew: bool) -> None:
    """Order, times of words and memory in a long meeting, spoken by eSpeak NG so that the times are known."""
    told = long_part.run(hours, model, anew=anew)
    results.show(told)
    if not long_part.complete():
        click.echo(f"{long_part.to_go_s() / 60:.0f} minutes of it to go: call again.")
    else:
        end(0, long_part.failures(told))


@transcribe.command()
@model_option
@anew_option
def stop(model: Path, anew: bool) -> None:
    """Seconds from the stop to the complete transcript, for meetings of 2, 10 and 30 minutes at real time."""
    found, minutes = stop_part.run(model, anew=anew)
    click.echo(stop_part.table(found))
    if minutes:
        click.echo(f"Meetings of {minutes:g} minutes to go: call again.")
    else:
        end(0, stop_part.failures(found))


@transcribe.command()
@click.option("--kills", default=50, show_default=True, help="How many there are to be in the end.")
@corpus_option
@model_option
@anew_option
def kills(kills: int, folders: tuple[Path, ...], model: Path, anew: bool) -> None:
    """Whether a transcriber that is killed again and again writes the same."""
    told = kills_part.run(folders, model, kills, anew=anew)
    results.show(told)
    if "lines that differ" not in told:
        click.echo("Not yet compared: call again.")
    else:
        end(0, kills_part.failures(told))


@transcribe.command()
@click.option("--seconds", default=60, show_default=True, help="How long to record each time.")
@click.option("--turns", default=2, show_default=True, help="How often to record with and without a transcriber.")
@model_option
def beside(seconds: int, turns: int, model: Path) -> None:
    """How late a second is durable, with and without a transcriber at work."""
    if lacking := pulse.missing():
        sys.exit(f"scripts/bench transcribe beside needs {', '.join(lacking)}: scripts/test --yes installs them.")
    told = beside_part.run(seconds, turns, model)
    results.show(told)
    end(0, beside_part.failures(told))


def end(missing: int, failures: list[str]) -> None:
    if missing:
        click.echo(f"{missing} to go: call again.")
    if failures:
        sys.exit("\n".join(failures))
