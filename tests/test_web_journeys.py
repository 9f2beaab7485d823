"""Everybody's way through a meeting, in real browsers: on phone and desktop, without scripts too, in both languages."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from test_listening import TOLD
from test_web_chromium import SOUND, Phone, browser, table, url
from web_room import MEETING, BoxOnTheTable
from web_server import PATIENCE_S, Served

from appliance.settings import Staff
from web.languages import catalogue

pytestmark = [pytest.mark.chromium, pytest.mark.journey]
__all__ = ["browser", "table", "url"]  # fixtures
NEXT = "2026-11-24-NEXT"
OBJECTS = "Somebody here objects to the recording. The person running the meeting must now say aloud what happens."
KEY = "a key of the town hall"


@dataclass(frozen=True)
class Way:
    """What all browsers of one journey are."""

    width: int
    javascript: bool
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{'scripts' if self.javascript else 'plain'}-{self.language}"

    def in_words(self, english: str) -> str:
        if self.language == "en":
            return english
        said = str(catalogue(self.language).gettext(english))
        assert said != english, "this is no whole sentence of the pages"
        return said


WAYS = [Way(360, True, "en"), Way(360, False, "cy"), Way(1280, True, "cy"), Way(1280, False, "en")]


class Person:
    """Somebody with a browser, who reads and presses words in their own language."""

    def __init__(self, phone: Phone, way: Way, url: str) -> None:
        self.phone, self.way, self.url = phone, way, url

    def opens(self, path: str = "/") -> None:
        self.phone.driver.get(self.url + path)

    def sees(self, english: str) -> None:
        self.phone.sees(self.way.in_words(english))

    def presses(self, english: str) -> None:
        self.phone.press(self.way.in_words(english))

    def code(self) -> str:
        return str(self.phone.driver.find_element(By.CSS_SELECTOR, ".code").text)

    def shot(self, name: str) -> None:
        self.phone.shot(f"{self.way}-{name}")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_everybody_on_their_way_through_a_meeting(
    table: BoxOnTheTable, tmp_path_factory: pytest.TempPathFactory, browser: Callable[..., Phone], way: Way
) -> None:
    table.settings = replace(table.settings, staff=Staff(KEY))
    served = Served(table.settings, tmp_path_factory.mktemp("served"))

    def person() -> Person:
        return Person(browser(way.javascript, way.language, way.width), way, served.url)

    with served:
        slip = prints_a_slip(person())
        attendee = person()
        table.says("ready")
        attendee.opens()
        attendee.sees("It is not recording now. The microphone is closed.")
        attendee.shot("1-ready")
        table.opens()
        attendee.sees("Nothing is recorded yet. The microphone is closed until the light is steady.")  # by itself
        attendee.shot("2-notice")
        attendee.presses("Get my ticket")
        attendee.sees("Your code")
        attendee.shot("3-ticket")

        objects(objector := person(), table)
        attendee.opens()
        attendee.sees(OBJECTS)
        attendee.shot("5-somebody-objects")
        table.records(190)
        table.signs(180)
        table.transcribes(70)
        attendee.sees("Everyone here will be able to hear this again.")
        attendee.shot("6-recording")
        table.says("paused", MEETING)
        attendee.sees("PAUSED")
        attendee.shot("7-paused")

        on_paper = person()
        on_paper.opens("/enter")
        on_paper.phone.types("ticket", slip)
        on_paper.presses("Open my ticket")
        on_paper.sees("Your code")

        ends(table)
        for one in (attendee, objector, on_paper):
            one.opens("/mine")
            one.sees("Save the recording")
        attendee.shot("8-copies")
        takes_the_recording(attendee)
        attendee.opens("/mine")
        attendee.presses("Who holds a ticket")
        attendee.sees(", by a printed slip")
        reads_and_writes(attendee)

        comes_late(person(), attendee)
        gets_nothing(person(), table)
        if way.javascript:
            assert attendee.phone.complaints == []


def prints_a_slip(staff: Person) -> str:
    staff.opens("/staff/")
    staff.phone.types("key", KEY)
    staff.presses("Open")
    staff.sees("To print")
    staff.shot("0-staff")
    staff.opens("/staff/placard")
    staff.shot("0-placard")
    staff.opens("/staff/")
    staff.presses("Make slips")
    staff.sees("These are shown only now. Print them before you leave this page.")
    staff.shot("0-slips")
    return staff.code()


def objects(objector: Person, table: BoxOnTheTable) -> None:
    objector.opens()
    objector.presses("Get my ticket")
    objector.presses("I object to the recording")
    objector.shot("4-objecting")
    objector.phone.driver.find_element(By.CSS_SELECTOR, "form[action^='/object/'] button").click()
    objector.sees("You have objected to the recording.")
    assert table.rows(table.folders.meeting(MEETING).room_db, "SELECT count(*) FROM objections") == [(1,)]
    table.says("notice", MEETING, objections=1)  # as the recorder does


def ends(table: BoxOnTheTable) -> None:
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    table.makes("recording.flac", "audio/flac", SOUND * 2)
    table.makes("transcript.docx", "application/octet-stream", b"words")
    table.makes("transcript.txt", "text/plain", b"words")
    table.makes("transcript.json", "application/json", json.dumps(TOLD).encode())


def takes_the_recording(attendee: Person) -> None:
    """A file with the date and the start of the root in its name; the same bytes as everybody's."""
    attendee.presses("Save the recording")
    (saved,) = attendee.phone.saved()
    assert saved.read_bytes() == SOUND
    assert re.fullmatch(rf"{MEETING} (?:[0-9a-f]{{8}} )?recording\.mp3", saved.name)


