"""A box as a virtual machine: the image as it was built, started by QEMU, with a hand on its button and its power.

Nothing of this is in the image. The rig (guest/) comes in through the initramfs and is laid over the root file system,
which is forgotten with the power anyway. QEMU emulates (no KVM), so that minutes here say nothing of a Pi.
"""

import io
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
import soundfile

SAMPLE = Path(__file__).parents[2] / "appliance/bench/sample_meeting/meeting.flac"
GUEST = Path(__file__).parent / "guest"
FAT = 4 * 1024 * 1024
CARD_GB = 16
SERIAL = "systemd.machine_id=c0ffee00c0ffee00c0ffee00c0ffee00"
"""A Pi has its serial number from its device tree, the same at every start."""
ONE = {
    "amd64": (
        "qemu-system-x86_64 -M q35 -cpu max",
        # Without these the emulated clock runs away on a busy computer.
        "console=ttyS0 tsc=unstable clocksource=hpet nowatchdog",
    ),
    "arm64": ("qemu-system-aarch64 -M virt -cpu cortex-a72", "console=ttyAMA0"),
}


class Gone(Exception):
    """The machine does not answer any more."""


@dataclass
class Card:
    """A card that the image was flashed on; `folder` holds everything about it."""

    image: Path
    folder: Path
    gb: int = CARD_GB

    @property
    def path(self) -> Path:
        return self.folder / "card.img"

    @property
    def architecture(self) -> str:
        return "arm64" if "arm64" in self.image.name else "amd64"

    def flash(self) -> None:
        """As a person does it: what lies behind the image stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = not self.path.exists()
        if fresh:
            subprocess.run(["cp", "--sparse=always", self.image, self.path], check=True)
        else:
            subprocess.run(
                ["dd", f"if={self.image}", f"of={self.path}", "bs=4M", "conv=notrunc", "status=none"], check=True
            )
        with self.path.open("ab") as file:
            file.truncate(self.gb * 1024**3)

    def read(self, name: str) -> str:
        return self._mtools("mtype", f"::/{name}").decode()

    def write(self, name: str, text: str) -> None:
        """A file on the FAT partition, as written on another computer while the card is not in the box."""
        self._mtools("mcopy", "-o", "-", f"::/{name}", enter=text.encode())

    def copy_out(self, name: str, to: Path) -> None:
        self._mtools("mcopy", "-n", "-o", f"::/{name}", str(to))

    def _mtools(self, tool: str, *words: str, enter: bytes = b"") -> bytes:
        command = [
            tool,
            *(["-o"] if words[0] == "-o" else []),
            "-i",
            f"{self.path}@@{FAT}",
            *[w for w in words if w != "-o"],
        ]
        return subprocess.run(command, input=enter, capture_output=True, check=True).stdout


@dataclass
class Machine:
    """The card in a box that is switched on."""

    card: Card
    extra: dict[str, str] = field(default_factory=dict)
    """More files for the root file system, by path."""
    sound: bool = False
    """A sound card on which somebody speaks all the time: the kernel's loopback, which plays what was put into it."""
    memory_mb: int = 2048
    command_line: str = ""

    def __post_init__(self) -> None:
        self.port = _free_port()
        self.began = time.monotonic()
        self._answers: dict[int, dict[str, Any]] = {}
        self._arrived = threading.Condition()
        self._asked = 0
        self.up_s: float | None = None
        self.ready_s = 0.0
        """Seconds after the kernel began."""

    def switch_on(self) -> None:
        folder = self.card.folder
        for name in ("vmlinuz", "initrd.img"):
            self.card.copy_out(name, folder / name)
        program, machine_line = ONE[self.card.architecture]
        line = f"{self.card.read('cmdline.txt').strip()} {machine_line} {SERIAL} {self.command_line}"
        extra = self.extra | ({"rig/sound.wav": spoken()} if self.sound else {})
        archive = rig_archive(folder / "initrd.img", extra)
        with (folder / "initrd.img").open("ab") as file:
            file.write(archive)
        self._socket_path = folder / "rig.sock"
        self._socket_path.unlink(missing_ok=True)
        self.began = time.monotonic()
        with (folder / "qemu.log").open("w") as log:
            self.qemu = subprocess.Popen(
                [
                    *program.split(),
                    *["-accel", "tcg,thread=multi", "-smp", "2", "-display", "none", "-no-reboot", "-monitor", "none"],
                    *[
                        "-m",
                        str(self.memory_mb),
                        "-kernel",
                        str(folder / "vmlinuz"),
                        "-initrd",
                        str(folder / "initrd.img"),
                    ],
                    *["-append", line, "-serial", f"file:{folder / 'console.log'}"],
                    *["-drive", f"file={self.card.path},if=none,id=card,format=raw,cache=writeback"],
                    *[
                        "-device",
                        "virtio-blk-pci,drive=card",
                        "-device",
                        "virtio-rng-pci",
                        "-device",
                        "virtio-serial-pci",
                    ],
                    *["-chardev", f"socket,id=rig,path={self._socket_path},server=on,wait=off"],
                    *["-device", "virtserialport,chardev=rig,name=rig"],
                    *["-qmp", f"unix:{folder / 'qmp.sock'},server=on,wait=off", "-device", "qemu-xhci,id=usb"],
                    *["-nic", f"user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-:80"],
                    # A computer as busy as this one can be stands still for longer than a watchdog waits.
                    *["-device", "i6300esb", "-action", "watchdog=none"],
                ],
                stderr=log,
            )
        self._listen()

    def _listen(self) -> None:
        for _ in range(200):
            if self._socket_path.exists():
                break
            time.sleep(0.05)
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(str(self._socket_path))
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        with self._line.makefile("rb") as answers:
            for line in answers:
                told = json.loads(line)
                with self._arrived:
                    if "up" in told:
                        self.up_s = told["up"]
                    else:
                        self._answers[told["id"]] = told
                    self._arrived.notify_all()
        with self._arrived:
            self._arrived.notify_all()

    def wait_for_rig(self, timeout: float = 200) -> None:
        with self._arrived:
            if not self._arrived.wait_for(lambda: self.up_s is not None or self.qemu.poll() is not None, timeout):
                raise Gone(f"no sign of life after {timeout} s; its console: {self.console()[-2000:]}")
        if self.qemu.poll() is not None:
            raise Gone(f"QEMU ended: {(self.card.folder / 'qemu.log').read_text()[-2000:]}")

    def sh(self, command: str, timeout: float = 120, check: bool = True) -> str:
        """What it prints; AssertionError with that if it fails."""
        with self._arrived:
            self._asked += 1
            mine = self._asked
            self._line.sendall(json.dumps({"id": mine, "run": command}).encode() + b"\n")
            if not self._arrived.wait_for(lambda: mine in self._answers or self.qemu.poll() is not None, timeout):
                raise Gone(f"no answer in {timeout} s to: {command}")
            if mine not in self._answers:
                raise Gone(f"switched off during: {command}")
            told = self._answers.pop(mine)
        assert not check or told["rc"] == 0, f"{command}: {told['out']}"
        return str(told["out"])

    def until(self, command: str, timeout: float = 300, every: float = 1.0) -> str:
        """Repeat until it succeeds."""
        ends = time.monotonic() + timeout
        while time.monotonic() < ends:
            with_rc = self.sh(f'({command}); echo "rc $?"', check=False).rstrip()
            said, _, rc = with_rc.rpartition("rc ")
            if rc == "0":
                return said
            time.sleep(every)
        raise AssertionError(f"not in {timeout} s: {command}: {said}")

    def state(self) -> tuple[str, str]:
        """What the recorder says of itself, and why."""
        told = json.loads(self.sh("cat /run/candour/recorder.json"))
        return told["state"], told["because"]

    def wait_for_state(self, *states: str, timeout: float = 120) -> None:
        ends = time.monotonic() + timeout
        while (now := self.state())[0] not in states:
            assert time.monotonic() < ends, f"still {now}, not {' or '.join(states)}"
            time.sleep(0.5)

    def wait_until_ready(self) -> None:
        """Every service is there, and the light waits for a press."""
        self.until("test -e /run/candour/recorder.json", 300)
        self.wait_for_state("ready")
        self.ready_s = float(self.sh("cut -d' ' -f1 /proc/uptime"))
        self.until("systemctl is-active candour.target", 600, every=3)

    def light_is(self, pattern: str) -> bool:
        """Watched for some seconds; slow as the machine is, patterns are told apart by how long it is on and off."""
        seen = self.pins("watch", "6")
        spans = [(on, after - at) for (at, on, _), (after, _, _) in pairwise(seen[1:])]
        on, off = ([length for which, length in spans if which == one] for one in (1, 0))
        if not on and not off:
            return pattern == ("steady" if seen[-1][1] else "dark")
        if pattern in ("steady", "dark"):
            return False
        longest_on, longest_off = max(on, default=0.0), max(off, default=0.0)
        shape = {
            "pulse": longest_on > 0.4,
            "fast blink": longest_on < 0.4 and longest_off < 0.4,
            "fault": longest_on < 0.4 <= longest_off < 1.1,
            "two blinks": longest_on < 0.4 and 1.1 <= longest_off < 2.2,
            "slow blink": longest_on < 0.5 and longest_off >= 2.2,
        }
        return shape[pattern]

    def wait_for_light(self, pattern: str, timeout: float = 90) -> None:
        ends = time.monotonic() + timeout
        while not self.light_is(pattern):
            assert time.monotonic() < ends, f"the light is not {pattern}; the recorder says {self.state()}"

    def pins(self, *words: str, timeout: float = 60) -> Any:
        out = self.sh(f"python3 /rig/pins.py {' '.join(words)}", timeout)
        return json.loads(out) if out else None

    def plug_stick(self, image: Path) -> None:
        """A USB stick with what is in the file."""
        file = {"driver": "file", "filename": str(image)}
        self._qmp("blockdev-add", {"node-name": "stick", "driver": "raw", "file": file})
        device = {"driver": "usb-storage", "id": "stick", "bus": "usb.0", "drive": "stick", "removable": True}
        self._qmp("device_add", device)

    def pull_stick(self) -> None:
        self._qmp("device_del", {"id": "stick"})
        for _ in range(50):
            time.sleep(0.2)
            if "error" not in self._qmp("blockdev-del", {"node-name": "stick"}, check=False):
                return
        raise Gone("the stick is still in use")

    def _qmp(self, command: str, arguments: dict[str, Any], check: bool = True) -> dict[str, Any]:
        """One command to QEMU, and its answer."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.card.folder / "qmp.sock"))
            with line.makefile("rw") as both:
                both.readline()
                answer = dict[str, Any]()
                for asked in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments}):
                    both.write(json.dumps(asked) + "\n")
                    both.flush()
                    answer = {}
                    while not answer.keys() & {"return", "error"}:
                        answer = json.loads(both.readline())
        assert not check or "return" in answer, answer
        return answer

    def console(self) -> str:
        return (self.card.folder / "console.log").read_text(errors="replace")

    def cut_power(self) -> None:
        self.qemu.kill()
        self.qemu.wait()
        self._line.close()

    def switch_off(self) -> None:
        """Orderly, for what is not about power cuts."""
        self.sh("systemctl --no-block poweroff", check=False)
        try:
            self.qemu.wait(180)
        except subprocess.TimeoutExpired:
            self.qemu.kill()
            raise
        self._line.close()


@contextmanager
def switched_on(card: Card, **more: Any) -> Iterator[Machine]:
    machine = Machine(card, **more)
    machine.switch_on()
    try:
        machine.wait_for_rig()
        yield machine
    finally:
        if machine.qemu.poll() is None:
            machine.cut_power()


def without(services: tuple[str, ...]) -> str:
    """For the kernel's command line: systemd leaves them out."""
    return " ".join(f"systemd.mask={one}.service" for one in services)


