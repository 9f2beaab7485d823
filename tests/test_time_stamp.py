"""Time stamps: what a service that openssl makes answers is kept and believed; everything else is one sentence."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from time_stamp_service import Service, send, serving

from appliance.errors import BadTimeStamp, NoTimeStamp
from appliance.evidence import time_stamp

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: apt-get install openssl")

CONTENT = b"ab  bag-info.txt\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="module")
def answer(service: Service) -> bytes:
    with serving(lambda handler, question: send(handler, service.answer(question))) as url:
        return time_stamp.fetch(url, CONTENT)


def root(service: Service) -> x509.Certificate:
    return x509.load_pem_x509_certificate(service.root.read_bytes())


def test_openssl_believes_what_is_kept(service: Service, answer: bytes, tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "content.tsr").write_bytes(answer)
    command = f"openssl ts -verify -data content -in content.tsr -CAfile {service.root}"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr


def test_it_says_when_and_under_whom(service: Service, answer: bytes, tmp_path: Path) -> None:
    stamp = time_stamp.check(answer, CONTENT, [root(service)])
    assert stamp == time_stamp.check(answer, CONTENT)
    assert stamp.time.utcoffset() is not None and stamp.serial >= 1
    (tmp_path / "other").mkdir()
    with pytest.raises(BadTimeStamp, match="not signed under the root"):
        time_stamp.check(answer, CONTENT, [root(Service(tmp_path / "other"))])


def test_a_stamp_is_for_one_content(service: Service, answer: bytes) -> None:
    for roots in ([], [root(service)]):
        with pytest.raises(BadTimeStamp, match="is for something else"):
            time_stamp.check(answer, CONTENT + b"x", roots)


@pytest.mark.parametrize("rubbish", [b"", b"0", b"0\x80", b"<html>", bytes(1000), b"0\x03\x02\x01\x02"])
def test_rubbish_is_one_sentence(rubbish: bytes) -> None:
    with pytest.raises(BadTimeStamp, match="damaged"):
        time_stamp.check(rubbish, CONTENT)


@given(data=some.data())
@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_stamp_is_never_believed_and_never_a_traceback(
    service: Service, answer: bytes, data: some.DataObject
) -> None:
    at = data.draw(some.integers(0, len(answer) - 1))
    changed = bytearray(answer)
    changed[at] ^= data.draw(some.integers(1, 255))
    try:
        stamp = time_stamp.check(bytes(changed), CONTENT, [root(service)])
    except BadTimeStamp:
        return
    assert stamp == time_stamp.check(answer, CONTENT)  # only something that is not signed was touched


def test_an_answer_to_another_question_is_not_kept(service: Service, answer: bytes) -> None:
    """An old stamp over the same hash: its number used once is another one."""
    with serving(lambda handler, _: send(handler, answer)) as url, pytest.raises(NoTimeStamp, match="another question"):
        time_stamp.fetch(url, CONTENT)


def test_a_service_that_refuses(service: Service) -> None:
    def refuse(handler: BaseHTTPRequestHandler, question: bytes) -> None:
        send(handler, service.answer(question[:-4]))  # openssl answers a damaged question with a refusal

    with serving(refuse) as url, pytest.raises(NoTimeStamp, match="the service refused"):
        time_stamp.fetch(url, CONTENT)


def unavailable(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    send(handler, b"come back later", 503)


def elsewhere(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(302)
    handler.send_header("Location", "/elsewhere")
    handler.end_headers()


def endless(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        while True:
            handler.wfile.write(bytes(4096))


def cut_short(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"0")


def no_http(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.wfile.write(b"\xff\x00 what?\r\n\r\n")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (unavailable, "answered 503"),
        (elsewhere, "answered 302"),
        (endless, "longer than 65536 bytes"),
        (cut_short, "damaged"),
        (no_http, ""),
        (lambda handler, _: send(handler, b""), "damaged"),
        (lambda handler, _: send(handler, b"<html>Please log in.</html>"), "damaged"),
    ],
)
def test_what_a_service_should_not_answer_is_one_sentence(reply: object, why: str) -> None:
    with serving(reply) as url, pytest.raises(NoTimeStamp, match=f"gave no time stamp: .*{why}"):  # type: ignore[arg-type]
        time_stamp.fetch(url, CONTENT)


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_a_service_that_never_answers_holds_nobody_up(never: threading.Event) -> None:
    with (
        serving(lambda handler, _: (never.wait(60), None)[1]) as url,
        pytest.raises(NoTimeStamp, match=r"within 0\.2 s"),
    ):
        time_stamp.fetch(url, CONTENT, 0.2)


def test_a_service_that_drips_holds_nobody_up(never: threading.Event) -> None:
    """Each byte comes soon after the last one, so that no wait for one is ever too long."""

    def drip(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            while not never.wait(0.02):
                handler.wfile.write(b"0")

    with serving(drip) as url, pytest.raises(NoTimeStamp, match=r"within 0\.3 s"):
        time_stamp.fetch(url, CONTENT, 0.3)


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "stamps.example", "http://["]
)
def test_no_other_address_is_asked(url: str) -> None:
    with pytest.raises(NoTimeStamp, match="no address that begins with http"):
        time_stamp.fetch(url, CONTENT)


def test_where_nobody_listens() -> None:
    with serving(unavailable) as url:
        pass
    with pytest.raises(NoTimeStamp, match="gave no time stamp"):
        time_stamp.fetch(url, CONTENT)
