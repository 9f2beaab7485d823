"""`scripts/bench PART`: measure the box. Each part takes under 10 minutes and can be run again by itself.

The result is printed and kept in .cache/bench/PART.json; what breaks a promise ends the part with its sentence.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from appliance.bench import capture as capture_part
from appliance.bench import card, pulse, results
from appliance.bench import crash as crash_part
from appliance.bench import evidence as evidence_part
from appliance.bench import evidence_clips as clips_part
from appliance.bench import faults as faults_part
from appliance.bench import page as page_part
from appliance.bench import power as power_part
from appliance.bench import seats as seats_part
from appliance.bench import serve as serve_part
from appliance.bench import soak as soak_part
from appliance.bench.transcribe.commands import transcribe


@click.group()
def bench() -> None:
    """Measure the box on this computer."""


bench.add_command(transcribe)


@bench.command()
@click.option("--seconds", default=120, show_default=True, help="How long to record.")
def capture(seconds: int) -> None:
    """Cost of recording 16 kHz mono through real PyAudio, and how late a second is durable."""
    need("capture", pulse.missing())
    end("capture", capture_part.run(seconds))


@bench.command()
@click.option("--kills", type=int, show_default="100, or 20 power cuts", help="How many there are to be in the end.")
@click.option("--power", is_flag=True, help="Cut the power of the whole box instead; needs root.")
@click.option("--anew", is_flag=True, help="Forget the results of earlier calls.")
def crash(kills: int | None, power: bool, anew: bool) -> None:
    """What is lost when programs are killed. A call takes under 8 minutes; the next one goes on."""
    need("crash", [tool for tool in ("ffmpeg",) if shutil.which(tool) is None])
    if power and (why := card.missing()):
        sys.exit(why)
    name, part, usual = ("power", power_part, 20) if power else ("crash", crash_part, 100)
    if anew:
        results.write(name, {})
    result = part.run(usual if kills is None else kills)
    results.show(part.figures(result))
    fail(part.failures(result))


@bench.command()
@click.option("--hours", default=12.0, show_default=True, help="How long the meeting is.")
@click.option("--speed", default=80.0, show_default=True, help="How much faster than real time it goes.")
def soak(hours: float, speed: float) -> None:
    """Whether memory or open files grow in a long meeting."""
    result = soak_part.run(hours, speed)
    end("soak", result)
    fail(soak_part.failures(result))


@bench.command()
@click.argument("only", nargs=-1)
@click.option("--times", default=3, show_default=True, help="How often each fault happens.")
def faults(only: tuple[str, ...], times: int) -> None:
    """Seconds until the light tells of a fault; all of them, or those whose names hold one of the words."""
    need("faults", pulse.missing())
    if why := card.missing():
        sys.exit(why)
    result = faults_part.run(only, times)
    click.echo(faults_part.table(result))
    fail(faults_part.failures(result))


@bench.command()
@click.option(
    "--voices",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of flac files named SPEAKER-....flac; may be given more than once.",
)
@click.option("--anew", is_flag=True, help="Forget the rooms that earlier calls measured.")
def seats(voices: tuple[Path, ...], anew: bool) -> None:
    """Who spoke, by an array of microphones in simulated rooms. The next call goes on where one was ended."""
    fail(seats_part.failures(seats_part.run(voices or seats_part.VOICES, anew=anew)))


@bench.command()
@click.option("--hours", default=4.0, show_default=True, help="How long the meeting is.")
def evidence(hours: float) -> None:
    """What sealing, bundling and verifying a long meeting cost."""
    result = evidence_part.run(hours)
    end("evidence", result)
    fail(evidence_part.failures(result))


@bench.command()
@click.option(
    "--speech",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of flac files at 16 kHz to make the meetings of, instead of the sample meeting.",
)
def clips(speech: Path | None) -> None:
    """Whether clips are found in a meeting, exact ones and those that a messenger re-encoded."""
    result = clips_part.run(speech)
    results.write("clips", result)
    click.echo(clips_part.table(result))
    fail(clips_part.failures(result))


@bench.command()
@click.option("--hours", default=2.0, show_default=True, help="How long the meeting is.")
def page(hours: float) -> None:
    """Seconds and memory that a browser takes to check a long meeting with open-me.html."""
    need("page", page_part.missing())
    result = page_part.run(hours)
    end("page", result)
    fail(page_part.failures(result))


@bench.command()
@click.option("--phones", default=serve_part.PHONES, show_default=True, help="How many take the copy at once.")
def serve(phones: int) -> None:
    """Forty phones that take a copy of 60 MB at once, with drops, while the box records."""
    need("serve", pulse.missing())
    if serve_part.missing():
        sys.exit("scripts/bench serve compares with nginx: apt-get install nginx-light")
    result = serve_part.run(phones)
    end("serve", result)
    fail(serve_part.failures(result))


def need(part: str, lacking: list[str]) -> None:
    if lacking:
        sys.exit(f"scripts/bench {part} needs {', '.join(lacking)}: scripts/test --yes installs them.")


def end(part: str, result: dict[str, Any]) -> None:
    results.write(part, result)
    results.show(result)


def fail(sentences: list[str]) -> None:
    if sentences:
        sys.exit("\n".join(sentences))


if __name__ == "__main__":
    bench(prog_name="scripts/bench")
