"""`scripts/bench serve`: forty phones take a copy at once while the box records the next meeting.

Beside it the same phones take the same file from `python -m http.server`, which cannot go on after a drop, and from
nginx: what a page that checks tickets costs more than one that does not.
"""

import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from appliance.bench import capture
from appliance.bench.cost import children, cost
from appliance.bench.house import House
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.phones import Task
from appliance.bench.pulse import NAME, Microphone
from appliance.bench.rig import RATE, folder_of_a_rig, rigged, start_recording
from appliance.store import finish, record, tickets
from appliance.store.finish import Copy
from appliance.store.folders import Folders
from web.credentials import new_token, secret_of

PHONES, MEGABYTES, BYTES_PER_S, DROPS = 40, 60, 4_000_000.0, 2
SOUND = "recording.mp3"
MEETING = "2000-01-01-other"
WALL = "2000-01-01T10:00:00.000Z"
LATEST_S, MOST_PAGE_S, MOST_MB = 1.0, 0.3, 120.0
WATCHED_S = 25
NGINX = """
user root; daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1;
events {{ worker_connections 512; }}
http {{ access_log off; sendfile on; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""


def run(phones: int) -> dict[str, Any]:
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_a_rig())
        microphone = Microphone(1, RATE)
        stack.callback(microphone.close)
        microphone.hum(NumberedSound().make(folder / "hum.raw", 300 * RATE))
        house = stack.enter_context(rigged(folder, None, device=f"pcm:{NAME}", environment=microphone.environment))
        house.await_state("ready")
        sound = ended_meeting(house.folders)
        cookies = [f"candour={token}" for token in holders(house.folders, phones)]
        start_recording(house)
        alone = capture.watch_seconds(house, WATCHED_S)
        task = task_of(f"http://127.0.0.1:{free_port()}", f"/copies/{MEETING}/{SOUND}", cookies, sound)
        told = beside_the_recorder(house, task)
        told["no phones: greatest s until a second was durable"] = round(max(alone), 3)
    told |= others(phones)
    told["page p95, times that of nginx"] = round(told["page p95 s"] / told["nginx: page p95 s"], 1)
    return told


def beside_the_recorder(house: House, task: Task) -> dict[str, Any]:
    """What the phones found and the recorder and the web did meanwhile."""
    port = task.url.rpartition(":")[2]
    with house.settings_path.open("a") as settings:
        settings.write(f'[web]\nhost = "127.0.0.1"\nport = {port}\n')
    house.start("web")
    await_port(int(port))
    with watched(house.pid("web"), house.folders.data) as seen:
        asked = asking(task)
        delays = capture.watch_seconds(house, WATCHED_S)
        found = answered(asked)
    told = figures(found, len(task.cookies))
    told["greatest s until a second was durable"] = round(max(delays), 3)
    told["MB of the web at most"] = round(seen.most_mb, 1)
    told["files outside the data folder that it wrote"] = seen.spilled
    return told


def others(phones: int) -> dict[str, Any]:
    """The same from servers that check nothing."""
    told: dict[str, Any] = {}
    with folder_of_a_rig() as folder:
        root = folder / "root"
        root.mkdir()
        (root / SOUND).write_bytes(noise())
        (root / "index.html").write_text("<!doctype html><title>x</title>" + "x" * 6000)
        python = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(root)]
        for name in ("http.server", "nginx"):
            port = free_port()
            (folder / "nginx.conf").write_text(NGINX.format(folder=folder, root=root, port=port))
            command = [*python, str(port)] if name == "http.server" else ["nginx", "-c", str(folder / "nginx.conf")]
            task = task_of(f"http://127.0.0.1:{port}", f"/{SOUND}", ["x=y"] * phones, root / SOUND)
            server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                await_port(port)
                with watched(server.pid, folder) as seen:
                    found = answered(asking(task))
            finally:
                server.terminate()
                server.wait()
            told |= {f"{name}: {what}": figure for what, figure in figures(found, phones).items()}
            told[f"{name}: MB at most"] = round(seen.most_mb, 1)
    return told


def figures(found: dict[str, Any], phones: int) -> dict[str, Any]:
    whole = phones * MEGABYTES * 1_000_000
    return {
        "s until all had the file": round(found["took_s"], 1),
        "bytes sent for each byte of the file": round(found["sent"] / whole, 2),
        "resumed": found["resumed"],
        "began anew": found["anew"],
        "page p95 s": round(float(np.percentile(found["pages_s"], 95)), 4),
        "page looked at": len(found["pages_s"]),
        "wrong": found["wrong"],
    }


def failures(told: dict[str, Any]) -> list[str]:
    said = list(told["wrong"])
    if told["greatest s until a second was durable"] > LATEST_S:
        late = told["greatest s until a second was durable"]
        said.append(f"With the phones a second was durable only after {late} s.")
    if told["page p95 s"] > MOST_PAGE_S:
        said.append(f"The small page took {told['page p95 s']} s (p95).")
    if told["MB of the web at most"] > MOST_MB:
        said.append(f"The web took {told['MB of the web at most']} MB.")
    if told["files outside the data folder that it wrote"]:
        said.append("The web wrote files outside the data folder: what people take may lie there in the clear.")
    return said


def missing() -> list[str]:
    return [tool for tool in ("nginx",) if shutil.which(tool) is None]


class Seen:
    """The most memory of a process and its children (PSS), and how many files it had open for writing elsewhere."""

    most_mb = 0.0
    spilled = 0


@contextmanager
def watched(pid: int, data: Path) -> Iterator[Seen]:
    seen, over = Seen(), threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            pids = [pid, *children(pid)]
            seen.most_mb = max(seen.most_mb, sum(cost(one).pss_mb for one in pids))
            seen.spilled = max(seen.spilled, sum(len(written_elsewhere(one, data)) for one in pids))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def written_elsewhere(pid: int, data: Path) -> list[str]:
    """Files with content that it has open, of a disk, and not below `data`; also those without a name."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target, size = str(link.readlink()), link.stat().st_size
            told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/fdinfo/{link.name}").read_text().splitlines())
        except OSError:
            continue
        writes = int(told["flags"], 8) & os.O_ACCMODE != os.O_RDONLY
        if writes and size and target.startswith("/") and not target.startswith((str(data), "/dev/", "/proc/")):
            found.append(target)
    return found


