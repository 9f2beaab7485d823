"""Who gets in: let in by a holder, with a printed slip, with a replaced link; and who gets nothing, however often."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from test_web import OWN, app, clock, gets_ticket, table, text
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance.store import tickets
from web import patience
from web.credentials import code_of, grouped, new_token, secret_of

pytestmark = pytest.mark.pure
__all__ = ["app", "clock", "table"]  # fixtures
NEXT = "2026-11-23-NEXT"
SOUND = b"the sound of the first meeting"


@pytest.fixture
def holder(app: Flask, table: BoxOnTheTable) -> FlaskClient:
    """Somebody who was in a meeting that has ended, after the admission."""
    client = app.test_client()
    table.opens()
    gets_ticket(client)
    table.records(12)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    table.says("ready")
    return client


def enters(client: FlaskClient, code: str) -> int:
    return client.post("/enter", headers=OWN, data={"ticket": code}).status_code


def invitation(holder: FlaskClient) -> str:
    answer = holder.post(f"/let-in/{MEETING}", headers=OWN)
    assert answer.status_code == 200 and "<svg" in answer.text
    found = re.search(r'class="code">([0-9A-Z]{3}-[0-9A-Z]{3})<', answer.text)
    assert found, answer.text
    return found[1]


def prints_slips(table: BoxOnTheTable, count: int) -> list[str]:
    db = tickets.own(table.folders)
    tokens = [new_token() for _ in range(count)]
    tickets.add_slips(db, map(secret_of, tokens), "2026-11-23T09:00:00.000Z")
    db.close()
    return tokens


def every_way_to(app: Flask, meeting: str) -> list[str]:
    """Every address of the page that names a meeting; those of staff are closed without a key."""
    names = {"meeting": meeting, "name": "recording.mp3", "form": "jws"}
    rules = [rule for rule in app.url_map.iter_rules() if "meeting" in rule.arguments]
    assert len(rules) > 15
    return [re.sub(r"<(\w+)>", lambda found: names[found[1]], rule.rule) for rule in rules]


def takes_the_copy(client: FlaskClient, meeting: str = MEETING) -> bool:
    with client.get(f"/copies/{meeting}/recording.mp3") as answer:
        return answer.status_code == 200 and answer.data == SOUND


def test_somebody_who_was_late_is_let_in_and_all_see_by_whom(app: Flask, holder: FlaskClient) -> None:
    late = app.test_client()
    assert late.post("/ticket", headers=OWN).status_code == 403
    code = invitation(holder)
    assert enters(late, code.lower().replace("-", " ")) == 303
    assert takes_the_copy(late)
    name = re.search(r"You are <strong>([^<]+)<", text(holder, "/mine"))
    assert name
    for one in (late, holder):
        page = text(one, "/mine")
        assert f", let in by {name[1]}" in page and "2 tickets" in page


def test_an_invitation_is_for_one_person_and_two_minutes_of_one_boot(
    app: Flask, holder: FlaskClient, clock: HandClock
) -> None:
    code = invitation(holder)
    assert enters(app.test_client(), code) == 303
    assert enters(app.test_client(), code) == 403
    code = invitation(holder)
    clock.go_on(119)
    assert enters(app.test_client(), code) == 303
    code = invitation(holder)
    clock.go_on(121)
    assert enters(app.test_client(), code) == 403
    old, new = invitation(holder), invitation(holder)
    assert enters(app.test_client(), old) == 403
    assert enters(app.test_client(), new) == 303


def test_whoever_has_a_ticket_spends_no_invitation(app: Flask, holder: FlaskClient) -> None:
    code = invitation(holder)
    assert enters(holder, code) == 303
    assert enters(app.test_client(), code) == 303
    assert "2 tickets" in text(holder, "/mine")


def test_only_a_holder_lets_in(app: Flask, holder: FlaskClient) -> None:
    stranger = app.test_client()
    for way in ("let-in", "slip", "replace"):
        assert stranger.post(f"/{way}/{MEETING}", headers=OWN).status_code == 403
        assert holder.post(f"/{way}/{MEETING}", headers={"Origin": "http://evil.example"}).status_code == 403
        assert holder.post(f"/{way}/{NEXT}", headers=OWN).status_code == 403


def test_a_slip_belongs_to_the_meeting_in_which_it_is_first_used(
    app: Flask, table: BoxOnTheTable, holder: FlaskClient
) -> None:
    (slip,) = prints_slips(table, 1)
    early = app.test_client()
    answer = early.post("/enter", headers=OWN, data={"ticket": slip})
    assert answer.status_code == 409 and "belongs to no meeting yet" in answer.text
    table.opens(NEXT)
    assert enters(early, slip) == 303
    assert ", by a printed slip" in text(early, "/mine") and NEXT in text(early, "/mine")
    assert not takes_the_copy(early)
    assert enters(app.test_client(), slip) == 403  # it is only paper now
    assert enters(app.test_client(), grouped(code_of(slip))) == 403
    assert enters(app.test_client(), re.findall(r'class="code">([^<]+)<', text(early, "/mine"))[0]) == 303


def test_a_slip_for_somebody_without_a_phone(app: Flask, table: BoxOnTheTable, holder: FlaskClient) -> None:
    """Given to a meeting that has ended by one who was there; its ticket counts at once and waits for its owner."""
    (slip,) = prints_slips(table, 1)
    given = holder.post(f"/slip/{MEETING}", headers=OWN, data={"slip": grouped(code_of(slip))})
    assert given.status_code == 303 and "2 tickets" in text(holder, "/mine")
    assert holder.post(f"/slip/{MEETING}", headers=OWN, data={"slip": slip}).status_code == 400
    table.opens(NEXT)
    owner = app.test_client()
    assert enters(owner, slip) == 303
    assert takes_the_copy(owner) and NEXT not in text(owner, "/mine")
    assert "2 tickets" in text(owner, "/mine")
    assert enters(app.test_client(), slip) == 403


def test_what_is_no_slip_is_given_to_nobody(holder: FlaskClient) -> None:
    for text_ in ("", "ABCD-EFGH-JKMN", "x" * 300):
        assert holder.post(f"/slip/{MEETING}", headers=OWN, data={"slip": text_}).status_code == 400


def test_a_replaced_link_opens_nothing_any_more(app: Flask, holder: FlaskClient) -> None:
    def mine() -> tuple[str, str]:
        page = text(holder, "/mine")
        return re.findall(r'class="code">([^<]+)<', page)[0], re.findall(r'href="[^"]*mine#([^"]+)"', page)[0]

    thief, old = app.test_client(), mine()
    assert enters(thief, old[0]) == 303 and takes_the_copy(thief)
    assert holder.post(f"/replace/{MEETING}", headers=OWN).status_code == 303
    assert takes_the_copy(holder) and not takes_the_copy(thief)
    assert all(enters(app.test_client(), one) == 403 for one in old)
    assert all(enters(app.test_client(), one) == 303 for one in mine())
    assert "You hold the only ticket" in text(holder, "/mine")


def test_wrong_codes_lock_out_codes_for_all_and_links_for_nobody(
    app: Flask, holder: FlaskClient, clock: HandClock
) -> None:
    page = text(holder, "/mine")
    code, token = re.findall(r'class="code">([^<]+)<', page)[0], re.findall(r'href="[^"]*mine#([^"]+)"', page)[0]
    answers = [enters(app.test_client(), f"ABCD-EFGH-{number:04}") for number in range(patience.MOST)]
    assert set(answers) == {403}
    assert enters(app.test_client(), "ABCD-EFGH-JKMN") == enters(app.test_client(), code) == 429
    assert holder.post(f"/slip/{MEETING}", headers=OWN, data={"slip": "ABCD-EFGH-JKMN"}).status_code == 429
    assert enters(app.test_client(), token) == 303 and takes_the_copy(holder)
    clock.go_on(patience.WITHIN_S)
    assert enters(app.test_client(), code) == 303


def test_the_next_group_gets_nothing_of_the_last_one(app: Flask, table: BoxOnTheTable, holder: FlaskClient) -> None:
    """The same room, the same printed code, and the next people are there before the admission ends."""
    table.says("ended", MEETING)
    early = app.test_client()
    page = text(early)
    assert "Get my ticket" in page and SOUND.decode() not in page  # they see that tickets are given for an ended one
    table.opens(NEXT)
    group = [app.test_client() for _ in range(3)]
    for one in group:
        gets_ticket(one)
        assert NEXT in text(one, "/mine") and MEETING not in text(one, "/mine")
        for path in every_way_to(app, MEETING):
            assert one.get(path).status_code in (403, 404, 405), path
            answer = one.post(path, headers=OWN, data={"why": "so", "who": "I", "says": "x", "first": "1", "slip": "x"})
            assert answer.status_code in (403, 404, 405), path
    for number in range(1000):
        assert enters(group[0], f"{number:06}") in (403, 429)
    group[1].set_cookie("candour", f"{new_token()}.{'A' * 22}")
    assert not takes_the_copy(group[1]) and takes_the_copy(holder)
    assert "You hold the only ticket" in text(holder, "/mine")


def test_one_objection_with_each_ticket_while_the_meeting_goes_on(app: Flask, table: BoxOnTheTable) -> None:
    table.opens()
    people = [app.test_client() for _ in range(2)]
    assert people[0].post(f"/object/{MEETING}", headers=OWN).status_code == 403
    for one in people:
        gets_ticket(one)
        assert "I object to the recording" in text(one) and "I object to the recording" in text(one, "/mine")
        for _ in range(2):
            assert one.post(f"/object/{MEETING}", headers=OWN).status_code == 303
        assert "You have objected to the recording." in text(one) and "You have objected" in text(one, "/mine")
    assert len(table.rows(table.folders.meeting(MEETING).room_db, "SELECT * FROM objections")) == 2
    table.records(12)
    table.ends()
    late = app.test_client()
    gets_ticket(late)
    answer = late.post(f"/object/{MEETING}", headers=OWN)
    assert answer.status_code == 409 and "I object" not in text(late, "/mine")


def test_nobody_is_shown_who_objected(app: Flask, table: BoxOnTheTable) -> None:
    table.opens()
    objects, other = app.test_client(), app.test_client()
    gets_ticket(objects)
    gets_ticket(other)
    objects.post(f"/object/{MEETING}", headers=OWN)
    table.says("notice", MEETING, objections=1)
    name = re.search(r"You are <strong>([^<]+)<", text(objects, "/mine"))
    assert name
    page = text(other, "/mine")
    assert "Somebody here objects" in page and "You have objected" not in page
    assert page.count(name[1]) == 1  # among those who hold a ticket
