"""What the recorder looks after twice a second, in each state."""

from collections.abc import Callable

from appliance.clock import Clock
from appliance.recorder import machine
from appliance.recorder.acts import Acts
from appliance.recorder.clock_watch import ClockWatch
from appliance.recorder.examination import Examination
from appliance.recorder.machine import Event, State
from appliance.recorder.meetings import Meetings
from appliance.recorder.ports import Ports
from appliance.recorder.situation import Situation
from appliance.recorder.timers import QUIET_S
from appliance.store import record

BACK_AGAIN_S = 2.0  # between two tries after an interruption
IDLE_S = 60.0
NO_PANEL = "The button and the light do not answer."
NO_SOUND = "The microphone gives no sound."
FULL = "The storage is full."
SOON = {
    Event.QUIET: "Nobody has been heard for 10 minutes. After 20 more the recording pauses.",
    Event.NEARLY_LONGEST: "The longest meeting is nearly reached: the recording ends in 10 minutes.",
    Event.NEARLY_FULL: "The storage is nearly full: the recording ends in less than 10 minutes.",
}


class Upkeep:
    """`idle` is called once a minute while the box is ready or unfit."""

    def __init__(
        self,
        clock: Clock,
        ports: Ports,
        acts: Acts,
        meetings: Meetings,
        situation: Situation,
        examination: Examination,
        idle: Callable[[], None],
    ) -> None:
        self._clock, self._ports, self._acts, self._meetings = clock, ports, acts, meetings
        self._situation, self._examination, self._idle = situation, examination, idle
        self._clock_watch = ClockWatch()
        self._reminded_real = self._idle_real = ports.real()
        self._tried_real = 0.0

    def tick(self) -> None:
        match self._situation.state:
            case State.RECORDING:
                self._recording()
                self._tell_notes()
            case State.INTERRUPTED:
                self._interrupted(self._ports.real())
            case State.READY | State.UNFIT:
                self._between_meetings(self._ports.real())
                self._fitness()
            case State.NOTICE | State.NOTICE_AGAIN:
                self._fitness()
        self._heed_objections()
        self._mark_clock_changes()
        self._remind(self._ports.real())

    def _recording(self) -> None:
        if not self._ports.panel.there:
            self._situation.step(Event.LOST, NO_PANEL)
        elif self._acts.is_silent():
            self._situation.step(Event.LOST, NO_SOUND)
        elif self._examination.is_full():
            self._situation.step(Event.STORAGE_FULL, FULL)
        elif Event.NEARLY_FULL not in self._situation.warned and self._examination.is_nearly_full():
            self._situation.warn(Event.NEARLY_FULL)

    def _tell_notes(self) -> None:
        """What could be better with the sound, or ends it soon; poor sound is heard and marked once."""
        recording = self._meetings.recording
        if self._situation.state is not State.RECORDING or recording is None:
            return
        poor = self._acts.hearing.notes
        for note in set(poor) - set(self._situation.notes):
            self._situation.step(Event.POOR_SOUND, note)
        if self._clock.monotonic() - recording.last_speech < QUIET_S:
            self._situation.warned -= {Event.QUIET}
        self._situation.say("", (*poor, *(SOON[event] for event in SOON if event in self._situation.warned)))

    def _interrupted(self, now: float) -> None:
        if self._examination.is_full():
            self._situation.step(Event.STORAGE_FULL, FULL)
        elif self._acts.is_open() and not self._ports.panel.there:
            self._situation.step(Event.LOST, NO_PANEL)
        elif self._acts.is_silent():
            self._situation.step(Event.LOST, NO_SOUND)
        elif self._acts.is_open() or now - self._tried_real < BACK_AGAIN_S:
            return
        elif problems := self._examination.problems(self._meetings.recording):
            self._situation.say(" ".join(problems), ())
        else:
            self._tried_real = now
            self._situation.step(Event.TRY_AGAIN)

    def _between_meetings(self, now: float) -> None:
        self._examination.renew(now)
        if now - self._idle_real >= IDLE_S:
            self._idle_real = now
            self._idle()

    def _fitness(self) -> None:
        because = " ".join(self._examination.problems(self._meetings.recording))
        if self._situation.state is State.UNFIT and because:
            self._situation.say(because, ())
        self._situation.step(Event.UNFIT if because else Event.FIT, because)

    def _heed_objections(self) -> None:
        """One at a time; where the machine leaves it alone just now, it is told again later."""
        recording = self._meetings.recording
        self._ports.objections.watch(self._meetings.id if recording else None)
        if recording and self._ports.objections.count > recording.objections:
            self._situation.step(Event.OBJECTION)

    def _mark_clock_changes(self) -> None:
        change = self._clock_watch.look(self._clock)
        if change and self._meetings.recording:
            self._acts.mark(record.CLOCK_CHANGED, str(change))

    def _remind(self, now: float) -> None:
        every = machine.REMINDER_S.get(self._situation.state)
        if every and now - max(self._reminded_real, self._situation.changed_real) >= every:
            self._reminded_real = now
            self._ports.panel.sound("reminder")
