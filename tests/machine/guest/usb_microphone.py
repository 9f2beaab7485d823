"""A USB microphone for the machine under test: a device in user space, plugged into the kernel's vhci_hcd (USB/IP).

serve VENDOR:PRODUCT [NAME [SERIAL [PORT]]]: be one (16 bit, 48 kHz, one channel, saying /rig/usb.wav over and over)
until killed. To one that is served, with the PORT behind it if not 0: plug, unplug, hang, go-on: answered with the
monotonic time at which it was done; asked: what vendors' requests came; spoke: [from, until] of each stretch of sound.
"""

import contextlib
import json
import select
import socket
import struct
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

VHCI = Path("/sys/devices/platform/vhci_hcd.0")
SOUND = Path("/rig/usb.wav")
MAKER, NAME, SERIAL = "Anytown", "Table Microphone", "A1"
RATE, SAMPLE_BYTES = 48000, 2
MS_BYTES = RATE // 1000 * SAMPLE_BYTES
SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
HEAD, FULL_SPEED, DEVICE = 48, 2, 0x10002
STALL, LINK_BROKEN = -32, -104
FULL_PACKET = struct.pack(">II", MS_BYTES, 0)
TURN_S, PAUSE_S = 0.002, 1.0
BEHIND_S = 3.0  # what an emulated computer may be late; later than that is lost
GET_DESCRIPTOR, SET_INTERFACE, GET_CONFIGURATION = 6, 11, 8
IN_STANDARD, VENDOR, CLASS = 0x80, 0x40, 0x20


def described(*parts: bytes) -> bytes:
    return b"".join(parts)


def configuration() -> bytes:
    """One interface that controls, one that streams (USB Audio Class 1.0, chapter 4)."""
    terminals = described(
        struct.pack("<BBBBHBBHBB", 12, 0x24, 2, 1, 0x0201, 0, 1, 0, 0, 0),  # a microphone
        struct.pack("<BBBBHBBB", 9, 0x24, 3, 2, 0x0101, 0, 1, 0),  # what goes to the computer
    )
    control = struct.pack("<BBBHHBB", 9, 0x24, 1, 0x0100, 9 + len(terminals), 1, 1) + terminals
    streams = described(
        struct.pack("<BBBBBH", 7, 0x24, 1, 2, 1, 1),
        struct.pack("<BBBBBBBB", 11, 0x24, 2, 1, 1, SAMPLE_BYTES, 16, 1) + RATE.to_bytes(3, "little"),
        struct.pack("<BBBBHBBB", 9, 5, 0x81, 5, MS_BYTES + 4, 1, 0, 0),
        struct.pack("<BBBBBH", 7, 0x25, 1, 1, 0, 0),
    )
    inside = described(
        bytes([9, 4, 0, 0, 0, 1, 1, 0, 0]),
        control,
        bytes([9, 4, 1, 0, 0, 1, 2, 0, 0]),
        bytes([9, 4, 1, 1, 1, 1, 2, 0, 0]),
        streams,
    )
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(inside), 2, 1, 0, 0x80, 50) + inside


