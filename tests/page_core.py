"""The page's JavaScript core as it runs on a phone: in a Worker made from a Blob, on each kind of origin."""

import functools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from test_web_chromium import FLAGS
from web_server import PATIENCE_S

SCRIPTS = Path(__file__).parent.parent / "appliance" / "evidence" / "page"
# In the order in which they rest on one another.
CORE = "encoding sha256 p256 merkle certificate statement zip flac known sound".split()  # noqa: SIM905
VERDICT = (
    *("verdict", "claims", "key", "bag", "deleted", "lists", "account", "notes", "receipts", "places", "joins"),
    *("clip", "clip_words", "shifts", "seconds", "excerpt", "chosen", "verify"),
)
INSECURE_HOST = "recorder.test"
IN_THE_WORKER = """
const AsyncFunction = (async () => {}).constructor;
onmessage = async ({ data: { body, told, files } }) => {
  try {
    postMessage({ answer: await new AsyncFunction("told", "files", body)(told, files) });
  } catch (error) {
    postMessage({ error: [error.name, error.message] });
  }
};
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>core</title><input type="file" multiple>
<script type="text/plain">%s</script>
<script>
const source = document.querySelector("script").textContent;
const worker = new Worker(URL.createObjectURL(new Blob([source])));
const input = document.querySelector("input");
function ask(body, told, done) {
  const files = Object.fromEntries([...input.files].map((file) => [file.name, file]));
  worker.onmessage = ({ data }) => done(data);
  worker.onerror = (event) => done({ error: ["Worker", event.message] });
  worker.postMessage({ body, told, files });
}
</script>"""


class Refused(Exception):
    """What the core threw: the error's name, and its sentence."""


class Core:
    """The core on one origin; answers are what JavaScript can say in JSON."""

    def __init__(self, driver: Chrome, origin: str) -> None:
        self.is_secure = origin != "insecure"
        self._driver = driver

    def asks(self, body: str, told: object = None, files: Sequence[Path] = ()) -> Any:
        """Run the body of an async function with `told` and `files` (by name). Raises Refused."""
        self._driver.execute_script("input.value = ''")
        if files:
            self._driver.find_element(By.CSS_SELECTOR, "input").send_keys("\n".join(map(str, files)))
        said = self._driver.execute_async_script("ask(arguments[0], arguments[1], arguments[2])", body, told)
        if "error" in said:
            raise Refused(*said["error"])
        return said["answer"]


@contextmanager
def browser(folder: Path) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in [*FLAGS, f"--user-data-dir={folder}", f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1"]:
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_script_timeout(PATIENCE_S)
    try:
        yield driver
    finally:
        driver.quit()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Nobody reads who asked for what."""


@contextmanager
def page(folder: Path, names: Sequence[str] = CORE) -> Iterator[dict[str, str]]:
    """The core in a page; where it is, for each kind of origin."""
    core = "\n".join((SCRIPTS / f"{name}.js").read_text() for name in names)
    (folder / "core.html").write_text(PAGE % (core + IN_THE_WORKER))
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1]
        yield {
            "file": (folder / "core.html").as_uri(),
            "secure": f"http://127.0.0.1:{port}/core.html",
            "insecure": f"http://{INSECURE_HOST}:{port}/core.html",
        }
        server.shutdown()
        thread.join()
