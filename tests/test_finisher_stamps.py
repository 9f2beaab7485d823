"""A time stamp beside the bundle: fetched when a service answers, waited for by nobody."""

import shutil
import subprocess
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from held_meetings import ALL, chosen, held, idle, offered
from time_stamp_service import Service, send, serving

from appliance.finisher.service import Finisher
from appliance.settings import Evidence
from appliance.store import finish
from appliance.store.folders import Folders

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: apt-get install openssl")
STAMP = "tagmanifest-sha256.txt.tsr"


def finisher_of(folders: Folders, url: str, clock: FakeClock) -> Finisher:
    return Finisher(replace(chosen(folders), evidence=Evidence(time_stamp_service=url)), clock)


def test_openssl_believes_the_stamp_beside_the_bundle(folders: Folders, tmp_path: Path) -> None:
    (tmp_path / "service").mkdir()
    service, meeting = Service(tmp_path / "service"), held(folders, 2.5)
    with (
        serving(lambda handler, question: send(handler, service.answer(question))) as url,
        closing(finisher_of(folders, url, FakeClock())) as one,
    ):
        idle(one)
    assert offered(meeting.folder) == [*ALL, STAMP]
    with zipfile.ZipFile(meeting.folder.copies / "bundle.zip") as archive:
        (tmp_path / "tag").write_bytes(archive.read(f"{meeting.folder.id}/tagmanifest-sha256.txt"))
    command = ["openssl", "ts", "-verify", "-data", str(tmp_path / "tag"), "-CAfile", str(service.root)]
    command += ["-in", str(meeting.folder.copies / STAMP)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_nobody_waits_for_a_service_that_cannot_be_reached(
    folders: Folders, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "service").mkdir()
    service, clock = Service(tmp_path / "service"), FakeClock()
    meeting = held(folders, 2.5)
    with closing(finisher_of(folders, "http://127.0.0.1:9/", clock)) as one:
        idle(one)
        assert offered(meeting.folder) == ALL and finish.master_may_go(meeting.folder)
        other = held(folders, 1.5, "2026-03-03-NEXT")
        clock.pass_s(1000)
        idle(one)
        assert offered(other.folder) == ALL
    assert capfd.readouterr().err.count("gave no time stamp") == 2  # once for each meeting
    with (
        serving(lambda handler, question: send(handler, service.answer(question))) as url,
        closing(finisher_of(folders, url, clock)) as one,
    ):
        idle(one)
    assert STAMP in offered(meeting.folder) and STAMP in offered(other.folder)
