"""The seats service over its real socket: only directions, and only of sound that the recorder kept."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from ring_sound import from_direction, murmur

from appliance.array_pipe import ArrayPipe
from appliance.clock import boot_id
from appliance.frames import Block
from appliance.seats.join import seats_of
from appliance.seats.service import Seats, Stream
from appliance.settings import Microphone
from appliance.store import box, record, seats
from appliance.store.folders import Folders
from appliance.store.transcript import Line, Word

RATE = 16_000
STEP = RATE // 10
RING = Microphone(channels=6, array_microphones=4, array_first_channel=2)
OPENED = 100.0
"""Monotonic time at which the microphone was opened."""


@dataclass
class HandClock:
    now: float = OPENED
    boot: str = "boot"

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def trust(self) -> str:
        return "synchronised"

    def boot_id(self) -> str:
        return self.boot


def six_channels(sound: NDArray[np.float32]) -> bytes:
    """The ring on channels 2 to 5, as the device delivers it."""
    every = np.zeros((len(sound), 6), dtype="<i2")
    every[:, 1:5] = np.clip(sound, -32767, 32767)
    return every.tobytes()


def turns(*stretches: tuple[float, float]) -> NDArray[np.float32]:
    """Voices one after another, each of (seconds, angle_deg)."""
    return np.concatenate(
        [from_direction(murmur(s, RATE, i), RATE, angle, 4) for i, (s, angle) in enumerate(stretches)]
    )


def word(start_s: float, end_s: float) -> Line:
    return Line(start_s, end_s, "", "en", (Word("", start_s, end_s, 1.0),))


@dataclass
class Meeting:
    """The recorder's files of one open meeting."""

    folders: Folders
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.box = box.own(self.folders)
        self.folder = self.folders.make_meeting("m")
        self.db = record.own(self.folder)
        record.describe(self.db, "m", RATE, "test")
        box.add_meeting(self.box, "m", "2026-03-02T10:00:00.000Z", "synchronised")
        self.state("recording")
        self.told = 0

    def state(self, state: str, meeting: str | None = "m") -> None:
        box.set_state(self.box, box.BoxState(state, 0.0, "", self.clock.boot, "", meeting))

    def capture(self, first_sample: int, monotonic: float) -> None:
        record.add_capture(
            self.db, record.Capture(first_sample, monotonic, "2026-03-02T10:00:00.000Z", "rtc", self.clock.boot)
        )

    def durable(self, seconds: int) -> None:
        record.add_seconds(self.db, [record.Second(n, RATE, b"", -20.0, 100, 0) for n in range(self.told, seconds)])
        self.told = seconds

    def kept(self) -> list[seats.Block]:
        return seats.blocks_of(self.folder)


@pytest.fixture
def meeting(folders: Folders) -> Meeting:
    return Meeting(folders)


def listen(listener: Seats, sound: NDArray[np.float32], start: float = OPENED, without: tuple[int, ...] = ()) -> None:
    """Hand over the sound in blocks of 0.1 s from a monotonic time on; `without`: blocks that are dropped."""
    for n in range(len(sound) // STEP):
        if n not in without:
            listener.hear(Block(start + (n + 1) / 10, six_channels(sound[n * STEP : (n + 1) * STEP])))


def listener_of(meeting: Meeting) -> Seats:
    return Seats(meeting.folders, RING, meeting.clock)


def test_words_get_the_seats_from_which_they_were_spoken(meeting: Meeting) -> None:
    meeting.capture(0, OPENED)
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((5, 30), (5, 150), (5, 30), (5, 270)))
        meeting.durable(20)
        listener.keep()
    said = [word(1, 3), word(6, 9), word(11, 13), word(16, 19)]
    assert seats_of(said, meeting.kept(), RATE) == [["A"], ["B"], ["A"], ["C"]]
    assert all(one.first_sample + one.samples <= 20 * RATE for one in meeting.kept())


def test_what_was_heard_before_the_first_kept_sample_is_forgotten(meeting: Meeting) -> None:
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((4, 30), (6, 150)))
        listener.keep()
        assert meeting.kept() == []
        meeting.capture(0, OPENED + 5)
        meeting.durable(5)
        listener.keep()
    assert {round(one.angle_deg, -1) for one in meeting.kept()} == {150}
    assert all(0 <= one.first_sample < 5 * RATE for one in meeting.kept())


def test_only_what_is_durable_is_kept_and_the_rest_is_forgotten(meeting: Meeting) -> None:
    meeting.capture(0, OPENED)
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((10, 30)))
        meeting.durable(4)
        listener.keep()
        assert max(one.first_sample + one.samples for one in meeting.kept()) <= 4 * RATE
        before = meeting.kept()
        meeting.clock.now = OPENED + 100  # nothing was recorded any more
        listener.keep()
        meeting.durable(10)
        listener.keep()
    assert meeting.kept() == before


def test_nothing_is_kept_of_a_gap_in_which_the_microphone_was_tried(meeting: Meeting) -> None:
    meeting.capture(0, OPENED)
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((12, 30)))
        meeting.durable(4)
        record.add_gap(meeting.db, 4 * RATE, 4 * RATE, "the microphone was lost")
        meeting.durable(8)
        listener.keep()  # the capture after the gap is not told yet
        meeting.capture(8 * RATE, OPENED + 8)
        meeting.durable(12)
        listener.keep()
    starts = [one.first_sample / RATE for one in meeting.kept()]
    assert any(start < 3.8 for start in starts)
    assert any(start > 8 for start in starts)
    assert not any(3.9 < start < 7.99 for start in starts)


