"""Putting out the lights of known microphone arrays, which follow voices from the moment they have power.

Where anything beside the box's own light glows at whoever speaks, its darkness would prove nothing.
"""

import ctypes
import struct
from collections.abc import Callable
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

from appliance.errors import LightsStayOn
from appliance.lifetime import Lifetime

CONTROL = 0xC0185500
"""USBDEVFS_CONTROL of the kernel's usbdevice_fs.h, on 64 bits."""
TO_DEVICE = 0x40  # a request of the vendor's own, outwards
TIMEOUT_MS = 1000
TRIES, AGAIN_S = 5, 1.0
SETTLED_S = 5.0
"""By then what an array shows while it starts is over; it may have undone the first time."""


@dataclass(frozen=True)
class Request:
    """A control transfer of the vendor's own: bRequest 0, wValue, wIndex, and its bytes."""

    value: int
    index: int
    data: bytes


KNOWN: dict[tuple[int, int], tuple[Request, ...]] = {
    # ReSpeaker Mic Array v2.0: the ring one colour, none; the middle off (respeaker/pixel_ring, usb_pixel_ring_v2.py).
    (0x2886, 0x0018): (Request(1, 0x1C, bytes(4)), Request(0x22, 0x1C, b"\0")),
    # ReSpeaker XVF3800: LED_EFFECT 0 (respeaker/reSpeaker_XVF3800_USB_4MIC_ARRAY, python_control/xvf_host.py).
    (0x2886, 0x001A): (Request(12, 20, b"\0"),),
}


def run(device: Path, lifetime: Lifetime, send: Callable[[Path, Request], None] | None = None) -> str:
    """Put them out, and once more when the array has started; returns what was done. Raises LightsStayOn."""
    vendor, product = struct.unpack("<HH", device.read_bytes()[8:12])
    requests = KNOWN.get((vendor, product))
    if requests is None:
        return f"{device} is no array whose lights are known."
    for wait_s in (0.0, SETTLED_S):
        if lifetime.wait(wait_s):
            break
        for request in requests:
            _insist(device, request, lifetime, send or send_to)
    return f"The lights of the array {vendor:04x}:{product:04x} were put out."


def _insist(device: Path, request: Request, lifetime: Lifetime, send: Callable[[Path, Request], None]) -> None:
    for tried in range(1, TRIES + 1):
        try:
            send(device, request)
        except OSError as error:
            if tried == TRIES or lifetime.wait(AGAIN_S):
                raise LightsStayOn(device=device, why=error.strerror) from error
        else:
            return


def send_to(device: Path, request: Request) -> None:
    """Raises OSError."""
    data = ctypes.create_string_buffer(request.data, len(request.data))
    transfer = struct.pack(
        "@BBHHHIP",
        TO_DEVICE,
        0,
        request.value,
        request.index,
        len(request.data),
        TIMEOUT_MS,
        ctypes.addressof(data),
    )
    with device.open("rb+", buffering=0) as node:
        ioctl(node, CONTROL, transfer)
