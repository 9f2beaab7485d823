"""The box's state and how it changes: what ends is ended, the new state is written down, then begins what begins."""

import contextlib

from sqlite_utils import Database

from appliance.clock import Clock, stamp
from appliance.news import News, tell
from appliance.recorder import machine
from appliance.recorder.acts import Acts
from appliance.recorder.listening import SILENCE_DBFS
from appliance.recorder.machine import Event, State
from appliance.recorder.meetings import Meetings
from appliance.recorder.ports import Ports
from appliance.store import box, events, record

IN_TROUBLE = frozenset({State.UNFIT, State.INTERRUPTED, State.ENDED_FULL})
TOLD_AGAIN = frozenset({State.NOTICE, State.NOTICE_AGAIN})
GESTURES = frozenset({Event.PRESS, Event.HOLD})


class Situation:
    """`since` and `because` belong to the state; `notes` are what else people should know, until the state changes."""

    def __init__(self, db: Database, clock: Clock, ports: Ports, acts: Acts, meetings: Meetings) -> None:
        self._db, self._clock, self._ports, self._acts, self._meetings = db, clock, ports, acts, meetings
        self.state, self.since = State.STARTING, clock.monotonic()
        self._since_wall = stamp(clock.wall())
        self._because = ""
        self.notes: tuple[str, ...] = ()
        self.warned: frozenset[Event] = frozenset()
        self.changed_real = ports.real()

    @property
    def because(self) -> str:
        return " ".join(part for part in (self._because, *self.notes) if part)

    def step(self, event: Event, because: str = "", at: float | None = None) -> None:
        """Do what the table says; `because` in words, `at` the monotonic time of the event."""
        self._acts.until = self._clock.monotonic() if at is None else at
        before = self.state
        new, acts = machine.step(before, event)
        if event in GESTURES and before is not new:
            self._ports.gesture.meeting, self._ports.gesture.state = self._meetings.id, new
            self._answer(new)
        if new is not before and new is not State.RECORDING:
            self._acts.show(machine.LIGHT[new])  # first of all: it must not claim any more what it claimed
        for act in acts:
            if isinstance(act, machine.BEFORE_STATE):
                self._acts.perform(act, because)
        if new is not before:
            endings = [act.because for act in acts if isinstance(act, machine.EndMeeting)]
            self._enter(new, because or " ".join(endings))
        for act in acts:
            if not isinstance(act, machine.BEFORE_STATE):
                self._acts.perform(act, because)
        if event is Event.PRESS and before is new is State.UNFIT:
            events.log(self._db, self._clock, "refused", self.because)
            self._meetings.could_not_begin(self.because)

    def warn(self, event: Event) -> None:
        """An event of time, which is told once in a state."""
        self.warned |= {event}
        self.step(event)

    def say(self, because: str, notes: tuple[str, ...]) -> None:
        """People should know something else than before, though the state stays."""
        if (because, notes) != (self._because, self.notes):
            self._because, self.notes = because, notes
            self._write()

    def unanswered(self) -> int:
        """Objections since the button last answered."""
        recording = self._meetings.recording
        return recording.unanswered if recording else 0

    def tell(self) -> None:
        """Give a sign of life, with everything that the page shows of this moment."""
        recording = self._meetings.recording
        news = News(
            boot_id=self._clock.boot_id(),
            monotonic=self._ports.real(),
            state=self.state,
            since_monotonic=self.since,
            since_wall=self._since_wall,
            because=self.because,
            meeting=self._meetings.id,
            level=recording.level if recording else SILENCE_DBFS,
            objections=self.unanswered(),
        )
        with contextlib.suppress(OSError):  # nobody who fills or takes away /run may stop a recording
            tell(self._ports.news, news)

    def _answer(self, new: State) -> None:
        """The button's answer to an objection is a mark: what the box went on to do."""
        if self.unanswered():
            self._acts.mark(record.ANSWER, new.value.replace("_", " "))

    def _enter(self, new: State, because: str) -> None:
        self._acts.cause = self._cause(new, because)
        self._acts.waits_for_press = False
        if new is State.RECORDING:
            self._acts.await_steady()
        if new is State.RECORDING and self.state in TOLD_AGAIN:
            self._acts.last_durable = self._clock.monotonic()  # the 2 minutes begin with the press
        self.state, self.since = new, self._clock.monotonic()
        self._since_wall = stamp(self._clock.wall())
        self._because, self.notes = (because if new in IN_TROUBLE else ""), ()
        self.warned = frozenset()
        self.changed_real = self._ports.real()
        if new is not State.RECORDING:
            self.tell()  # before it is written down: a card that hangs must not keep the page claiming what it claimed
        self._write()
        self._ports.gesture.state = ""
        events.log(self._db, self._clock, self.state, because)

    def _cause(self, new: State, because: str) -> str:
        """What a gap that begins now will be put down to; the first cause stays until recording goes on."""
        if self.state is not State.RECORDING:
            return self._acts.cause
        match new:
            case State.PAUSED:
                return "paused"
            case State.STOPPING:
                return "stopped, then gone on"
        return because or "the recorder was held up"

    def _write(self) -> None:
        box.set_state(
            self._db,
            box.BoxState(
                self.state, self.since, self._since_wall, self._clock.boot_id(), self.because, self._meetings.id
            ),
        )
