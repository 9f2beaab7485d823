"""The words for each state of the box: the one table from state to text.

The patterns are drawn by the style sheet as a strip of time, so that a state is told by words and shape, never by
colour alone.
"""

from dataclasses import dataclass

NEVER_ONLINE = (
    "Keep it, use it, show it to your solicitor or the court. Do not put it online: a child must not be identified."
)


@dataclass(frozen=True)
class Words:
    """What a state is called, what the light does (`pattern`, and in words), and what that means."""

    title: str
    pattern: str
    light: str
    says: str


STATES: dict[str, Words] = {
    "starting": Words(
        "Starting", "fault", "The light shows a fault.", "It is not recording now. The box is getting ready."
    ),
    "unfit": Words(
        "Cannot record", "fault", "The light shows a fault.", "It is not recording now, and pressing will not start it."
    ),
    "ready": Words("Not recording", "dark", "The light is dark.", "It is not recording now. The microphone is closed."),
    "notice": Words(
        "About to record",
        "pulse",
        "The light pulses slowly.",
        "Nothing is recorded yet. The microphone is closed until the light is steady.",
    ),
    "notice_again": Words(
        "About to go on",
        "pulse",
        "The light pulses slowly.",
        "The meeting was paused and is about to go on. Nothing is recorded until the light is steady.",
    ),
    "recording": Words("Recording", "steady", "The light is steady.", "Everyone here will be able to hear this again."),
    "stopping": Words(
        "Stopping",
        "fast",
        "The light blinks fast.",
        "The microphone is closed. One more press within 15 seconds, and the recording goes on.",
    ),
    "ended": Words(
        "Ended",
        "slow",
        "The light blinks slowly.",
        "The recording has ended. The microphone is closed. Tickets are given for {admission} after the end.",
    ),
    "ended_full": Words(
        "Ended: the card is full",
        "fault",
        "The light shows a fault.",
        "The recording had to end. Everything up to then is kept. Tickets are given for {admission} after the end.",
    ),
    "paused": Words(
        "PAUSED", "twice", "The light blinks twice, again and again.", "Paused since {since}. Nothing is recorded."
    ),
    "paused_long": Words(
        "PAUSED",
        "twice",
        "The light blinks twice, again and again.",
        "Paused for more than 2 minutes. Nothing is recorded. It goes on only after everybody has been told again.",
    ),
    "interrupted": Words(
        "Interrupted",
        "fault",
        "The light shows a fault.",
        "Nothing is recorded right now. What was recorded before is kept.",
    ),
}

NO_NEWS = Words(
    "No news from the recorder",
    "unknown",
    "Look at the light.",
    "A steady light means that it records. Anything else means that nothing is kept.",
)

OUT_OF_REACH = (
    "The box cannot read its card just now. Keep your code and your link. Try again in a minute; if it stays so, tell "
    "whoever looks after the box."
)


def objecting(count: int) -> str:
    """What every page says until the button has answered an objection."""
    if count == 0:
        return ""
    who = "Somebody here objects" if count == 1 else f"{count} people here object"
    return f"{who} to the recording. The person running the meeting must now say aloud what happens."


def size(count: int) -> str:
    """The size of a file for people: 2_880_000 -> `2.9 MB`."""
    for limit, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count} bytes"


def minutes(count: float) -> str:
    """A length of minutes for people: 1 -> `1 minute`, 2.5 -> `2.5 minutes`."""
    return "1 minute" if count == 1 else f"{count:g} minutes"


def about_minutes(seconds: float) -> str:
    """A length that is not known well: 20 -> `less than a minute`, 100 -> `about 2 minutes`."""
    if seconds < 60:
        return "less than a minute"
    count = round(seconds / 60)
    return "about a minute" if count == 1 else f"about {count} minutes"
