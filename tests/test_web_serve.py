"""The page as a process: the port, the signals, and people who come at once."""

import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_room import MEETING, BoxOnTheTable
from web_server import PATIENCE_S, Served, free_port

from appliance.clock import SystemClock

SOUND = bytes(range(256)) * 4000


@pytest.fixture
def table(tmp_path: Path) -> Iterator[BoxOnTheTable]:
    table = BoxOnTheTable(tmp_path / "data", SystemClock(), host="127.0.0.1", port=free_port())
    with table.alive():
        yield table


@pytest.fixture
def served(table: BoxOnTheTable, tmp_path: Path) -> Served:
    return Served(table.settings, tmp_path)


@pytest.fixture
def holder(table: BoxOnTheTable, served: Served) -> Iterator["Visitor"]:
    """Somebody with a ticket of a meeting that has ended, while the page is served."""
    table.opens()
    table.ends(seconds=1)
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    with served:
        visitor = Visitor(table.settings.web.port)
        visitor.gets_ticket()
        yield visitor


class Visitor:
    """A browser without a face."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def asks(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers |= {"Origin": f"http://127.0.0.1:{self.port}"} if method == "POST" else {}
        line.request(method, path, headers={"Cookie": self.cookie, **headers})
        answer = line.getresponse()
        self.cookie = (answer.headers["Set-Cookie"] or self.cookie).partition(";")[0]
        body = answer.read()
        line.close()
        return answer.status, body

    def gets_ticket(self) -> None:
        assert self.asks("/ticket", "POST")[0] == 303


def test_it_serves_and_ends_on_sigterm(table: BoxOnTheTable, served: Served) -> None:
    with served as process:
        assert Visitor(table.settings.web.port).asks("/")[0] == 200
    assert (process.returncode, served.said) == (0, "")
    assert [path.name for path in table.folders.data.iterdir()] == ["meetings"]  # looking at the page writes nothing


def test_a_taken_port_has_a_reason(table: BoxOnTheTable, served: Served) -> None:
    port = table.settings.web.port
    with socket.create_server(("127.0.0.1", port)):
        said = served.start().communicate(timeout=PATIENCE_S)[1]
    assert f"Port {port} on 127.0.0.1 is not free (Address already in use)" in said


def test_it_comes_back_after_kill_9(table: BoxOnTheTable, served: Served) -> None:
    with served as first:
        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=PATIENCE_S)
    with served as second:
        assert Visitor(table.settings.web.port).asks("/")[0] == 200
    assert second.returncode == 0


def test_thirty_people_press_at_once(table: BoxOnTheTable, served: Served) -> None:
    table.opens()
    visitors = [Visitor(table.settings.web.port) for _ in range(30)]
    with served:
        presses = [threading.Thread(target=visitor.gets_ticket) for visitor in visitors]
        for press in presses:
            press.start()
        for press in presses:
            press.join()
        assert "30 tickets" in visitors[0].asks("/mine")[1].decode()
    assert served.said == ""
    assert table.rows(table.folders.tickets_db, "SELECT count(DISTINCT pseudonym) FROM tickets") == [(30,)]


def test_a_broken_download_goes_on(holder: Visitor) -> None:
    path = f"/copies/{MEETING}/recording.mp3"
    status, first = holder.asks(path, Range="bytes=0-99999")
    again, rest = holder.asks(path, Range="bytes=100000-")
    assert (status, again) == (206, 206) and first + rest == SOUND
    assert holder.asks(path) == (200, SOUND)
    assert holder.asks(path, "HEAD") == (200, b"")
