"""The page as a process: the port, the signals, and people who come at once."""

import contextlib
import http.client
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from test_key import organisation
from web_room import MEETING, BoxOnTheTable
from web_server import PATIENCE_S, Served, free_port

from appliance import page_certificate
from appliance.clock import SystemClock
from appliance.errors import BadCertificate
from web.worker import Deadlines

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


SLOW = (
    b"",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    b"POST /enter HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nticket=",
)


@pytest.mark.parametrize("begun", SLOW, ids=["nothing", "half a header", "half a form"])
def test_a_hundred_lines_that_say_no_more_keep_nobody_out(holder: Visitor, begun: bytes) -> None:
    """More of them than there are threads; only whoever stalls loses the line."""
    origin = f"Origin: http://127.0.0.1:{holder.port}".encode()
    with contextlib.ExitStack() as lines:
        for _ in range(100):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", holder.port), timeout=PATIENCE_S))
            line.sendall(begun.replace(b"Host: 127.0.0.1", b"Host: 127.0.0.1:%d\r\n%s" % (holder.port, origin)))
        assert holder.asks("/")[0] == 200
        assert holder.asks(f"/copies/{MEETING}/recording.mp3") == (200, SOUND)


def test_a_line_is_closed_when_its_time_is_over_and_no_other() -> None:
    deadlines = Deadlines(within_s=0.05, look_s=0.02)
    deadlines.start()
    with contextlib.ExitStack() as lines:
        (slow, far), (sending, other) = (map(lines.enter_context, socket.socketpair()) for _ in range(2))
        with deadlines.over(Line(slow)), deadlines.over(quick := Line(sending)):
            deadlines.lift(quick)
            far.settimeout(PATIENCE_S)
            assert far.recv(1) == b""  # hung up on
            other.sendall(b"x")
            assert sending.recv(1) == b"x"


@dataclass
class Line:
    sock: socket.socket


@pytest.fixture
def certified(table: BoxOnTheTable, tmp_path: Path) -> x509.Certificate:
    """The settings name a certificate of the organisation for this address."""
    root_key, root = organisation()
    private = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder().issuer_name(root.subject).serial_number(7).public_key(private.public_key())
    builder = builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]))
    now = datetime.now(UTC)
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    leaf = builder.add_extension(names, critical=False).sign(root_key, hashes.SHA256())
    (tmp_path / "page.pem").write_bytes(leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "page.key").write_bytes(private.private_bytes(*form))
    web = replace(table.settings.web, certificate=str(tmp_path / "page.pem"), key=str(tmp_path / "page.key"))
    table.settings = replace(table.settings, web=web)
    return root


def test_with_the_certificate_of_the_organisation_the_page_is_encrypted(
    table: BoxOnTheTable, certified: x509.Certificate, tmp_path: Path
) -> None:
    trusted = ssl.create_default_context(cadata=certified.public_bytes(Encoding.PEM).decode())
    port = table.settings.web.port
    assert table.settings.web.url == f"https://127.0.0.1:{port}"
    table.opens()
    with Served(table.settings, tmp_path):
        line = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_S, context=trusted)
        line.request("POST", "/ticket", headers={"Origin": f"https://127.0.0.1:{port}"})
        answer = line.getresponse()
        assert answer.status == 303 and "Secure" in answer.headers["Set-Cookie"]
        line.close()
        with pytest.raises((OSError, http.client.HTTPException)):
            Visitor(port).asks("/")  # not in the clear


def test_a_certificate_that_cannot_be_used_has_a_reason(
    table: BoxOnTheTable, certified: x509.Certificate, tmp_path: Path
) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "page.key").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    process = Served(table.settings, tmp_path).start()
    said = process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode and "it does not go with the key" in said
    with pytest.raises(BadCertificate, match="does not go with"):
        page_certificate.check(table.settings.web)
    (tmp_path / "page.pem").write_text("nothing of the kind")
    with pytest.raises(BadCertificate):
        page_certificate.check(table.settings.web)


def test_check_tells_when_its_time_is_over(table: BoxOnTheTable, certified: x509.Certificate) -> None:
    assert page_certificate.check(table.settings.web, datetime.now(UTC)).startswith("good until ")
    with pytest.raises(BadCertificate, match="its time was over on"):
        page_certificate.check(table.settings.web, datetime.now(UTC) + timedelta(days=31))
