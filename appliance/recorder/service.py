"""The recorder's one loop: something happens -> machine.step -> acts and the state, written down between them.

Everything that can hang is elsewhere: PortAudio in a program of its own, the panel behind a line that is never waited
for, all other services behind files that they cannot lock. Only the disk can make this loop wait, and then the light
tells.
"""

import errno
import time
from collections.abc import Callable
from pathlib import Path

from appliance.clock import Clock, stamp
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.recorder import fitness, machine, microphone, soundcards
from appliance.recorder.acts import Acts
from appliance.recorder.findings import cause, finding
from appliance.recorder.inbox import Inbox, Said
from appliance.recorder.machine import Event, State
from appliance.recorder.meetings import Meetings
from appliance.recorder.panel_line import PanelLine
from appliance.recorder.timeline import Block
from appliance.recorder.timers import Moments, due
from appliance.settings import Settings
from appliance.store import box, events
from appliance.store.folders import Folders

TICK_S = 1.0
FIRST_BLOCK_S = 6.0  # opening a USB microphone on a Pi takes its time
NEXT_BLOCK_S = 2.0
BACK_AGAIN_S = 2.0  # between two tries after an interruption
FULL = (errno.ENOSPC, errno.EDQUOT)
NO_PANEL = "The button and the light do not answer."


