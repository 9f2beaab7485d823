"""The partition for meetings, on cards that are files: first boot, flashing anew, a larger card, a cut meanwhile."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.partition import (
    BEGINS,
    LABEL,
    SECTOR,
    UNFINISHED,
    CardNotPrepared,
    CardTooSmall,
    Disk,
    prepare,
    root_disk,
)

TOOLS = ("sfdisk", "mke2fs", "e2fsck", "resize2fs", "debugfs", "blkid")
PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
missing = [tool for tool in TOOLS if not shutil.which(tool, path=PATH)]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not here: {', '.join(missing)}")
MIB = 1024 * 1024
TABLE = "label: dos\nstart=8192, size=1040384, type=c\nstart=1048576, size=5242880, type=83\n"
"""As in the image: the FAT partition, the root file system."""


@pytest.fixture(autouse=True)
def as_root_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", PATH)


class Card:
    """A card of so many GB, freshly flashed."""

    def __init__(self, path: Path, gb: int) -> None:
        self.path = path
        self.disk = Disk(path)
        self.becomes(gb)
        self.is_flashed()

    def becomes(self, gb: int) -> None:
        with self.path.open("ab") as file:
            file.truncate(gb * 1024 * MIB)

    def is_flashed(self) -> None:
        with self.path.open("r+b") as file:
            file.write(bytes(MIB))
        subprocess.run(["sfdisk", "-q", self.path], input=TABLE, text=True, check=True)

    def debugfs(self, *command: str) -> str:
        line = ["debugfs", "-w", "-R", " ".join(command), f"{self.path}?offset={BEGINS * SECTOR}"]
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout

    def keeps(self, tmp: Path, text: str) -> None:
        (tmp / "meeting").write_text(text)
        self.debugfs("write", str(tmp / "meeting"), "meeting")

    @property
    def kept(self) -> str:
        return self.debugfs("cat", "meeting")

    @property
    def third(self) -> int:
        """Sectors of the third partition, by the table."""
        told = subprocess.run(["sfdisk", "--json", self.path], capture_output=True, text=True, check=True)
        return int(json.loads(told.stdout)["partitiontable"]["partitions"][2]["size"])

    @property
    def first_mib(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(BEGINS * SECTOR)
            return file.read(MIB)

    @property
    def megabytes(self) -> int:
        found = dict(line.split(":", 1) for line in self.debugfs("stats", "-h").splitlines() if line.count(":") == 1)
        return int(found["Block count"]) * int(found["Block size"]) // MIB


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path / "card", 8)


def test_at_the_first_boot_it_is_made_in_the_free_space(card: Card) -> None:
    assert prepare(card.disk) == "A place for meetings was made on this card: 5 GB."
    assert card.megabytes == 5 * 1024
    assert f"Filesystem volume name:   {LABEL}" in card.debugfs("stats", "-h")


def test_at_every_other_boot_what_is_there_stays(card: Card, tmp_path: Path) -> None:
    prepare(card.disk)
    card.keeps(tmp_path, "what was said")
    for _ in range(2):
        assert prepare(card.disk) == "The card is in order: 5 GB."
    assert card.kept == "what was said"


def test_flashing_anew_leaves_the_meetings_where_they_were(card: Card, tmp_path: Path) -> None:
    prepare(card.disk)
    card.keeps(tmp_path, "what was said")
    card.is_flashed()
    assert prepare(card.disk) == "The card was flashed anew; the meetings that were on it are still there."
    assert prepare(card.disk) == "The card is in order: 5 GB."
    assert card.kept == "what was said"


def test_a_larger_card_that_was_copied_to_is_used_whole(card: Card, tmp_path: Path) -> None:
    prepare(card.disk)
    card.keeps(tmp_path, "what was said")
    card.becomes(12)
    assert prepare(card.disk) == "The card is in order: 9 GB."
    assert card.third == 9 * 2**30 // SECTOR
    assert card.kept == "what was said"


def test_what_the_power_left_half_made_is_made_again(card: Card) -> None:
    prepare(card.disk)
    subprocess.run(["tune2fs", "-L", UNFINISHED, card.disk.partition], capture_output=True, check=True)
    assert prepare(card.disk).startswith("A place for meetings was made")
    assert prepare(card.disk) == "The card is in order: 5 GB."


def test_what_a_power_cut_leaves_is_no_damage(card: Card, tmp_path: Path) -> None:
    """A file that was deleted while somebody still read it: the kernel had no time to free its space."""
    prepare(card.disk)
    card.keeps(tmp_path, "what was said")
    said = card.debugfs("stat", "meeting")
    inode = said.split("Inode:")[1].split()[0]
    card.debugfs("unlink", "meeting")
    card.debugfs("set_inode_field", f"<{inode}>", "links_count", "0")
    card.debugfs("set_super_value", "last_orphan", inode)
    assert prepare(card.disk).startswith("The card is in order")
    assert "Inode:" not in card.debugfs("stat", "meeting")


def test_a_damaged_file_system_is_mended_and_said(card: Card, tmp_path: Path) -> None:
    prepare(card.disk)
    card.keeps(tmp_path, "what was said")
    card.debugfs("set_super_value", "free_blocks_count", "1")
    card.debugfs("set_inode_field", "meeting", "links_count", "7")
    assert prepare(card.disk) == "Its file system was damaged and has been mended."
    assert card.kept == "what was said"


def test_what_cannot_be_mended_is_left_alone(card: Card) -> None:
    prepare(card.disk)
    card.debugfs("set_super_value", "feature_incompat", "0x800002c2")  # something that no e2fsck knows
    before = card.first_mib
    with pytest.raises(CardNotPrepared, match="was left alone"):
        prepare(card.disk)
    assert card.first_mib == before


def test_a_third_partition_of_somebody_else_is_left_alone(card: Card) -> None:
    line = ["sfdisk", "-q", "--append", str(card.path)]
    subprocess.run(line, input=f"{BEGINS + 2048}, , 83\n", text=True, check=True)
    with pytest.raises(CardNotPrepared, match="a third partition begins at"):
        prepare(card.disk)


def test_a_small_card_says_so(tmp_path: Path) -> None:
    with pytest.raises(CardTooSmall, match="This card has 3072 MB for meetings; the box needs at least 4096"):
        prepare(Card(tmp_path / "card", 6).disk)


def test_the_disk_is_the_one_that_the_box_was_started_from(tmp_path: Path) -> None:
    device = tmp_path / "devices" / "mmcblk0" / "mmcblk0p2"
    device.mkdir(parents=True)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "mmcblk0p2").symlink_to(device)
    (tmp_path / "by-label").mkdir()
    (tmp_path / "by-label" / "candour-root").symlink_to("/dev/mmcblk0p2")
    found = root_disk(tmp_path / "by-label", tmp_path / "class")
    assert found.path == Path("/dev/mmcblk0")