def rig_archive(initrd: Path, extra: dict[str, str]) -> bytes:
    """A cpio archive for the kernel to unpack behind the image's own: a script that lays the rig over the root."""
    files = {f"rig/{one.name}": one.read_text(encoding="latin-1") for one in GUEST.iterdir() if one.is_file()}
    files["rig/begin"] = BEGIN
    files |= {path.lstrip("/"): text for path, text in extra.items()}
    order = _of_initrd(initrd, "scripts/init-bottom/ORDER")
    inside = {f"laid-over/{path}": text for path, text in files.items()}
    inside["scripts/init-bottom/ORDER"] = order + '/scripts/init-bottom/zz-rig "$@"\n'
    inside["scripts/init-bottom/zz-rig"] = LAY_OVER
    return _padding(initrd) + _cpio(inside)


BEGIN = """
set -e
python3 /rig/pins.py make
if [ -e /rig/radios ]; then
  modprobe mac80211_hwsim radios="$(cat /rig/radios)"
  ip netns add phone
  iw phy "phy$(iw dev wlan1 info | sed -n 's/.*wiphy //p')" set netns name phone
fi
[ -e /rig/sound.wav ] || exit 0
modprobe snd-aloop index=0 id=Room pcm_substreams=1
# Both ends of the loopback share one rate: it is played as it will be recorded. A pause between two rounds would be
# digital silence, which the box takes for a dead microphone.
(while :; do tail -c +45 /rig/sound.wav; done) | aplay -q -t raw -f S16_LE -r 16000 -c 1 -D hw:0,1 >/dev/null 2>&1 &
"""
LAY_OVER = """#!/bin/sh
[ "$1" = prereqs ] && exit 0
cp -a /laid-over/. "${rootmnt}/"
mkdir -p "${rootmnt}/etc/systemd/system/sysinit.target.wants" "${rootmnt}/etc/systemd/system/candour-panel.service.d"
for one in rig rig-agent; do
  mv "${rootmnt}/rig/$one.service" "${rootmnt}/etc/systemd/system/"
  ln -s "/etc/systemd/system/$one.service" "${rootmnt}/etc/systemd/system/sysinit.target.wants/$one.service"
done
panel="${rootmnt}/etc/systemd/system/candour-panel.service.d/rig.conf"
printf '[Service]\\nBindReadOnlyPaths=/run/cpuinfo:/proc/cpuinfo\\n' >"$panel"
"""


