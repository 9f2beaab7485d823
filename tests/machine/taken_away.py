"""What every meeting in the emulated box begins and ends with: presses, and copies that another computer verifies."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from emulated import Machine
from image_check import Figures

from appliance.bench.attendee import Attendee

PATIENCE_S = 90  # of a phone before an emulated box
COPIES = ("recording.mp3", "recording.flac", "bundle.zip")


def memory(box: Machine, service: str) -> int:
    """The most that it had, in MB."""
    return round(int(box.sh(f"cat /sys/fs/cgroup/system.slice/candour-{service}.service/memory.peak")) / 1e6)


def begin(box: Machine, is_closed: Callable[[], bool]) -> Attendee:
    """Told, then recorded; a phone has taken a ticket in between."""
    phone = Attendee(f"http://127.0.0.1:{box.port}", PATIENCE_S)
    assert phone.look()["pattern"] == "dark"
    box.pins("press")
    box.wait_for_state("notice")
    box.wait_for_light("pulse")
    phone.take_ticket()
    assert is_closed()
    box.pins("press")
    box.wait_for_state("recording")
    box.wait_for_light("steady")
    return phone


def end(box: Machine) -> str:
    """Pressed, and held so that nobody waits; returns the meeting."""
    box.pins("press")
    box.wait_for_state("stopping")
    box.pins("hold")
    box.wait_for_state("ended", "ready")
    return box.sh("ls /var/lib/candour/meetings").strip()


def end_and_take(box: Machine, phone: Attendee, figures: Figures, folder: Path) -> str:
    """Pressed, held, and everything taken by the phone, as it is on the card; returns the meeting."""
    meeting = end(box)
    copies = f"/var/lib/candour/meetings/{meeting}/copies"
    box.until(f"test -s {copies}/recording.mp3", 120)
    box.until(f"test -s {copies}/bundle.zip", 2400, every=5)
    for name in COPIES:
        copy = phone.take(meeting, name, folder)
        assert box.sh(f"sha256sum {copies}/{copy.name}").split()[0] == copy.sha256
    verify = [sys.executable, "-m", "appliance", "verify", str(folder / "bundle.zip"), "--json"]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    figures.say("verified on another computer", json.loads(done.stdout).get("integrity"))
    assert done.returncode == 2, done.stdout  # unaltered and complete; this computer does not know the box
    return meeting
