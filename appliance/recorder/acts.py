"""Doing what the machine asks for: meetings, the microphone, the light, sounds and marks."""

from appliance.clock import Clock
from appliance.link import LIGHT_LASTS_S
from appliance.recorder import machine
from appliance.recorder.hearing import Hearing
from appliance.recorder.machine import Act, State
from appliance.recorder.meetings import Meetings
from appliance.recorder.ports import Opening, Ports
from appliance.recorder.timeline import Block
from appliance.recorder.watch import CaptureWatch

STEADY, FAULT = machine.LIGHT[State.RECORDING], machine.LIGHT[State.INTERRUPTED]


class Acts:
    """What the recorder holds in its hands. `last_durable` is the clock's monotonic time."""

    def __init__(self, ports: Ports, clock: Clock, rate: int) -> None:
        self._ports, self._clock, self._rate = ports, clock, rate
        self._capture: Opening | None = None
        self._hearing, self._watch = Hearing(rate), CaptureWatch()
        self._light = machine.LIGHT[State.STARTING]
        self._fed_real = ports.real()
        self.meetings: Meetings | None = None
        self.last_durable = clock.monotonic()
        self.waits_for_press = False
        self.until = 0.0
        """Monotonic time of what closes the microphone next: sound from before it is still kept."""
        self.cause = ""
        """Why there will have been no sound when the microphone is opened next."""

    @property
    def hearing(self) -> Hearing:
        """The test and the watch over what the microphone gives."""
        return self._hearing

    def perform(self, act: Act, detail: str) -> None:
        match act:
            case machine.OpenMeeting() if self.meetings:
                self.meetings.open()
            case machine.EndMeeting(because) if self.meetings:
                self.meetings.end(because)
            case machine.EndAdmission() if self.meetings:
                self.meetings.leave()
            case machine.OpenMicrophone():
                self._open_microphone()
            case machine.CloseMicrophone():
                self.close_microphone()
            case machine.Sound(name):
                self._ports.panel.sound(name)
            case machine.Mark(name):
                self.mark(name, detail)
            case machine.StayUntilPressed():
                self.waits_for_press = True

    def is_open(self, opening: object = None) -> bool:
        """Is the microphone open, and where one is named: is it that opening?"""
        return self._capture is not None and opening in (None, self._capture)

    def hear(self, block: Block) -> list[Block]:
        """What may be kept now that this block came; nothing that was on its way as the microphone was closed."""
        if self._capture is None:
            return []
        self._watch.heard(self._ports.real())
        return self._hearing.hear(block)

    def is_silent(self) -> bool:
        """Is a microphone open that gives nothing?"""
        return self._capture is not None and self._watch.silent(self._ports.real())

    def stood_still(self) -> None:
        """The computer did nothing for a while."""
        self._watch.stood_still(self._ports.real())

    def keep(self, blocks: list[Block]) -> None:
        """Raises OSError of the disk."""
        if self.meetings and self.meetings.recording:
            self.meetings.recording.put(blocks, self.cause)

    def show(self, light: str) -> None:
        """Show a light that is not steady."""
        self._light, self._fed_real = light, self._ports.real()
        self._ports.panel.show(light)

    def show_again(self) -> None:
        """Let the panel see that the loop lives. While recording only a durable second feeds the light."""
        if self._light == STEADY and self._ports.real() - self._fed_real >= LIGHT_LASTS_S:
            self._light = FAULT
        if self._light != STEADY:
            self._ports.panel.show(self._light)

    def await_steady(self) -> None:
        """From now on only a durable second feeds the light; it stays as it is for 2 s, and then falls to fault."""
        if self._light != FAULT:
            self._light, self._fed_real = STEADY, self._ports.real()

    def second_is_durable(self) -> None:
        """The one place that makes the light steady."""
        self.last_durable = self._clock.monotonic()
        if self._capture:
            self._light, self._fed_real = STEADY, self._ports.real()
            self._ports.panel.show(STEADY)

    def close_microphone(self) -> None:
        """When this returns, no microphone is open and what it gave is durable."""
        self.kill_microphone()
        recording = self.meetings.recording if self.meetings else None
        while (block := self._ports.inbox.take_audio()) and block.end <= self.until:
            if recording and self._hearing.passed and (blocks := self._hearing.hear(block)):
                recording.put(blocks, self.cause)
        if recording:
            recording.close_capture()

    def kill_microphone(self) -> None:
        """When this returns, no microphone is open."""
        capture, self._capture = self._capture, None
        if capture:
            capture.close()

    def mark(self, name: str, detail: str = "") -> None:
        """A mark now, or at the first sample of a microphone that was opened and gave none yet."""
        if self.meetings and (recording := self.meetings.recording):
            recording.mark(name, detail, at_next_capture=self._capture is not None and not recording.capturing)

    def _open_microphone(self) -> None:
        while self._ports.inbox.take_audio():
            pass  # sound of an earlier opening
        if self.meetings and self.meetings.recording:
            self.meetings.recording.microphone_opened()
        self._hearing = Hearing(self._rate)
        self._watch.opened(self._ports.real())
        self._capture = self._ports.open_microphone()
