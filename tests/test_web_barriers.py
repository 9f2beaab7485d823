"""Every page in every state, light and dark, on a small phone: no barrier that axe-core finds, nothing cut off."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from barriers import barriers
from selenium.webdriver.common.by import By
from test_captions import hears
from test_listening import TOLD
from test_web_chromium import Phone, browser, makes_copies, table, url
from web_room import MEETING, BoxOnTheTable
from web_server import Served

from appliance.evidence import key
from appliance.settings import Network, Staff, Transcript
from appliance.store import box
from web.words import STATES

pytestmark = pytest.mark.chromium
__all__ = ["browser", "table", "url"]  # fixtures

SMALL = 320  # CSS pixels: WCAG 1.4.10, reflow
FINGER = 44  # CSS pixels: WCAG 2.5.5, target size
HEIGHTS = """return [...document.querySelectorAll("button, .button, nav a, input:not([type=hidden]), summary")]
  .filter((part) => part.offsetParent).map((part) => part.getBoundingClientRect().height)"""


def look(phone: Phone, name: str) -> None:
    """At the page as it is, all of it unfolded."""
    phone.driver.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for scheme in ("light", "dark"):
        phone.width(SMALL, scheme)
        phone.shot(f"{SMALL}-{scheme}-{name}")
        phone.driver.execute_script("window.scrollTo(0, document.body.scrollHeight)")  # from under what stays in view
        assert barriers(phone.driver) == [], (name, scheme)
        assert not phone.scrolls_sideways(), (name, scheme)
        assert min(phone.driver.execute_script(HEIGHTS)) >= FINGER, (name, scheme)


@pytest.fixture
def phone(browser: Callable[..., Phone]) -> Iterator[Phone]:
    yield browser()


def test_a_page_with_barriers_is_found_to_have_some(phone: Phone) -> None:
    phone.driver.get("data:text/html,<title>x</title><img src='x'><p style='color: %23ddd'>Hard to read</p><input>")
    assert {"color-contrast", "html-has-lang", "image-alt", "label"} <= {one[0] for one in barriers(phone.driver)}


def test_the_room_in_every_state(table: BoxOnTheTable, url: str, phone: Phone) -> None:
    key.make(table.folders.evidence)
    table.says("ready")
    db = box.own(table.folders)
    box.set_certificate(db, key.load(table.folders.evidence).pem.decode())
    db.close()
    for state in STATES:
        if state == "notice":
            table.opens()
        outside = state in ("starting", "unfit", "ready")
        table.says(state, None if outside else MEETING, because="No microphone is plugged in." if outside else "")
        phone.driver.get(url)
        phone.sees(STATES[state].title)
        look(phone, state)


def test_the_pages_of_a_holder(table: BoxOnTheTable, url: str, phone: Phone) -> None:
    def see(path: str, words: str, name: str) -> None:
        phone.driver.get(url + path)
        phone.sees(words)
        look(phone, name)

    table.opens()
    phone.driver.get(url)
    phone.press("Get my ticket")
    phone.sees("Your code")
    look(phone, "ticket")
    phone.driver.find_element(By.CSS_SELECTOR, "form[action^='/object/'] button").click()
    phone.sees("You have objected")
    table.says("recording", MEETING, because="Nobody has been heard for 10 minutes.", objections=1)
    table.records(190)
    table.signs(180)
    table.transcribes(70)
    table.says("recording", MEETING, because="Nobody has been heard for 10 minutes.", objections=1)
    see("/", "You have objected", "recording-with-ticket")
    see("/mine", "Somebody here objects", "mine-recording")
    see(f"/receipts/{MEETING}", "Receipt for 3:00", "receipt")
    phone.driver.get(f"{url}/mine")
    phone.driver.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    phone.press("Let one person in")
    phone.sees("Let one person in")
    look(phone, "let-in")
    table.ends()
    see("/mine", "Your copy is being made", "mine-ended")
    makes_copies(table)
    see(f"/listen/{MEETING}", "The transcript is being written", "listen-without-words")
    table.makes("transcript.json", "application/json", json.dumps(TOLD).encode())
    see(f"/listen/{MEETING}", "Good morning, everybody.", "listen")
    phone.driver.get(f"{url}/notes/{MEETING}")
    phone.types("first", "0:01")
    phone.types("says", "I did not say good morning.")
    phone.press("Write it down for all")
    phone.sees("I did not say good morning.")
    look(phone, "notes")
    table.makes("transcript.docx", "application/octet-stream", b"words")
    see("/mine", "Save the recording", "mine-copies")
    phone.driver.find_element(By.CSS_SELECTOR, "textarea").send_keys("We appeal.")
    phone.press("Keep it")
    phone.sees("on hold since")
    look(phone, "mine-on-hold")


def test_the_same_pages_in_welsh(table: BoxOnTheTable, url: str, browser: Callable[..., Phone]) -> None:
    phone = browser(language="cy")
    table.opens()
    phone.driver.get(url)
    look(phone, "cy-notice")
    phone.press("Cael fy nhocyn")
    phone.sees("Eich cod")
    look(phone, "cy-ticket")
    table.records(190)
    table.ends()
    makes_copies(table)
    table.makes("transcript.json", "application/json", json.dumps(TOLD).encode())
    for path in ("/mine", f"/listen/{MEETING}", f"/notes/{MEETING}", "/notice", "/enter"):
        phone.driver.get(url + path)
        look(phone, f"cy-{path.strip('/').partition('/')[0]}")


def test_the_pages_of_staff_and_of_those_who_read_along(
    table: BoxOnTheTable, tmp_path: Path, browser: Callable[..., Phone]
) -> None:
    table.settings = replace(
        table.settings,
        staff=Staff("a key of the town hall"),
        transcript=Transcript(live=True),
        network=Network(name="Room 4"),
    )
    phone = browser()
    with Served(table.settings, tmp_path) as _, table.alive():
        url = f"http://127.0.0.1:{table.settings.web.port}"
        table.opens()
        phone.driver.get(f"{url}/staff/")
        phone.sees("Staff key")
        look(phone, "staff-key")
        phone.types("key", "a key of the town hall")
        phone.press("Open")
        phone.sees("Is all well?")
        look(phone, "staff")
        for path in ("placard", "card"):
            phone.driver.get(f"{url}/staff/{path}")
            look(phone, path)
        phone.driver.get(f"{url}/staff/")
        phone.press("Make slips")
        phone.sees("These are shown only now.")
        look(phone, "slips")
        phone.driver.get(url)
        phone.press("Get my ticket")
        phone.press("Read along now")
        phone.sees("Pause first")
        look(phone, "captions-before")
        hears(table, "Good morning, everybody.", "And to you.")
        phone.sees("And to you.")  # by itself
        look(phone, "captions")
        assert [one for one in phone.complaints if "403" not in one and "no news" not in one] == []
        table.ends()
        phone.sees("The meeting has ended.")


def test_the_other_pages(table: BoxOnTheTable, url: str, phone: Phone) -> None:
    table.says("ready")
    for path, words in (
        ("/mine", "No ticket on this phone"),
        ("/enter", "Enter a code"),
        ("/notice", "What everybody is told"),
        ("/copies/no/such", "Not allowed"),
        ("/no-such-page", "Nothing here"),
    ):
        phone.driver.get(url + path)
        phone.sees(words)
        look(phone, path.strip("/").replace("/", "-"))
    phone.driver.get(f"{url}/enter")
    phone.driver.find_element(By.ID, "ticket").send_keys("ABCD-EFGH-JKMN")
    phone.press("Open my ticket")
    phone.sees("That code is not right")
    look(phone, "wrong-code")
    phone.driver.get(f"{url}/check")
    for part in ("Listen", "Check", "Disagree"):
        phone.press(part)
        look(phone, f"check-{part.lower()}")
