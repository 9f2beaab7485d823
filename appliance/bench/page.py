"""`scripts/bench page`: what it costs a browser to check a long meeting with open-me.html.

The sound is noise, which packs worse than speech. The memory is the JavaScript heap of the Worker; the same with its
buffers, some of which wait to be freed; and the most that the browser's process for the page ever held.
"""

import json
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from websocket import create_connection

from appliance.bench.evidence import NAME, finish, recorded
from appliance.evidence import key, open_me
from appliance.store.folders import Folders

FLAGS = """--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage""".split()  # noqa: SIM905
PATIENCE_S = 400
MOST_HEAP_MB = 50.0
IS_OPEN = "return document.querySelector('[data-chosen]').textContent.startsWith('Chosen')"
IS_JUDGED = "return !document.querySelector('[data-verdict]').hidden"


def missing() -> list[str]:
    return [tool for tool in ("chromium", "chromedriver") if shutil.which(tool) is None]


def run(hours: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="candour-") as place:
        bundle = bundled(Path(place) / "data", round(hours * 3600))
        page, recording = unpacked(bundle, Path(place))
        with browser(Path(place) / "profile") as driver:
            driver.get(page.as_uri())
            opening_s, _ = taken(driver, lambda: choose(driver, recording), IS_OPEN)
            driver.execute_script("document.querySelector('[data-part=check]').click()")
            before_mb = held_mb(driver)
            with closing(Heap(driver)) as heap:
                checking_s, said = taken(driver, lambda: press(driver), IS_JUDGED, heap.look)
            return {
                "hours": hours,
                "MB of the page": round(page.stat().st_size / 1e6, 2),
                "s to open the recording": round(opening_s, 2),
                "s to check it": round(checking_s, 1),
                "MB of JavaScript heap at most": round(heap.most / 1e6, 1),
                "MB of it and its buffers at most": round(heap.most_with_buffers / 1e6, 1),
                "MB of the browser's process before": before_mb,
                "MB of the browser's process at most": held_mb(driver),
                "verdict": said,
            }


def bundled(data: Path, seconds: int) -> Path:
    folders = Folders(data)
    folders.prepare()
    key.make(folders.evidence)
    folder = folders.make_meeting(NAME)
    recorded(folder, seconds, key.load(folders.evidence))
    finish(folders)
    return folder.copies / "bundle.zip"


def unpacked(bundle: Path, place: Path) -> tuple[Path, Path]:
    """The page and the recording."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(place)
    page, recording = (place / NAME / "data" / name for name in (open_me.NAME, "recording.flac"))
    return page, recording


@contextmanager
def browser(profile: Path) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def choose(driver: Chrome, recording: Path) -> None:
    driver.find_element(By.ID, "files").send_keys(str(recording))


def press(driver: Chrome) -> None:
    driver.execute_script("document.querySelector('[data-judge]').click()")


def taken(
    driver: Chrome, begin: Callable[[], None], is_done: str, look: Callable[[], None] = lambda: None
) -> tuple[float, str]:
    """Seconds until it is done, and the first words of the verdict."""
    began = time.monotonic()
    begin()
    while not driver.execute_script(is_done):
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError(driver.execute_script("return document.body.innerText"))
        look()
        time.sleep(0.1)
    said = "return (document.querySelector('[data-verdict] h3') || { textContent: '' }).textContent"
    return time.monotonic() - began, str(driver.execute_script(said))


class Heap:
    """The JavaScript heap of the page's Worker, through Chromium's tools (Chrome DevTools Protocol)."""

    def __init__(self, driver: Chrome) -> None:
        address = driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        with urlopen(f"http://{address}/json/list") as answer:
            page = next(one for one in json.load(answer) if one["type"] == "page")
        self._door = create_connection(page["webSocketDebuggerUrl"], suppress_origin=True)
        self._number = 0
        self._worker = ""
        self.most = 0
        self.most_with_buffers = 0
        self._ask("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)
        while not self._worker:
            self._hear()

    def look(self) -> None:
        told = self._ask("Runtime.getHeapUsage", self._worker)["result"]
        self.most = max(self.most, told["usedSize"])
        self.most_with_buffers = max(self.most_with_buffers, told["usedSize"] + told["backingStorageSize"])

    def close(self) -> None:
        self._door.close()

    def _ask(self, method: str, session: str = "", **told: Any) -> Any:
        self._number += 1
        question = {"id": self._number, "method": method, "params": told} | ({"sessionId": session} if session else {})
        self._door.send(json.dumps(question))
        while (said := self._hear()).get("id") != self._number:
            pass
        return said

    def _hear(self) -> Any:
        said = json.loads(self._door.recv())
        if said.get("method") == "Target.attachedToTarget":
            self._worker = said["params"]["sessionId"]
        return said


def held_mb(driver: Chrome) -> int:
    """The most that the process of the page has ever held, in memory (Linux, proc(5): VmHWM)."""
    profile = driver.capabilities["chrome"]["userDataDir"]
    held = [most_kb(process) for process in Path("/proc").glob("[0-9]*") if is_of_page(process, profile)]
    return round(max(held, default=0) / 1000)


def is_of_page(process: Path, profile: str) -> bool:
    try:
        command = (process / "cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return False
    return "--type=renderer" in command and profile in command


def most_kb(process: Path) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())
    return int(found[1]) if found else 0


def failures(result: dict[str, Any]) -> list[str]:
    said = []
    if not result["verdict"].startswith("Complete and unchanged"):
        said.append("The page does not find what the box made complete and unchanged.")
    if result["MB of JavaScript heap at most"] > MOST_HEAP_MB:
        said.append(f"Checking takes more than {MOST_HEAP_MB:.0f} MB of JavaScript heap.")
    return said
