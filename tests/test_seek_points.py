"""The table of places in a FLAC file, read after RFC 9639 and used by decoders that are not ours."""

import struct
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from appliance.finisher import audio, seek_points
from appliance.finisher.seek_points import SeekPoint
from appliance.store import wav

Samples = NDArray[np.int16]
RATE = 16_000
STREAMINFO, PADDING, SEEKTABLE, VORBIS_COMMENT = 0, 1, 3, 4
THE_LAST = b"\x81\0\0\0"  # an empty PADDING block


@dataclass(frozen=True)
class Block:
    """A metadata block; `at` is where its header begins."""

    kind: int
    last: bool
    content: bytes
    at: int

    @property
    def end(self) -> int:
        return self.at + 4 + len(self.content)


def blocks_in(content: bytes, at: int) -> list[Block]:
    """The blocks from a place on to the last one (section 8.1: one bit, seven, and 24 for the length)."""
    found: list[Block] = []
    while not (found and found[-1].last):
        (head,) = struct.unpack_from(">I", content, at)
        size = head & 0xFFFFFF
        assert at + 4 + size <= len(content)
        found.append(Block(head >> 24 & 0x7F, bool(head >> 31), content[at + 4 : at + 4 + size], at))
        at = found[-1].end
    return found


def points_in(table: bytes) -> list[SeekPoint]:
    assert len(table) % 18 == 0
    return [SeekPoint(*struct.unpack_from(">QQH", table, at)) for at in range(0, len(table), 18)]


def voice(samples: int, rate: int = RATE) -> Samples:
    """A tone that glides, over noise that swells: frames of different sizes, and no moment like another."""
    t = np.arange(samples) / rate
    noise = np.random.default_rng(1).integers(-2000, 2000, samples)
    return np.asarray(9000 * np.sin(2 * np.pi * (200 + t) * t) + noise * np.sin(t / 7) ** 2, dtype=np.int16)


def flac(folder: Path, sound: Samples, rate: int = RATE) -> Path:
    master, path = folder / "master.wav", folder / "copy.flac"
    master.write_bytes(wav.header(rate) + sound.tobytes())
    for _ in audio.flac(master, rate, sound.size, path):
        pass
    return path


@pytest.mark.pure
@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize(("seconds", "more", "points"), [(0, 1, 1), (60, 0, 1), (60, 1, 2), (200, -7, 4)])
def test_each_minute_has_its_point(tmp_path: Path, rate: int, seconds: int, more: int, points: int) -> None:
    sound = voice(seconds * rate + more, rate)
    path = flac(tmp_path, sound, rate)
    content = path.read_bytes()
    assert content[:4] == b"fLaC"
    blocks = blocks_in(content, 4)
    assert [block.kind for block in blocks] == [STREAMINFO, VORBIS_COMMENT, SEEKTABLE, PADDING]
    assert not any(blocks[-1].content) and len(blocks[-1].content) == seek_points.SPARE_BYTES
    table, frames = points_in(blocks[2].content), blocks[-1].end
    assert len(table) == points and table[0].sample == table[0].offset == 0
    for minute, point in enumerate(table):
        assert point.sample <= minute * 60 * rate < point.sample + point.samples
        assert content[frames + point.offset : frames + point.offset + 2] == b"\xff\xf8"  # section 9.1: a frame begins
    with soundfile.SoundFile(path) as opened:
        for point in table:
            opened.seek(point.sample)
            assert np.array_equal(opened.read(rate, dtype="int16"), sound[point.sample : point.sample + rate])


@pytest.mark.pure
def test_a_place_is_found_wherever_it_is(tmp_path: Path) -> None:
    sound = voice(185 * RATE)
    path = flac(tmp_path, sound)
    with soundfile.SoundFile(path) as opened:
        for place in (184 * RATE, 61 * RATE, 60 * RATE - 1, 120 * RATE, 1, 179 * RATE + 77):
            opened.seek(place)
            assert np.array_equal(opened.read(RATE, dtype="int16"), sound[place : place + RATE])


@pytest.mark.pure
def test_libav_takes_the_table_for_its_index(tmp_path: Path) -> None:
    path = flac(tmp_path, voice(185 * RATE))
    blocks = blocks_in(path.read_bytes(), 4)
    with av.open(str(path), options={"fflags": "fastseek"}) as opened:
        index = [(entry.timestamp, entry.pos - blocks[-1].end) for entry in opened.streams.audio[0].index_entries]
    table = [(point.sample, point.offset) for point in points_in(blocks[2].content)]
    assert index == table and len(table) == 4


@pytest.mark.parametrize("way", [[], ["-fflags", "fastseek"]])
def test_ffmpeg_goes_to_a_place_and_through_the_whole_without_complaint(tmp_path: Path, way: list[str]) -> None:
    sound = voice(185 * RATE)
    path = flac(tmp_path, sound)
    for second in (61, 0, 120, 184):
        command = ["ffmpeg", "-v", "warning", *way, "-ss", str(second), "-i", str(path), "-f", "s16le", "-"]
        done = subprocess.run(command, capture_output=True, check=True)
        assert (done.stdout, said(done)) == (sound[second * RATE :].tobytes(), [])


def said(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """What ffmpeg complains of; that one channel is mono it says of every file."""
    return [line for line in done.stderr.decode().splitlines() if "Guessed Channel Layout" not in line]


@pytest.mark.pure
def test_the_file_is_the_same_in_whatever_pieces_it_came(tmp_path: Path) -> None:
    sound = voice(130 * RATE + 5)
    whole = flac(tmp_path, sound).read_bytes()
    for pieces in ([sound.size], [RATE], [1, 777, 40 * RATE, 4096]):
        path = tmp_path / "pieces.flac"
        with audio.LosslessCopy(path, RATE, sound.size) as copy:
            while copy.samples < sound.size:
                for size in pieces:
                    if copy.samples < sound.size:
                        copy.append(sound[copy.samples : copy.samples + size].tobytes())
            copy.finish()
        assert path.read_bytes() == whole


@pytest.mark.pure
@pytest.mark.parametrize("hours", [1, 12, 48])
def test_the_points_of_a_long_day_fit(hours: int) -> None:
    noted = seek_points.SeekPoints(48_000)
    frames = -(-hours * 3600 * 48_000 // 4608)
    for number in range(frames):
        noted.frame(4608, 3000 + number % 5000)
    padding = seek_points.room(hours * 3600 * 48_000, 48_000)
    assert len(noted.points) == 60 * hours
    for last in (True, False):
        made = seek_points.blocks(noted.points, padding, last=last)
        assert len(made) == 4 + padding  # the block that it takes the place of
        table, rest = blocks_in(made + THE_LAST, 0)[:2]
        assert (table.kind, table.last, rest.kind, rest.last) == (SEEKTABLE, False, PADDING, last)
        assert points_in(table.content) == noted.points
        assert len(rest.content) == seek_points.SPARE_BYTES
    assert all(one.sample < other.sample and one.offset < other.offset for one, other in pairwise(noted.points))
    assert noted.points[-1].sample // (60 * 48_000) == 60 * hours - 1


@pytest.mark.pure
def test_points_without_room_are_left_out_and_nothing_moves() -> None:
    points = [SeekPoint(minute * 960_000, minute * 99, 4608) for minute in range(10)]
    for padding in (4, 21, 22, 100, 5000):
        made = seek_points.blocks(points, padding, last=True)
        table, rest = blocks_in(made, 0)
        assert len(made) == 4 + padding == rest.end and rest.last
        assert points_in(table.content) == points[: (padding - 4) // 18]
