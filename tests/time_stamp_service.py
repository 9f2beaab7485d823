"""A time-stamping service (RFC 3161) made with openssl, and small servers that answer as they please."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIGURATION = """
[tsa]
default_tsa = service
[service]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256, sha512
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
MAKE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out tsa.pem -days 30 -subj /CN=Root",
    "openssl req -newkey rsa:2048 -nodes -keyout service.key -out service.csr -subj /CN=Service",
    "openssl x509 -req -in service.csr -CA tsa.pem -CAkey root.key -CAcreateserial -days 30 -extfile purpose"
    " -out service.pem",
)


class Service:
    """Its root is tsa.pem in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "tsa.pem"
        (folder / "configuration").write_text(CONFIGURATION)
        (folder / "purpose").write_text("extendedKeyUsage = critical,timeStamping\n")
        (folder / "serial").write_text("01\n")
        for command in MAKE:
            subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)

    def answer(self, question: bytes) -> bytes:
        (self.folder / "question").write_bytes(question)
        command = "openssl ts -reply -config configuration -section service -queryfile question"
        command += " -signer service.pem -inkey service.key -out answer"
        subprocess.run(command.split(), cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer").read_bytes()


Reply = Callable[[BaseHTTPRequestHandler, bytes], None]
"""Answers a question that came."""


@contextmanager
def serving(reply: Reply) -> Iterator[str]:
    """The address of a server on this computer that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply(self, self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            raise AssertionError("nobody asks for anything but a time stamp")

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.block_on_close = False  # one may still be dripping
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def send(handler: BaseHTTPRequestHandler, answer: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/timestamp-reply")
    handler.send_header("Content-Length", str(len(answer)))
    handler.end_headers()
    handler.wfile.write(answer)
