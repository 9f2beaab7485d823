"""Putting out the lights of known arrays: the right request to the right device, until it is taken."""

import errno
import struct
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance.array_lights import SETTLED_S, TRIES, Request, run, send_to
from appliance.errors import LightsStayOn
from appliance.lifetime import Lifetime

pytestmark = pytest.mark.pure
V2, XVF3800, OTHER = (0x2886, 0x0018), (0x2886, 0x001A), (0x0D8C, 0x0014)


class Patient(Lifetime):
    def __init__(self) -> None:
        super().__init__()
        self.waited_s = 0.0

    def wait(self, seconds: float) -> bool:
        self.waited_s += seconds
        return False


@dataclass
class Array:
    """Refuses a number of requests first."""

    refuses: int = 0
    took: list[Request] = field(default_factory=list)

    def __call__(self, _device: Path, request: Request) -> None:
        if self.refuses:
            self.refuses -= 1
            raise OSError(errno.EPIPE, "Broken pipe")
        self.took.append(request)


def plugged(folder: Path, which: tuple[int, int]) -> Path:
    """A device as the kernel shows it: its descriptor first."""
    path = folder / "001"
    path.write_bytes(struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x200, 239, 2, 1, 64, *which, 0x100, 1, 2, 3, 1) + bytes(40))
    return path


@pytest.mark.parametrize(
    ("which", "requests"),
    [
        (V2, [Request(1, 0x1C, b"\0\0\0\0"), Request(0x22, 0x1C, b"\0")]),
        (XVF3800, [Request(12, 20, b"\0")]),
    ],
)
def test_each_gets_its_own_requests_at_once_and_when_it_has_started(
    tmp_path: Path, which: tuple[int, int], requests: list[Request]
) -> None:
    array, patient = Array(), Patient()
    assert "were put out" in run(plugged(tmp_path, which), patient, array)
    assert array.took == 2 * requests and patient.waited_s == SETTLED_S


def test_what_is_not_known_is_left_alone(tmp_path: Path) -> None:
    array = Array()
    assert "no array whose lights are known" in run(plugged(tmp_path, OTHER), Patient(), array)
    assert array.took == []


def test_an_array_that_is_still_starting_is_asked_again(tmp_path: Path) -> None:
    array = Array(refuses=TRIES - 1)
    run(plugged(tmp_path, XVF3800), Patient(), array)
    assert len(array.took) == 2


def test_one_that_never_takes_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(LightsStayOn, match=r"could not be put out \(Broken pipe\).*cover them"):
        run(plugged(tmp_path, XVF3800), Patient(), Array(refuses=100))


def test_what_is_no_usb_device_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Inappropriate ioctl"):
        send_to(plugged(tmp_path, XVF3800), Request(12, 20, b"\0"))
