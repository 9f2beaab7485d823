"""An hour with three interruptions, through a real pipe: a time in the master is a time in the meeting."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from fake_clock import FakeClock

from appliance import frames
from appliance.evidence.claims import Moment
from appliance.recorder.disk import Disk
from appliance.recorder.recording import Recording
from appliance.recorder.timeline import Block
from appliance.store import record
from appliance.store.database import opened
from appliance.store.folders import Folders

pytestmark = pytest.mark.pure

RATE, FRAMES = 16000, 1600
PROGRAM = """
import random, sys
from appliance import frames
from appliance.recorder.timeline import Block
start, seconds, drift = map(float, sys.argv[1:])
jitter = random.Random(start)
for n in range(1, round(seconds * 10) + 1):
    end = start + n / 10 * (1 + drift) + jitter.expovariate(300)
    frames.write(sys.stdout.buffer, Block(end, n.to_bytes(2, "little") * 1600))
"""
CAPTURES = [(0.0, 700.0), (731.7, 900.0), (1650.0, 1000.0), (2950.0, 650.0)]
"""Seconds: when the microphone was opened, and how long it gave sound."""


def blocks(start: float, seconds: float, drift: float) -> Iterator[Block]:
    words = [sys.executable, "-c", PROGRAM, str(start), str(seconds), str(drift)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        while block := frames.read(program.stdout):
            yield block


@pytest.mark.parametrize("drift", [-100e-6, 100e-6])
def test_an_hour_with_three_interruptions_ends_where_the_clock_is(folders: Folders, drift: float) -> None:
    clock, seconds = FakeClock(1000.0), list[int]()
    folder = folders.make_meeting("2026-11-23-K7QF")
    recording = Recording(folder, RATE, clock, Disk(folders.data), lambda: seconds.append(recording.samples))
    for start, length in CAPTURES:
        for block in blocks(1000.0 + start, length, drift):
            clock.pass_s(max(0.0, block.end - clock.monotonic()))
            recording.put([block], "paused")
        recording.close_capture()
    recording.end(Moment("2026-11-23T10:00:00.000Z", "unknown"), "stopped by the button")
    with opened(record.read(folder)) as db:
        assert db is not None
        gaps = list(record.gaps(db))
    recording.close()
    last, length = CAPTURES[-1]
    true_end = last + length * (1 + drift)
    assert abs(recording.samples / RATE - true_end) <= 0.1
    assert [gap.cause for gap in gaps] == ["paused"] * 3
    for gap, (start, _) in zip(gaps, CAPTURES[1:], strict=True):
        assert (gap.first_sample + gap.samples) / RATE == pytest.approx(start, abs=0.02)
