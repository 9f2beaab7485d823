"""A USB stick: a tap puts the copies on it, read back and found the same; whatever goes wrong with it is said."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from flask import Flask
from flask.testing import FlaskClient
from held_meetings import Held, chosen, held, idle
from test_admission import enters, invitation
from test_web import OWN, app, clock, gets_ticket, table, text
from web_room import MEETING, BoxOnTheTable

from appliance.bench import card
from appliance.bench.card import Card
from appliance.evidence.verify import of_path
from appliance.finisher.service import Finisher
from appliance.finisher.stick import DONE, FAILED, FULL, GONE, LATE, NOTHING, READ_ONLY, Stick
from appliance.settings import Store
from appliance.store import finish, room
from appliance.store.folders import Folders
from web import create_app
from web.stick import OUTCOMES

__all__ = ["app", "clock", "table"]  # fixtures
real = pytest.mark.skipif(bool(card.missing()), reason=card.missing())


@pytest.fixture
def plugged(short_tmp: Path) -> Iterator[Card]:
    """A real file system, mounted as a stick would be."""
    with closing(Card(short_tmp)) as made:
        yield made


@pytest.fixture
def sealed(folders: Folders) -> Held:
    meeting = held(folders, 2.5)
    with closing(Finisher(chosen(folders), FakeClock())) as one:
        idle(one)
    return meeting


def asks(meeting: Held, clock: FakeClock) -> None:
    with closing(room.own(meeting.folder)) as db:
        room.ask_for_stick(db, 1, clock.monotonic(), clock.boot_id(), "2026-03-02T12:00:00.000Z")


def outcomes(meeting: Held) -> list[str]:
    with closing(finish.own(meeting.folder)) as db:
        return list(finish.sticks(db).values())


@real
def test_the_bundle_is_on_the_stick_and_verifies_there(
    folders: Folders, sealed: Held, plugged: Card, short_tmp: Path
) -> None:
    clock, one = FakeClock(), plugged.data
    settings = replace(chosen(folders), store=Store(data=str(folders.data), stick=str(one)))
    with closing(Finisher(settings, clock)) as finisher:
        assert [path.name for path in one.iterdir()] in ([], ["lost+found"])  # nothing by itself
        asks(sealed, clock)
        idle(finisher)
        assert outcomes(sealed) == [DONE]
        (found,) = one.glob("* bundle.zip")
        assert found.read_bytes() == (sealed.folder.copies / "bundle.zip").read_bytes()
        before = found.stat().st_mtime_ns
        idle(finisher)
        assert found.stat().st_mtime_ns == before  # once
    assert of_path(found, roots=[]).integrity == "cannot be judged"  # by a box that was not named; nothing worse
    assert of_path(found).exit_code == 2


@real
def test_a_stick_that_is_full_or_read_only(folders: Folders, sealed: Held, plugged: Card) -> None:
    clock = FakeClock()
    stick = Stick(folders, plugged.data, clock)
    plugged.fill()
    asks(sealed, clock)
    assert stick.look() and outcomes(sealed) == [FULL]
    plugged.empty()
    plugged.read_only()
    asks(sealed, clock)
    assert stick.look() and outcomes(sealed) == [FULL, READ_ONLY]
    assert not list(plugged.data.glob("*partial"))


def test_without_a_stick_nothing_is_done_and_a_later_one_gets_nothing(
    folders: Folders, sealed: Held, tmp_path: Path
) -> None:
    """It may be somebody else's."""
    clock, there = FakeClock(), False
    stick = Stick(folders, tmp_path, clock, lambda _: there)
    asks(sealed, clock)
    assert not stick.look() and outcomes(sealed) == []
    clock.pass_s(121)
    there = True
    assert stick.look() and outcomes(sealed) == [LATE] and not list(tmp_path.glob("*.zip"))
    assert not stick.look()


def test_what_became_of_it_outlives_the_finisher(folders: Folders, sealed: Held, tmp_path: Path) -> None:
    clock = FakeClock()
    asks(sealed, clock)
    assert Stick(folders, tmp_path, clock, lambda _: True).look()
    (found,) = tmp_path.glob("*.zip")
    found.unlink()
    assert not Stick(folders, tmp_path, clock, lambda _: True).look()
    assert outcomes(sealed) == [DONE] and not found.exists()


