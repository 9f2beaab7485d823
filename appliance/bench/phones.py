"""Many phones that take one file at once over a poor Wi-Fi, and one that looks at a small page meanwhile.

A program of its own, so that what it costs is not the server's: `python -m appliance.bench.phones` reads a Task as
JSON from standard input and writes what it found to standard output.
"""

import hashlib
import http.client
import json
import random
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

PIECE_BYTES = 1 << 16
LOOK_EVERY_S = 0.1
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Task:
    """Each phone takes `path` with its own header, at `bytes_per_s`, and drops the line `drops` times."""

    url: str
    path: str
    small_page: str
    cookies: list[str]
    sha256: str
    bytes_per_s: float
    drops: int
    seed: int


@dataclass
class Found:
    """`pages_s`: how long the small page took each time; `sent`: bytes in all; `wrong`: what went wrong, in words."""

    took_s: float = 0.0
    sent: int = 0
    resumed: int = 0
    anew: int = 0
    pages_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def run(task: Task) -> Found:
    found, over = Found(), threading.Event()
    looker = threading.Thread(target=look, args=(task, found, over))
    phones = [threading.Thread(target=take, args=(task, number, found)) for number in range(len(task.cookies))]
    begun = time.monotonic()
    for one in (looker, *phones):
        one.start()
    for one in phones:
        one.join()
    found.took_s = time.monotonic() - begun
    over.set()
    looker.join()
    return found


def take(task: Task, number: int, found: Found) -> None:
    """The whole file, going on after each drop where the server can, else from the beginning."""
    chance, digest, there, drops = random.Random(task.seed + number), hashlib.sha256(), 0, task.drops
    try:
        while True:
            until = chance.randrange(1_000_000, 20_000_000) if drops else None
            status, got, is_whole, digest = _part(task, task.cookies[number], there, until, digest)
            if status == http.client.OK and there:
                found.anew += 1
                there = 0
            elif there:
                found.resumed += 1
            there += got
            found.sent += got
            if is_whole:
                break
            drops -= 1
            time.sleep(chance.random() / 2)
    except (OSError, http.client.HTTPException) as error:
        found.wrong.append(f"phone {number}: {error!r} after {there} bytes")
        return
    if digest.hexdigest() != task.sha256:
        found.wrong.append(f"phone {number} has other bytes")


def _part(
    task: Task, cookie: str, first: int, until: int | None, digest: "hashlib._Hash"
) -> tuple[int, int, bool, "hashlib._Hash"]:
    """Status, bytes, whether that was the end, and the digest; `until`: after so many bytes the line drops."""
    line = _line(task)
    try:
        line.request("GET", task.path, headers={"Cookie": cookie} | ({"Range": f"bytes={first}-"} if first else {}))
        answer = line.getresponse()
        if answer.status not in (http.client.OK, http.client.PARTIAL_CONTENT):
            raise http.client.HTTPException(f"status {answer.status}")
        if answer.status == http.client.OK:
            digest = hashlib.sha256()
        got, begun = 0, time.monotonic()
        while piece := answer.read(PIECE_BYTES):
            digest.update(piece)
            got += len(piece)
            if until is not None and got >= until:
                return answer.status, got, False, digest
            time.sleep(max(0.0, begun + got / task.bytes_per_s - time.monotonic()))
        return answer.status, got, True, digest
    finally:
        line.close()


def look(task: Task, found: Found, over: threading.Event) -> None:
    while not over.wait(LOOK_EVERY_S):
        begun = time.monotonic()
        try:
            line = _line(task)
            line.request("GET", task.small_page)
            answer = line.getresponse()
            answer.read()
            line.close()
        except (OSError, http.client.HTTPException) as error:
            found.wrong.append(f"the small page: {error!r}")
        else:
            if answer.status == http.client.OK:
                found.pages_s.append(time.monotonic() - begun)
            else:
                found.wrong.append(f"the small page: status {answer.status}")


def _line(task: Task) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(task.url).netloc, timeout=PATIENCE_S)


if __name__ == "__main__":
    json.dump(asdict(run(Task(**json.load(sys.stdin)))), sys.stdout)
