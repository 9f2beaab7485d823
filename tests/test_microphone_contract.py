"""What the recorder needs of any microphone program: of the bench's, and in the emulated box of the real one alike.

`scripts/check-image contracts` runs this there, with CANDOUR_MICROPHONE=usb and tests/machine/guest/usb_microphone.py
beside it. Times are those of an emulated computer: the test is that it happens at all.
"""

import importlib
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from appliance import frames
from appliance.frames import Block
from appliance.recorder import microphone
from appliance.settings import Microphone

BLOCKS = 30
ENDS_WITHIN_S = 60.0
SILENT_S, SILENT_WITHIN_S = 2.0, 20.0
USB = Microphone(device="microphone", rate=48000)
CARD = Path("/proc/asound/microphone")


@dataclass
class Room:
    """A microphone in it: the program that listens, and a hand that takes the microphone away and brings it back."""

    command: list[str]
    rate: int
    take_away: Callable[[], None]
    bring_back: Callable[[], None]


def simulated(folder: Path) -> Room:
    from appliance.bench import microphone as benchs
    from appliance.bench import room, trouble

    sound, file = folder / "room.raw", folder / "room.json"
    sound.write_bytes(bytes(range(1, 251)) * 640)
    room.Room.opened(sound, 16000, 1.0, loop=True).write(file)
    return Room(benchs.command(file), 16000, lambda: trouble.begin(file, "gone"), lambda: trouble.end(file))


def plugged_in(folder: Path) -> Room:
    usb: Any = importlib.import_module("usb_microphone")

    def tell(word: str, met: Callable[[], bool]) -> None:
        usb.tell(word)
        ends = time.monotonic() + ENDS_WITHIN_S
        while not met():
            assert time.monotonic() < ends
            time.sleep(0.1)

    return Room(
        microphone.command(USB, folder / "array.sock"),
        USB.rate,
        lambda: tell("unplug", lambda: not CARD.exists()),
        lambda: tell("plug", CARD.exists),
    )


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return (plugged_in if os.environ.get("CANDOUR_MICROPHONE") == "usb" else simulated)(tmp_path)


@contextmanager
def listening(room: Room) -> Iterator[subprocess.Popen[bytes]]:
    program = subprocess.Popen(room.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield program
    program.kill()
    program.communicate()


def block(program: subprocess.Popen[bytes]) -> Block:
    assert program.stdout
    got = frames.read(program.stdout)
    assert got, "it ended"
    return got


def falls_silent(program: subprocess.Popen[bytes]) -> bool:
    """It ends, or hangs."""
    assert program.stdout
    pipe, ends = program.stdout.fileno(), time.monotonic() + SILENT_WITHIN_S
    while time.monotonic() < ends:
        if not select.select([pipe], [], [], SILENT_S)[0] or not os.read(pipe, 1 << 16):
            return True
    return False


def test_it_gives_tenths_of_seconds_with_the_time_at_which_each_ended(room: Room) -> None:
    began = time.monotonic()
    with listening(room) as program:
        blocks = [block(program) for _ in range(BLOCKS)]
        now = time.monotonic()
    assert {len(one.pcm) for one in blocks} == {room.rate // 10 * 2}
    assert [one.end for one in blocks] == sorted(one.end for one in blocks)
    assert began < blocks[0].end and blocks[-1].end <= now
    assert blocks[-1].end - blocks[0].end > (BLOCKS - 1) * 0.1 - 1.0, "more than was heard"
    assert len(set(blocks[-1].pcm)) > 3, "digital silence"


def test_it_ends_when_nobody_listens(room: Room) -> None:
    with listening(room) as program:
        block(program)
        assert program.stdout
        program.stdout.close()
        program.wait(ENDS_WITHIN_S)


def test_killed_it_lets_go_of_the_microphone_at_once(room: Room) -> None:
    for _ in range(3):
        with listening(room) as program:
            block(program)


def test_taken_away_it_falls_silent_says_so_when_started_again_and_comes_back(room: Room) -> None:
    with listening(room) as program:
        block(program)
        room.take_away()
        assert falls_silent(program)
    again = subprocess.run(room.command, capture_output=True, timeout=ENDS_WITHIN_S, check=False)
    assert again.returncode and again.stdout == b""
    assert again.stderr.decode().splitlines()[-1].endswith(".")
    room.bring_back()
    with listening(room) as program:
        block(program)
