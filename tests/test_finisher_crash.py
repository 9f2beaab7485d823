"""A real finisher process, killed at random moments and between any two touches of the disk."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from fake_recording import StillClock
from held_meetings import ALL, EVENTS, Held, contents, finish_all, held, logged, offered
from lives import touches_until

from appliance.finisher.service import Finisher
from appliance.recorder.spent_masters import let_go
from appliance.settings import Room, Settings, Store
from appliance.store import finish
from appliance.store.folders import Folders, MeetingFolder

PROGRAM = """
import sys
from appliance.clock import SystemClock
from appliance.finisher import service
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.settings import Room, Settings, Store

lifetime = Lifetime()
lifetime.end_on_signals()
chosen = Settings(room=Room(name="Room 3"), store=Store(data=sys.argv[1]))
service.run(chosen, SystemClock(), lifetime, Notifier.of_this_process())
"""


@contextmanager
def life(folders: Folders) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """One process of the finisher from the moment at which it is ready, and what it tells systemd."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        address = f"candour-finisher-{os.getpid()}"
        systemd.bind(f"\0{address}")
        systemd.settimeout(120)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folders.data)], env=os.environ | {"NOTIFY_SOCKET": f"@{address}"}
        )
        try:
            assert systemd.recv(100) == b"READY=1"
            yield process, systemd
        finally:
            process.kill()
            process.wait()


def until_all_is_done(folder: MeetingFolder, systemd: socket.socket) -> None:
    """It says that it is alive in every round, so its rounds are what is waited for."""
    while EVENTS[-1] not in (logged(folder) if folder.finish_db.exists() else []):
        assert systemd.recv(100) == b"WATCHDOG=1"


def test_killed_at_random_moments_it_makes_what_it_would_have_made(folders: Folders, tmp_path: Path) -> None:
    calm = Folders(tmp_path / "calm")
    calm.prepare()
    undisturbed = held(calm, 240)
    finish_all(calm)
    meeting = Held(folders)
    moments = np.random.default_rng(11).uniform(0, 0.7, 6)
    for moment in moments:
        meeting.talk(240 / moments.size)
        with life(folders) as (process, _), pytest.raises(subprocess.TimeoutExpired):
            process.wait(float(moment))
    meeting.transcribe()
    meeting.end()
    for moment in moments:
        with life(folders) as (process, _), pytest.raises(subprocess.TimeoutExpired):
            process.wait(float(moment))
        let_go(folders)
    with life(folders) as (process, systemd):
        until_all_is_done(meeting.folder, systemd)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS
    assert contents(meeting.folder) == contents(undisturbed.folder)


def finish_everything(data: str) -> None:
    one = Finisher(Settings(room=Room(name="Room 3"), store=Store(data=data)), StillClock())
    while one.step():
        pass


def test_killed_between_any_two_touches_of_the_disk(tmp_path: Path) -> None:
    """Every file opened, renamed or removed is an instant; a life ends at one of them, and the next one goes on."""

    def begin(name: str) -> tuple[Folders, Held]:
        folders = Folders(tmp_path / name)
        folders.prepare()
        return folders, held(folders, 2.5)

    calm, undisturbed = begin("calm")
    instants = touches_until(finish_everything, calm, 1_000_000)
    assert instants and instants > 40 and offered(undisturbed.folder) == ALL
    for instant in range(1, instants, 2):
        folders, meeting = begin(str(instant))
        assert touches_until(finish_everything, folders, instant) is None
        let_go(folders)  # whatever the recorder takes away at that instant, nothing is missing in the end
        finish_all(folders)
        assert offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS, instant
        assert contents(meeting.folder) == contents(undisturbed.folder), instant


def test_killed_at_any_touch_of_the_disk_in_the_last_look(folders: Folders) -> None:
    """The master goes only after a look that was not cut short, and each look that is cut short is taken again."""
    meeting = held(folders, 2.5)
    finish_all(folders)
    before, instant = contents(meeting.folder), 1
    while True:
        with closing(finish.own(meeting.folder)) as db, db.conn:
            db.conn.execute("DELETE FROM steps WHERE step = ?", (EVENTS[-1],))
        if touches_until(finish_everything, folders, instant):
            break
        assert finish.master_may_go(meeting.folder) or let_go(folders) == []
        instant += 1
    assert instant > 10 and meeting.folder.master.exists() and let_go(folders) == [meeting.folder.id]
    assert contents(meeting.folder) == before and logged(meeting.folder) == EVENTS


def test_told_to_stop_it_leaves_nothing_half_made(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(5)
    with life(folders) as (process, systemd):
        while not list(meeting.folder.path.glob("copies/*.partial")):
            assert systemd.recv(100) == b"WATCHDOG=1"
        assert os.getpriority(os.PRIO_PROCESS, process.pid) - os.getpriority(os.PRIO_PROCESS, 0) == 10
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        systemd.setblocking(False)
        said: list[bytes] = []
        while not said or said[-1] != b"STOPPING=1":
            said.append(systemd.recv(100))
    assert contents(meeting.folder) == {}
    meeting.close()
