"""The words for each state of the box: the one table from state to text.

The patterns are drawn by the style sheet as a strip of time, so that a state is told by words and shape, never by
colour alone. Here they are English; `web.languages` has them in other languages.
"""

from dataclasses import dataclass

from web.languages import gettext, msgid, ngettext

NEVER_ONLINE = msgid(
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
        msgid("Starting"),
        "fault",
        msgid("The light shows a fault."),
        msgid("It is not recording now. The box is getting ready."),
    ),
    "unfit": Words(
        msgid("Cannot record"),
        "fault",
        msgid("The light shows a fault."),
        msgid("It is not recording now, and pressing will not start it."),
    ),
    "ready": Words(
        msgid("Not recording"),
        "dark",
        msgid("The light is dark."),
        msgid("It is not recording now. The microphone is closed."),
    ),
    "notice": Words(
        msgid("About to record"),
        "pulse",
        msgid("The light pulses slowly."),
        msgid("Nothing is recorded yet. The microphone is closed until the light is steady."),
    ),
    "notice_again": Words(
        msgid("About to go on"),
        "pulse",
        msgid("The light pulses slowly."),
        msgid("The meeting was paused and is about to go on. Nothing is recorded until the light is steady."),
    ),
    "recording": Words(
        msgid("Recording"),
        "steady",
        msgid("The light is steady."),
        msgid("Everyone here will be able to hear this again."),
    ),
    "stopping": Words(
        msgid("Stopping"),
        "fast",
        msgid("The light blinks fast."),
        msgid("The microphone is closed. One more press within 15 seconds, and the recording goes on."),
    ),
    "ended": Words(
        msgid("Ended"),
        "slow",
        msgid("The light blinks slowly."),
        msgid("The recording has ended. The microphone is closed. Tickets are given for {admission} after the end."),
    ),
    "ended_full": Words(
        msgid("Ended: the card is full"),
        "fault",
        msgid("The light shows a fault."),
        msgid(
            "The recording had to end. Everything up to then is kept. Tickets are given for {admission} after the end."
        ),
    ),
    "paused": Words(
        msgid("PAUSED"),
        "twice",
        msgid("The light blinks twice, again and again."),
        msgid("Paused since {since}. Nothing is recorded."),
    ),
    "paused_long": Words(
        msgid("PAUSED"),
        "twice",
        msgid("The light blinks twice, again and again."),
        msgid(
            "Paused for more than 2 minutes. Nothing is recorded. It goes on only after everybody has been told again."
        ),
    ),
    "interrupted": Words(
        msgid("Interrupted"),
        "fault",
        msgid("The light shows a fault."),
        msgid("Nothing is recorded right now. What was recorded before is kept."),
    ),
}

NO_NEWS = Words(
    msgid("No news from the recorder"),
    "unknown",
    msgid("Look at the light."),
    msgid("A steady light means that it records. Anything else means that nothing is kept."),
)

OUT_OF_REACH = msgid(
    "The box cannot read its card just now. Keep your code and your link. Try again in a minute; if it stays so, tell "
    "whoever looks after the box."
)


TRUST = {  # as appliance/clock.py has it
    "synchronised": msgid("compared with a time server"),
    "rtc": msgid("from the box’s own clock, not compared with a time server"),
    "unknown": msgid("by the box’s own clock, which may be wrong"),
}


def objecting(count: int) -> str:
    """What every page says until the button has answered an objection."""
    if count == 0:
        return ""
    if count == 1:
        return gettext(
            "Somebody here objects to the recording. The person running the meeting must now say aloud what happens."
        )
    return ngettext(
        "%(num)s person here objects to the recording. The person running the meeting must now say aloud what happens.",
        "%(num)s people here object to the recording. The person running the meeting must now say aloud what happens.",
        count,
    )


def phones_at_a_time(count: int) -> str:
    """What a radio as small as the box's own asks of people."""
    return ngettext(
        "About %(num)s phone fits into the box’s Wi-Fi at a time: leave it when you have your copy.",
        "About %(num)s phones fit into the box’s Wi-Fi at a time: leave it when you have your copy.",
        count,
    )


def trust(clock: str) -> str:
    """How far a time may be trusted, to stand after it."""
    return gettext(TRUST.get(clock, TRUST["unknown"]))


def size(count: int) -> str:
    """The size of a file for people: 2_880_000 -> `2.9 MB`."""
    for limit, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return ngettext("%(num)s byte", "%(num)s bytes", count)


def minutes(count: float) -> str:
    """A length of minutes for people: 1 -> `1 minute`, 2.5 -> `2.5 minutes`."""
    if count == int(count):
        return ngettext("%(num)s minute", "%(num)s minutes", int(count))
    return gettext("%(count)s minutes", count=f"{count:g}")


def about_minutes(seconds: float) -> str:
    """A length that is not known well: 20 -> `less than a minute`, 100 -> `about 2 minutes`."""
    if seconds < 60:
        return gettext("less than a minute")
    count = round(seconds / 60)
    return gettext("about a minute") if count == 1 else ngettext("about %(num)s minute", "about %(num)s minutes", count)
