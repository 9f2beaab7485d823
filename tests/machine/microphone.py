"""A USB microphone that is pulled out of a meeting, plugged in again, and that hangs: real USB for the box's kernel."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from emulated import Card, Machine, spoken, switched_on
from image_check import Figures
from taken_away import begin, end_and_take

WITHIN_S = 2.0
"""In which the light must leave steady."""
GAP_WITHIN_S = 0.3
RATE = 48000
PLAIN, WITH_LIGHTS = (
    "0d8c:0014",
    {"2886:0018": [(1, 0x1C, "00000000"), (0x22, 0x1C, "00")], "2886:001a": [(12, 20, "00")]},
)
DEVICE = "systemd-run --quiet -p CPUSchedulingPolicy=rr -p CPUSchedulingPriority=50 --unit"
"""It does not wait for the computer's other programs, as no device does."""
BE_ONE = f"{DEVICE} rig-microphone python3 /rig/usb_microphone.py serve"
ROWS = """
import glob, json, sqlite3
[folder] = glob.glob("/var/lib/candour/meetings/*")
db = sqlite3.connect(f"file:{folder}/record.db?mode=ro", uri=True)
print(json.dumps({"gaps": db.execute("select first_sample, samples, cause from gaps order by id").fetchall(),
    "captures": db.execute("select first_sample, monotonic from captures order by id").fetchall()}))
"""


def told(box: Machine, word: str) -> Any:
    return json.loads(box.sh(f"python3 /rig/usb_microphone.py {word}"))


@pytest.fixture(scope="module")
def usb(card: Card) -> Iterator[Machine]:
    """A box with nothing but such a microphone."""
    card.write("candour.toml", '[microphone]\nrate = 48000\ndevice = "microphone"\n')
    with switched_on(card, extra={"rig/usb.wav": spoken(48000)}) as box:
        box.sh(f"{BE_ONE} {PLAIN}")
        box.until("test -S /run/usb-microphone.sock")
        told(box, "plug")
        box.wait_until_ready()
        yield box


def test_it_has_a_name_that_stays(usb: Machine) -> None:
    assert "[microphone     ]: USB-Audio - Table Microphone" in usb.sh("cat /proc/asound/cards")
    assert usb.sh("cat /sys/class/sound/card0/device/../power/control").strip() == "on"


def test_a_second_one_does_not_take_it(usb: Machine) -> None:
    second = "rig-second python3 /rig/usb_microphone.py serve 0d8c:0012 'Other Microphone' B2 1"
    usb.sh(f"{DEVICE} {second}")
    usb.until("python3 /rig/usb_microphone.py plug 1")
    usb.until("grep -q '\\[Microphone .*Other Microphone' /proc/asound/cards")
    assert "[microphone     ]: USB-Audio - Table Microphone" in usb.sh("cat /proc/asound/cards")
    usb.sh("python3 /rig/usb_microphone.py unplug 1; systemctl stop rig-second")


def test_pulled_out_and_hanging_in_a_meeting(usb: Machine, figures: Figures, tmp_path: Path) -> None:
    phone = begin(usb, lambda: "closed" in usb.sh("cat /proc/asound/microphone/pcm0c/sub0/status"))
    lost, back = list[float](), list[float]()
    for away, again in (("unplug", "plug"), ("hang", "go-on")):
        time.sleep(8)
        usb.wait_for_light("steady")
        at = float(usb.sh("cut -d' ' -f1 /proc/uptime"))
        seconds = usb.pins("microphone", away)
        figures.say(f"seconds until the light told, microphone: {away}", seconds)
        assert seconds < WITHIN_S
        lost.append(at)
        usb.wait_for_state("interrupted")
        usb.wait_for_light("fault")
        assert phone.look()["pattern"] == "fault"
        time.sleep(5)
        back.append(told(usb, again))
        usb.wait_for_state("recording")
        usb.wait_for_light("steady")
    time.sleep(5)
    end_and_take(usb, phone, figures, tmp_path)
    rows, spoke = json.loads(usb.sh(f"/opt/candour/bin/python3 - <<'PYTHON'{ROWS}PYTHON")), told(usb, "spoke")
    assert len(rows["gaps"]) == 2, rows
    [began] = [monotonic for first, monotonic in rows["captures"] if not first]
    for (sample, samples, cause), left, returned in zip(rows["gaps"], lost, back, strict=True):
        silent_from = max(until for _, until in spoke if until < returned)
        silent_until = min(since for since, _ in spoke if since > left)
        begins, length = began + sample / RATE, samples / RATE
        too_long = round(length - (silent_until - silent_from), 3)
        figures.say(f"gap: {cause}: seconds, and by how much that is too long", (round(length, 1), too_long))
        assert abs(too_long) < GAP_WITHIN_S
        assert abs(begins - silent_from) < GAP_WITHIN_S


@pytest.mark.parametrize("kind", WITH_LIGHTS)
def test_lights_that_would_follow_voices_are_put_out(usb: Machine, kind: str) -> None:
    told(usb, "unplug")
    usb.sh(f"systemctl stop rig-microphone; sleep 1; {BE_ONE} {kind}; sleep 5")
    told(usb, "plug")
    usb.until("python3 /rig/usb_microphone.py asked | grep -q value", 60)
    usb.until("! systemctl list-units --no-legend --state=activating 'put-out-array-lights@*' | grep -q .", 60)
    asked = told(usb, "asked")
    assert [(one["value"], one["index"], one["data"]) for one in asked] == 2 * WITH_LIGHTS[kind]
    assert {(one["kind"], one["request"]) for one in asked} == {(0x40, 0)}
