"""At the start: what did the last recorder leave behind? A crash, a watchdog kill and a power cut come this way."""

from appliance.recorder.machine import Event, State
from appliance.recorder.timers import STALE_S
from appliance.store.box import BoxState


def finding(left: BoxState | None, boot_id: str, now: float, last_sample_at: float | None) -> Event:
    """The event for `starting`. `last_sample_at` is None when no sound of this boot was found; times monotonic.

    Where nothing was recorded yet, the press counts as the last second.
    """
    if left is None or left.meeting is None:
        return Event.FOUND_NOTHING
    this_boot = left.boot_id == boot_id
    pressed = left.since_monotonic if left.state == State.RECORDING else None
    last = pressed if last_sample_at is None else last_sample_at
    fresh = this_boot and last is not None and now - last <= STALE_S
    match State(left.state):
        case State.NOTICE:
            return Event.FOUND_NOTICE if this_boot else Event.FOUND_OLD_NOTICE
        case State.ENDED | State.ENDED_FULL if this_boot:
            return Event.FOUND_ENDED
        case State.STOPPING:
            return Event.FOUND_STOPPING
        case State.RECORDING | State.INTERRUPTED if fresh:
            return Event.FOUND_RECORDING
        case State.PAUSED if fresh:
            return Event.FOUND_PAUSED
        case State.RECORDING | State.INTERRUPTED | State.PAUSED | State.PAUSED_LONG | State.NOTICE_AGAIN:
            return Event.FOUND_STALE
    return Event.FOUND_NOTHING


def cause(left: BoxState | None, boot_id: str) -> str:
    """Why there is no sound between then and now, for the gap."""
    if left is None:
        return ""
    if left.state in (State.PAUSED, State.PAUSED_LONG, State.NOTICE_AGAIN):
        return "paused"
    return "the recorder restarted" if left.boot_id == boot_id else "power cut or restart of the box"