def test_what_is_done_is_durable_under_its_own_name(
    folders: Folders, sealed: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that was pulled out then had a file of no length: FAT keeps the length with the name."""
    synced: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    clock = FakeClock()
    asks(sealed, clock)
    assert Stick(folders, tmp_path, clock, lambda _: True).look() and outcomes(sealed) == [DONE]
    (found,) = tmp_path.glob("* bundle.zip")
    on_stick = [path for path in synced if path.startswith(f"{tmp_path}/") and path.endswith("bundle.zip")]
    assert on_stick[-1] == str(found)


def test_a_stick_that_goes_in_the_middle(folders: Folders, sealed: Held, tmp_path: Path) -> None:
    clock, answers = FakeClock(), iter([True, False])
    gone = tmp_path / "stick"
    asks(sealed, clock)
    assert Stick(folders, gone, clock, lambda _: next(answers)).look()
    assert outcomes(sealed) == [GONE]


def test_a_copy_that_was_damaged_in_the_box_is_no_done(folders: Folders, sealed: Held, tmp_path: Path) -> None:
    clock = FakeClock()
    bundle = sealed.folder.copies / "bundle.zip"
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(content)
    asks(sealed, clock)
    assert Stick(folders, tmp_path, clock, lambda _: True).look()
    assert outcomes(sealed) == [FAILED] and not list(tmp_path.glob("*.zip*"))


def test_before_there_is_a_bundle_the_sound_goes_on_it(folders: Folders, tmp_path: Path) -> None:
    meeting, clock = Held(folders, "2026-03-02-K7QF"), FakeClock()
    meeting.talk(2.5)
    meeting.end()
    asks(meeting, clock)
    stick = Stick(folders, tmp_path, clock, lambda _: True)
    assert not stick.look()  # there is not even a finish.db
    with closing(Finisher(chosen(folders), FakeClock())) as one:
        idle(one)
    assert stick.look() and outcomes(meeting) == [DONE]
    names = sorted(path.name.rpartition(" ")[2] for path in tmp_path.iterdir() if path.is_file())
    assert names == ["copies.jws", "recording.flac", "recording.mp3", "seal.jws"]
    shutil.rmtree(meeting.folder.copies)
    asks(meeting, clock)
    assert stick.look() and outcomes(meeting)[-1] in (FAILED, NOTHING, GONE)


def test_what_cannot_be_read_is_said_once_and_keeps_no_other_from_its_stick(
    folders: Folders, sealed: Held, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clock, other = FakeClock(), held(folders, 1.5, "2026-03-03-NEXT")
    with closing(Finisher(chosen(folders), FakeClock())) as one:
        idle(one)
    asks(sealed, clock)
    asks(other, clock)
    sealed.folder.room_db.write_bytes(b"this is no database" * 500)
    stick = Stick(folders, tmp_path, clock, lambda _: True)
    assert stick.look() and outcomes(other) == [DONE]
    assert not stick.look()
    assert capfd.readouterr().err.count("was not served") == 1


@pytest.fixture
def mounted(table: BoxOnTheTable) -> Path:
    """Any place that is a mount."""
    place = Path("/proc")
    assert place.is_mount()
    table.settings = replace(table.settings, store=replace(table.settings.store, stick=str(place)))
    return place


@pytest.fixture
def holder(table: BoxOnTheTable, mounted: Path, clock: FakeClock) -> FlaskClient:
    client = create_app(table.settings, clock).test_client()
    table.opens()
    gets_ticket(client)
    table.records(12)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", b"the sound of the meeting")
    return client


def puts(client: FlaskClient) -> int:
    return client.post(f"/stick/{MEETING}", headers=OWN).status_code


@pytest.mark.pure
def test_a_tap_and_what_the_page_says_of_it(table: BoxOnTheTable, holder: FlaskClient) -> None:
    assert "Put it on the USB stick in the box" in text(holder, "/mine")
    assert [puts(holder), puts(holder)] == [303, 303]
    folder = table.folders.meeting(MEETING)
    assert table.rows(folder.room_db, "SELECT count(*) FROM sticks") == [(1,)]  # pressing twice asks once
    assert "It is being copied" in text(holder, "/mine")
    for number, (outcome, says) in enumerate(OUTCOMES.items(), start=1):
        with closing(finish.own(folder)) as db:
            finish.end_stick(db, number, outcome, "2026-03-02T12:00:00.000Z")
        assert says in text(holder, "/mine")
        puts(holder)


@pytest.mark.pure
def test_only_holders_and_only_their_own_requests(table: BoxOnTheTable, holder: FlaskClient) -> None:
    stranger = holder.application.test_client()
    assert puts(stranger) == 403
    assert holder.post(f"/stick/{MEETING}", headers={"Origin": "http://evil.example"}).status_code == 403
    assert enters(stranger, invitation(holder)) == 303
    puts(holder)
    assert "It is being copied" not in text(stranger, "/mine")


@pytest.mark.pure
def test_without_a_stick_the_page_says_so(app: Flask, table: BoxOnTheTable) -> None:
    client = app.test_client()
    table.opens()
    gets_ticket(client)
    table.records(12)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", b"the sound")
    assert "USB stick" not in text(client, "/mine")
    answer = client.post(f"/stick/{MEETING}", headers=OWN)
    assert answer.status_code == 409 and "There is no USB stick in the box" in answer.text
    assert not os.path.ismount(table.settings.store.stick)
