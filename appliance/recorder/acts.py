"""Doing what the machine asks for: meetings, the microphone, the light, sounds and marks."""

from appliance.clock import Clock
from appliance.recorder import machine
from appliance.recorder.capture import Capture
from appliance.recorder.inbox import Inbox
from appliance.recorder.machine import Act, State
from appliance.recorder.meetings import Meetings
from appliance.recorder.panel_line import PanelLine
from appliance.recorder.timeline import Block

STEADY = machine.LIGHT[State.RECORDING]


class Acts:
    """What the recorder holds in its hands. `last_durable` is the clock's monotonic time."""

    def __init__(self, microphone_program: list[str], inbox: Inbox, clock: Clock, panel: PanelLine) -> None:
        self._program, self._inbox, self._clock, self._panel = microphone_program, inbox, clock, panel
        self._capture: Capture | None = None
        self._light = machine.LIGHT[State.STARTING]
        self.meetings: Meetings | None = None
        self.last_durable = clock.monotonic()
        self.waits_for_press = False
        self.until = 0.0
        """Monotonic time of what closes the microphone next: sound from before it is still kept."""
        self.cause = ""
        """Why there will have been no sound when the microphone is opened next."""

    def perform(self, act: Act) -> None:
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
                self._panel.sound(name)
            case machine.Mark(name):
                self._mark(name)
            case machine.StayUntilPressed():
                self.waits_for_press = True

    def hear(self, block: Block) -> bool:
        """Keep a block; False when it was still on its way as the microphone was closed. Raises OSError of the disk."""
        if self._capture is None or not (self.meetings and self.meetings.recording):
            return False
        self.meetings.recording.put(block, self.cause)
        return True

    def show(self, light: str) -> None:
        """Show a light that is not steady."""
        self._light = light
        self._panel.show(light)

    def show_again(self) -> None:
        """Let the panel see that the loop lives. Steady is not said here: only a durable second says it."""
        if self._light != STEADY:
            self._panel.show(self._light)

    def second_is_durable(self) -> None:
        """The one place that makes the light steady."""
        self.last_durable = self._clock.monotonic()
        if self._capture:
            self._light = STEADY
            self._panel.show(STEADY)

    def close_microphone(self) -> None:
        """When this returns, no microphone is open and what it gave is durable."""
        capture, self._capture = self._capture, None
        if capture:
            capture.close()
        if self.meetings and self.meetings.recording:
            while (block := self._inbox.take_audio()) and block.end <= self.until:
                self.meetings.recording.put(block, self.cause)
            self.meetings.recording.close_capture()

    def _open_microphone(self) -> None:
        while self._inbox.take_audio():
            pass  # sound of an earlier opening
        self.last_durable = self._clock.monotonic()
        if self.meetings and self.meetings.recording:
            self.meetings.recording.last_speech = self._clock.monotonic()
        self._capture = Capture(self._program, self._inbox, self._clock)

    def _mark(self, name: str) -> None:
        if self.meetings and self.meetings.recording:
            self.meetings.recording.mark(name, at_next_capture=self._capture is not None)
