"""What a service tells systemd, on a real datagram socket, and how its life ends."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.lifetime import Lifetime
from appliance.notify import Notifier

pytestmark = pytest.mark.pure


@contextmanager
def systemd(address: str) -> Iterator[socket.socket]:
    """Somebody who listens where systemd would."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address)
        ear.settimeout(5)
        yield ear


def test_each_word_is_what_systemd_knows(short_tmp: Path) -> None:
    with systemd(f"{short_tmp}/notify") as ear:
        notifier = Notifier(f"{short_tmp}/notify")
        notifier.ready()
        notifier.alive()
        notifier.status("Recording.")
        notifier.stopping()
        assert [ear.recv(100) for _ in range(4)] == [b"READY=1", b"WATCHDOG=1", b"STATUS=Recording.", b"STOPPING=1"]


def test_an_abstract_address_is_written_with_an_at_sign(short_tmp: Path) -> None:
    with systemd(f"\0{short_tmp}") as ear:
        Notifier(f"@{short_tmp}").ready()
        assert ear.recv(100) == b"READY=1"


def test_an_at_sign_further_on_is_only_a_letter(short_tmp: Path) -> None:
    (short_tmp / "user@1000").mkdir()
    with systemd(f"{short_tmp}/user@1000/notify") as ear:
        Notifier(f"{short_tmp}/user@1000/notify").ready()
        assert ear.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", [None, ""])
def test_where_nobody_asked_nothing_is_said(address: str | None) -> None:
    Notifier(address).ready()


def test_no_child_inherits_the_address(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", f"{short_tmp}/notify")
    with systemd(f"{short_tmp}/notify") as ear:
        Notifier.of_this_process().ready()
        assert ear.recv(100) == b"READY=1"
    assert "NOTIFY_SOCKET" not in os.environ


def test_a_systemd_that_is_gone_is_an_error(short_tmp: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Notifier(f"{short_tmp}/none").alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_life_and_its_waits(number: signal.Signals) -> None:
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        life = Lifetime()
        life.end_on_signals()
        assert not life.over
        assert not life.wait(0)
        signal.raise_signal(number)
        assert life.over
        assert life.wait(3600)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def test_a_wait_in_another_thread_ends_with_the_life() -> None:
    life, ended = Lifetime(), []
    waiting = threading.Thread(target=lambda: ended.append(life.wait(3600)))
    waiting.start()
    life.end()
    waiting.join()
    assert ended == [True]
