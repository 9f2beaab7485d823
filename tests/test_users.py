"""Each service as a user of its own, as on the box: a meeting goes its whole way, and the page can hurt nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from houses import SETTINGS, end_meeting, start_recording

from appliance.bench.attendee import Attendee
from appliance.bench.house import SERVICES, House
from appliance.bench.room import Room
from appliance.bench.stage import free_port
from appliance.store import finish
from appliance.store.database import opened
from appliance.store.folders import SHARED

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may start programs as other users")
ROOT = Path(__file__).parent.parent
RATE = 16_000
GROUP, KEY_GROUP = 64_000, 64_900
SIGN = ("recorder", "finisher")
USERS = {
    service: (64_001 + number, GROUP, *([KEY_GROUP] if service in SIGN else []))
    for number, service in enumerate(SERVICES)
}
TRY = """
import os, sys
for path in sys.argv[1:]:
    for way in ("r+b", "ab", "wb"):
        try:
            open(path, way).close()
            print("written", path)
        except OSError:
            pass
    try:
        os.unlink(path)
        print("removed", path)
    except OSError:
        pass
    try:
        os.rename(path, path + ".away")
        print("renamed", path)
    except OSError:
        pass
"""
READ = """
import sys
for path in sys.argv[1:]:
    try:
        open(path, "rb").read(1)
        print("read", path)
    except OSError:
        pass
"""


@dataclass(frozen=True)
class Python:
    """An interpreter with all packages that any user can reach, wherever this one is: its parts are bound elsewhere."""

    program: str
    path: str


@pytest.fixture
def python(short_tmp: Path) -> Iterator[Python]:
    short_tmp.chmod(0o755)
    parts = {"base": Path(sys.base_prefix), "repository": ROOT, "packages": Path(np.__file__).parent.parent}
    with ExitStack() as mounts:
        for name, source in parts.items():
            (short_tmp / name).mkdir()
            subprocess.run(["mount", "--bind", str(source), str(short_tmp / name)], check=True)
            mounts.callback(subprocess.run, ["umount", "--lazy", str(short_tmp / name)], check=True)
        name = f"python{sys.version_info.major}.{sys.version_info.minor}"
        system = Path("/usr/bin") / name
        program = str(system if system.exists() else short_tmp / "base" / "bin" / name)
        yield Python(program, f"{short_tmp}/repository:{short_tmp}/packages")


@pytest.fixture
def house(short_tmp: Path, python: Python) -> Iterator[House]:
    """Data and run folders as systemd-tmpfiles makes them, and a room that murmurs."""
    for name in ("data", "data/meetings", "run"):
        (short_tmp / name).mkdir()
        os.chown(short_tmp / name, 0, GROUP)
        (short_tmp / name).chmod(SHARED)
    (short_tmp / "data" / "evidence").mkdir()
    os.chown(short_tmp / "data" / "evidence", USERS["recorder"][0], KEY_GROUP)
    (short_tmp / "data" / "evidence").chmod(0o2750)
    noise = np.random.default_rng(1).integers(-3000, 3000, 600 * RATE, np.int16)
    (short_tmp / "room.raw").write_bytes(noise.tobytes())
    facts = {"enabled": "false", "models": '"none"', "port": str(free_port(0))}
    facts |= {"data": f'"{short_tmp}/data"', "run": f'"{short_tmp}/run"'}
    settings = short_tmp / "candour.toml"
    settings.write_text(SETTINGS.format(**facts))
    room = Room.opened(short_tmp / "room.raw", RATE, 1.0, loop=True)
    made = House(settings, room, {"PYTHONPATH": python.path, "HOME": "/"}, users=USERS, python=python.program)
    try:
        yield made
    finally:
        made.close()
        for log in sorted(made.run.glob("*.log")):
            print(f"{log.name}: {log.read_text()}")


def as_user(service: str, program: str, *paths: Path) -> str:
    uid, gid, *groups = USERS[service]
    done = subprocess.run(
        ["/usr/bin/python3", "-c", program, *map(str, paths)],
        user=uid, group=gid, extra_groups=groups, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def test_a_meeting_goes_its_whole_way_and_the_page_can_hurt_nothing_of_it(house: House, tmp_path: Path) -> None:
    house.start("panel", "recorder", "finisher", "web")
    start_recording(house)
    attendee = Attendee(house.settings.web.url)
    house.await_true(lambda: _answers(attendee), 30, "the page")
    attendee.take_ticket()
    during = [path for path in house.folders.data.rglob("*") if path.is_file()]
    assert_only_owners_write(during)
    end_meeting(house)
    folder = house.folders.every_meeting()[0]
    house.await_true(lambda: "bundle.zip" in _copies(house), 60, "the bundle")
    taken = attendee.take_copies(house.folders, folder.id, tmp_path)
    assert {one.name for one in taken} >= {"recording.mp3", "recording.flac", "seal.jws", "bundle.zip"}
    assert_only_owners_write([path for path in house.folders.data.rglob("*") if path.is_file()])
    house.check()  # nobody has ended by itself
    assert [(one.name, one.read_text()) for one in house.run.glob("*.log") if "Error" in one.read_text()] == []


def assert_only_owners_write(paths: list[Path]) -> None:
    """What each service may write, remove or give another name is its own; the key is read by those who sign alone.

    The recorder owns the meetings' folders, which it removes in the end.
    """
    assert len(paths) > 5
    for service, (uid, *_) in USERS.items():
        if service == "recorder":
            continue
        others = [path for path in paths if path.exists() and path.stat().st_uid != uid]
        assert as_user(service, TRY, *others) == "", service
    keys = [path for path in paths if path.parent.name == "evidence" and path.suffix == ".pem" and "key" in path.name]
    assert keys
    for service in USERS:
        reads = as_user(service, READ, *keys)
        assert bool(reads) == (service in SIGN), (service, reads)


def _answers(attendee: Attendee) -> bool:
    try:
        return bool(attendee.look())
    except OSError:
        return False


def _copies(house: House) -> list[str]:
    with opened(finish.read(house.folders.every_meeting()[0])) as db:
        return [copy.name for copy in finish.copies(db)] if db else []
