"""open-me.html as a parent or a solicitor opens it: in a real browser, from disk and over http, with no network."""

import functools
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from page_core import INSECURE_HOST
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from signed_meeting import SignedMeeting
from test_web_chromium import FLAGS
from web_server import PATIENCE_S

from appliance.evidence import open_me, statement
from appliance.evidence.claims import TOMBSTONE

pytestmark = pytest.mark.chromium
HOSTILE = [
    "</script><script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<!--<script>",
    "]]>&lt;b&gt; \u2028 ${1} {text} {{style}} <!-- policy --> \x00\x1f\x85",
    "<iframe src=\"http://elsewhere.test/\"></iframe><a href='javascript:alert(1)'>press</a>",
]


class Kept(SimpleHTTPRequestHandler):
    """Keeps what it was asked for."""

    asked: list[str]

    def __init__(self, *args: Any, asked: list[str], **more: Any) -> None:
        self.asked = asked
        super().__init__(*args, **more)

    def log_message(self, *_words: object) -> None:
        self.asked.append(self.path)


@dataclass
class Reader:
    """Somebody with the page open in Chromium, on a phone of 360 pixels."""

    driver: Chrome
    downloads: Path
    asked: list[str] = field(default_factory=list)

    def opens(self, url: str) -> None:
        self.driver.get(url)
        self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        self.until("return document.querySelector('h1').textContent !== ''")  # what came with it is opened

    def chooses(self, *paths: Path, into: str = "files") -> None:
        element = self.driver.find_element(By.ID, into)
        self.does("arguments[0].value = ''", element)  # a driver adds to what was chosen; people choose anew
        element.send_keys("\n".join(map(str, paths)))
        if into == "files":
            self.sees(f"Chosen: {paths[0].name}")

    def goes_to(self, part: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, f"[data-part={part}]").click()

    def presses(self, words: str) -> None:
        found = self.driver.find_elements(By.XPATH, f"//button[normalize-space()='{words}']")
        self.clicks(next(one for one in found if one.is_displayed()))

    def clicks(self, element: Any) -> None:
        self.does("arguments[0].scrollIntoView({ block: 'center' })", element)  # not behind the player
        element.click()

    def writes(self, where: str, text: str) -> None:
        element = self.driver.find_element(By.ID, where)
        element.clear()
        element.send_keys(text)

    def checks(self) -> str:
        """The verdict as it can be read."""
        self.goes_to("check")
        self.presses("Check now")
        verdict = self.driver.find_element(By.CSS_SELECTOR, "[data-verdict]")
        self.until("return !arguments[0].hidden", verdict)
        return verdict.text

    def sees(self, words: str) -> None:
        self.until("return document.body.innerText.includes(arguments[0])", words)

    def until(self, script: str, *told: object) -> Any:
        wait = WebDriverWait(self.driver, PATIENCE_S, poll_frequency=0.05)
        return wait.until(lambda driver: driver.execute_script(script, *told), f"{script}: {self.text}")

    def does(self, script: str, *told: object) -> Any:
        return self.driver.execute_script(script, *told)

    @property
    def text(self) -> str:
        return str(self.does("return document.body.innerText"))

    @property
    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """What the browser asked anybody for since the last time, but for what is made in the page itself."""
        log = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        told = [json.loads(entry["message"])["message"] for entry in log]
        urls = [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith(("blob:", "data:"))]


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> SignedMeeting:
    folder = tmp_path_factory.mktemp("meeting")
    return SignedMeeting(folder / "data", folder / "out")


@pytest.fixture(scope="module")
def home(meeting: SignedMeeting) -> Path:
    """The bundle unpacked, as it lies on somebody's disk, with pages of others beside it."""
    with zipfile.ZipFile(meeting.bundle) as archive:
        archive.extractall(meeting.at.with_name("home"))
    folder = meeting.at.with_name("home") / "2026-03-02-K7QF" / "data"
    (folder / "bare.html").write_bytes(open_me.page())
    told = json.loads((folder / "transcript.json").read_text())
    (folder / "hostile.html").write_bytes(open_me.page(with_lines(folder, HOSTILE, told)))
    (folder / "long.html").write_bytes(open_me.page(with_lines(folder, LONG, told)))
    return folder


