"""A USB stick in the box: copies are put on it for whoever holds a ticket; nothing else is done with it."""

import hashlib
import subprocess
import time
from pathlib import Path

from emulated import Machine
from image_check import Figures
from taken_away import begin, end

RECORDED_S = 6
PLACE = "/run/candour/stick"


def formatted(path: Path, *command: str) -> Path:
    with path.open("wb") as file:
        file.truncate(64 * 1024**2)
    if command:
        subprocess.run([*command, str(path)], check=True, capture_output=True)
    return path


def on_stick(image: Path) -> dict[str, str]:
    """The files at its top, with their hashes."""
    names = subprocess.run(["mdir", "-b", "-i", image, "::/"], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    found = {}
    for name in filter(None, names):
        content = subprocess.run(["mtype", "-i", image, name], capture_output=True, check=True).stdout
        found[name.removeprefix("::/")] = hashlib.sha256(content).hexdigest()
    return found


def test_copies_on_a_stick(box: Machine, figures: Figures, tmp_path: Path) -> None:
    phone = begin(box, lambda: True)
    time.sleep(RECORDED_S)
    meeting = end(box)
    copies = f"/var/lib/candour/meetings/{meeting}/copies"
    box.until(f"test -s {copies}/recording.mp3", 300)
    box.until(f"test -s {copies}/recording.flac", 300)

    stick = formatted(tmp_path / "stick.img", "mformat", "-F", "-i")
    box.plug_stick(stick)
    box.until(f"mountpoint -q {PLACE}", 60)
    options = box.sh(f"findmnt -no OPTIONS {PLACE}")
    assert all(word in options for word in ("nosuid", "nodev", "noexec"))
    pid = box.sh("systemctl show -P MainPID candour-finisher").strip()
    assert PLACE in box.sh(f"cat /proc/{pid}/mounts")
    phone.ask_for_stick(meeting)
    for _ in range(60):
        if "read back and found the same" in phone.mine():
            break
        time.sleep(2)
    box.pull_stick()
    box.until(f"! mountpoint -q {PLACE}", 60)
    assert PLACE not in box.sh(f"cat /proc/{pid}/mounts")
    kept = {line.split()[1]: line.split()[0] for line in box.sh(f"cd {copies} && sha256sum *").splitlines()}
    taken = on_stick(stick)
    figures.say("on the stick", sorted(taken))
    assert len(taken) >= 3
    for name, sha256 in taken.items():
        assert sha256 == kept[name.rsplit(" ", 1)[-1]], name


def test_what_is_no_stick_is_left_alone(box: Machine, tmp_path: Path) -> None:
    others = {
        "nothing on it": formatted(tmp_path / "empty.img"),
        "another system's": formatted(tmp_path / "ext4.img", "mke2fs", "-q", "-t", "ext4"),
        "the card of a box": formatted(tmp_path / "card.img", "mformat", "-F", "-v", "CANDOUR", "-i"),
    }
    for image in others.values():
        box.plug_stick(image)
        box.sh("sleep 6; udevadm settle")
        assert box.sh(f"mountpoint {PLACE}", check=False).strip() != f"{PLACE} is a mountpoint"
        box.pull_stick()
    damaged = formatted(tmp_path / "damaged.img", "mformat", "-F", "-i")
    with damaged.open("r+b") as file:
        file.seek(0x24)  # sectors of a FAT
        file.write(b"\xff\xff\xff\x7f")
    box.plug_stick(damaged)
    box.sh("sleep 6; udevadm settle")
    box.pull_stick()
    assert box.sh("systemctl is-active candour-finisher").strip() == "active"
    again = formatted(tmp_path / "again.img", "mformat", "-F", "-i")
    box.plug_stick(again)
    box.until(f"mountpoint -q {PLACE}", 60)
    box.pull_stick()
    box.until(f"! mountpoint -q {PLACE}", 60)