def test_a_capture_of_another_boot_places_nothing(meeting: Meeting) -> None:
    meeting.capture(0, OPENED)
    meeting.durable(5)
    meeting.clock.boot = "the next boot"
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((5, 30)))
        listener.keep()
    assert meeting.kept() == []


def test_without_a_meeting_nothing_is_written(meeting: Meeting) -> None:
    meeting.state("ready", None)
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((5, 30)))
        listener.keep()
    assert not meeting.folder.seats_db.exists()


def test_dropped_blocks_move_nothing(meeting: Meeting) -> None:
    meeting.capture(0, OPENED)
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((6, 30), (6, 150)), without=(*range(10, 17), 40, 41))
        meeting.durable(12)
        listener.keep()
    kept = meeting.kept()
    assert not any(1.0 < one.first_sample / RATE < 1.65 for one in kept)
    assert {round(one.angle_deg, -1) for one in kept if one.first_sample > 6.1 * RATE} == {150}
    assert {round(one.angle_deg, -1) for one in kept if one.first_sample + one.samples < 5.9 * RATE} == {30}
    assert all(one.first_sample + one.samples <= other.first_sample for one, other in pairwise(kept))


def test_a_slow_crystal_and_late_blocks_do_not_move_the_samples_counted() -> None:
    stream = Stream(RATE)
    random = np.random.default_rng(4)
    begun = [stream.begin((n + 1) * 0.1 * 1.0001 + random.exponential(0.003), STEP) for n in range(36_000)]
    assert sum(not joins for _, joins in begun) == 1
    assert begun[-1][0] - begun[0][0] == pytest.approx(3599.9, abs=0.001)


def test_only_directions_are_stored(meeting: Meeting) -> None:
    meeting.capture(0, OPENED)
    with closing(listener_of(meeting)) as listener:
        listen(listener, turns((20, 30)))
        meeting.durable(20)
        listener.keep()
    columns = [row[1] for row in seats.own(meeting.folder).conn.execute("PRAGMA table_info(blocks)")]
    assert columns == ["id", "first_sample", "samples", "angle_deg", "strength"]
    assert len(meeting.kept()) <= 20 / 0.16 + 1  # at most 6 numbers a second: no voice fits into that


def drain(systemd: socket.socket) -> None:
    """Read on as systemd does: else a service that says that it is alive waits."""
    with closing(systemd):
        while systemd.recv(100) != b"STOPPING=1":
            pass


@contextmanager
def life(folder: Path, more: str) -> Iterator[subprocess.Popen[bytes]]:
    """One process of the service, from when it is ready."""
    path = folder / "candour.toml"
    path.write_text(f'[microphone]\nchannels = 6\n{more}[store]\ndata = "{folder}/data"\nrun = "{folder}/run"\n')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        (folder / "systemd").unlink(missing_ok=True)
        systemd.bind(str(folder / "systemd"))
        systemd.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "seats", "--settings", str(path)],
            env={"NOTIFY_SOCKET": str(folder / "systemd")},
        )
        try:
            assert systemd.recv(100) == b"READY=1"
            threading.Thread(target=drain, args=(systemd.dup(),), daemon=True).start()
            yield process
        finally:
            process.kill()
            process.wait()
            systemd.sendto(b"STOPPING=1", str(folder / "systemd"))


def speak(folder: Path, sound: NDArray[np.float32], start: float) -> int:
    """Offer the sound as the microphone program does, ten times as fast; how many blocks nobody took."""
    with closing(ArrayPipe(folder / "run" / "array.sock")) as pipe:
        dropped = 0
        for n in range(len(sound) // STEP):
            block = Block(start + (n + 1) / 10, six_channels(sound[n * STEP : (n + 1) * STEP]))
            dropped += not pipe.offer(block)
            time.sleep(0.01)
    return dropped


def test_killed_and_started_again_it_goes_on(short_tmp: Path) -> None:
    folders = Folders(short_tmp / "data")
    folders.prepare()
    clock = HandClock(time.monotonic(), boot_id())
    meeting = Meeting(folders, clock)
    meeting.capture(0, clock.now)
    meeting.durable(18)
    more = "array_microphones = 4\narray_first_channel = 2\n"
    sound = turns((6, 30), (6, 150), (6, 30))
    with life(short_tmp, more) as process:
        speak(short_tmp, sound[: 6 * RATE], clock.now)
        wait_for(lambda: bool(meeting.kept()))
        process.kill()
        process.wait()
    first = meeting.kept()
    assert first
    assert speak(short_tmp, sound[6 * RATE : 7 * RATE], clock.now + 6) == 10  # nobody listens, and nobody waits
    with life(short_tmp, more) as process:
        speak(short_tmp, sound[7 * RATE :], clock.now + 7)
        wait_for(lambda: meeting.kept()[-1].first_sample > 15 * RATE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert seats_of([word(1, 5), word(8, 11), word(13, 15)], meeting.kept(), RATE) == [["A"], ["B"], ["A"]]
    assert not meeting.folder.seats_db.with_name("seats.db-wal").exists()


def test_without_an_array_it_idles_and_ends_when_told(short_tmp: Path) -> None:
    with life(short_tmp, "") as process:
        assert not (short_tmp / "run" / "array.sock").exists()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def wait_for(met: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < until
        time.sleep(0.05)
