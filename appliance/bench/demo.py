"""`candour demo`: a meeting through the whole appliance on this computer.

The services are the real ones. Simulated are the finger on the button, the copper of the pins and, unless --mic is
given, the air between the speakers and the microphone.
"""

import json
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import segno

from appliance.bench.attendee import Attendee
from appliance.bench.house import House
from appliance.bench.stage import Choices, free_port, open_room, prepare_out, write_settings
from appliance.bench.summary import summarise
from appliance.bench.terminal import Drawing
from appliance.errors import Provisioned
from appliance.recorder import microphone
from appliance.settings_file import DEFAULT_PATH
from appliance.store import finish, record, transcript
from appliance.store.database import opened
from appliance.transcriber import models

NOTICE_S = 2.0


def run(choices: Choices) -> int:
    """Returns the exit status. Raises the errors of errors.py for bad input, before anything is started."""
    if DEFAULT_PATH.exists():
        raise Provisioned(marker=DEFAULT_PATH)
    models.check(choices.models / "base")
    port = free_port(choices.port)
    if choices.out:
        prepare_out(choices.out)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else the services would live on
    folder = Path(tempfile.mkdtemp(prefix="candour-"))  # short: the length of a socket's path is limited
    house: House | None = None
    try:
        room = None if choices.mic else open_room(choices, folder)
        if choices.mic:
            microphone.look_for(f"pcm:{choices.mic}")
        house = House(write_settings(choices, folder, port), room)
        return show(house, choices)
    except KeyboardInterrupt:
        print("\nEnded.")
        return 0
    finally:
        if house:
            house.close()
        shutil.rmtree(folder, ignore_errors=True)


def show(house: House, choices: Choices) -> int:
    drawing, url = Drawing(house), house.settings.web.url
    drawing.say("Starting the services: " + ", ".join(("panel", "recorder", "transcriber", "finisher", "web")))
    house.start()
    wait(house, drawing, lambda: in_state(house, "ready") and answers(url))
    drawing.say(f"\nThe page of the room is {url} : open it, or scan this code on this computer.\n")
    segno.make(url, error="m").terminal(compact=True, border=2)
    drawing.say("\nPress: we tell.")
    house.press()
    wait(house, drawing, lambda: in_state(house, "notice"))
    attendee = Attendee(url)
    attendee.take_ticket()
    drawing.say("Somebody has scanned the code and holds a ticket.")
    rest(house, drawing, NOTICE_S)
    stopped = with_keys(house, drawing) if choices.mic else with_script(house, drawing)
    return finish_meeting(house, drawing, attendee, choices, stopped)


def with_script(house: House, drawing: Drawing) -> float:
    """Press, let the room talk until its sound is over, press; returns the monotonic time of that."""
    drawing.say("Press: we start. While the light is steady, everyone here will hear this again.")
    house.press()
    played = house.run / "room.played"
    wait(house, drawing, played.exists)
    stopped = time.monotonic()
    house.press()
    drawing.say("Press: we stop. For 15 seconds another press would go on.")
    return stopped


def with_keys(house: House, drawing: Drawing) -> float:
    """Enter is the button, h and Enter holds it, until the meeting has ended; returns when it was last stopped."""
    stopped = time.monotonic()
    drawing.say("Enter: press the button. h and Enter: hold it. Press to start, press again to stop.")
    while not in_state(house, "ended", "ready"):
        drawing.draw()
        if select.select([sys.stdin], [], [], 0.1)[0]:
            stopped = time.monotonic()
            if not heed_key(house, sys.stdin.readline()):
                raise KeyboardInterrupt  # the keyboard is gone, and with it the button
        house.check()
    return stopped


def heed_key(house: House, line: str) -> bool:
    """Do what a line from the keyboard asks for; False at its end."""
    if line.strip() == "h":
        house.hold()
    elif line:
        house.press()
    return bool(line)


def finish_meeting(house: House, drawing: Drawing, attendee: Attendee, choices: Choices, stopped: float) -> int:
    """Wait for the copies, take them away through the page, and show them."""
    meeting = house.folders.every_meeting()[0]
    last_word_s = 0.0

    def finished() -> bool:
        nonlocal last_word_s
        with opened(record.read(meeting)) as sound, opened(transcript.read(meeting)) as text:
            if sound and text and not last_word_s and transcript.cursor(text).transcribed >= record.recorded(sound):
                last_word_s = time.monotonic() - stopped
        with opened(finish.read(meeting)) as done:
            return done is not None and "complete" in finish.steps(done)

    wait(house, drawing, finished)
    drawing.say("")
    print((meeting.copies / "transcript.txt").read_text())
    out = choices.out or house.run
    taken = attendee.take_copies(house.folders, meeting.id, out)
    summary = summarise(meeting, last_word_s, taken)
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    print("Everybody with a ticket gets exactly these copies:")
    for copy in taken:
        print(f"  {copy.name:16} {copy.bytes:>10} bytes   SHA-256 {copy.sha256}")
    if choices.out:
        print(f"They are in {choices.out}, with summary.json.")
    if not choices.then_exit:
        print(
            f"\nThe page goes on at {house.settings.web.url} until Ctrl-C; then everything here is deleted.", flush=True
        )
        while True:
            rest(house, None, 1.0)
    return 0


def in_state(house: House, *states: str) -> bool:
    now = house.state()
    return now is not None and now.state in states


def answers(url: str) -> bool:
    """Does the page answer yet?"""
    try:
        Attendee(url).look()
    except OSError:
        return False
    return True


def wait(house: House, drawing: Drawing, met: Callable[[], bool]) -> None:
    """Draw until something has happened. Raises ProgramEnded when a service ends by itself."""
    while not met():
        drawing.draw()
        house.check()
        time.sleep(0.1)


def rest(house: House, drawing: Drawing | None, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if drawing:
            drawing.draw()
        house.check()
        time.sleep(0.1)
