"""All channels to whoever listens; nobody who listens slowly, or not at all, can hold up the master."""

from contextlib import closing
from pathlib import Path

import pytest

from appliance import array_pipe, frames
from appliance.array_pipe import ArrayPipe
from appliance.recorder.timeline import Block

pytestmark = pytest.mark.pure

LARGEST = Block(12.5, bytes(range(250)) * (4800 * 8 * 2 // 250))  # 8 channels at 48 kHz


def test_a_block_arrives_whole_with_its_time(short_tmp: Path) -> None:
    with array_pipe.listen(short_tmp / "array.sock") as listener:
        with closing(ArrayPipe(short_tmp / "array.sock")) as pipe:
            assert pipe.offer(LARGEST)
        assert frames.unpacked(listener.recv(1 << 20)) == LARGEST


def test_without_a_listener_blocks_are_dropped(short_tmp: Path) -> None:
    with closing(ArrayPipe(short_tmp / "array.sock")) as pipe:
        assert not pipe.offer(LARGEST)
        with array_pipe.listen(short_tmp / "array.sock"):
            assert pipe.offer(LARGEST)


def test_a_listener_that_does_not_keep_up_loses_blocks_and_nobody_waits(short_tmp: Path) -> None:
    path = short_tmp / "array.sock"
    with array_pipe.listen(path), closing(ArrayPipe(path)) as pipe:
        taken = [pipe.offer(LARGEST) for _ in range(100)]
    assert taken[0]
    assert not taken[-1]
