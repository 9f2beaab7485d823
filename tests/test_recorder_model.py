"""Any row of presses, holds, faults, times and restarts, on the real recorder: the light does not lie.

A model of the room holds the recorder to four promises, whatever happens to it: no bytes are kept in an opening of the
microphone that the light never announced; steady is never shown for over 2 s without bytes; nothing is recorded that
no press started; the next group is never in the last meeting.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from simulated_box import SimulatedBox
from test_simulated_box import memory_folder, settings

from appliance.link import LIGHT_LASTS_S
from appliance.recorder.machine import State

pytestmark = pytest.mark.pure

STEP_S = 0.11  # how exactly a moment is seen here
TOLD = (State.NOTICE, State.NOTICE_AGAIN)
STALE_S = 120.0
HOW_LONG = st.sampled_from([0.3, 1.2, 2.0, 5.0, 30.0, 118.0, 130.0])


class Room(RuleBasedStateMachine):
    """What people and things do to the box, and what the box may not do."""

    @initialize(by_itself=st.booleans())
    def switch_on(self, by_itself: bool) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="candour-", dir=memory_folder()))
        self.by_itself = by_itself
        self.before: State | None = None
        self.ills: dict[str, tuple[float, Callable[[], None]]] = {}
        self.pressed = self.told_pressed = self.recorded = -1e9
        self.kept, self.announced, self.excused = 0, True, False
        self.opening: object = None
        self.new_boot = True  # nothing recorded in it yet
        chosen = settings(self.data, **({"start_by_itself_seconds": 60} if by_itself else {}))
        self.box = SimulatedBox(chosen, self.look)

    def teardown(self) -> None:
        if hasattr(self, "box"):
            self.box.close()
            shutil.rmtree(self.data)

    @rule()
    def press(self) -> None:
        self.pressed = self.box.clock.monotonic()
        if self.box.state in TOLD:
            self.told_pressed = self.pressed
        self.box.press()

    @rule()
    def hold(self) -> None:
        self.box.hold()

    @rule(talk_s=st.sampled_from([0.0, 0.5, 0.9, 2.5, 10.0]))
    def record(self, talk_s: float) -> None:
        """A group with a box that is well: presses until it records, if the box is in a state that leads there."""
        for _, heal in self.ills.values():
            heal()
        self.ills.clear()
        if self.box.recorder is None:
            self.box.start()
        self.pass_s(1.1)
        for _ in range(4):
            if self.box.state not in (State.RECORDING, State.UNFIT, State.INTERRUPTED, State.ENDED_FULL):
                self.press()
                self.pass_s(0.2)
        self.pass_s(talk_s)

    @rule(seconds=st.sampled_from([0.1, 0.3, 1.0, 3.0, 7.0, 20.0]))
    def wait(self, seconds: float) -> None:
        self.pass_s(seconds)

    @rule(kind=st.sampled_from(["kill", "unplug", "lose_panel", "failing_card"]), seconds=HOW_LONG)
    def trouble_in_a_recording(self, kind: str, seconds: float) -> None:
        """Something goes wrong while it records, and nobody does anything until it is over."""
        self.record(2.5)
        getattr(self, kind)(seconds)
        self.pass_s(seconds + 5)

    @precondition(lambda self: self.box.room.open is None)
    @rule(seconds=st.sampled_from([100.0, 119.0, 125.0, 600.0]))
    def wait_for_long(self, seconds: float) -> None:
        self.pass_s(seconds)

    @rule(sound=st.sampled_from(["silence", "nothing"]), seconds=HOW_LONG)
    def fall_silent(self, sound: str, seconds: float) -> None:
        self.box.room.sound = sound
        self.ill("sound", seconds, lambda: setattr(self.box.room, "sound", "noise"))

    @rule(seconds=HOW_LONG)
    def unplug(self, seconds: float) -> None:
        self.box.room.unplug()
        self.ill("plug", seconds, lambda: setattr(self.box.room, "plugged", True))

    @rule()
    def object(self) -> None:
        self.box.object()

    @rule(seconds=HOW_LONG)
    def lose_panel(self, seconds: float) -> None:
        if self.box.panel.there:
            self.box.lose_panel()
            self.ill("panel", seconds, lambda: self.box.find_panel())

    @rule(seconds=st.sampled_from([0.5, 1.5, 3.0, 12.0, 130.0]))
    def slow_card(self, seconds: float) -> None:
        self.box.card.slow_s = seconds

    @rule(seconds=HOW_LONG)
    def full_card(self, seconds: float) -> None:
        self.box.card.no_room = True
        self.ill("room", seconds, lambda: setattr(self.box.card, "no_room", False))

    @rule(seconds=HOW_LONG)
    def failing_card(self, seconds: float) -> None:
        self.box.card.failing = True
        self.excused = True  # what was written as the card failed is there, and could not be announced
        self.ill("card", seconds, self.mend_card)

    def mend_card(self) -> None:
        self.box.card.failing = False
        if self.box.recorder is None:
            self.box.start()

    @rule(seconds=HOW_LONG)
    def kill(self, seconds: float) -> None:
        if self.box.recorder is not None:
            self.box.kill()
            self.ill("recorder", seconds, self.start_again)

    def start_again(self) -> None:
        if self.box.recorder is None:
            self.box.start()

    @rule(off_s=st.sampled_from([1.0, 60.0, 4000.0]), trusted=st.booleans())
    def cut_power(self, off_s: float, trusted: bool) -> None:
        self.box.card.failing = False
        self.ills = {name: (20.0 + n, heal) for n, (name, (_, heal)) in enumerate(self.ills.items())}
        self.new_boot, self.announced = True, True
        self.pressed = self.told_pressed = self.recorded = -1e9
        self.box.card.last_sync = -1e9
        self.box.cut_power(off_s=off_s, trusted=trusted)
        self.kept = self.box.card.appended

    @rule(seconds=st.sampled_from([-7200.0, 5.0, 86400.0]))
    def set_the_clock(self, seconds: float) -> None:
        self.box.clock.set_wall(seconds)

    def ill(self, name: str, seconds: float, heal: Callable[[], None]) -> None:
        """Something is wrong for a time."""
        self.ills[name] = (self.box.clock.monotonic() + seconds, heal)

    def pass_s(self, seconds: float) -> None:
        """Let time pass, and what is wrong be mended when its time has come."""
        end = self.box.clock.monotonic() + seconds
        while self.box.clock.monotonic() < end - 1e-6:
            due, name = min(((at, name) for name, (at, _) in self.ills.items()), default=(end, ""))
            self.box.pass_s(max(0.0, min(due, end) - self.box.clock.monotonic()))
            if name and due <= self.box.clock.monotonic() + 1e-6:
                self.ills.pop(name)[1]()

    @invariant()
    def look(self) -> None:
        if not hasattr(self, "box"):
            return
        now, light, state = self.box.clock.monotonic(), self.box.panel.look(), self.box.state
        self.steady_only_with_bytes(now, light)
        self.dark_is_closed(light)
        self.bytes_only_with_steady(light)
        self.only_a_press_starts(now, state)
        self.before = state

    def steady_only_with_bytes(self, now: float, light: str) -> None:
        if light == "steady":
            assert self.box.room.open is not None
            assert now - self.box.card.last_sync <= LIGHT_LASTS_S + STEP_S

    def dark_is_closed(self, light: str) -> None:
        """A panel that has just gone is heard of in the next turn."""
        just_gone = self.box.clock.monotonic() - self.box.panel.history[-1][0] <= STEP_S and not self.box.panel.there
        if light == "dark":
            assert self.box.room.open is None or just_gone

    def bytes_only_with_steady(self, light: str) -> None:
        """What an opening of the microphone leaves on the disk was announced by steady while it was open."""
        kept = self.box.card.appended
        if self.box.room.open is not self.opening:
            assert self.announced or self.excused
            self.opening, self.announced, self.excused, self.kept = self.box.room.open, True, False, kept
        if kept > self.kept and not any(
            at >= self.box.room.openings[-1] and shown == "steady" for at, shown in self.box.panel.history
        ):
            self.announced = False
        else:
            self.announced = True

    def only_a_press_starts(self, now: float, state: State | None) -> None:
        if state is State.RECORDING and self.before is not State.RECORDING:
            pressed = now - self.pressed <= STEP_S
            by_itself = self.by_itself and self.before is State.NOTICE
            alone = now - max(self.recorded, self.told_pressed) <= STALE_S + 1 + STEP_S and not self.new_boot
            assert pressed or by_itself or alone, (self.before, now, self.pressed)
            if now - self.recorded > STALE_S + 1 + STEP_S or self.new_boot:
                assert self.before in TOLD or now - self.told_pressed <= STALE_S + 1 + STEP_S, self.before
            self.new_boot = False
        if self.box.card.last_sync > self.recorded and self.box.room.open:
            self.recorded = self.box.card.last_sync


TestRoom = Room.TestCase
TestRoom.settings = hypothesis.settings(deadline=None, max_examples=50, stateful_step_count=30)
