"""What the box does: a literal table of (state, event) -> (state, acts). Pure and total.

Read TABLE from top to bottom; what is not in it is in IGNORED, on purpose. The recorder's service turns facts into
events; what ends is ended, then the new state is written down, then begins what begins.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    STARTING = "starting"  # the recorder has not yet looked at what it left behind
    UNFIT = "unfit"
    READY = "ready"
    NOTICE = "notice"
    NOTICE_AGAIN = "notice_again"  # before a paused meeting goes on
    RECORDING = "recording"
    STOPPING = "stopping"
    ENDED = "ended"
    ENDED_FULL = "ended_full"  # the card is full: as ended, but with the light of a fault
    PAUSED = "paused"  # less than 2 minutes after the last durable second
    PAUSED_LONG = "paused_long"
    INTERRUPTED = "interrupted"


class Event(StrEnum):
    # from the button
    PRESS = "press"
    HOLD = "hold"
    # from what the box is made of
    FIT = "fit"
    UNFIT = "unfit"
    LOST = "lost"  # the microphone or the panel, while recording
    TRY_AGAIN = "try the microphone again"
    BACK = "back"
    POOR_SOUND = "poor sound"
    NEARLY_FULL = "storage nearly full"
    STORAGE_FULL = "storage full"
    # from the people on the page
    OBJECTION = "objection"
    # from time
    START_BY_ITSELF = "start by itself"
    QUIET = "nobody spoke for 10 minutes"
    QUIET_LONG = "nobody spoke for 30 minutes"
    NEARLY_LONGEST = "10 minutes before the longest meeting"
    LONGEST = "longest meeting"
    TOO_OLD = "2 minutes after the last durable second"
    TIME_UP = "the state's own time is up"
    # from looking, at the start, at what was left behind
    FOUND_NOTHING = "found nothing"
    FOUND_RECORDING = "found a recording, at most 2 minutes old"
    FOUND_PAUSED = "found a pause, at most 2 minutes old"
    FOUND_STALE = "found a meeting that can go on only through the notice"
    FOUND_STOPPING = "found a meeting that was being stopped"
    FOUND_NOTICE = "found a notice of this boot"
    FOUND_OLD_NOTICE = "found a notice of an earlier boot"
    FOUND_ENDED = "found an admission of this boot"


@dataclass(frozen=True)
class OpenMeeting:
    """A new meeting with its folder."""


@dataclass(frozen=True)
class EndMeeting:
    """No second will follow; `because` stands in the record."""

    because: str


@dataclass(frozen=True)
class EndAdmission:
    """The code on the table gives no more tickets; the box belongs to no meeting."""


@dataclass(frozen=True)
class OpenMicrophone:
    """Start the microphone program."""


@dataclass(frozen=True)
class CloseMicrophone:
    """End the microphone program and make durable what it gave."""


@dataclass(frozen=True)
class Sound:
    """Something to hear."""

    name: str


@dataclass(frozen=True)
class Mark:
    """Something to stand in the record at this second, with the event's own words."""

    name: str


@dataclass(frozen=True)
class StayUntilPressed:
    """Do not start by itself any more in this notice."""


Act = OpenMeeting | EndMeeting | EndAdmission | OpenMicrophone | CloseMicrophone | Sound | Mark | StayUntilPressed

BEFORE_STATE = (CloseMicrophone, EndMeeting, EndAdmission, OpenMeeting)
"""Acts done before the new state is written down: what ends, has ended by then. The others come after it."""

S, E = State, Event
ACCEPTED, REFUSED, STARTED, STOPPED = Sound("accepted"), Sound("refused"), Sound("started"), Sound("stopped")
WARNING, TWICE = Sound("warning"), Sound("twice")

