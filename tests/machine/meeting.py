"""A whole meeting: pressed, seen, heard and taken away, through the kernel's pins, its sound card and its network."""

import json
import subprocess
import sys
import time
from pathlib import Path

from emulated import Machine
from image_check import Figures

from appliance.bench.attendee import Attendee

SERVICES = ("panel", "recorder", "transcriber", "seats", "finisher", "web")
RECORDED_S = 30


def test_a_meeting(box: Machine, figures: Figures, tmp_path: Path) -> None:
    box.wait_for_light("dark")
    phone = Attendee(f"http://127.0.0.1:{box.port}")
    assert phone.look()["pattern"] == "dark"

    box.pins("press")
    box.wait_for_state("notice")
    box.wait_for_light("pulse")
    phone.take_ticket()
    assert box.sh("cat /proc/asound/card0/pcm0c/sub0/status").strip() == "closed"

    box.pins("press")
    box.wait_for_state("recording")
    box.wait_for_light("steady")
    assert "RUNNING" in box.sh("cat /proc/asound/card0/pcm0c/sub0/status")
    assert phone.look()["pattern"] == "steady"
    time.sleep(RECORDED_S)
    box.wait_for_light("steady")
    for service in SERVICES:
        used = int(box.sh(f"cat /sys/fs/cgroup/system.slice/candour-{service}.service/memory.peak"))
        figures.say(f"MB of {service}, recording", round(used / 1e6))

    box.pins("press")
    box.wait_for_state("stopping")
    assert box.sh("cat /proc/asound/card0/pcm0c/sub0/status").strip() == "closed"
    box.pins("hold")
    box.wait_for_state("ended", "ready")
    meeting = box.sh("ls /var/lib/candour/meetings").strip()
    copies = f"/var/lib/candour/meetings/{meeting}/copies"
    box.until(f"test -s {copies}/recording.mp3", 120)
    box.until(f"test -s {copies}/bundle.zip", 2400, every=5)
    out = tmp_path / "taken"
    out.mkdir()
    taken = [phone.take(meeting, name, out) for name in ("recording.mp3", "recording.flac", "bundle.zip")]
    for copy in taken:
        assert box.sh(f"sha256sum {copies}/{copy.name}").split()[0] == copy.sha256
    verify = [sys.executable, "-m", "appliance", "verify", str(out / "bundle.zip"), "--json"]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    figures.say("verified on another computer", told.get("integrity"))
    assert done.returncode == 2, done.stdout  # unaltered and complete; this computer does not know the box
    for service in SERVICES:
        assert box.sh(f"systemctl show -P NRestarts candour-{service}").strip() == "0"
