"""When a meeting is to be deleted. Pure.

The promise counts from the end, where the clock could be trusted then; else from the first moment at which somebody saw
by a trusted clock that the meeting had ended. Nothing here says that it may be deleted now: that also needs a clock
that is trusted now, and no hold.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.evidence.claims import Claims

UNTRUSTED = "unknown"
AFTER_LIFTING = timedelta(days=7)
"""So that everybody who holds a ticket can see that a hold was lifted, and ask for another one."""


@dataclass(frozen=True)
class Promise:
    """To be deleted so many days after the end; `ended` is None where no clock could be trusted then."""

    ended: datetime | None
    days: int

    @property
    def because(self) -> str:
        return f"it had been kept for the promised {self.days} {'day' if self.days == 1 else 'days'}"


def promised(signed: Claims | None, days: int) -> Promise:
    """What the seal says, or the record that nothing was recorded; without either what the settings say."""
    if signed is None:
        return Promise(None, days)
    ended = signed["ended"]
    return Promise(None if ended["clock"] == UNTRUSTED else _moment(ended["time"]), signed["keep_days"])


def due(promise: Promise, seen_ended: str | None, freed: str | None) -> datetime | None:
    """When it is to be deleted; None: not before a trusted clock has seen its end.

    `seen_ended` and `freed`, RFC 3339: when a trusted clock first saw that it had ended, and its last hold lifted.
    """
    begun = promise.ended or (_moment(seen_ended) if seen_ended else None)
    if begun is None:
        return None
    on = begun + timedelta(days=promise.days)
    return max(on, _moment(freed) + AFTER_LIFTING) if freed else on


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