class Recorder:
    """The box's state. Times are the clock's monotonic seconds; those named `_real` are the computer's own."""

    def __init__(
        self, settings: Settings, clock: Clock, *, microphone_program: list[str], find_microphone: Callable[[], object]
    ) -> None:
        self._settings, self._clock, self._find_microphone = settings, clock, find_microphone
        self._folders = Folders(Path(settings.store.data))
        self._folders.prepare()
        fitness.storage_self_test(self._folders)
        self._db = box.own(self._folders)
        rate = settings.microphone.rate
        self._inbox = Inbox(rate)
        self._panel = PanelLine(settings.store.panel_socket, self._inbox, clock)
        self._acts = Acts(microphone_program, self._inbox, clock, self._panel)
        self._meetings = Meetings(self._db, self._folders, clock, rate, self._acts.second_is_durable)
        self._acts.meetings = self._meetings
        self._state, self._since, self._because = State.STARTING, clock.monotonic(), ""
        self._warned: frozenset[Event] = frozenset()
        self._changed_real = self._block_real = self._tick_real = self._reminded_real = time.monotonic()
        self._lost_real = 0.0
        self._look_back()

    def turn(self) -> None:
        """Take one thing that happened, or a tick, and act on it."""
        item = self._inbox.take(max(0.0, self._tick_real + TICK_S - time.monotonic()))
        if event := due(self._state, self._clock.monotonic(), self._moments(), self._settings.meeting):
            self._warned |= {event}
            self._step(event)
        if isinstance(item, Block):
            self._hear(item)
        elif item:
            self._heed(item)
        if time.monotonic() - self._tick_real >= TICK_S:
            self._tick_real = time.monotonic()
            self._tick()

    def close(self) -> None:
        """Make everything durable and let go; the meeting stays open for the next recorder."""
        self._acts.until = self._clock.monotonic()
        self._acts.close_microphone()
        self._meetings.close()
        self._db.conn.close()  # left in WAL mode: a reader could keep the next recorder from going back to it

    def _look_back(self) -> None:
        """Go on from what the last recorder left."""
        self._meetings.mend_list()
        left = box.state(self._db)
        ended = {meeting.id for meeting in box.meetings(self._db) if meeting.ended_wall}
        if left and left.meeting in ended and left.state not in (State.ENDED, State.STOPPING):
            left = None  # it crashed between ending the meeting and writing that down
        self._meetings.come_back(left.meeting if left else None)
        recording = self._meetings.recording
        last = recording.last_sample_at if recording else None
        if last is not None:
            self._acts.last_durable = last
        self._acts.cause = cause(left, self._clock.boot_id())
        self._step(
            finding(left, self._clock.boot_id(), self._clock.monotonic(), last),
            self._acts.cause if last is not None else "",
        )

    def _hear(self, block: Block) -> None:
        try:
            if self._acts.hear(block):
                self._block_real = time.monotonic()
        except OSError as error:
            if error.errno not in FULL:
                raise
            self._step(Event.STORAGE_FULL, "The storage is full.")

    def _heed(self, said: Said) -> None:
        match said.what:
            case "press":
                self._step(Event.PRESS, at=said.at)
            case "hold":
                self._step(Event.HOLD, at=said.at)
            case "microphone ended":
                self._step(Event.LOST, said.detail)
            case "panel gone":
                self._step(Event.LOST, NO_PANEL)
            case "panel here":
                self._tick()

    def _tick(self) -> None:
        match self._state:
            case State.RECORDING:
                self._check_capture()
            case State.INTERRUPTED:
                if time.monotonic() - self._lost_real >= BACK_AGAIN_S and not self._problems():
                    self._step(Event.BACK)
            case _:
                self._check_fitness()
        self._remind()
        self._acts.show_again()

    def _check_capture(self) -> None:
        limit = NEXT_BLOCK_S if self._block_real > self._changed_real else FIRST_BLOCK_S
        if not self._panel.there:
            self._step(Event.LOST, NO_PANEL)
        elif time.monotonic() - max(self._block_real, self._changed_real) > limit:
            self._step(Event.LOST, "The microphone gives no sound.")
        elif fitness.free_mb(self._folders.data) < self._settings.store.reserve_mb:
            self._step(Event.STORAGE_FULL, "The storage is full.")

    def _check_fitness(self) -> None:
        because = " ".join(self._problems())
        if self._state is State.UNFIT and because and because != self._because:
            self._because = because
            self._write_state(because)
        self._step(Event.UNFIT if because else Event.FIT, because)

    def _problems(self) -> list[str]:
        recording = self._meetings.recording
        return fitness.problems(
            self._settings,
            self._folders,
            panel_there=self._panel.there,
            find=self._find_microphone,
            already_recorded_s=recording.seconds if recording else 0.0,
        )

    def _remind(self) -> None:
        every = machine.REMINDER_S.get(self._state)
        if every and time.monotonic() - max(self._reminded_real, self._changed_real) >= every:
            self._reminded_real = time.monotonic()
            self._panel.sound("reminder")

    def _step(self, event: Event, because: str = "", at: float | None = None) -> None:
        """What ends is ended, the new state is written down, then begins what begins."""
        self._acts.until = self._clock.monotonic() if at is None else at
        before = self._state
        new, acts = machine.step(before, event)
        if new is not before and new is not State.RECORDING:
            self._acts.show(machine.LIGHT[new])  # first of all: it must not claim any more what it claimed
        for act in acts:
            if isinstance(act, machine.BEFORE_STATE):
                self._acts.perform(act)
        if new is not before:
            endings = [act.because for act in acts if isinstance(act, machine.EndMeeting)]
            self._enter(new, because or " ".join(endings))
        for act in acts:
            if not isinstance(act, machine.BEFORE_STATE):
                self._acts.perform(act)
        if event is Event.PRESS and before is new is State.UNFIT:
            events.log(self._db, self._clock, "refused", self._because)

    def _enter(self, new: State, because: str) -> None:
        self._acts.cause = self._cause(new, because)
        self._acts.waits_for_press = False
        self._state, self._since = new, self._clock.monotonic()
        self._because = because if new in (State.UNFIT, State.INTERRUPTED) else ""
        self._warned = frozenset()
        self._changed_real = time.monotonic()
        self._write_state(because)

    def _cause(self, new: State, because: str) -> str:
        """What a gap that begins now will be put down to; the first cause stays until recording goes on."""
        if self._state is not State.RECORDING:
            return self._acts.cause
        self._lost_real = time.monotonic()
        match new:
            case State.PAUSED:
                return "paused"
            case State.STOPPING:
                return "stopped, then gone on"
        return because or "the recorder was held up"

    def _write_state(self, detail: str) -> None:
        wall = stamp(self._clock.wall())
        box.set_state(
            self._db,
            box.BoxState(self._state, self._since, wall, self._clock.boot_id(), self._because, self._meetings.id),
        )
        events.log(self._db, self._clock, self._state, detail)

    def _moments(self) -> Moments:
        recording = self._meetings.recording
        return Moments(
            since=self._since,
            last_durable=self._acts.last_durable,
            last_speech=recording.last_speech if recording else self._since,
            recorded_s=recording.seconds if recording else 0.0,
            warned=self._warned,
            waits_for_press=self._acts.waits_for_press,
        )


def run(settings: Settings, clock: Clock, lifetime: Lifetime, notifier: Notifier) -> None:
    """The service on the device."""
    recorder = Recorder(
        settings,
        clock,
        microphone_program=microphone.command(settings.microphone),
        find_microphone=lambda: soundcards.find(settings.microphone.device),
    )
    serve(recorder, lifetime, notifier)


def serve(recorder: Recorder, lifetime: Lifetime, notifier: Notifier) -> None:
    """Run a recorder until its life ends."""
    notifier.ready()
    try:
        while not lifetime.over:
            recorder.turn()
            notifier.alive()
        notifier.stopping()
    finally:
        recorder.close()
