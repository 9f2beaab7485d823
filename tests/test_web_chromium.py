"""The page in a real browser on a phone: what no test client knows of origins, cookies, scripts and widths."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from test_listening import TOLD, ends_with_transcript, line
from web_room import MEETING, BoxOnTheTable
from web_server import PATIENCE_S, Served, free_port

from appliance.clock import SystemClock

pytestmark = pytest.mark.chromium
SOUND = bytes(range(256)) * 11_250
FLAGS = """--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage""".split()  # noqa: SIM905
TABLET = 700  # CSS pixels
SHOTS = os.environ.get("CANDOUR_SHOTS")


@pytest.fixture
def table(tmp_path: Path) -> Iterator[BoxOnTheTable]:
    table = BoxOnTheTable(tmp_path / "data", SystemClock(), host="127.0.0.1", port=free_port())
    with table.alive():
        yield table


@pytest.fixture
def url(table: BoxOnTheTable, tmp_path: Path) -> Iterator[str]:
    served = Served(table.settings, tmp_path)
    with served:
        yield served.url


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Callable[..., "Phone"]]:
    open_phones: list[Phone] = []

    def phone(javascript: bool = True, language: str = "en", width: int = 360) -> "Phone":
        open_phones.append(Phone(tmp_path / f"profile-{len(open_phones)}", javascript, language, width))
        return open_phones[-1]

    yield phone
    for one in open_phones:
        one.driver.quit()


class Phone:
    """Chromium, as wide as a phone or as told; `downloads` is where it saves files."""

    def __init__(self, profile: Path, javascript: bool, language: str = "en", width: int = 360) -> None:
        self.downloads = profile.with_name(f"{profile.name}-downloads")
        options = ChromeOptions()
        options.binary_location = shutil.which("chromium") or "chromium"
        for flag in [*FLAGS, f"--user-data-dir={profile}", f"--disk-cache-dir={profile}"]:
            options.add_argument(flag)
        prefs = {"intl.accept_languages": language, "download.default_directory": str(self.downloads)}
        blocked = {} if javascript else {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", prefs | blocked)
        self.driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.width(width)

    def width(self, pixels: int, scheme: str = "light") -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": pixels, "height": 800, "deviceScaleFactor": 2, "mobile": pixels < TABLET},
        )
        wanted = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})

    def sees(self, words: str) -> None:
        """Wait until the page says so by itself."""
        WebDriverWait(self.driver, PATIENCE_S).until(lambda _: words in self.text, f"{words!r} in {self.text!r}")

    def is_called(self, title: str) -> None:
        """Wait until the page's title is this."""
        WebDriverWait(self.driver, PATIENCE_S).until(lambda driver: driver.title == title, title)

    @property
    def text(self) -> str:
        """What can be read; asked through the tools' own door, which is open where pages run no scripts, too."""
        found = self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": "document.body.innerText"})
        return str(found["result"].get("value", ""))

    def press(self, words: str) -> None:
        """A button or link, once it is there."""
        xpath = f"//button[contains(., '{words}')] | //a[contains(., '{words}')] | //summary[contains(., '{words}')]"
        WebDriverWait(self.driver, PATIENCE_S).until(lambda driver: driver.find_elements(By.XPATH, xpath))[0].click()

    def types(self, field: str, words: str) -> None:
        """Into the field with this id."""
        WebDriverWait(self.driver, PATIENCE_S).until(lambda it: it.find_elements(By.ID, field))[0].send_keys(words)

    def saved(self) -> list[Path]:
        """The files that were downloaded, once one is there whole."""

        def whole(_: object) -> list[Path]:
            found = list(self.downloads.glob("*"))
            return [] if any(one.suffix == ".crdownload" for one in found) else found

        return WebDriverWait(self.driver, PATIENCE_S).until(whole)

    def scrolls_sideways(self) -> bool:
        expression = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        found = self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": expression})
        return bool(found["result"]["value"])

    def shot(self, name: str) -> None:
        if SHOTS:
            self.driver.save_screenshot(f"{SHOTS}/{name}.png")

    @property
    def complaints(self) -> list[str]:
        """What the browser wrote on its console: refused scripts and styles, errors."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]


def makes_copies(table: BoxOnTheTable) -> None:
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    table.makes("recording.flac", "audio/flac", SOUND * 4)


def test_a_meeting_on_a_phone(table: BoxOnTheTable, url: str, browser: Callable[..., Phone]) -> None:
    phone = browser()
    table.says("ready")
    phone.driver.get(url)
    phone.sees("It is not recording now.")
    phone.shot("ready")
    table.opens()
    phone.sees("Nothing is recorded yet.")
    phone.sees("Get my ticket")
    phone.shot("notice")
    phone.press("Get my ticket")
    phone.sees("Your code")
    phone.shot("mine-notice")

    phone.driver.get(url)
    table.records(190)
    table.transcribes(70)
    phone.sees("3:10 recorded")
    phone.is_called("Recording – Room 4")
    phone.shot("recording")
    table.says("recording", MEETING, because="Nobody has been heard for 10 minutes.", objections=1)
    phone.sees("Somebody here objects to the recording.")
    phone.sees("Nobody has been heard for 10 minutes.")
    assert phone.driver.find_element(By.CSS_SELECTOR, "[data-level]").get_attribute("value") == "-40"
    phone.shot("objection")
    phone.press("Open my ticket")
    phone.sees("Somebody here objects to the recording.")
    table.says("recording", MEETING)
    WebDriverWait(phone.driver, PATIENCE_S).until(lambda _: "objects to" not in phone.text)
    jws = table.signs(180)
    phone.sees("The box has signed the first 3:00 of it.")
    phone.sees("Your phone now holds a seal of this meeting. You need do nothing.")
    kept = "return localStorage.getItem(arguments[0])"
    WebDriverWait(phone.driver, PATIENCE_S).until(lambda it: it.execute_script(kept, f"receipt {MEETING}") == jws)
    phone.shot("receipt")
    table.ends()
    phone.sees("Your copy is being made.")
    makes_copies(table)
    phone.sees("Save the recording")
    phone.shot("copies")
    assert phone.complaints == []


def test_without_javascript(table: BoxOnTheTable, url: str, browser: Callable[..., Phone]) -> None:
    phone = browser(javascript=False)
    phone.driver.get(f"{url}/mine")
    phone.sees("Personal links need JavaScript.")  # which only a browser without it shows
    table.opens()
    phone.driver.get(url)
    phone.press("Get my ticket")
    phone.sees("Your code")
    phone.driver.get(url)
    table.records(190)
    phone.sees("3:10 recorded")
    table.says("paused", MEETING)
    phone.sees("PAUSED")
    phone.shot("paused")
    phone.press("Open my ticket")
    table.ends()
    makes_copies(table)
    phone.sees("Save the recording")


def test_a_personal_link_leaves_no_token_behind(table: BoxOnTheTable, url: str, browser: Callable[..., Phone]) -> None:
    first, other = browser(), browser()
    table.opens()
    first.driver.get(url)
    first.press("Get my ticket")
    first.sees("Your code")
    link = first.driver.find_element(By.CSS_SELECTOR, ".ticket .wrap a").get_attribute("href")
    assert link and "#" in link
    other.driver.get(link)
    other.sees("Your code")
    assert other.driver.current_url == f"{url}/mine"
    code = first.driver.find_element(By.CSS_SELECTOR, ".code").text
    assert other.driver.find_element(By.CSS_SELECTOR, ".code").text == code
    other.driver.back()
    assert "#" not in other.driver.current_url


def test_a_page_without_news_says_so(table: BoxOnTheTable, tmp_path: Path, browser: Callable[..., Phone]) -> None:
    phone = browser()
    served = Served(table.settings, tmp_path)
    table.says("ready")
    with served:
        phone.driver.get(served.url)
        phone.sees("It is not recording now.")
    phone.sees("Not connected: look at the light")
    assert "It is not recording now." not in phone.text
    phone.is_called("Not connected – Room 4")
    phone.shot("lost")
    with served:
        phone.sees("It is not recording now.")
        assert "Not connected" not in phone.text
        phone.is_called("Not recording – Room 4")


def test_listening_and_reading_along(
    table: BoxOnTheTable, url: str, browser: Callable[..., Phone], tmp_path: Path
) -> None:
    phone = browser()
    table.opens()
    phone.driver.get(url)
    phone.press("Get my ticket")
    phone.sees("Your code")
    table.records(90)
    sound = tmp_path / "sound.mp3"
    soundfile.write(sound, np.zeros(90 * 16_000, np.int16), 16_000, format="MP3")
    lines = [line(f"What was said at second {second}, in some words.", float(second)) for second in range(90)]
    ends_with_transcript(table, {**TOLD, "lines": lines}, sound.read_bytes())
    phone.driver.get(f"{url}/listen/{MEETING}")
    now, asks = "document.querySelector('audio').currentTime", phone.driver.execute_script

    def until(script: str) -> None:
        WebDriverWait(phone.driver, PATIENCE_S, 0.1).until(lambda _: asks(f"return {script}"), script)

    until("document.querySelector('audio').duration > 89")
    row = phone.driver.find_element(By.XPATH, "//li[contains(., 'at second 60,')]")
    asks("arguments[0].scrollIntoView({ block: 'center' })", row)
    row.find_element(By.TAG_NAME, "a").click()
    until(f"{now} > 61.2")
    heard = "document.querySelector('li[aria-current]')"
    assert 60 < asks(f"return Number({heard}.dataset.at)") < 75
    assert asks(f"const {{ top, bottom }} = {heard}.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight")
    asks("window.scrollTo(0, 0)")
    phone.sees("Follow the sound again")
    phone.press("Follow the sound again")
    assert "Follow the sound again" not in phone.text
    asks("document.querySelector('audio').pause()")
    place = asks(f"return {now}")
    phone.press("Back 10 s")
    until(f"{now} < {place} - 9.5")
    phone.driver.find_element(By.ID, "search").send_keys("Second 7")
    phone.press("Next")
    phone.sees("1 of 11")
    phone.press("Copy line")
    phone.sees(f"({MEETING}, ")
    asks("document.querySelector('[data-speed]').value = '2'")
    asks("document.querySelector('[data-speed]').dispatchEvent(new Event('change'))")
    assert asks("return document.querySelector('audio').playbackRate") == 2
    assert phone.complaints == []
