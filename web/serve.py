"""Serving the page with gunicorn: one worker, so that there is one writer, and 64 threads for downloads and pages."""

import errno
import socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from appliance import page_certificate
from appliance.clock import Clock
from appliance.errors import PortTaken
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.settings import Settings
from web import create_app

STALLED_MS = 60_000
"""A phone that has taken nothing for so long is gone; it can go on with its download later."""
PORT_WAITS_S = 3.0  # after a kill -9 the worker sees within a second that its master is gone, and lets go of the port
OPTIONS: dict[str, object] = {
    "workers": 1,
    "worker_class": "web.worker.Worker",
    "threads": 64,  # measured: with 8, thirty downloads keep everybody from the page
    "preload_app": False,
    "keepalive": 10,
    "timeout": 30,
    "graceful_timeout": 2,
    "accesslog": None,  # who looked at the page is nobody's business
    "loglevel": "warning",
    "control_socket_disable": True,
    "worker_tmp_dir": "/dev/shm",
}


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with this app on a socket that is already bound."""

    def __init__(self, settings: Settings, clock: Clock, notifier: Notifier, descriptor: int) -> None:
        self._settings, self._clock, self._notifier, self._descriptor = settings, clock, notifier, descriptor
        super().__init__()

    def load_config(self) -> None:
        def ready(_arbiter: Any) -> None:
            self._notifier.ready()

        for name, value in OPTIONS.items():
            self.cfg.set(name, value)
        self.cfg.set("bind", f"fd://{self._descriptor}")
        self.cfg.set("when_ready", ready)
        if self._settings.web.certificate:
            self.cfg.set("certfile", self._settings.web.certificate)
            self.cfg.set("keyfile", self._settings.web.key)

    def load(self) -> Flask:
        return create_app(self._settings, self._clock)


def run(settings: Settings, clock: Clock, lifetime: Lifetime, notifier: Notifier) -> None:
    """Serve until SIGTERM or SIGINT. Raises PortTaken or BadCertificate; SystemExit when gunicorn gave up."""
    if settings.web.certificate:
        page_certificate.check(settings.web)
    listening = listen(settings.web.host, settings.web.port, lifetime)
    if listening is None:
        return
    try:
        Server(settings, clock, notifier, listening.detach()).run()  # gunicorn closes the descriptor itself
    except SystemExit as end:
        if end.code:
            raise
    lifetime.end()


def listen(host: str, port: int, lifetime: Lifetime) -> socket.socket | None:
    """Bind the page's port; None when life ended while waiting for it. Raises PortTaken with the system's reason."""
    waited = 0.0
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or waited >= PORT_WAITS_S:
                raise PortTaken(port=port, host=host, why=error.strerror) from error
        if lifetime.wait(0.25):
            return None
        waited += 0.25


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MS)  # its connections inherit it
        listening.bind((host, port))
        listening.listen(socket.SOMAXCONN)
        listening.set_inheritable(True)
    except OSError:
        listening.close()
        raise
    return listening