LONG = [f"Line {number} of what was said here, in quite a few words." for number in range(90)]
LONG[41] = "The tŷ in Ynys Môn."
LONG[77] = "Another TY."


def with_lines(folder: Path, lines: list[str], told: dict[str, Any]) -> dict[str, bytes]:
    """The evidence of the meeting with other words in its transcript."""
    step = 24 / len(lines)
    said = [{"start_s": n * step, "text": text, "language": "en", "seat": None} for n, text in enumerate(lines)]
    evidence = {name: (folder / "evidence" / name).read_bytes() for name in ("seal.jws", "marks.jsonl")}
    return evidence | {"transcript.json": json.dumps(told | {"lines": said, "note": HOSTILE[0]}).encode()}


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("phone")
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in [*FLAGS, f"--user-data-dir={folder}", f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    width = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", width)
    saving = {"behavior": "allow", "downloadPath": str(folder / "saved")}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", saving)
    yield Reader(driver, folder / "saved")
    driver.quit()


@pytest.fixture(scope="module")
def insecure(home: Path, phone: Reader) -> Iterator[str]:
    handler = functools.partial(Kept, directory=str(home), asked=phone.asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{INSECURE_HOST}:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def box_pem(meeting: SignedMeeting) -> Path:
    path = meeting.at.with_name("from-the-register.pem")
    path.write_bytes(meeting.box.certificate.public_bytes(Encoding.PEM))
    return path


@pytest.mark.pure
def test_the_page_holds_the_sealed_transcript_to_the_byte_and_ends_no_script() -> None:
    told = json.dumps(HOSTILE, ensure_ascii=False) + "\ud7ff\ufeff\r\n"
    made = open_me.page({"transcript.json": told.encode()}).decode("ascii", "replace")
    _, _, rest = made.partition('<script type="application/json" id="evidence">')
    data, _, _ = rest.partition("</script>")
    assert json.loads(data)["transcript.json"].encode() == told.encode()
    assert "<" not in data and data.isascii()
    assert made.count("<script") == made.count("</script>") == 3


@pytest.mark.pure
def test_the_page_asks_for_nothing_by_its_own_text() -> None:
    made = open_me.page().decode()
    for word in (" src=", 'href="http', "@import", "//cdn", " url("):
        assert word not in made
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "XMLHttpRequest"):
        assert word not in made
    assert made.count(open_me.policy()) == 1 and "unsafe" not in open_me.policy()


def test_every_bundle_has_the_page_with_its_own_evidence(home: Path) -> None:
    evidence = home / "evidence"
    made = (home / "open-me.html").read_bytes()
    files = {name: path for name in open_me.EMBEDDED for path in (home / name, evidence / name) if path.exists()}
    assert set(files) == set(open_me.EMBEDDED)
    assert made == open_me.page({name: path.read_bytes() for name, path in files.items()})


@pytest.mark.parametrize("origin", ["file", "insecure"])
def test_a_good_recording_is_complete_and_unaltered(
    origin: str, phone: Reader, home: Path, insecure: str, meeting: SignedMeeting, box_pem: Path
) -> None:
    phone.opens((home / "open-me.html").as_uri() if origin == "file" else f"{insecure}/open-me.html")
    assert "Meeting 2026-03-02-K7QF" in phone.text
    phone.requests()
    phone.asked.clear()
    said = phone.checks()
    assert "It cannot be judged" in said  # there is no sound yet
    phone.chooses(home / "recording.flac")
    said = phone.checks()
    fingerprint = meeting.box.fingerprint
    assert phone.does("return document.querySelector('[data-verdict]').className") == "verdict unsure"
    assert "the box is not known here, so this alone proves nothing" in said
    assert fingerprint[:4] in said and fingerprint in said.replace(" ", "") and "Compare it with the placard" in said
    phone.chooses(box_pem, into="known")
    phone.sees("Check again.")
    phone.chooses(meeting.receipt(10), into="receipts")
    said = phone.checks()
    assert "Complete and unaltered, by a box whose certificate you chose" in said
    assert "It agrees: the first 10 seconds" in said
    phone.chooses(meeting.bundle)
    said = phone.checks()
    assert "Complete and unaltered, by a box" in said and "among the files that you chose" in said
    assert phone.requests() == phone.asked == [] and phone.complaints == []


def test_the_small_copy_is_never_called_unaltered(phone: Reader, home: Path) -> None:
    phone.opens((home / "open-me.html").as_uri())
    phone.chooses(home / "recording.mp3")
    said = phone.checks()
    assert "The copy for listening is the one that was signed" in said and "unaltered" not in said


def test_every_changed_second_is_named_and_plays(phone: Reader, home: Path, meeting: SignedMeeting) -> None:
    def louder(samples: Any) -> Any:
        samples[5 * 16_000 + 77] += 1
        samples[15 * 16_000 : 16 * 16_000] //= 2
        return samples

    before = (meeting.at / "recording.flac").read_bytes()
    meeting.edit_sound(louder)
    altered = meeting.at.with_name("recording (1).flac")
    shutil.move(meeting.at / "recording.flac", altered)
    (meeting.at / "recording.flac").write_bytes(before)
    phone.opens((home / "open-me.html").as_uri())
    phone.chooses(altered)
    said = phone.checks()
    assert said.startswith("Altered") and "Second 5 (0:05) is altered." in said
    assert "Second 15 (0:15) is altered." in said and "Second 6" not in said
    phone.clicks(phone.driver.find_element(By.XPATH, "//*[@data-verdict]//button[contains(., '0:15')]"))
    phone.until("return document.querySelector('audio').currentTime >= 15")
    phone.does("document.querySelector('audio').pause()")


def test_a_deleted_recording_is_known_by_its_tombstone(
    phone: Reader, home: Path, meeting: SignedMeeting, tmp_path: Path
) -> None:
    seal = meeting.at_seal
    audio, marked = seal.claims["audio"], seal.claims["marks"]
    told = {
        "meeting": "2026-03-02-K7QF", "seal": seal.digest, "because": "it had been kept for the promised 90 days",
        "seconds": audio["seconds"], "root": audio["root"], "marks": marked["count"], "marks_root": marked["root"],
        "time": "2026-05-31T10:00:00.000Z", "clock": "synchronised", "log": {},
    }  # fmt: skip
    jws = statement.signed(TOMBSTONE, told, meeting.box)
    with zipfile.ZipFile(tmp_path / "2026-03-02-K7QF tombstone.zip", "w") as archive:
        archive.writestr("2026-03-02-K7QF/tombstone.jws", jws)
        archive.write(meeting.at / "leaves.sha256", "2026-03-02-K7QF/leaves.sha256")
    phone.opens((home / "bare.html").as_uri())
    phone.chooses(tmp_path / "2026-03-02-K7QF tombstone.zip")
    phone.chooses(meeting.receipt(10), into="receipts")
    said = phone.checks()
    assert said.startswith("It cannot be judged") and "It agrees: the first 10 seconds" in said
    assert "The box deleted this recording on 31 May 2026, because it had been kept" in said
    (tmp_path / "2026-03-02-K7QF tombstone.jws").write_text(jws)
    phone.chooses(tmp_path / "2026-03-02-K7QF tombstone.jws")
    assert "The box deleted this recording on 31 May 2026" in phone.checks()


def test_a_browser_that_reads_known_sound_as_another_one_judges_nothing(phone: Reader, home: Path) -> None:
    made = (home / "open-me.html").read_text()
    spoiled = re.sub(r'("root": ")[0-9a-f]{64}', r"\g<1>" + 64 * "0", made, count=1)
    assert spoiled != made
    (home / "inexact.html").write_text(spoiled)
    phone.opens((home / "inexact.html").as_uri())
    phone.chooses(home / "recording.flac")
    said = phone.checks()
    assert said.startswith("It cannot be judged") and "This browser cannot judge" in said


def test_a_damaged_file_of_any_kind_is_a_sentence(phone: Reader, home: Path, tmp_path: Path) -> None:
    phone.opens((home / "open-me.html").as_uri())
    (tmp_path / "bundle.zip").write_bytes(b"PK\x05\x06 no zip at all")
    phone.driver.find_element(By.ID, "files").send_keys(str(tmp_path / "bundle.zip"))
    phone.sees("This could not be opened.")
    (tmp_path / "recording.flac").write_bytes((home / "recording.flac").read_bytes()[:20_000])
    phone.chooses(tmp_path / "recording.flac")
    assert phone.checks().startswith(("Altered", "Incomplete"))


@pytest.mark.parametrize("name", ["recording.flac", "recording.mp3"])
def test_it_plays_and_a_line_plays_its_own_place(name: str, phone: Reader, home: Path) -> None:
    phone.opens((home / "long.html").as_uri())
    phone.chooses(home / name)
    phone.until("return Math.abs(document.querySelector('audio').duration - 24.5) < 0.2")
    row = phone.driver.find_element(By.XPATH, f"//li[contains(., '{LONG[60]}')]")
    phone.clicks(row.find_element(By.TAG_NAME, "button"))
    phone.until("return document.querySelector('audio').currentTime > 16.3")
    phone.until("return arguments[0].previousElementSibling && document.querySelector('li[aria-current]')", row)
    place = "const li = document.querySelector('li[aria-current]'); return [...li.parentNode.children].indexOf(li)"
    assert phone.does(place) > 60
    phone.does("document.querySelector('audio').pause()")


def test_it_follows_until_the_reader_scrolls(phone: Reader, home: Path) -> None:
    phone.opens((home / "long.html").as_uri())
    phone.chooses(home / "recording.mp3")
    phone.clicks(phone.driver.find_element(By.CSS_SELECTOR, "li.line button"))
    is_seen = """const { top, bottom } = document.querySelector("li[aria-current]").getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;"""
    phone.until(
        "return document.querySelector('audio').currentTime > 1.5 && !!document.querySelector('li[aria-current]')"
    )
    assert phone.until(is_seen)
    phone.does("window.scrollTo(0, document.body.scrollHeight)")
    phone.sees("Follow the sound again")
    now = phone.does("return document.querySelector('audio').currentTime")
    phone.until("return document.querySelector('audio').currentTime > arguments[0] + 0.6", now)
    assert not phone.does(is_seen)
    phone.driver.find_element(By.CSS_SELECTOR, "[data-follow]").click()
    assert phone.does(is_seen) and "Follow the sound again" not in phone.text
    phone.does("document.querySelector('audio').pause()")


def test_search_goes_from_place_to_place(phone: Reader, home: Path) -> None:
    phone.opens((home / "long.html").as_uri())
    phone.writes("search", f"ty{Keys.ENTER}")
    phone.sees("1 of 2")
    found = phone.driver.find_elements(By.CSS_SELECTOR, "li.found")
    assert [one.text.partition("\n")[2] for one in found] == [LONG[41], LONG[77]]
    phone.presses("Previous")
    phone.sees("2 of 2")
    phone.writes("search", f"nobody said this{Keys.ENTER}")
    phone.sees("Not found.")
    assert not phone.driver.find_elements(By.CSS_SELECTOR, "li.found")


def test_gaps_and_marks_stand_at_their_times(phone: Reader, home: Path) -> None:
    for page in ("open-me.html", "long.html"):
        phone.opens((home / page).as_uri())
        for words in ("(no recording for 3.0 s: paused)", "(objection)", "(objection answered: recording)"):
            row = phone.driver.find_element(By.XPATH, f"//li[contains(., '{words}')]")
            assert row.text.startswith("0:08")
        assert "Made by a computer: the recording is the record." in phone.text


def test_hostile_words_are_words(phone: Reader, home: Path) -> None:
    phone.opens((home / "hostile.html").as_uri())
    shown = [one.get_property("textContent") for one in phone.driver.find_elements(By.CSS_SELECTOR, "li.line span")]
    assert shown == HOSTILE
    assert phone.does("return document.querySelector('[data-note]').textContent") == HOSTILE[0]
    assert phone.driver.title != "owned" and phone.does("return document.querySelectorAll('img, iframe').length") == 0
    phone.goes_to("disagree")
    phone.writes("first", "1")
    phone.writes("says", HOSTILE[0])
    phone.presses("Add to my sheet")
    assert HOSTILE[0] in phone.does("return document.querySelector('[data-sheet]').textContent")
    assert phone.driver.title != "owned" and phone.complaints == []


def test_even_a_script_that_got_in_could_not_run(phone: Reader, home: Path) -> None:
    phone.opens((home / "hostile.html").as_uri())
    phone.does("""const script = document.createElement("script"); script.text = "document.title = 'owned'";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", `<img src=x onerror="document.title='owned'">`);""")
    phone.until("return true")
    assert phone.driver.title != "owned"
    assert any("Content Security Policy" in said for said in phone.complaints)


def test_a_disagreement_is_a_small_file_and_goes_nowhere(phone: Reader, home: Path) -> None:
    phone.opens((home / "open-me.html").as_uri())
    phone.requests()
    phone.goes_to("disagree")
    phone.presses("Save as a file")
    phone.sees("Add something to your sheet first.")
    for first, last, says, problem in (
        ("one", "", "x", "Write a time"),
        ("0:09", "0:08", "x", "The end is before the beginning."),
        ("0:09", "9:00", "x", "The recording is 0:25 long."),
        ("0:09", "", "  ", "Write what was said"),
    ):
        for where, text in (("first", first), ("last", last), ("says", says)):
            phone.writes(where, text)
        phone.presses("Add to my sheet")
        phone.sees(problem)
    for first, last, says in (("0:12", "0:14", 'I said "never".\nNot "ever".'), ("3", "", "Mae hyn yn anghywir: tŷ")):
        for where, text in (("first", first), ("last", last), ("says", says)):
            phone.writes(where, text)
        phone.presses("Add to my sheet")
    phone.writes("name", "Siân")
    phone.presses("Save as a file")
    saved = phone.downloads / "2026-03-02-K7QF candour-note.json"
    WebDriverWait(phone.driver, PATIENCE_S).until(lambda _: saved.exists())
    note = json.loads(saved.read_text())
    assert note.pop("written").endswith("Z")
    assert note == {
        "format": "candour-note",
        "version": 1,
        "meeting": "2026-03-02-K7QF",
        "seal": statement.digest((home / "evidence" / "seal.jws").read_text()),
        "name": "Siân",
        "notes": [
            {"first_s": 3, "last_s": 3, "says": "Mae hyn yn anghywir: tŷ"},
            {"first_s": 12, "last_s": 14, "says": 'I said "never".\nNot "ever".'},
        ],
    }
    assert phone.requests() == [] and phone.complaints == []
    phone.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    phone.does("document.documentElement.dataset.print = 'sheet'")
    text = phone.text
    phone.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert text.startswith("Disagreement with a recording") and text.rstrip().endswith("Signature and date")


def test_a_receipt_that_this_browser_keeps_is_used(
    phone: Reader, insecure: str, home: Path, meeting: SignedMeeting
) -> None:
    phone.opens(f"{insecure}/bare.html")
    assert "There is no transcript here." in phone.text
    receipt = meeting.receipt(12).read_text()
    phone.does("localStorage.setItem('receipt 2026-03-02-K7QF', arguments[0])", receipt)
    phone.chooses(meeting.bundle)
    said = phone.checks()
    assert "receipt kept by this browser" in said and "It agrees: the first 12 seconds" in said
    assert "Good morning." in phone.does("return document.querySelector('[data-lines]').textContent")
    phone.does("localStorage.clear()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(scheme: str, phone: Reader, home: Path) -> None:
    wanted = [{"name": "prefers-color-scheme", "value": scheme}]
    phone.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})
    phone.opens((home / "open-me.html").as_uri())
    phone.chooses(home / "recording.flac")
    phone.checks()
    for part in ("check", "disagree", "listen"):
        phone.goes_to(part)
        assert phone.does("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        seen = "[...document.querySelectorAll('button, input, textarea')].filter((one) => one.offsetParent)"
        assert min(phone.does(f"return {seen}.map((one) => one.offsetHeight)")) >= 44  # WCAG 2.5.5, target size
        unnamed = f"{seen}.filter((one) => one.tagName !== 'BUTTON' && !one.labels.length)"
        assert phone.does(f"return {unnamed}.map((one) => one.id)") == []
