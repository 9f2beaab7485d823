"""The recorder's one loop: something happens -> an event -> the machine's acts.

Everything that can hang is elsewhere: PortAudio in a program of its own, the panel behind a line that is never waited
for, all other services behind files that they cannot lock. Only the disk can make this loop wait, and then the light
tells. A disk that fails ends the Recorder; `serve` waits for one that works, and a new Recorder goes on from it.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from appliance import notice
from appliance.clock import Clock
from appliance.errors import DataNotWritable, StorageFailed
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.recorder import disk, microphone, removal, soundcards, spent_masters
from appliance.recorder.acts import Acts
from appliance.recorder.capture import Capture
from appliance.recorder.disk import Disk
from appliance.recorder.examination import Examination
from appliance.recorder.findings import cause, finding
from appliance.recorder.inbox import Inbox, Said
from appliance.recorder.machine import Event, State
from appliance.recorder.meetings import Meetings
from appliance.recorder.objections import Objections
from appliance.recorder.panel_line import PanelLine
from appliance.recorder.pause import PauseClock
from appliance.recorder.ports import Ports
from appliance.recorder.situation import Situation
from appliance.recorder.stranded import wait_for_storage
from appliance.recorder.timeline import Block
from appliance.recorder.timers import Moments, due
from appliance.recorder.upkeep import FULL, NO_PANEL, Upkeep
from appliance.recorder.witness import Told
from appliance.settings import Settings
from appliance.store import box, events
from appliance.store.folders import Folders

TICK_S = 0.5
STOOD_STILL_S = 1.0  # a tick that is later than this: the computer was held up, not the microphone


class Recorder:
    """One life of the recorder on a disk that works."""

    def __init__(self, settings: Settings, clock: Clock, ports: Ports) -> None:
        self._settings, self._clock, self._ports = settings, clock, ports
        self._folders = Folders(Path(settings.store.data))
        self._examination = examination = Examination(settings, self._folders, ports)
        self._db = box.own(self._folders)
        if examination.key:
            box.set_certificate(self._db, examination.key.pem.decode())
        rate = settings.microphone.rate
        self._acts = Acts(ports, clock, rate)
        durable = self._acts.second_is_durable
        told = Told(settings.retention.days, notice.claims(notice.shown(settings)), settings.transcript.language)
        self._meetings = Meetings(self._db, self._folders, clock, rate, ports.disk, durable, examination.key, told)
        self._acts.meetings = self._meetings
        self._situation = Situation(self._db, clock, ports, self._acts, self._meetings)
        self._upkeep = Upkeep(clock, ports, self._acts, self._meetings, self._situation, examination, self._tidy)
        self._tick_real = ports.real()
        try:
            self._look_back()
        except BaseException:
            self.abandon()
            raise

    @property
    def state(self) -> State:
        return self._situation.state

    def turn(self) -> None:
        """Take one thing that happened, or a tick, and act on it."""
        item = self._ports.inbox.take(max(0.0, self._tick_real + TICK_S - self._ports.real()))
        if event := due(self.state, self._clock.monotonic(), self._moments(), self._settings.meeting):
            self._situation.warn(event)
        if isinstance(item, Block):
            self._hear(item)
        elif item:
            self._heed(item)
        if self._ports.real() - self._tick_real >= TICK_S:
            self._tick()

    def close(self) -> None:
        """Make everything durable and let go; the meeting stays open for the next recorder."""
        self._acts.until = self._clock.monotonic()
        self._acts.close_microphone()
        self._meetings.close()
        self._db.conn.close()  # left in WAL mode: a reader could keep the next recorder from going back to it

    def abandon(self) -> None:
        """Let go of a disk that failed; what it holds is for the next recorder to find."""
        self._acts.kill_microphone()
        with contextlib.suppress(OSError, sqlite3.Error):  # the disk has failed: this is why
            self._meetings.close()
        with contextlib.suppress(OSError, sqlite3.Error):
            self._db.conn.close()

    def _look_back(self) -> None:
        """Go on from what the last recorder left."""
        self._meetings.mend_list()
        left = self._as_asked(box.state(self._db))
        over = left is not None and left.state in (State.ENDED, State.ENDED_FULL, State.STOPPING)
        ended = {meeting.id for meeting in box.meetings(self._db) if meeting.ended_wall}
        if left and left.meeting in ended and not over:
            left = None  # it crashed between ending the meeting and writing that down
        self._meetings.come_back(left.meeting if left else None)
        recording = self._meetings.recording
        if recording is None and not over:
            left = None  # the meeting could not go on, and was ended
        boot, now = self._clock.boot_id(), self._clock.monotonic()
        last = recording.last_sample_at if recording else None
        if last is None and left and left.boot_id == boot and left.state == State.RECORDING:
            last = left.since_monotonic  # no sound yet: the press counts
        self._acts.last_durable = now if last is None else last
        self._pause = PauseClock(self._acts.last_durable, known=last is not None)
        self._acts.cause = cause(left, boot)
        self._situation.step(finding(left, boot, now, last), self._acts.cause if recording else "")
        if left and left.boot_id == boot and left.state == self.state in (State.NOTICE, State.ENDED):
            self._situation.since = left.since_monotonic  # its time goes on

    def _as_asked(self, left: box.BoxState | None) -> box.BoxState | None:
        """What the last recorder left, or what the button had asked of it as the card failed."""
        asked = self._ports.gesture
        closed = asked.state in (State.PAUSED, State.STOPPING)
        if left and closed and left.meeting == asked.meeting and left.state in (State.RECORDING, State.INTERRUPTED):
            left = replace(left, state=asked.state)
        asked.state = ""
        return left

    def _hear(self, block: Block) -> None:
        blocks = self._acts.hear(block)
        if dead := self._acts.hearing.dead:
            self._situation.step(Event.LOST, dead)
        elif blocks:
            self._situation.step(Event.BACK)
            self._acts.keep(blocks)
        if self._ports.disk.full:
            self._situation.step(Event.STORAGE_FULL, FULL)

    def _heed(self, said: Said) -> None:
        match said.what:
            case "press":
                self._situation.step(Event.PRESS, at=said.at)
            case "hold":
                self._situation.step(Event.HOLD, at=said.at)
            case "microphone ended" if self._acts.is_open(said.source):
                self._situation.step(Event.LOST, said.detail)
            case "panel gone":
                self._situation.step(Event.LOST, NO_PANEL)
            case "panel here":
                self._tick()

    def _tick(self) -> None:
        now = self._ports.real()
        if now - self._tick_real > STOOD_STILL_S:
            self._acts.stood_still()
        self._tick_real = now
        self._upkeep.tick()
        self._acts.show_again()
        self._situation.tell()

    def _somebody_objects(self) -> bool:
        """And was not yet answered, or not yet heard by this loop."""
        recording = self._meetings.recording
        told = self._ports.objections.count
        return recording is not None and (recording.unanswered > 0 or told > recording.objections)

    def _tidy(self) -> None:
        """Remove the masters whose lossless copies were compared, and what is left of deleted meetings."""
        for meeting in spent_masters.let_go(self._folders):
            events.log(self._db, self._clock, "master removed", meeting)
        key = self._examination.key
        for meeting in removal.let_go(self._folders, self._db, key.fingerprint) if key else []:
            events.log(self._db, self._clock, "meeting deleted", meeting)
        self._meetings.log.follow()

    def _moments(self) -> Moments:
        recording, last_durable = self._meetings.recording, self._acts.last_durable
        paused = self.state in (State.PAUSED_LONG, State.NOTICE_AGAIN)
        wall = recording.last_sample_wall if recording and paused else None
        return Moments(
            since=self._situation.since,
            last_durable=last_durable,
            paused_since=self._pause.since(self._clock, last_durable, wall) if paused else None,
            last_speech=recording.last_speech if recording else self._situation.since,
            recorded_s=recording.seconds if recording else 0.0,
            warned=self._situation.warned,
            waits_for_press=self._acts.waits_for_press or self._somebody_objects(),
        )


def ports_of(settings: Settings, clock: Clock, program: list[str], find: Callable[[], object]) -> Ports:
    """The world of a recorder with a real panel line and a microphone program, which `find` need not start."""
    inbox = Inbox(settings.microphone.rate)
    return Ports(
        panel=PanelLine(settings.store.panel_socket, inbox, clock),
        inbox=inbox,
        disk=Disk(Path(settings.store.data)),
        objections=Objections(Folders(Path(settings.store.data))),
        news=settings.store.news,
        open_microphone=lambda: Capture(program, inbox, clock),
        find_microphone=find,
        real=time.monotonic,
    )


def run(settings: Settings, clock: Clock, lifetime: Lifetime, notifier: Notifier) -> None:
    """The service on the device."""
    program = microphone.command(settings.microphone, settings.store.array_socket)
    ports = ports_of(settings, clock, program, lambda: soundcards.check(settings.microphone))
    serve(settings, clock, ports, lifetime, notifier)


def serve(settings: Settings, clock: Clock, ports: Ports, lifetime: Lifetime, notifier: Notifier) -> None:
    """Run recorders, one after another where the storage fails, until life ends."""
    data = Path(settings.store.data)
    while not lifetime.over:
        try:
            with disk.trouble_with(data):
                live(Recorder(settings, clock, ports), lifetime, notifier)
        except (DataNotWritable, StorageFailed) as error:
            if not (error.__cause__ and disk.is_full(error.__cause__) and ports.disk.make_room()):
                wait_for_storage(str(error), data, clock, ports, lifetime, notifier)
    notifier.stopping()


def live(recorder: Recorder, lifetime: Lifetime, notifier: Notifier) -> None:
    """Run one recorder. Raises StorageFailed, with nothing held open any more."""
    try:
        while not lifetime.over:
            recorder.turn()
            notifier.ready()
            notifier.alive()
    except BaseException:
        recorder.abandon()
        raise
    recorder.close()
