"""The first boot and the next ones, in a folder: the image's own files, a card that is a file, what the units call."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from appliance import VERSION, partition, provisioning
from appliance.__main__ import candour

TOOLS = ("sfdisk", "mke2fs", "e2fsck", "blkid", "tune2fs")
PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
missing = [tool for tool in TOOLS if not shutil.which(tool, path=PATH)]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not here: {', '.join(missing)}")
HERE = Path(__file__).parent.parent
TABLE = "label: dos\nstart=8192, size=1040384, type=c\nstart=1048576, size=5242880, type=83\n"
"""As the image has it."""
MADE, FOUND = "A place for meetings was made on this card: 5 GB.", "The card is in order: 5 GB."
FLASHED = "The card was flashed anew; the meetings that were on it are still there."
KEPT = "Passwords and keys were taken in and are no longer in candour.toml: # kept on the box."
WELL = "candour.toml is in force: {}. All is well with it."
WIFI = "Its own Wi-Fi: Candour c3d4, with the password {}. The page is at http://10.41.0.1 there."
GOOD = '[room]\nname = "Room 4"\n[staff]\nkey = "a key of the hall"\n'


class Box:
    """`root` is what the card's root file system and partitions are when everything is mounted."""

    def __init__(self, root: Path) -> None:
        self.root, self.card = root / "root", root / "card.img"
        with self.card.open("wb") as file:
            file.truncate(8 * 1024**3)
        self.is_flashed()

    @property
    def fat(self) -> Path:
        return self.root / "boot/firmware"

    def is_flashed(self) -> None:
        """The image's files and table, fresh; what lies behind them on the card stays, as in /var/lib/candour."""
        for name in ("boot", "etc", "usr"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        subprocess.run([HERE / "scripts/image/lay-out", self.root], check=True)
        subprocess.run(["sfdisk", "-q", "--wipe", "never", self.card], input=TABLE, text=True, check=True)

    def boots(self) -> list[str]:
        """What systemd runs before the services; what candour-status.txt then says, but for its head."""
        shutil.rmtree(self.root / "run", ignore_errors=True)
        (self.root / "run").mkdir()
        for unit, more in (("prepare-candour-partition", [str(self.card)]), ("provision-candour", [])):
            done = CliRunner().invoke(candour, [*self._command(unit), *more])
            assert done.exit_code == 0, done.output
        head, when, blank, *said = (self.fat / "candour-status.txt").read_text().splitlines()
        assert head == f"Candour box 10000000a1b2c3d4, software {VERSION}"
        assert when.startswith("Switched on ") and blank == ""
        return said

    def _command(self, unit: str) -> list[str]:
        """As the unit calls it, with every place of its own under the root."""
        text = (self.root / f"usr/lib/systemd/system/{unit}.service").read_text()
        starts = re.findall(r"^ExecStart=/opt/candour/bin/candour (.*)$", text, re.MULTILINE)
        [start] = starts
        words: list[str] = start.split()
        command = candour.commands[words[0]]
        for option in command.params:
            if isinstance(option, click.Option) and isinstance(option.type, click.Path) and option.default:
                words += [option.opts[0], f"{self.root}{option.default}"]
        return words

    def in_force(self) -> dict[str, dict[str, object]]:
        return tomllib.loads((self.root / "var/lib/candour/settings/candour.toml").read_text())


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.setenv("PATH", PATH)
    monkeypatch.setattr(provisioning, "serial_number", lambda: "10000000a1b2c3d4")
    monkeypatch.setattr(Path, "is_mount", lambda path: path == tmp_path / "root/var/lib/candour")
    return Box(tmp_path)


def test_from_the_first_boot_to_a_card_that_was_flashed_anew(box: Box) -> None:
    said = box.boots()
    password = box.in_force()["network"]["password"]
    assert said == [MADE, WELL.format("Meeting room"), WIFI.format(password)]
    assert box.boots() == [FOUND, *said[1:]]

    (box.fat / "candour.toml").write_text(GOOD)
    assert box.boots() == [FOUND, KEPT, WELL.format("Room 4"), WIFI.format(password)]
    assert "hall" not in (box.fat / "candour.toml").read_text()
    assert box.in_force()["staff"] == {"key": "a key of the hall"}

    (box.fat / "candour.toml").write_text(GOOD.replace("key", "kye"))
    assert box.boots() == [
        FOUND,
        "candour.toml was NOT taken in. candour.toml cannot be used as it is: line 4: `kye` is not known under [staff];"
        " there are key.",
        "The box goes on with the settings that it had before.",
        WIFI.format(password),
    ]
    assert box.in_force()["room"]["name"] == "Room 4"

    box.is_flashed()
    said = box.boots()
    assert said == [FLASHED, WELL.format("Meeting room"), WIFI.format(password)]


def test_a_card_that_is_too_small_is_said_before_anything_is_made(box: Box) -> None:
    with box.card.open("r+b") as file:
        file.truncate((partition.BEGINS_MIB + 10) * 1024**2)
    with pytest.raises(AssertionError, match="has 10 MB for meetings"):
        box.boots()
