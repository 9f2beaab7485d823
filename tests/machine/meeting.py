"""A whole meeting: pressed, seen, heard and taken away, through the kernel's pins, its sound card and its network."""

import time
from pathlib import Path

from emulated import Machine
from image_check import SERVICES, Figures
from taken_away import begin, end_and_take, memory

RECORDED_S = 12


def test_a_meeting(box: Machine, figures: Figures, tmp_path: Path) -> None:
    closed = "cat /proc/asound/card0/pcm0c/sub0/status"
    box.wait_for_light("dark")
    phone = begin(box, lambda: box.sh(closed).strip() == "closed")
    assert "RUNNING" in box.sh(closed)
    assert phone.look()["pattern"] == "steady"
    time.sleep(RECORDED_S)
    box.wait_for_light("steady")
    for service in SERVICES:
        figures.say(f"MB of {service}, recording", memory(box, service))

    end_and_take(box, phone, figures, tmp_path)
    assert box.sh(closed).strip() == "closed"
    for service in SERVICES:
        assert box.sh(f"systemctl show -P NRestarts candour-{service}").strip() == "0"
