"""The seats: brittle. From which direction a meeting is spoken, block by block, where the box has an array.

It hears all channels by a pipe that drops what it does not take in time, keeps directions in memory only, and writes
down those whose sound the recorder has made durable; all others are forgotten. It never keeps sound.
"""

import math
import os
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from appliance import array_pipe, frames, settings
from appliance.clock import Clock
from appliance.frames import Block
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.seats.direction import Directions
from appliance.store import box, database, events, record, seats
from appliance.store.database import opened
from appliance.store.folders import Folders, MeetingFolder

NICE = 10
LOOK_EVERY_S = 1.0
LARGEST_MESSAGE = 1 << 20
LOST_S = 0.05
"""A block that is so much later or earlier than those before it follows a loss of sound."""
OPENED_ANEW_S = 1.0
FOLLOW = 0.01  # of a crystal's drift is taken over with each block
FORGET_S = 30.0
"""A stop is final after 15 s, and only then the last part of a second is told; what waits for longer has no place."""


def run(settings: settings.Settings, clock: Clock, lifetime: Lifetime, notifier: Notifier) -> None:
    """Follow who speaks until life ends; without an array nothing is done."""
    if not settings.microphone.array_microphones:
        notifier.ready()
        while not lifetime.wait(LOOK_EVERY_S):
            notifier.alive()
        return
    os.nice(NICE)
    folders = Folders(Path(settings.store.data))
    with (
        array_pipe.listen(settings.store.array_socket) as listener,
        closing(Seats(folders, settings.microphone, clock)) as followed,
    ):
        listener.settimeout(LOOK_EVERY_S)
        looked = clock.monotonic()
        notifier.ready()
        while not lifetime.over:
            if message := _next(listener):
                followed.hear(frames.unpacked(message))
            if clock.monotonic() - looked >= LOOK_EVERY_S:
                followed.keep()
                notifier.alive()
                looked = clock.monotonic()
        followed.keep()
    notifier.stopping()


def _next(listener: socket.socket) -> bytes:
    """Empty when nothing came in time: the microphone is closed."""
    try:
        return listener.recv(LARGEST_MESSAGE)
    except TimeoutError:
        return b""


@dataclass(frozen=True)
class Heard:
    """A direction that waits until its sound is durable."""

    began: float
    """Monotonic time."""
    samples: int
    angle_deg: float
    strength: float


class Stream:
    """When each sample was in the air: counted from the opening of the microphone, as the recorder counts them.

    The clock only tells of losses; otherwise a crystal that is slow would move directions against the master.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._end: float | None = None
        self._drift = 0.0

    def begin(self, block_end: float, samples: int) -> tuple[float, bool]:
        """Monotonic time of a block's first sample, and whether it joins the block before."""
        length = samples / self._rate
        if self._end is None:
            self._end = block_end - length
            joins = False
        else:
            late = block_end - length - self._end
            joins = abs(late - self._drift) < LOST_S
            if joins:
                self._drift += FOLLOW * (late - self._drift)
            elif abs(late) < OPENED_ANEW_S:
                self._end += late - self._drift
            else:
                self._end, self._drift = block_end - length, 0.0
        began = self._end
        self._end += length
        return began, joins


class Seats:
    """Directions of the open meeting: `hear` each block, `keep` once a second."""

    def __init__(self, folders: Folders, microphone: settings.Microphone, clock: Clock) -> None:
        self._folders, self._clock = folders, clock
        self._rate, self._channels = microphone.rate, microphone.channels
        first = microphone.array_first_channel - 1
        self._ring = slice(first, first + microphone.array_microphones)
        self._stream = Stream(microphone.rate)
        self._directions = Directions(microphone.rate, microphone.array_microphones, microphone.array_radius_mm / 1000)
        self._began = 0.0
        self._waiting: list[Heard] = []
        self._open: tuple[MeetingFolder, Database] | None = None
        for folder in folders.every_meeting():
            if folder.seats_db.with_name("seats.db-wal").exists():
                database.close(seats.own(folder))  # it was killed: others may be unable to open the file

    def close(self) -> None:
        if self._open:
            database.close(self._open[1])
            self._open = None

    def hear(self, block: Block) -> None:
        """Take all channels of a block and remember its directions."""
        sound = np.frombuffer(block.pcm, "<i2").reshape(-1, self._channels)[:, self._ring].astype(np.float32)
        began, joins = self._stream.begin(block.end, len(sound))
        if not joins:
            self._directions.begin_anew()
            self._began = began
        for one in self._directions.hear(sound):
            at = self._began + one.first_sample / self._rate
            self._waiting.append(Heard(at, one.samples, one.angle_deg, one.strength))

    def keep(self) -> None:
        """Write down what belongs to durable sound of the open meeting; forget what is too old to become that."""
        now = self._clock.monotonic()
        meeting = box.open_meeting(self._folders)
        if self._open and self._open[0].id != meeting:
            self.close()
        if meeting and self._waiting:
            self._keep(self._folders.meeting(meeting))
        self._waiting = [one for one in self._waiting if now - one.began < FORGET_S]

    def _keep(self, folder: MeetingFolder) -> None:
        with opened(record.read(folder)) as db:
            extent = record.extent_of(db) if db else None  # read first: a gap is in its table before the extent has it
            if db is None or extent is None:
                return
            captures = [one for one in record.captures(db) if one.boot_id == self._clock.boot_id()]
            gaps = list(record.gaps(db))
        kept, waiting = [], []
        for one in self._waiting:
            first = self._first_sample(one, captures)
            end = first + one.samples
            if end > extent.samples:
                waiting.append(one)
            elif not any(first < gap.first_sample + gap.samples and gap.first_sample < end for gap in gaps):
                kept.append(seats.Block(int(first), one.samples, round(one.angle_deg, 1), round(one.strength, 4)))
        self._waiting = waiting
        if kept:
            seats.add_blocks(self._file(folder), kept)

    def _first_sample(self, heard: Heard, captures: list[record.Capture]) -> float:
        """Where in the master it was heard; never, as long as there is no capture before it."""
        before = [one for one in captures if one.monotonic <= heard.began]
        if not before:
            return math.inf
        return before[-1].first_sample + round((heard.began - before[-1].monotonic) * self._rate)

    def _file(self, folder: MeetingFolder) -> Database:
        if self._open is None:
            self._open = folder, seats.own(folder)
            events.log(self._open[1], self._clock, "seats followed")
        return self._open[1]
