"""The recorder's one queue and the pipe that fills it: nothing overtakes, and too much is dropped at the door."""

import os
import threading
from collections.abc import Iterator
from typing import IO

import pytest

from appliance import frames
from appliance.recorder.inbox import Inbox, Said
from appliance.recorder.timeline import Block

pytestmark = pytest.mark.pure

RATE = 16000


def block(end: float, seconds: float = 0.1) -> Block:
    return Block(end, bytes(2 * round(seconds * RATE)))


def everything_in(inbox: Inbox) -> list[float]:
    taken = []
    while item := inbox.take(0):
        taken.append(item.end if isinstance(item, Block) else item.at)
    return taken


def test_sound_from_before_a_press_is_taken_before_the_press() -> None:
    inbox = Inbox(RATE)
    inbox.say(Said(10.25, "press"))
    for end in (10.1, 10.2, 10.3):
        inbox.put_audio(block(end))
    assert everything_in(inbox) == [10.1, 10.2, 10.25, 10.3]


def test_a_block_that_ends_with_the_press_comes_before_it() -> None:
    inbox = Inbox(RATE)
    inbox.say(Said(10.1, "press"))
    inbox.put_audio(block(10.1))
    assert isinstance(inbox.take(0), Block)


def test_words_are_taken_in_the_order_in_which_they_were_said() -> None:
    inbox = Inbox(RATE)
    for word in ("press", "panel gone", "panel here"):
        inbox.say(Said(1.0, word))
    assert [said.what for _ in range(3) if isinstance(said := inbox.take(0), Said)] == [
        "press",
        "panel gone",
        "panel here",
    ]


def test_thirty_seconds_of_sound_wait_and_no_more() -> None:
    inbox = Inbox(RATE)
    assert [inbox.put_audio(block(tenth / 10)) for tenth in range(301)] == [True] * 300 + [False]
    inbox.take_audio()
    assert inbox.put_audio(block(30.1))
    assert not inbox.put_audio(block(30.2))


def test_a_press_is_never_kept_out_by_a_full_lane() -> None:
    inbox = Inbox(RATE)
    while inbox.put_audio(block(5.0)):
        pass
    inbox.say(Said(1.0, "press"))
    assert inbox.take(0) == Said(1.0, "press")


def test_sound_can_be_taken_past_a_word() -> None:
    inbox = Inbox(RATE)
    inbox.say(Said(1.0, "press"))
    assert inbox.take_audio() is None
    inbox.put_audio(block(2.0))
    assert inbox.take_audio() == block(2.0)
    assert inbox.take(0) == Said(1.0, "press")


def test_nothing_in_time_is_nothing() -> None:
    assert Inbox(RATE).take(0.01) is None


def test_whoever_waits_is_woken_by_what_comes() -> None:
    inbox, taken = Inbox(RATE), []
    waiting = threading.Thread(target=lambda: taken.append(inbox.take(60)))
    waiting.start()
    inbox.say(Said(1.0, "hold"))
    waiting.join()
    assert taken == [Said(1.0, "hold")]


@pytest.fixture
def pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    out, into = os.pipe()
    with os.fdopen(out, "rb") as reader, os.fdopen(into, "wb", buffering=0) as writer:
        yield reader, writer


def test_blocks_come_out_of_the_pipe_as_they_went_in(pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    reader, writer = pipe
    given = [Block(1.1, bytes(range(200))), Block(1.2, b""), Block(123456.789, b"\1\2" * 1600)]
    for one in given:
        frames.write(writer, one)
    writer.close()
    assert [frames.read(reader) for _ in range(4)] == [*given, None]


@pytest.mark.parametrize("kept", [1, frames.HEAD.size - 1, frames.HEAD.size, frames.HEAD.size + 1, -1])
def test_a_block_cut_short_by_the_end_of_the_program_is_no_block(pipe: tuple[IO[bytes], IO[bytes]], kept: int) -> None:
    reader, writer = pipe
    frames.write(writer, Block(1.0, b"whole block!"))
    writer.write((frames.HEAD.pack(1.1, 200) + bytes(200))[:kept])
    writer.close()
    assert frames.read(reader) == Block(1.0, b"whole block!")
    assert frames.read(reader) is None


def test_a_block_larger_than_the_pipe_arrives_whole(pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    reader, writer = pipe
    large = Block(9.0, os.urandom(1_000_000))
    writing = threading.Thread(target=frames.write, args=(writer, large))
    writing.start()
    assert frames.read(reader) == large
    writing.join()


def test_a_program_that_nobody_hears_is_told(pipe: tuple[IO[bytes], IO[bytes]]) -> None:
    reader, writer = pipe
    reader.close()
    with pytest.raises(BrokenPipeError):
        frames.write(writer, Block(1.0, b"12"))