TABLE: dict[tuple[State, Event], tuple[State, tuple[Act, ...]]] = {
    (S.STARTING, E.FOUND_NOTHING): (S.UNFIT, (EndAdmission(),)),
    (S.STARTING, E.FOUND_OLD_NOTICE): (S.UNFIT, (EndMeeting("power cut before the recording began"), EndAdmission())),
    (S.STARTING, E.FOUND_RECORDING): (S.INTERRUPTED, ()),
    (S.STARTING, E.FOUND_PAUSED): (S.PAUSED, ()),
    (S.STARTING, E.FOUND_STALE): (S.PAUSED_LONG, (WARNING,)),
    (S.STARTING, E.FOUND_STOPPING): (S.ENDED, (EndMeeting("stopped by the button"),)),
    (S.STARTING, E.FOUND_NOTICE): (S.NOTICE, (WARNING,)),
    (S.STARTING, E.FOUND_ENDED): (S.ENDED, ()),
    #
    (S.UNFIT, E.FIT): (S.READY, ()),
    (S.UNFIT, E.PRESS): (S.UNFIT, (REFUSED,)),
    (S.UNFIT, E.HOLD): (S.UNFIT, (REFUSED,)),
    #
    (S.READY, E.PRESS): (S.NOTICE, (OpenMeeting(), ACCEPTED)),
    (S.READY, E.HOLD): (S.READY, (REFUSED,)),
    (S.READY, E.UNFIT): (S.UNFIT, (WARNING,)),
    #
    (S.NOTICE, E.PRESS): (S.RECORDING, (OpenMicrophone(), Mark("started by the button"), STARTED)),
    (S.NOTICE, E.START_BY_ITSELF): (S.RECORDING, (OpenMicrophone(), Mark("started after the notice"), STARTED)),
    (S.NOTICE, E.HOLD): (S.ENDED, (EndMeeting("held, not recorded"), STOPPED)),
    (S.NOTICE, E.OBJECTION): (S.NOTICE, (StayUntilPressed(), Mark("objection"), TWICE)),
    (S.NOTICE, E.UNFIT): (S.UNFIT, (EndMeeting("could not record"), EndAdmission(), WARNING)),
    (S.NOTICE, E.TIME_UP): (S.READY, (EndMeeting("nobody started the recording"), EndAdmission(), STOPPED)),
    #
    (S.NOTICE_AGAIN, E.PRESS): (S.RECORDING, (OpenMicrophone(), Mark("resumed after the notice"), STARTED)),
    (S.NOTICE_AGAIN, E.HOLD): (S.NOTICE, (EndMeeting("a new group came"), OpenMeeting(), ACCEPTED)),
    (S.NOTICE_AGAIN, E.OBJECTION): (S.NOTICE_AGAIN, (Mark("objection"), TWICE)),
    (S.NOTICE_AGAIN, E.UNFIT): (S.PAUSED_LONG, (WARNING,)),
    (S.NOTICE_AGAIN, E.TIME_UP): (S.PAUSED_LONG, (STOPPED,)),
    #
    (S.RECORDING, E.PRESS): (S.STOPPING, (CloseMicrophone(), STOPPED)),
    (S.RECORDING, E.HOLD): (S.PAUSED, (CloseMicrophone(), Mark("paused by the button"), STOPPED)),
    (S.RECORDING, E.LOST): (S.INTERRUPTED, (CloseMicrophone(), Mark("interrupted"), WARNING)),
    (S.RECORDING, E.TOO_OLD): (S.PAUSED_LONG, (CloseMicrophone(), Mark("interrupted"), WARNING)),
    (S.RECORDING, E.OBJECTION): (S.RECORDING, (Mark("objection"), TWICE)),
    (S.RECORDING, E.QUIET): (S.RECORDING, (WARNING,)),
    (S.RECORDING, E.QUIET_LONG): (S.PAUSED, (CloseMicrophone(), Mark("paused: nobody spoke"), STOPPED)),
    (S.RECORDING, E.NEARLY_LONGEST): (S.RECORDING, (WARNING,)),
    (S.RECORDING, E.LONGEST): (S.ENDED, (CloseMicrophone(), EndMeeting("longest meeting reached"), STOPPED)),
    (S.RECORDING, E.POOR_SOUND): (S.RECORDING, (Mark("poor sound"), WARNING)),
    (S.RECORDING, E.NEARLY_FULL): (S.RECORDING, (WARNING,)),
    (S.RECORDING, E.STORAGE_FULL): (S.ENDED_FULL, (CloseMicrophone(), EndMeeting("storage full"), WARNING)),
    #
    (S.STOPPING, E.PRESS): (S.RECORDING, (OpenMicrophone(), Mark("resumed by the button"), STARTED)),
    (S.STOPPING, E.HOLD): (S.ENDED, (EndMeeting("stopped by the button"), ACCEPTED)),
    (S.STOPPING, E.TIME_UP): (S.ENDED, (EndMeeting("stopped by the button"),)),
    #
    (S.ENDED, E.PRESS): (S.NOTICE, (OpenMeeting(), ACCEPTED)),
    (S.ENDED, E.HOLD): (S.READY, (EndAdmission(), ACCEPTED)),
    (S.ENDED, E.TIME_UP): (S.READY, (EndAdmission(),)),
    #
    (S.ENDED_FULL, E.PRESS): (S.ENDED_FULL, (REFUSED,)),
    (S.ENDED_FULL, E.HOLD): (S.READY, (EndAdmission(), ACCEPTED)),
    (S.ENDED_FULL, E.TIME_UP): (S.READY, (EndAdmission(),)),
    #
    (S.PAUSED, E.PRESS): (S.RECORDING, (OpenMicrophone(), Mark("resumed by the button"), STARTED)),
    (S.PAUSED, E.HOLD): (S.ENDED, (EndMeeting("ended in a pause"), STOPPED)),
    (S.PAUSED, E.TOO_OLD): (S.PAUSED_LONG, ()),
    (S.PAUSED, E.OBJECTION): (S.PAUSED, (Mark("objection"), TWICE)),
    #
    (S.PAUSED_LONG, E.PRESS): (S.NOTICE_AGAIN, (ACCEPTED,)),
    (S.PAUSED_LONG, E.HOLD): (S.ENDED, (EndMeeting("ended in a pause"), STOPPED)),
    (S.PAUSED_LONG, E.TIME_UP): (S.ENDED, (EndMeeting("nobody went on after a pause"), STOPPED)),
    (S.PAUSED_LONG, E.OBJECTION): (S.PAUSED_LONG, (Mark("objection"), TWICE)),
    #
    (S.INTERRUPTED, E.PRESS): (S.ENDED, (CloseMicrophone(), EndMeeting("ended in an interruption"), STOPPED)),
    (S.INTERRUPTED, E.HOLD): (S.ENDED, (CloseMicrophone(), EndMeeting("ended in an interruption"), STOPPED)),
    (S.INTERRUPTED, E.TRY_AGAIN): (S.INTERRUPTED, (OpenMicrophone(),)),
    (S.INTERRUPTED, E.LOST): (S.INTERRUPTED, (CloseMicrophone(),)),
    (S.INTERRUPTED, E.BACK): (S.RECORDING, (Mark("resumed by itself"), STARTED)),
    (S.INTERRUPTED, E.TOO_OLD): (S.PAUSED_LONG, (CloseMicrophone(), WARNING)),
    (S.INTERRUPTED, E.STORAGE_FULL): (S.ENDED_FULL, (CloseMicrophone(), EndMeeting("storage full"), WARNING)),
    (S.INTERRUPTED, E.OBJECTION): (S.INTERRUPTED, (Mark("objection"), TWICE)),
}