class Microphone:
    """`line` is the socket to the kernel while it is plugged in."""

    def __init__(self, port: int, vendor: int, product: int, name: str, serial: str) -> None:
        self._port, self._names = port, ("", MAKER, name, serial)
        self._device = struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0110, 0, 0, 0, 64, vendor, product, 0x100, 1, 2, 3, 1)
        with wave.open(str(SOUND)) as sound:
            self._sound: bytes = sound.readframes(sound.getnframes())
        self._at = 0
        self._hangs = False
        self._line: socket.socket | None = None
        self._waiting: list[tuple[int, bytes]] = []
        self._due = 0.0
        self.asked: list[dict[str, Any]] = []
        self.spoke: list[list[float]] = []

    def plug(self) -> None:
        mine, kernels = socket.socketpair()
        self._line, self._hangs = mine, False
        self._waiting.clear()
        (VHCI / "attach").write_text(f"{self._port} {kernels.fileno()} {DEVICE + self._port} {FULL_SPEED}")
        kernels.close()
        threading.Thread(target=self._serve, args=[mine], daemon=True).start()

    def unplug(self) -> None:
        line, self._line = self._line, None
        if line:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def hang(self) -> None:
        """It stays there, and gives nothing any more."""
        self._hangs = True

    def go_on(self) -> None:
        self._hangs = False

    def _serve(self, line: socket.socket) -> None:
        """One thread for both ways: the kernel lends the microphone 12 ms of requests at a time."""
        said = b""
        with contextlib.suppress(OSError):
            while self._line is line:
                if select.select([line], [], [], TURN_S)[0]:
                    more = line.recv(1 << 16)
                    if not more:
                        return
                    said = self._heard(line, said + more)
                now = time.monotonic()
                self._due = now if self._hangs else max(self._due, now - BEHIND_S)
                line.sendall(self._answers(now))

    def _heard(self, line: socket.socket, said: bytes) -> bytes:
        """Take every whole message; returns what is left."""
        while len(said) >= HEAD:
            command, number, _, inwards, endpoint = struct.unpack(">5I", said[:20])
            if command == UNLINK:
                self._forget(line, number, struct.unpack(">I", said[20:24])[0])
                said = said[HEAD:]
                continue
            _, length, _, packets, _ = struct.unpack(">IiiiI", said[20:40])
            ends = HEAD + (16 * packets if endpoint else 0 if inwards else length)
            if len(said) < ends:
                break
            if endpoint:
                self._waiting.append((number, said[HEAD:ends]))
            else:
                status, answer = self._control(said[40:HEAD], said[HEAD:ends])
                answer = answer[:length] if inwards else b""
                sent = len(answer) if inwards else length
                line.sendall(struct.pack(">5Iiiiii8x", SUBMITTED, number, 0, 0, 0, status, sent, 0, -1, 0) + answer)
            said = said[ends:]
        return said

    def _forget(self, line: socket.socket, number: int, which: int) -> None:
        before = len(self._waiting)
        self._waiting = [one for one in self._waiting if one[0] != which]
        status = LINK_BROKEN if len(self._waiting) < before else 0
        line.sendall(struct.pack(">5Ii24x", UNLINKED, number, 0, 0, 0, status))

    def _control(self, setup: bytes, data: bytes) -> tuple[int, bytes]:
        """One request on endpoint 0: its status, and what it answers."""
        kind, request, value, index, length = struct.unpack("<BBHHH", setup)
        if kind & 0x60 == VENDOR:
            self.asked.append({"kind": kind, "request": request, "value": value, "index": index, "data": data.hex()})
            return 0, bytes(length)
        if kind & 0x60 == CLASS:
            return 0, RATE.to_bytes(3, "little")
        if kind == IN_STANDARD and request == GET_DESCRIPTOR:
            found = self._descriptor(value >> 8, value & 0xFF)
            return (0, found) if found else (STALL, b"")
        if request == GET_CONFIGURATION:
            return 0, b"\1"
        if request == SET_INTERFACE:
            self._due = time.monotonic()
        return 0, bytes(length) if kind & 0x80 else b""

    def _descriptor(self, kind: int, number: int) -> bytes:
        if kind == 3 and number < len(self._names):
            text = self._names[number].encode("utf-16le") if number else b"\x09\x04"
            return bytes([len(text) + 2, 3]) + text
        return {1: self._device, 2: configuration()}.get(kind, b"")

    def _answers(self, until: float) -> bytes:
        """To requests whose time has come."""
        out = []
        while self._waiting and (after := self._due + len(self._waiting[0][1]) / 16 / 1000) <= until:
            number, spans = self._waiting.pop(0)
            out.append(self._packets(number, spans))
            self._note(after - self._due)
            self._due = after
        return b"".join(out)

    def _note(self, length_s: float) -> None:
        now = time.monotonic()
        if not self.spoke or now - length_s - self.spoke[-1][1] > PAUSE_S:
            self.spoke.append([now - length_s, now])
        self.spoke[-1][1] = now

    def _packets(self, number: int, spans: bytes) -> bytes:
        count = len(spans) // 16
        sound = b"".join([self._next_ms() for _ in range(count)])
        table = b"".join([spans[16 * n : 16 * n + 8] + FULL_PACKET for n in range(count)])
        return struct.pack(">5Iiiiii8x", SUBMITTED, number, 0, 0, 0, 0, len(sound), 0, count, 0) + sound + table

    def _next_ms(self) -> bytes:
        self._at = self._at + MS_BYTES if self._at + 2 * MS_BYTES <= len(self._sound) else 0
        return self._sound[self._at : self._at + MS_BYTES]


def line_of(port: int) -> Path:
    return Path(f"/run/usb-microphone{port or ''}.sock")


def serve(ids: str, name: str = NAME, serial: str = SERIAL, port: str = "0") -> None:
    subprocess.run(["modprobe", "-a", "vhci-hcd", "snd-usb-audio"], check=True)
    vendor, product = (int(part, 16) for part in ids.split(":"))
    microphone = Microphone(int(port), vendor, product, name, serial)
    can: dict[str, Callable[[], None]] = {
        "plug": microphone.plug,
        "unplug": microphone.unplug,
        "hang": microphone.hang,
        "go-on": microphone.go_on,
    }
    here = line_of(int(port))
    here.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(here))
        door.listen()
        while True:
            caller, _ = door.accept()
            with caller:
                word = caller.recv(100).decode()
                if word in can:
                    can[word]()
                answer = {"asked": microphone.asked, "spoke": microphone.spoke}.get(word, time.monotonic())
                caller.sendall(json.dumps(answer).encode())


def tell(word: str, port: int = 0) -> Any:
    """What the served one answers."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(line_of(port)))
        line.sendall(word.encode())
        return json.loads(b"".join(iter(lambda: line.recv(65536), b"")))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", ids, *more]:
            serve(ids, *more)
        case [word, *port]:
            print(json.dumps(tell(word, *map(int, port))))
