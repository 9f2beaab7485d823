"""Somebody in the simulated room with a phone: takes a ticket and the copies through the page, as everybody does."""

import hashlib
import json
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote

from appliance.store import finish
from appliance.store.folders import Folders


@dataclass(frozen=True)
class Taken:
    """A copy that was taken away; it has the bytes that the box said it would have."""

    name: str
    bytes: int
    sha256: str


class Attendee:
    """One browser with its cookies."""

    def __init__(self, url: str, patience_s: float = 10) -> None:
        self._url, self._patience_s = url.rstrip("/"), patience_s
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def look(self) -> dict[str, object]:
        """What the page says of the box now."""
        with self._browser.open(f"{self._url}/status", timeout=self._patience_s) as answer:
            said: dict[str, object] = json.load(answer)
        return said

    def take_ticket(self) -> None:
        request = urllib.request.Request(f"{self._url}/ticket", data=b"", headers={"Origin": self._url})
        self._browser.open(request, timeout=self._patience_s).close()

    def ask_for_stick(self, meeting: str) -> None:
        """Have the copies put on the USB stick in the box."""
        request = urllib.request.Request(f"{self._url}/stick/{meeting}", data=b"", headers={"Origin": self._url})
        self._browser.open(request, timeout=60).close()

    def mine(self) -> str:
        """The page of the own tickets."""
        with self._browser.open(f"{self._url}/mine", timeout=60) as answer:
            return str(answer.read().decode())

    def take_copies(self, folders: Folders, meeting: str, out: Path) -> list[Taken]:
        """Download every copy of a meeting into a folder, flat; what is there under the same name is replaced."""
        done = finish.read(folders.meeting(meeting))
        copies = list(finish.copies(done)) if done else []
        return [self.take(meeting, copy.name, out) for copy in copies]

    def take(self, meeting: str, name: str, out: Path) -> Taken:
        """Download one copy."""
        part, sha256 = out / f".{name}.part", hashlib.sha256()
        address = f"{self._url}/copies/{meeting}/{quote(name)}"
        with self._browser.open(address, timeout=60) as answer, part.open("wb") as file:
            while piece := answer.read(1 << 16):
                file.write(piece)
                sha256.update(piece)
        size = part.stat().st_size
        part.replace(out / name)
        return Taken(name, size, sha256.hexdigest())
