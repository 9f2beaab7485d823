"""Which event time itself brings. Pure: moments and lengths in seconds of one monotonic clock."""

from dataclasses import dataclass

from appliance.recorder.machine import Event, State
from appliance.settings import Meeting

NOTICE_S = 15 * 60
STOPPING_S = 15
STALE_S = 2 * 60  # after this long without a durable second, recording goes on only through the notice
PAUSE_S = 90 * 60
QUIET_S = 10 * 60
QUIET_LONG_S = 30 * 60
WARN_BEFORE_LONGEST_S = 10 * 60


@dataclass(frozen=True)
class Moments:
    """What the timers look at.

    `since`: when the state began. `last_durable`: the last durable second, or the press in a notice that came later.
    `paused_since`: when a long pause began; None while nobody knows, after a power cut without a trusted clock.
    `recorded_s`: the length of the meeting's sound, gaps included.
    """

    since: float
    last_durable: float
    paused_since: float | None
    last_speech: float
    recorded_s: float
    warned: frozenset[Event]
    waits_for_press: bool


def due(state: State, now: float, at: Moments, setting: Meeting) -> Event | None:
    """The event whose time has come, or None."""
    match state:
        case State.NOTICE:
            return _notice(now - at.since, at, setting)
        case State.NOTICE_AGAIN:
            too_long = at.paused_since is not None and now - at.paused_since >= PAUSE_S + NOTICE_S
            return Event.TIME_UP if now - at.since >= NOTICE_S or too_long else None
        case State.RECORDING:
            return _recording(now, at, setting)
        case State.STOPPING:
            # A stop that could be taken back later than 2 minutes after the last second would go around the notice.
            over = now - at.since >= STOPPING_S or now - at.last_durable > STALE_S
            return Event.TIME_UP if over else None
        case State.ENDED | State.ENDED_FULL:
            return Event.TIME_UP if now - at.since >= setting.admission_minutes * 60 else None
        case State.PAUSED | State.INTERRUPTED:
            return Event.TOO_OLD if now - at.last_durable > STALE_S else None
        case State.PAUSED_LONG:
            paused_s = now - at.paused_since if at.paused_since is not None else 0.0
            return Event.TIME_UP if paused_s >= PAUSE_S else None
    return None


def _notice(shown_s: float, at: Moments, setting: Meeting) -> Event | None:
    by_itself = setting.start_by_itself_seconds
    if by_itself and not at.waits_for_press and shown_s >= by_itself:
        return Event.START_BY_ITSELF
    return Event.TIME_UP if shown_s >= NOTICE_S else None


def _recording(now: float, at: Moments, setting: Meeting) -> Event | None:
    longest_s = setting.longest_hours * 3600
    quiet_s = now - max(at.last_speech, at.since)
    if now - max(at.last_durable, at.since) > STALE_S:  # a press within the 2 minutes was in time
        return Event.TOO_OLD
    if at.recorded_s >= longest_s:
        return Event.LONGEST
    if quiet_s >= QUIET_LONG_S:
        return Event.QUIET_LONG
    if quiet_s >= QUIET_S and Event.QUIET not in at.warned:
        return Event.QUIET
    if at.recorded_s >= longest_s - WARN_BEFORE_LONGEST_S and Event.NEARLY_LONGEST not in at.warned:
        return Event.NEARLY_LONGEST
    return None