def ended_meeting(folders: Folders) -> Path:
    """A meeting with a copy of 60 MB; returns its file."""
    folder = folders.make_meeting(MEETING)
    with closing(record.own(folder)) as db:
        record.describe(db, MEETING, RATE, "bench")
        record.end(db, RATE, WALL)
    folder.copies.mkdir()
    content = noise()
    (folder.copies / SOUND).write_bytes(content)
    with closing(finish.own(folder)) as db:
        made = Copy(SOUND, "audio/mpeg", len(content), hashlib.sha256(content).hexdigest(), WALL)
        finish.add_step(db, "small copy", WALL, [made])
    return folder.copies / SOUND


def holders(folders: Folders, count: int) -> list[str]:
    tokens = [new_token() for _ in range(count)]
    with closing(tickets.own(folders)) as db:
        for number, token in enumerate(tokens):
            tickets.add(db, meeting=MEETING, secret=secret_of(token), pseudonym=f"Phone {number}", wall=WALL)
    return tokens


def noise() -> bytes:
    return secrets.token_bytes(MEGABYTES * 1_000_000)


def task_of(url: str, path: str, cookies: list[str], file: Path) -> Task:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Task(url, path, "/", cookies, digest, BYTES_PER_S, DROPS, seed=1)


def asking(task: Task) -> "subprocess.Popen[str]":
    click.echo(f"{len(task.cookies)} phones at {task.url}", err=True)
    program = [sys.executable, "-m", "appliance.bench.phones"]
    asked = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert asked.stdin
    asked.stdin.write(json.dumps(asdict(task)))
    asked.stdin.close()
    return asked


def answered(asked: "subprocess.Popen[str]") -> dict[str, Any]:
    assert asked.stdout
    found: dict[str, Any] = json.loads(asked.stdout.read())
    asked.wait()
    return found


def await_port(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
