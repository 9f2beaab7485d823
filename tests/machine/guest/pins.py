"""Button, light and buzzer of the machine under test, through the kernel's gpio-sim (Documentation/admin-guide/gpio).

make: the chip and its lines; press, hold: the button to ground; watch SECONDS: [[s, light, buzzer], ...] as they are;
microphone WORD: tell the USB microphone, and after how many seconds a steady light went out.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import usb_microphone

CHIP = Path("/sys/kernel/config/gpio-sim/pi")
BUTTON, LIGHT, BUZZER = 17, 27, 22
PRESS_S, HOLD_S = 0.3, 2.6
LONGEST_S = 30.0


def make() -> None:
    subprocess.run(["modprobe", "gpio-sim"], check=True)
    if not CHIP.parent.exists():
        subprocess.run(["mount", "-t", "configfs", "none", "/sys/kernel/config"], check=True)
    bank = CHIP / "bank0"
    bank.mkdir(parents=True)
    (bank / "num_lines").write_text("54")
    (bank / "label").write_text("pinctrl-bcm2835")
    for pin in (BUTTON, LIGHT, BUZZER):
        line = bank / f"line{pin}"
        line.mkdir()
        (line / "name").write_text(f"GPIO{pin}")
    (CHIP / "live").write_text("1")
    # gpiozero asks which Pi this is.
    told = Path("/proc/cpuinfo").read_text() + "\nRevision\t: c03111\nModel\t: Raspberry Pi 4 Model B Rev 1.1\n"
    Path("/run/cpuinfo").write_text(told)


def line(pin: int) -> Path:
    device, chip = (CHIP / "dev_name").read_text().strip(), (CHIP / "bank0/chip_name").read_text().strip()
    return Path(f"/sys/devices/platform/{device}/{chip}/sim_gpio{pin}")


def push(seconds: float) -> None:
    pull = line(BUTTON) / "pull"
    pull.write_text("pull-down")
    time.sleep(seconds)
    pull.write_text("pull-up")


def watch(seconds: float) -> list[tuple[float, int, int]]:
    begins, seen = time.monotonic(), list[tuple[float, int, int]]()
    values = [line(pin) / "value" for pin in (LIGHT, BUZZER)]
    while (now := time.monotonic() - begins) < seconds:
        light, buzzer = (int(value.read_text()) for value in values)
        if not seen or seen[-1][1:] != (light, buzzer):
            seen.append((round(now, 3), light, buzzer))
        time.sleep(0.01)
    return seen


def goes_out(word: str) -> float:
    """The light is steady; the USB microphone is told something."""
    value = line(LIGHT) / "value"
    assert int(value.read_text())
    began = usb_microphone.tell(word)
    while int(value.read_text()) and time.monotonic() - began < LONGEST_S:
        time.sleep(0.005)
    return round(time.monotonic() - float(began), 3)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make"]:
            make()
        case ["press"]:
            push(PRESS_S)
        case ["hold"]:
            push(HOLD_S)
        case ["watch", seconds]:
            print(json.dumps(watch(float(seconds))))
        case ["microphone", word]:
            print(json.dumps(goes_out(word)))
