"""Receipts on the page: the newest one, for those who hold a ticket, as words, text and file; kept by the phone."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from test_web import gets_ticket, text
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance.evidence import statement
from appliance.notice import shown
from appliance.store import record
from web import create_app

pytestmark = pytest.mark.pure


@pytest.fixture
def table(tmp_path: Path) -> BoxOnTheTable:
    return BoxOnTheTable(tmp_path, HandClock())


@pytest.fixture
def app(table: BoxOnTheTable) -> Flask:
    return create_app(table.settings, table.clock)


@pytest.fixture
def parent(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_holder_gets_the_newest_receipt_in_every_form(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    assert parent.get(f"/receipts/{MEETING}").status_code == 404
    table.records(31)
    table.signs(20)
    jws = table.signs(30)
    root = statement.read(jws).claims["root"]
    shown = f"{root[:4]} {root[4:8]} {root[8:12]} {root[12:16]} {root[16:20]}"
    page = text(parent, f"/receipts/{MEETING}")
    assert jws in page and shown in page and "Receipt for 0:30" in page
    saved = parent.get(f"/receipts/{MEETING}/receipt.jws")
    assert saved.text.strip() == jws
    assert f"{MEETING} receipt.jws" in saved.headers["Content-Disposition"]
    assert "no-cache" in saved.headers["Cache-Control"]
    mine = text(parent, "/mine")
    assert "The box has signed the first 0:30 of it." in mine and f'data-jws="{jws}"' in mine
    assert shown not in mine and root not in mine  # nobody is shown a fingerprint who does not ask
    status = parent.get("/status").get_json()
    assert status["receipts"] == {MEETING: jws}


def test_the_receipt_is_still_there_when_the_meeting_has_ended(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    table.records(12)
    jws = table.signs(10)
    table.ends()
    assert jws in text(parent, f"/receipts/{MEETING}")


def test_who_has_no_ticket_gets_no_receipt(table: BoxOnTheTable, app: Flask, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    table.records(12)
    table.signs(10)
    stranger = app.test_client()
    assert stranger.get(f"/receipts/{MEETING}").status_code == 403
    assert stranger.get(f"/receipts/{MEETING}/receipt.jws").status_code == 403
    assert stranger.get("/status").get_json()["receipts"] == {}


def test_a_receipt_that_does_not_hold_is_not_shown(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    table.records(12)
    db = record.own(table.folders.meeting(MEETING))
    record.add_receipt(db, 10, 0, table.signs(10)[:-9] + "AAAAAAAAA")
    db.close()
    assert parent.get(f"/receipts/{MEETING}").status_code == 404
    assert parent.get("/status").get_json()["receipts"] == {}


def test_the_page_shows_the_very_notice_that_the_seal_names(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    page = " ".join(text(parent).replace("&#39;", "'").split())
    (told,) = [one for one in shown(table.settings) if one.language == "en"]
    for heading, paragraphs in told.parts:
        assert heading in page and all(paragraph in page for paragraph in paragraphs)
