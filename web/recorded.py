"""What other services write down in English and pages show: sentences and causes, so that catalogues have them too."""

from web.languages import msgid

GAPS = (
    msgid("paused"),
    msgid("stopped, then gone on"),
    msgid("the recorder restarted"),
    msgid("power cut or restart of the box"),
    msgid("the recorder was held up"),
)
ENDINGS = (
    msgid("power cut before the recording began"),
    msgid("stopped by the button"),
    msgid("held, not recorded"),
    msgid("could not record"),
    msgid("nobody started the recording"),
    msgid("a new group came"),
    msgid("longest meeting reached"),
    msgid("storage full"),
    msgid("ended in a pause"),
    msgid("nobody went on after a pause"),
    msgid("ended in an interruption"),
)
MARKS = (
    msgid("started by the button"),
    msgid("started after the notice"),
    msgid("resumed after the notice"),
    msgid("resumed by the button"),
    msgid("resumed by itself"),
    msgid("paused by the button"),
    msgid("paused: nobody spoke"),
    msgid("interrupted"),
    msgid("objection"),
    msgid("objection answered"),
    msgid("poor sound"),
)
ANSWERS = (msgid("recording"), msgid("stopping"), msgid("notice"), msgid("ended"))
WARNINGS = (
    msgid("Nobody has been heard for 10 minutes. After 20 more the recording pauses."),
    msgid("The longest meeting is nearly reached: the recording ends in 10 minutes."),
    msgid("The storage is nearly full: the recording ends in less than 10 minutes."),
    msgid("The button and the light do not answer."),
    msgid("The microphone gives no sound."),
    msgid("The storage is full."),
    msgid(
        "The microphone gives digital silence. See whether it is switched off or muted, and whether its cable is firm."
    ),
    msgid("The microphone is far too loud to be understood. Turn its gain down or move it away."),
    msgid("The sound is too loud and clips. Move the microphone away from whoever speaks."),
    msgid("The microphone hears hardly anything. Move it closer, or turn its gain up."),
)
QUALITY = msgid("About two words in five were wrong in our test of crowded meetings.")
"""Of the model that comes with the box."""