def reads_and_writes(attendee: Person) -> None:
    attendee.presses("Listen here and read along")
    attendee.phone.sees("Good morning, everybody.")
    attendee.shot("9-listening")
    attendee.opens(f"/notes/{MEETING}")
    attendee.phone.types("first", "0:01")
    attendee.phone.types("says", "I did not say good morning.")
    attendee.presses("Write it down for all")
    attendee.phone.sees("I did not say good morning.")
    attendee.shot("10-notes")


def comes_late(late: Person, attendee: Person) -> None:
    """After the admission; somebody who was there lets them in."""
    attendee.opens("/mine")
    attendee.presses("Somebody was here and has no ticket")
    attendee.presses("Let one person in")
    attendee.sees("Back to my ticket")
    attendee.shot("11-letting-in")
    late.opens("/enter")
    late.phone.types("ticket", attendee.code())
    late.presses("Open my ticket")
    late.sees("Save the recording")


def gets_nothing(other: Person, table: BoxOnTheTable) -> None:
    """The next people in the room, with the same printed code."""
    table.says("ready")
    other.opens("/mine")
    other.sees("No ticket on this phone")
    for path in (f"/copies/{MEETING}/recording.mp3", f"/listen/{MEETING}", f"/notes/{MEETING}"):
        other.opens(path)
        other.sees("Not allowed")
    other.shot("12-not-allowed")
    table.opens(NEXT)
    other.opens()
    other.presses("Get my ticket")
    other.sees("Your code")
    assert MEETING not in other.phone.text and NEXT in other.phone.text


def test_with_the_keyboard_alone(table: BoxOnTheTable, url: str, browser: Callable[..., Phone]) -> None:
    """From the room to the copy, and always to be seen where one is."""
    phone = browser(width=1280)
    table.opens()
    phone.driver.get(url)
    phone.sees("Get my ticket")
    goes_to(phone, "To the content")
    goes_to(phone, "Get my ticket").send_keys(Keys.ENTER)
    phone.sees("Your code")
    goes_to(phone, "I object to the recording").send_keys(Keys.ENTER)
    goes_to(phone, "I object", exactly=True).send_keys(Keys.ENTER)
    phone.sees("You have objected")
    table.records(12)
    ends(table)
    phone.sees("Save the recording")
    goes_to(phone, "Save the recording").send_keys(Keys.ENTER)
    assert [path.read_bytes() for path in phone.saved()] == [SOUND]
    goes_to(phone, "Listen here").send_keys(Keys.ENTER)
    phone.sees("Good morning, everybody.")
    assert goes_to(phone, "0:00").get_attribute("class") == "at"
    goes_to(phone, "Write a note").send_keys(Keys.ENTER)
    phone.sees("At which time")
    ActionChains(phone.driver).send_keys(Keys.TAB).perform()
    goes_to(phone, "", tag="textarea").send_keys("I did not say good morning.")
    phone.driver.find_element(By.ID, "first").send_keys("0:01")
    goes_to(phone, "Write it down").send_keys(Keys.ENTER)
    phone.sees("I did not say good morning.")


def goes_to(phone: Phone, words: str, *, tag: str = "", exactly: bool = False) -> WebElement:
    """Tab by Tab; whatever has the focus shows it."""
    for _ in range(120):
        ActionChains(phone.driver).send_keys(Keys.TAB).perform()
        here = phone.driver.switch_to.active_element
        if here.tag_name in ("body", "audio"):  # a player shows it within itself
            continue
        outline = phone.driver.execute_script("return getComputedStyle(arguments[0]).outlineStyle", here)
        assert outline != "none", here.get_attribute("outerHTML")
        text = (here.text or "").strip()
        if (tag and here.tag_name == tag) or (not tag and (text == words if exactly else words in text)):
            return here
    raise AssertionError(f"no Tab leads to {words or tag!r}")


def test_a_page_left_open_over_night_is_still_good(
    table: BoxOnTheTable, url: str, browser: Callable[..., Phone]
) -> None:
    """Nothing runs out: the phone slept while the meeting ended."""
    phone = browser()
    table.opens()
    phone.driver.get(url)
    phone.press("Get my ticket")
    phone.sees("Your code")
    phone.driver.get("about:blank")
    ends(table)
    table.says("ready")
    phone.driver.back()
    phone.sees("Save the recording")
    WebDriverWait(phone.driver, PATIENCE_S).until(lambda it: it.current_url == f"{url}/mine")
