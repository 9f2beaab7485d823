"""What phones ask to find out whether a Wi-Fi leads to the internet: answered, so that they stay; nothing else is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from web_room import BoxOnTheTable, HandClock

from appliance.settings import Network
from web import create_app
from web.probes import PROBES

pytestmark = pytest.mark.pure


@pytest.fixture
def phone(tmp_path: Path) -> Callable[[Network], FlaskClient]:
    """In a box with that network."""
    table = BoxOnTheTable(tmp_path / "data", HandClock())

    def go(network: Network) -> FlaskClient:
        return create_app(replace(table.settings, network=network), table.clock).test_client()

    return go


@pytest.mark.parametrize(("name", "path"), PROBES)
def test_each_gets_the_answer_that_it_looks_for(phone: Callable[[Network], FlaskClient], name: str, path: str) -> None:
    content, code, kind = PROBES[name, path]
    told = phone(Network()).get(path, base_url=f"http://{name}")
    assert (told.get_data(as_text=True), told.status_code, told.mimetype) == (content, code, kind)
    assert "Set-Cookie" not in told.headers and told.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", [("www.google.com", "/"), ("captive.apple.com", "/mine"), ("evil.example", "/")])
def test_nothing_else_is_answered_under_another_name(
    phone: Callable[[Network], FlaskClient], asked: tuple[str, str]
) -> None:
    name, path = asked
    told = phone(Network()).get(path, base_url=f"http://{name}")
    assert told.status_code == 400 and "Scan the code on the table" in told.get_data(as_text=True)


def test_a_box_by_cable_answers_for_nobody(phone: Callable[[Network], FlaskClient]) -> None:
    told = phone(Network(wifi="off")).get("/generate_204", base_url="http://connectivitycheck.gstatic.com")
    assert told.status_code == 400


def test_a_form_is_not_taken_under_another_name(phone: Callable[[Network], FlaskClient]) -> None:
    told = phone(Network()).post("/generate_204", base_url="http://connectivitycheck.gstatic.com")
    assert told.status_code in (400, 403)
