"""The power goes in the middle of a meeting, again and again: nothing acknowledged is lost, and it comes up alone."""

import json
import random
import time

import pytest
from emulated import Card, Machine, switched_on, without
from image_check import Figures

SEED = 20
AT_MOST_S = 2.0
EVERY, READERS = 4, ("candour-transcriber", "candour-seats")
"""What reads speech takes an emulated computer most of its time: it is there in every fourth start only."""


def python(box: Machine, program: str) -> str:
    return box.sh(f"/opt/candour/bin/python3 - <<'PYTHON'\nimport glob, json, os, sqlite3\n{program}\nPYTHON").strip()


def durable(box: Machine) -> dict[str, float]:
    """What is on the card: rows of seconds, and sound in seconds; and how much was captured since the button."""
    return dict(json.loads(python(box, DURABLE)))


DURABLE = """
import time
[folder] = glob.glob("/var/lib/candour/meetings/*")
db = sqlite3.connect(f"file:{folder}/record.db?mode=ro", uri=True)
rows = db.execute("select count(*) from seconds").fetchone()[0]
first, began = db.execute("select first_sample, monotonic from captures order by id desc").fetchone()
sound = (os.path.getsize(f"{folder}/master.wav") - 44) / 32000
print(json.dumps({"rows": rows, "sound": sound, "captured": first / 16000 + time.monotonic() - began}))
"""
SOUND = """
bad = []
for path in glob.glob("/var/lib/candour/*.db") + glob.glob("/var/lib/candour/meetings/*/*.db"):
    said = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("pragma integrity_check").fetchone()[0]
    bad += [] if said == "ok" else [f"{path}: {said}"]
print("; ".join(bad))
"""


@pytest.fixture(scope="module")
def cuts(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--cuts"))


def test_power_cuts_in_one_meeting(card: Card, cuts: int, figures: Figures) -> None:
    chance = random.Random(SEED)
    before, missing = dict[str, float](), list[float]()
    for cut in range(cuts + 1):
        with switched_on(card, sound=True, command_line=without(READERS) if cut % EVERY else "") as box:
            box.until("test -e /run/candour/recorder.json", 300)
            box.until("systemctl is-active candour-recorder", 300)
            if cut:
                box.wait_for_state("paused", "paused_long")
                assert python(box, SOUND) == ""
                found = durable(box)
                assert found["rows"] >= before["rows"] and found["sound"] >= before["sound"], (found, before)
                missing.append(round(before["captured"] - found["sound"], 2))
                assert missing[-1] <= AT_MOST_S, (found, before)
                figures.say("power cuts survived", cut)
                figures.say("seconds of captured sound missing, at most", max(missing))
                box.wait_for_light("two blinks")
                mended = box.sh("journalctl -b -u prepare-candour-partition -o cat --no-pager")
                assert "damaged" not in mended, mended
            else:
                box.wait_for_state("ready")
            if cut == cuts:
                break
            box.pins("press")
            box.wait_for_state("notice", "notice_again", "recording")
            if box.state()[0] != "recording":
                box.pins("press")
            box.wait_for_state("recording")
            box.wait_for_light("steady")
            ends = time.monotonic() + chance.uniform(8, 20)
            while time.monotonic() < ends:
                try:
                    before = durable(box)
                except AssertionError:  # nothing is durable yet
                    time.sleep(0.5)
            box.cut_power()
