"""The page of whoever looks after the box: what it opens, what it prints, and what it can never reach."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from test_admission import enters, takes_the_copy
from test_web import OWN, app, clock, gets_ticket, table, text
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance import export
from appliance.settings import Network, Staff
from appliance.store import holds
from web import create_app, patience

pytestmark = pytest.mark.pure
__all__ = ["app", "clock", "table"]  # fixtures
KEY = "a key of the town hall"


@pytest.fixture
def house(table: BoxOnTheTable, clock: HandClock) -> Flask:
    """The pages of a box whose settings name a key, during a meeting."""
    table.settings = replace(
        table.settings, staff=Staff(KEY), network=Network(name="Room 4", password="tea and biscuits")
    )
    table.opens()
    return create_app(table.settings, clock)


@pytest.fixture
def staff(house: Flask) -> FlaskClient:
    client = house.test_client()
    assert opens(client, KEY) == 303
    return client


def opens(client: FlaskClient, key: str) -> int:
    return client.post("/staff/enter", headers=OWN, data={"key": key}).status_code


def ends_with_a_copy(table: BoxOnTheTable) -> None:
    table.records(12)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", b"the sound of the first meeting")


def test_without_a_key_in_the_settings_there_is_no_such_page(app: Flask) -> None:
    for path in ("/staff/", "/staff/placard", "/staff/card"):
        assert app.test_client().get(path).status_code == 404
    assert opens(app.test_client(), "") == 404


def test_only_the_key_opens_it(house: Flask) -> None:
    stranger = house.test_client()
    for path in ("/staff/", "/staff/placard", "/staff/card"):
        assert stranger.get(path).status_code == 403 and "Staff key" in stranger.get(path).text
    for path in ("/staff/slips", f"/staff/hold/{MEETING}", f"/staff/lift/{MEETING}"):
        assert stranger.post(path, headers=OWN, data={"count": "8", "who": "I", "why": "so"}).status_code == 403
    assert [opens(stranger, key) for key in ("", KEY[:-1], KEY.upper(), KEY + " ")] == [403] * 4
    stranger.set_cookie("candour-staff", KEY, path="/staff")
    assert stranger.get("/staff/").status_code == 403


def test_the_page_closes_and_no_foreign_page_opens_it(house: Flask, staff: FlaskClient) -> None:
    evil = {"Origin": "http://evil.example"}
    assert staff.post("/staff/slips", headers=evil, data={"count": "1"}).status_code == 403
    assert house.test_client().post("/staff/enter", headers=evil, data={"key": KEY}).status_code == 403
    assert staff.get("/staff/").status_code == 200
    staff.post("/staff/leave", headers=OWN)
    assert staff.get("/staff/").status_code == 403


def test_another_boot_or_another_key_closes_it(table: BoxOnTheTable, clock: HandClock, staff: FlaskClient) -> None:
    cookie = staff.get_cookie("candour-staff", path="/staff")
    assert cookie
    other = create_app(replace(table.settings, staff=Staff(KEY + "!")), clock).test_client()
    other.set_cookie("candour-staff", cookie.value, path="/staff")
    assert other.get("/staff/").status_code == 403


def test_wrong_keys_are_counted_apart_from_wrong_codes(house: Flask, clock: HandClock) -> None:
    guesser = house.test_client()
    assert [opens(guesser, f"guess {number}") for number in range(patience.MOST)] == [403] * patience.MOST
    assert opens(guesser, KEY) == 429
    assert enters(guesser, "ABCD-EFGH-JKMN") == 403  # tickets are not locked
    clock.go_on(patience.WITHIN_S + 1)
    assert opens(guesser, KEY) == 303


def test_how_the_box_is(table: BoxOnTheTable, staff: FlaskClient) -> None:
    page = text(staff, "/staff/")
    assert "About to record" in page and "Space on the card: well" in page and MEETING in page
    table.says("unfit", because="No microphone is plugged in.")
    page = text(staff, "/staff/")
    assert "Recorder: not well" in page and "No microphone is plugged in." in page


def test_slips_are_printed_once_and_let_in(house: Flask, table: BoxOnTheTable, staff: FlaskClient) -> None:
    printed = staff.post("/staff/slips", headers=OWN, data={"count": "8"})
    codes = re.findall(r'class="code">([0-9A-Z-]{14})<', printed.text)
    assert len(set(codes)) == 8 and printed.text.count("<svg") == 8
    assert printed.headers["Cache-Control"] == "no-store"
    grandmother = house.test_client()
    assert enters(grandmother, codes[0]) == 303
    ends_with_a_copy(table)
    assert takes_the_copy(grandmother)
    assert enters(house.test_client(), codes[0]) == 403
    assert ("slips printed", "8") in table.rows(table.folders.tickets_db, "SELECT event, detail FROM events")


@pytest.mark.parametrize("count", ["", "0", "-1", "65", "1e3", "８", "x"])
def test_how_many_slips(staff: FlaskClient, count: str) -> None:
    answer = staff.post("/staff/slips", headers=OWN, data={"count": count})
    assert answer.status_code == 400 and "from 1 to 64" in answer.text


def test_a_hold_of_staff_is_shown_to_all_and_lifted_only_here(
    house: Flask, table: BoxOnTheTable, staff: FlaskClient
) -> None:
    parent = house.test_client()
    gets_ticket(parent)
    ends_with_a_copy(table)
    asked = {"who": "Jo Bloggs, legal", "why": "A complaint of 20 November"}
    assert staff.post(f"/staff/hold/{MEETING}", headers=OWN, data=asked).status_code == 303
    page = text(parent, "/mine")
    assert "Jo Bloggs, legal (staff) asked on" in page and "A complaint of 20 November" in page
    assert parent.post(f"/hold/{MEETING}/lift", headers=OWN).status_code == 303
    (one,) = holds.of_meeting(table.folders, MEETING)
    assert one.in_force
    assert staff.post(f"/staff/lift/{MEETING}", headers=OWN).status_code == 303
    assert "Lifted on" in text(parent, "/mine")


def test_a_hold_of_a_holder_is_not_lifted_by_staff(house: Flask, table: BoxOnTheTable, staff: FlaskClient) -> None:
    parent = house.test_client()
    gets_ticket(parent)
    ends_with_a_copy(table)
    parent.post(f"/hold/{MEETING}", headers=OWN, data={"why": "I appeal"})
    staff.post(f"/staff/lift/{MEETING}", headers=OWN)
    (one,) = holds.of_meeting(table.folders, MEETING)
    assert one.in_force and "I appeal" in text(staff, "/staff/")


@pytest.mark.parametrize(
    "asked", [{}, {"who": "I"}, {"why": "so"}, {"who": "I", "why": "x" * 301}, {"who": " ", "why": "x"}]
)
def test_a_hold_has_a_name_and_a_reason(staff: FlaskClient, asked: dict[str, str]) -> None:
    answer = staff.post(f"/staff/hold/{MEETING}", headers=OWN, data=asked)
    assert answer.status_code == 400 and "who asks and why" in answer.text


@pytest.mark.parametrize("meeting", ["2026-11-23-NONE", "..", "%2e%2e", "x/y"])
def test_holds_are_for_meetings_that_there_are(staff: FlaskClient, meeting: str) -> None:
    answer = staff.post(f"/staff/hold/{meeting}", headers=OWN, data={"who": "I", "why": "so"})
    assert answer.status_code == 404


def test_staff_hears_reads_withholds_and_deletes_nothing(
    house: Flask, table: BoxOnTheTable, staff: FlaskClient
) -> None:
    """Whatever page there is: with the key alone nothing of a meeting comes out, and nothing of it is changed."""
    gets_ticket(house.test_client())
    ends_with_a_copy(table)
    table.makes("transcript.txt", "text/plain", b"every word of it")
    before = {path: path.read_bytes() for path in table.folders.meeting(MEETING).path.rglob("*") if path.is_file()}
    for path in (f"/copies/{MEETING}/recording.mp3", f"/hear/{MEETING}", f"/listen/{MEETING}", f"/receipts/{MEETING}"):
        assert staff.get(path).status_code == 403
    page = text(staff, "/staff/")
    assert "recording.mp3" not in page and "every word" not in page and "Heron" not in page
    for path in ("let-in", "slip", "replace", "object", "hold"):
        assert staff.post(f"/{path}/{MEETING}", headers=OWN, data={"why": "so", "slip": "x"}).status_code == 403
    rules = {rule.rule for rule in house.url_map.iter_rules() if rule.rule.startswith("/staff")}
    assert rules == {
        "/staff/", "/staff/enter", "/staff/leave", "/staff/placard", "/staff/card", "/staff/export", "/staff/slips",
        "/staff/hold/<meeting>", "/staff/lift/<meeting>",
    }  # fmt: skip
    after = {path: path.read_bytes() for path in before}
    assert before == after


def test_the_log_goes_out_as_candour_export_writes_it(table: BoxOnTheTable, staff: FlaskClient, tmp_path: Path) -> None:
    answer = staff.get("/staff/export")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert {"candour-export/log.sha256", "candour-export/heads.jsonl"} <= set(archive.namelist())
        archive.extractall(tmp_path / "out")
    export.run(table.settings, tmp_path / "by command")
    found, wanted = (
        {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "out", tmp_path / "by command")
    )
    assert found == wanted


def test_what_hangs_on_the_wall(staff: FlaskClient) -> None:
    page = text(staff, "/staff/placard")
    assert page.count("<svg") == 6  # Wi-Fi and page: on the wall, and on both sides of the table
    for words in (
        "the same complete copy",
        "un copi cyflawn adref",
        "Light steady: it records",
        "tea and biscuits",
        'lang="cy"',
        'lang="en"',
        "About 7 phones fit into the box’s Wi-Fi at a time",
        "Mae lle i tua 7 ffôn",
    ):
        assert words in page
    card = text(staff, "/staff/card")
    assert "While the light is steady, everyone here will hear this again." in card and 'lang="cy"' in card


def test_without_a_wifi_the_placard_has_one_code(table: BoxOnTheTable, clock: HandClock) -> None:
    client = create_app(replace(table.settings, staff=Staff(KEY)), clock).test_client()
    opens(client, KEY)
    page = text(client, "/staff/placard")
    assert page.count("<svg") == 3 and "Wi-Fi" not in page