def spoken(rate: int = 16000) -> str:
    """The sample meeting as a WAV of 16 or 48 kHz, one byte of it for each character."""
    rate_16k, _ = soundfile.read(SAMPLE, dtype="int16")
    out = io.BytesIO()
    soundfile.write(out, numpy.repeat(rate_16k, rate // 16000), rate, format="WAV")
    return out.getvalue().decode("latin-1")


def _padding(initrd: Path) -> bytes:
    return bytes(-initrd.stat().st_size % 512)


def _cpio(files: dict[str, str]) -> bytes:
    folders = sorted({str(parent) for name in files for parent in Path(name).parents} - {"."})
    out = io.BytesIO()
    for number, name in enumerate([*folders, *files, "TRAILER!!!"], 1):
        content = files.get(name, "").encode("latin-1") if name in files else b""
        mode = 0o040755 if name in folders else (0o100755 if name.endswith("zz-rig") else 0o100644)
        head = [number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        out.write(b"070701" + b"".join(b"%08X" % one for one in head) + name.encode() + b"\0")
        out.write(bytes(-out.tell() % 4) + content)
        out.write(bytes(-out.tell() % 4))
    return out.getvalue()


def _of_initrd(initrd: Path, name: str) -> str:
    """One file of an initramfs: an uncompressed archive, then a compressed one."""
    data = initrd.read_bytes()
    compressed = data.find(b"\x28\xb5\x2f\xfd")
    while compressed >= 0:
        unpacked = subprocess.run(["zstd", "-dcq"], input=data[compressed:], capture_output=True, check=False).stdout
        if unpacked.startswith(b"070701"):
            done = subprocess.run(["cpio", "-i", "--quiet", "--to-stdout", name], input=unpacked, capture_output=True)
            return done.stdout.decode()
        compressed = data.find(b"\x28\xb5\x2f\xfd", compressed + 1)
    raise ValueError(f"{initrd} has no part that zstd packed")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
