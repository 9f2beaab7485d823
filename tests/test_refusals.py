"""What everybody in the room can take away without a ticket: that the box could not record, and whose key it has."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from simulated_box import SimulatedBox
from test_simulated_box import settings

from appliance.evidence import key, statement, verify
from appliance.evidence.claims import NOT_RECORDED
from appliance.store.folders import Folders
from web import create_app

pytestmark = pytest.mark.pure


@pytest.fixture
def deaf(tmp_path: Path) -> Iterator[SimulatedBox]:
    """A box whose microphone is not plugged in."""
    box = SimulatedBox(settings(tmp_path / "data"))
    box.room.plugged = False
    box.pass_s(5)
    yield box
    box.close()


def visitor(box: SimulatedBox) -> FlaskClient:
    return create_app(box.settings, box.clock).test_client()


def test_everybody_in_the_room_can_take_away_that_the_box_could_not_record(deaf: SimulatedBox, tmp_path: Path) -> None:
    phone = visitor(deaf)
    assert "press that recorded nothing" not in phone.get("/").text
    deaf.press()
    deaf.pass_s(600)
    deaf.press()
    page = phone.get("/").text
    assert page.count("the box could not record: ") == 1
    link = page.split('<a href="/refusals/')[1].split('"')[0]
    saved = phone.get(f"/refusals/{link}")
    said = statement.read(saved.text)
    assert said.kind == NOT_RECORDED
    assert said.claims["because"].startswith("could not record: No microphone")
    taken = tmp_path / saved.headers["Content-Disposition"].split('"')[1]
    assert taken.name == f"{said.claims['meeting']} not-recorded.jws"
    taken.write_text(saved.text)
    verdict = verify.of_path(taken)
    assert "nothing was recorded (could not record: No microphone" in verdict.as_text()


def test_it_is_no_meeting_and_goes_from_the_page_after_a_day(deaf: SimulatedBox) -> None:
    deaf.press()
    phone = visitor(deaf)
    assert phone.get("/refusals/2026-11-23-AAAA.jws").status_code == 404
    assert Folders(deaf.data).every_meeting() == []
    deaf.clock.pass_s(21 * 3600)
    assert "press that recorded nothing" not in phone.get("/").text


def test_a_box_that_records_says_nothing_of_an_earlier_refusal(deaf: SimulatedBox) -> None:
    deaf.press()
    deaf.room.plugged = True
    deaf.pass_s(1)
    phone = visitor(deaf)
    assert "press that recorded nothing" in phone.get("/").text
    deaf.press()
    deaf.pass_s(1)
    assert "press that recorded nothing" not in phone.get("/").text


def test_everybody_can_take_away_by_what_to_know_the_box_again(deaf: SimulatedBox, tmp_path: Path) -> None:
    phone = visitor(deaf)
    made = key.load(Folders(deaf.data).evidence)
    shown = phone.get("/").text.split("<code>")[1].split("</code>")[0]
    assert shown.replace(" ", "") == made.fingerprint
    (tmp_path / "device.pem").write_text(phone.get("/device.pem").text)
    assert key.read_certificates(tmp_path / "device.pem") == made.chain
