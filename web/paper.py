"""The words of what staff prints: in all of the room's languages on one sheet, whoever prints it."""

from web import words
from web.house import house
from web.languages import gettext


def placard_words() -> dict[str, str]:
    return {
        "open": gettext("Meetings here may be recorded, in the open."),
        "light": gettext("Light steady: it records. Anything else: nothing is kept."),
        "take": gettext("Everybody here can take home the same complete copy."),
        "wifi": gettext("Join this Wi-Fi"),
        "phones": words.phones_at_a_time(house().settings.network.phones),
        "page": gettext("Open this page: see what is happening, and get your ticket"),
        "key": gettext("The key of this box"),
    }


def card_words() -> dict[str, object]:
    return {
        "title": gettext("One button, one light"),
        "lines": [
            gettext(
                "Press: we tell. The light pulses, nothing is recorded. Read the notice, ask whether anybody objects."
            ),
            gettext("Press: we start. The light is steady."),
            gettext("Hold: break. The light blinks twice. Before you pause say why, after it say the time."),
            gettext("Press: we end. The light blinks fast; one more press within 15 seconds goes on."),
            gettext("Somebody objects: two sounds. Say aloud what happens; your next press or hold is the answer."),
            gettext("Whoever must not hear a part must not share its meeting: pause before it, or start a new one."),
            gettext("No sound when you press: the box has no power. Any other light: it is not recording."),
        ],
        "promise": gettext("While the light is steady, everyone here will hear this again."),
    }


def slip_words() -> dict[str, str]:
    return {
        "slip": gettext(
            "A ticket on paper: your right to the same copy as everybody else. It is good once. In the meeting, scan it"
            " or type its code on the page below."
        )
    }
