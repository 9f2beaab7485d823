"""Reading along during the meeting: off unless the settings say so, for holders, and only until the end."""

from contextlib import closing
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from test_web import OWN, app, clock, gets_ticket, table, text
from web_room import MEETING, RATE, BoxOnTheTable, HandClock

from appliance.settings import Transcript
from appliance.store import transcript
from web import captions, create_app

pytestmark = pytest.mark.pure
__all__ = ["app", "clock", "table"]  # fixtures
PAGE = f"/captions/{MEETING}"


@pytest.fixture
def house(table: BoxOnTheTable, clock: HandClock) -> Flask:
    table.settings = replace(table.settings, transcript=Transcript(live=True))
    table.opens()
    return create_app(table.settings, clock)


@pytest.fixture
def holder(house: Flask) -> FlaskClient:
    client = house.test_client()
    gets_ticket(client)
    return client


def hears(table: BoxOnTheTable, *said: str) -> None:
    with closing(transcript.own(table.folders.meeting(MEETING))) as db:
        first = transcript.cursor(db).transcribed
        lines = [transcript.Line(first / RATE, first / RATE + 1, one, "en", ()) for one in said]
        transcript.add_passage(db, transcript.Passage(first, 20 * RATE, 1.0, 1.0, "test"), lines)


def test_it_is_off_by_default(app: Flask, table: BoxOnTheTable) -> None:
    client = app.test_client()
    table.opens()
    gets_ticket(client)
    table.records(30)
    hears(table, "Good morning.")
    assert client.get(PAGE).status_code == client.get(f"{PAGE}/lines").status_code == 404
    assert "Read along now" not in text(client, "/mine")


def test_holders_read_along(table: BoxOnTheTable, holder: FlaskClient) -> None:
    table.records(30)
    assert "Read along now" in text(holder, "/mine")
    assert holder.get(f"{PAGE}/lines").get_json() == {"lines": []}
    hears(table, "Good <b>morning</b>.")
    page = text(holder, PAGE)
    assert "Good &lt;b&gt;morning&lt;/b&gt;." in page and "the audio is the record" in page and "Pause first" in page
    hears(table, "And to you.")
    lines = holder.get(f"{PAGE}/lines").get_json()["lines"]
    assert [(one["at"], one["text"]) for one in lines] == [("0:00", "Good <b>morning</b>."), ("0:20", "And to you.")]


def test_nobody_without_a_ticket_reads_along(house: Flask, table: BoxOnTheTable, holder: FlaskClient) -> None:
    hears(table, "Good morning.")
    stranger = house.test_client()
    assert stranger.get(PAGE).status_code == stranger.get(f"{PAGE}/lines").status_code == 403
    table.opens("2026-11-23-NEXT")
    assert stranger.post("/ticket", headers=OWN).status_code == 303  # of the next meeting
    assert stranger.get(PAGE).status_code == stranger.get(f"{PAGE}/lines").status_code == 403


def test_it_ends_with_the_meeting(table: BoxOnTheTable, holder: FlaskClient) -> None:
    table.records(30)
    hears(table, "Good morning.")
    table.ends()
    answer = holder.get(f"{PAGE}/lines")
    assert answer.status_code == 410 and "Good morning" not in answer.text
    assert "The meeting has ended" in holder.get(PAGE).text


def test_only_the_newest_lines_are_shown(table: BoxOnTheTable, holder: FlaskClient) -> None:
    hears(table, *(f"line {number}" for number in range(captions.SHOWN + 5)))
    lines = holder.get(f"{PAGE}/lines").get_json()["lines"]
    assert [one["text"] for one in lines] == [f"line {number}" for number in range(5, captions.SHOWN + 5)]
