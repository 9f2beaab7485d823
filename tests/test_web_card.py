"""The page of a box whose card cannot be read: it still says what the recorder says, and never stumbles."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance.news import News
from web import create_app

pytestmark = pytest.mark.pure
OWN = {"Origin": "http://localhost"}
COPY = f"/copies/{MEETING}/recording.mp3"
WHY = "The storage /var/lib/candour is read-only. Switch the box off and on."
SAID = "The box cannot read its card just now. Keep your code and your link."


@pytest.fixture
def table(tmp_path: Path) -> BoxOnTheTable:
    return BoxOnTheTable(tmp_path, HandClock())


@pytest.fixture
def app(table: BoxOnTheTable) -> Flask:
    return create_app(table.settings, table.clock)


@pytest.fixture
def holder(app: Flask, table: BoxOnTheTable) -> FlaskClient:
    """Somebody with a ticket of a meeting that has ended, with its copy."""
    table.opens()
    table.records(3)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", b"sound")
    client = app.test_client()
    assert client.post("/ticket", headers=OWN).status_code == 303
    return client


def is_stranded(table: BoxOnTheTable) -> None:
    """The recorder has lost its storage, and says so in memory only."""
    clock = table.clock
    table.tells(News(clock.boot_id(), clock.monotonic(), "unfit", clock.monotonic(), now(table), WHY, None, -120.0, 0))


def now(table: BoxOnTheTable) -> str:
    return table.clock.wall().isoformat()


def breaks(path: Path, how: str) -> None:
    """SQLite can open none of these; a WAL file on a card that became read-only looks as if it were empty."""
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    if how == "folder":
        path.mkdir()
    else:
        path.write_bytes({"nonsense": b"nonsense" * 1000, "empty": b""}[how])


HOWS = pytest.mark.parametrize("how", ["folder", "nonsense", "empty"])


@HOWS
def test_a_stranded_recorder_says_why(how: str, table: BoxOnTheTable, holder: FlaskClient, app: Flask) -> None:
    is_stranded(table)
    for path in (table.folders.box_db, table.folders.tickets_db, table.folders.meeting(MEETING).record_db):
        breaks(path, how)
    for visitor in (holder, app.test_client()):
        page = visitor.get("/")
        assert page.status_code == 200 and "Cannot record" in page.text
        assert f"{WHY} Ring 01234 567890." in page.text
        status = visitor.get("/status")
        assert status.status_code == 200 and status.json and status.json["says"]["because"].startswith(WHY)
    assert SAID in holder.get("/").text


@HOWS
def test_tickets_out_of_reach_are_not_said_to_be_wrong(how: str, table: BoxOnTheTable, holder: FlaskClient) -> None:
    cookie = holder.get_cookie("candour")
    assert cookie
    breaks(table.folders.tickets_db, how)
    answers = [holder.get("/mine"), holder.get(COPY), holder.post("/enter", headers=OWN, data={"ticket": cookie.value})]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert all(SAID in answer.text for answer in answers)
    assert "No ticket on this phone" not in answers[0].text
    assert holder.post("/ticket", headers=OWN).status_code == 503


def test_a_page_that_waits_for_the_card_sees_it_come_back(table: BoxOnTheTable, holder: FlaskClient) -> None:
    kept = table.folders.tickets_db.rename(table.folders.data / "kept.db")
    table.folders.tickets_db.mkdir()
    page, out_of_reach = holder.get("/mine").text, holder.get("/status").json
    assert out_of_reach and f'data-shape="{out_of_reach["shape"]}"' in page and "room.js" in page
    table.folders.tickets_db.rmdir()
    kept.rename(table.folders.tickets_db)
    back = holder.get("/status").json
    assert back and back["shape"] != out_of_reach["shape"]
    assert "Save the recording" in holder.get("/mine").text


@pytest.mark.parametrize("how", ["folder", "nonsense"])
def test_a_meeting_out_of_reach_is_not_said_to_be_empty(how: str, table: BoxOnTheTable, holder: FlaskClient) -> None:
    breaks(table.folders.meeting(MEETING).record_db, how)
    page = holder.get("/mine")
    assert page.status_code == 503 and SAID in page.text and "Nothing was recorded" not in page.text
    assert holder.get(COPY).status_code == 503
    assert "Ended" in holder.get("/").text


def test_no_card_gives_no_tickets(table: BoxOnTheTable, app: Flask) -> None:
    table.opens()
    breaks(table.folders.box_db, "folder")
    page = app.test_client().get("/")
    assert page.status_code == 200 and "About to record" in page.text and "Get my ticket" not in page.text
    assert app.test_client().post("/ticket", headers=OWN).status_code == 403
