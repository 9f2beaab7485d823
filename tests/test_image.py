"""What goes into the image, without making one: the files and where they lie, the packages, and how the card is cut."""

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from appliance import partition

ROOT = Path(__file__).parent.parent
IMAGE = ROOT / "scripts/image"

FILES = """
boot/firmware/candour.toml
boot/firmware/cmdline.txt
boot/firmware/config-candour.txt
etc/NetworkManager/conf.d/candour.conf
etc/candour/candour.toml
etc/candour/names.conf
etc/fstab
etc/hostname
etc/hosts
etc/initramfs-tools/conf.d/candour
etc/sysctl.d/60-candour.conf
etc/systemd/journald.conf.d/candour.conf
etc/systemd/system.conf.d/candour.conf
etc/udev/rules.d/60-candour.rules
etc/udev/rules.d/61-candour-stick.rules
usr/lib/systemd/system/candour-.service.d/10-every-service.conf
usr/lib/systemd/system/candour-finisher.service
usr/lib/systemd/system/candour-panel.service
usr/lib/systemd/system/candour-recorder.service
usr/lib/systemd/system/candour-seats.service
usr/lib/systemd/system/candour-transcriber.service
usr/lib/systemd/system/candour-web.service
usr/lib/systemd/system/candour.target
usr/lib/systemd/system/keep-candour-network.service
usr/lib/systemd/system/prepare-candour-partition.service
usr/lib/systemd/system/provision-candour.service
usr/lib/systemd/system/put-out-array-lights@.service
usr/lib/systemd/system/report-candour.service
usr/lib/systemd/system/serve-candour-names.service
usr/lib/systemd/system/systemd-timesyncd.service.d/candour.conf
usr/lib/sysusers.d/candour.conf
usr/lib/tmpfiles.d/candour.conf
""".splitlines()[1:]


def packages(*names: str) -> set[str]:
    lines = [line for name in names for line in (IMAGE / "packages" / name).read_text().splitlines()]
    return {line.partition("#")[0].strip() for line in lines} - {""}


def build(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["scripts/build-image", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_file_of_ours_lies_where_it_belongs_and_nobody_but_root_writes_it(tmp_path: Path) -> None:
    subprocess.run([IMAGE / "lay-out", tmp_path], check=True)
    laid = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert [str(path.relative_to(tmp_path)) for path in laid] == sorted(FILES)
    assert {path.stat().st_mode & 0o777 for path in laid} == {0o644}


def test_the_file_that_people_edit_is_on_the_card_from_the_start(tmp_path: Path) -> None:
    subprocess.run([IMAGE / "lay-out", tmp_path], check=True)
    assert (tmp_path / "boot/firmware/candour.toml").read_text() == (tmp_path / "etc/candour/candour.toml").read_text()


def test_the_root_is_laid_over_and_what_that_needs_is_there() -> None:
    line = (ROOT / "firmware_config/boot/firmware/cmdline.txt").read_text()
    assert line.count("\n") == 1 and " overlayroot=tmpfs:recurse=0 " in line
    assert " ro " not in line  # which would make what is laid over it read-only too
    assert {"overlayroot", "busybox", "initramfs-tools"} <= packages("every")


def test_the_partition_for_meetings_begins_where_the_image_ends() -> None:
    begins = dict(re.findall(r"(\w+)_BEGINS=(\d+)", (IMAGE / "make-card").read_text()))
    assert int(begins["DATA"]) == partition.BEGINS_MIB == 3072
    fstab = (ROOT / "firmware_config/etc/fstab").read_text()
    assert f"LABEL={partition.LABEL} " in fstab and "LABEL=CANDOUR " in fstab


def test_there_is_no_way_in() -> None:
    for profile in ("debian", "debian-arm64", "debian-amd64", "rpi-arm64"):
        names = packages("every", profile)
        assert not {name for name in names if re.search("ssh|telnet|login|getty|avahi|pulseaudio|pipewire", name)}


def test_raspberry_pi_imager_is_told_what_lies_beside(tmp_path: Path) -> None:
    image, packed = tmp_path / "candour.img", tmp_path / "candour.img.zst"
    image.write_bytes(b"a card" * 1000)
    packed.write_bytes(b"packed")
    told = subprocess.run([IMAGE / "manifest", image], capture_output=True, text=True, check=True).stdout
    [entry] = json.loads(told)["os_list"]
    assert entry["extract_sha256"] == sha256(image.read_bytes()).hexdigest()
    assert (entry["extract_size"], entry["image_download_size"], entry["init_format"]) == (6000, 6, "none")
    assert entry["url"] == packed.as_uri()


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="needs Debian's dpkg")
def test_the_plan_of_a_pi_says_what_it_is() -> None:
    told = build("--profile", "rpi", "--dry-run", "--mirror", "http://mirror.example/debian")
    assert told.returncode == 0, told.stderr
    assert "Not yet booted on a Pi" in told.stdout and "http://mirror.example/debian trixie main" in told.stdout
    assert packages("every", "rpi-arm64") <= set(told.stdout.split())


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="needs Debian's dpkg")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--profile", "rpi", "--architecture", "amd64"], "There is no profile rpi for amd64"),
        (["--profil", "debian"], "does not know --profil"),
        (["--profile", "rpi", "--mirror", "http://mirror.example/debian"], "give its address with --raspberry"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_done(words: list[str], said: str) -> None:
    told = build(*words)
    assert told.returncode == 1 and said in told.stderr