FINDINGS = frozenset(event for state, event in TABLE if state is S.STARTING)
WHILE_RECORDING = frozenset(
    {E.LOST, E.POOR_SOUND, E.QUIET, E.QUIET_LONG, E.NEARLY_LONGEST, E.LONGEST, E.NEARLY_FULL, E.STORAGE_FULL}
)
FITNESS = frozenset({E.FIT, E.UNFIT})
AGAIN = frozenset({E.TRY_AGAIN, E.BACK})

IGNORED: dict[State, frozenset[Event]] = {
    S.STARTING: frozenset(E) - FINDINGS,
    S.UNFIT: FINDINGS | WHILE_RECORDING | AGAIN | {E.UNFIT, E.OBJECTION, E.START_BY_ITSELF, E.TOO_OLD, E.TIME_UP},
    S.READY: FINDINGS | WHILE_RECORDING | AGAIN | {E.FIT, E.OBJECTION, E.START_BY_ITSELF, E.TOO_OLD, E.TIME_UP},
    S.NOTICE: FINDINGS | WHILE_RECORDING | AGAIN | {E.FIT, E.TOO_OLD},
    S.NOTICE_AGAIN: FINDINGS | WHILE_RECORDING | AGAIN | {E.FIT, E.START_BY_ITSELF, E.TOO_OLD},
    S.RECORDING: FINDINGS | FITNESS | AGAIN | {E.START_BY_ITSELF, E.TIME_UP},
    S.STOPPING: FINDINGS | FITNESS | WHILE_RECORDING | AGAIN | {E.OBJECTION, E.START_BY_ITSELF, E.TOO_OLD},
    S.ENDED: FINDINGS | FITNESS | WHILE_RECORDING | AGAIN | {E.OBJECTION, E.START_BY_ITSELF, E.TOO_OLD},
    S.ENDED_FULL: FINDINGS | FITNESS | WHILE_RECORDING | AGAIN | {E.OBJECTION, E.START_BY_ITSELF, E.TOO_OLD},
    S.PAUSED: FINDINGS | FITNESS | WHILE_RECORDING | AGAIN | {E.START_BY_ITSELF, E.TIME_UP},
    S.PAUSED_LONG: FINDINGS | FITNESS | WHILE_RECORDING | AGAIN | {E.START_BY_ITSELF, E.TOO_OLD},
    S.INTERRUPTED: (FINDINGS | FITNESS | WHILE_RECORDING | {E.START_BY_ITSELF, E.TIME_UP}) - {E.LOST, E.STORAGE_FULL},
}

LIGHT: dict[State, str] = {
    S.STARTING: "fault",
    S.UNFIT: "fault",
    S.READY: "dark",
    S.NOTICE: "pulse",
    S.NOTICE_AGAIN: "pulse",
    S.RECORDING: "steady",  # shown only when a second has become durable
    S.STOPPING: "fast blink",
    S.ENDED: "slow blink",
    S.ENDED_FULL: "fault",
    S.PAUSED: "two blinks",
    S.PAUSED_LONG: "two blinks",
    S.INTERRUPTED: "fault",
}

REMINDER_S: dict[State, float] = {S.NOTICE: 30, S.NOTICE_AGAIN: 30, S.PAUSED: 300, S.PAUSED_LONG: 300}
"""How often a state makes itself heard, in seconds."""

IN_A_MEETING = frozenset(State) - {S.STARTING, S.UNFIT, S.READY}
"""States in which the meeting's code gives tickets: from the notice to the end of the admission."""


def step(state: State, event: Event) -> tuple[State, tuple[Act, ...]]:
    """The next state and what to do; KeyError for a pair that nobody decided."""
    if event in IGNORED[state]:
        return state, ()
    return TABLE[state, event]
