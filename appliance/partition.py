"""The partition for meetings: made in the card's free space at first boot, found again after the card was flashed anew.

It begins at the same byte on every card, behind the image. Flashing an image replaces the table of partitions and what
lies before that byte; what lies behind is as it was, so only the entry in the table has to be made again.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import CandourError

LABEL = "candour-data"
UNFINISHED = "candour-making"  # a file system that the power left half made is made again
BEGINS_MIB = 3 * 1024
"""Where it begins. Another number here would leave the meetings of every card behind that is flashed anew."""
SMALLEST_MIB = 4 * 1024
NUMBER = 3
SECTOR = 512
BEGINS = BEGINS_MIB * 1024 * 1024 // SECTOR
REPAIRED, NOT_REPAIRED = 1, 4  # of e2fsck(8): bits of its exit status
ROOT_LABEL = "candour-root"
TOLD = Path("/run/candour-partition.txt")
"""What came of it in this boot, for candour-status.txt."""


class CardTooSmall(CandourError, OSError):
    """This card has {free} MB for meetings; the box needs at least {needed}. Put in a larger card: 32 GB or more."""


class CardNotPrepared(CandourError, OSError):
    """The card could not be made ready for meetings ({command}: {why}). What may be on it was left alone. Switch the
    box off and on; if this stays, copy what you need from the card on another computer, and put in another card."""


@dataclass(frozen=True)
class Disk:
    """A card as a block device; in tests a file of its size."""

    path: Path

    @property
    def sectors(self) -> int:
        with self.path.open("rb") as file:
            return file.seek(0, 2) // SECTOR

    @property
    def is_device(self) -> bool:
        return self.path.is_block_device()

    @property
    def partition(self) -> str:
        """As the tools of e2fsprogs take it."""
        if not self.is_device:
            return f"{self.path}?offset={BEGINS * SECTOR}"
        return f"{self.path}{'p' if self.path.name[-1].isdigit() else ''}{NUMBER}"


def root_disk(by_label: Path = Path("/dev/disk/by-label"), sys: Path = Path("/sys/class/block")) -> Disk:
    """What the root file system was started from, also when something is laid over it."""
    name = (by_label / ROOT_LABEL).resolve().name
    return Disk(Path("/dev") / (sys / name).resolve().parent.name)


def prepare(disk: Disk) -> str:
    """Make or find the partition, and mend its file system; returns what to tell whoever looks after the box.

    Raises CardTooSmall, or CardNotPrepared, and then has made nothing new in place of what was there.
    """
    free = (disk.sectors - BEGINS) * SECTOR // 1024 // 1024
    if free < SMALLEST_MIB:
        raise CardTooSmall(free=max(free, 0), needed=SMALLEST_MIB)
    listed = _in_table(disk)
    label = _label(disk)
    if not listed:
        _run(
            "sfdisk",
            "--quiet",
            "--force",
            "--no-reread",
            "--no-tell-kernel",
            "--append",
            disk.path,
            enter=f"{BEGINS}, , 83\n",
        )
    elif listed < disk.sectors - BEGINS:
        _run(
            "sfdisk", "--quiet", "--force", "--no-reread", "--no-tell-kernel", "-N", NUMBER, disk.path,
            enter=f"{BEGINS}, {disk.sectors - BEGINS}, 83\n",
        )  # fmt: skip
    if disk.is_device:
        _run("partx", "--update", "--nr", NUMBER, disk.path)
        _run("udevadm", "settle")
    if label != LABEL:
        _make(disk)
        return f"A place for meetings was made on this card: {free // 1024} GB."
    repaired = _repaired(disk)
    if disk.is_device:  # of a file resize2fs cuts off what lies behind the size that it gives the file system
        _run("resize2fs", "-f", disk.partition)
    said = [] if listed else ["The card was flashed anew; the meetings that were on it are still there."]
    said += ["Its file system was damaged and has been mended."] if repaired else []
    return " ".join(said) or f"The card is in order: {free // 1024} GB."


def _in_table(disk: Disk) -> int:
    """Sectors of the partition, 0 where the table does not have it. One that begins elsewhere is not ours."""
    told = json.loads(_run("sfdisk", "--json", disk.path))["partitiontable"].get("partitions", [])
    if len(told) < NUMBER:
        return 0
    if told[NUMBER - 1]["start"] != BEGINS:
        raise CardNotPrepared(command="sfdisk", why=f"a third partition begins at {told[NUMBER - 1]['start']}")
    return int(told[NUMBER - 1]["size"])


def _label(disk: Disk) -> str:
    """Of the file system that lies where ours begins, whatever the table of partitions says; empty: none."""
    command = ["blkid", "--probe", "--offset", str(BEGINS * SECTOR), "--match-tag", "LABEL", "--output", "value"]
    found = subprocess.run([*command, str(disk.path)], capture_output=True, text=True, check=False)
    nothing_or_many = (2, 8)  # blkid(8)
    if found.returncode not in (0, *nothing_or_many):
        raise CardNotPrepared(command="blkid", why=found.stderr.strip() or f"exit {found.returncode}")
    return found.stdout.strip()


def _make(disk: Disk) -> None:
    """The label comes last: without it what lies here is no place for meetings yet."""
    where = [disk.partition]
    if not disk.is_device:
        where = ["-E", f"offset={BEGINS * SECTOR}", str(disk.path), f"{(disk.sectors - BEGINS) * SECTOR // 1024}k"]
    _run("mke2fs", "-q", "-F", "-t", "ext4", "-m", "1", "-L", UNFINISHED, *where)
    _run("tune2fs", "-L", LABEL, disk.partition)
    if disk.is_device:
        _run("udevadm", "trigger", "--settle", f"--name-match={disk.partition}")


def _repaired(disk: Disk) -> bool:
    """Whether it was damaged: what a power cut leaves is put in order first, by the journal, and is no damage.

    Without anybody to ask, every question is answered yes.
    """
    _e2fsck(disk, "-p")
    done = _e2fsck(disk, "-f", "-y")
    if done.returncode >= NOT_REPAIRED:
        raise CardNotPrepared(command="e2fsck", why=(done.stderr or done.stdout).strip()[-200:])
    return bool(done.returncode & REPAIRED)


def _e2fsck(disk: Disk, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["e2fsck", *options, disk.partition], capture_output=True, text=True, check=False)


def _run(*command: object, enter: str = "") -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, input=enter, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CardNotPrepared(command=words[0], why=done.stderr.strip() or f"exit {done.returncode}")
    return done.stdout
