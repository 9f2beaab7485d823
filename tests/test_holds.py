"""Asking to keep a meeting, by holders and by whoever looks after the box: at once, and all see who and why."""

import json
import zipfile
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from test_web import OWN, gets_ticket, text
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance.__main__ import candour
from appliance.evidence import key, verify
from appliance.finisher.retention import LOOK_S, Deletions
from appliance.store import box, finish, operator, room
from web import create_app

pytestmark = pytest.mark.pure
DAY = 24 * 3600.0


class HeldRoom(BoxOnTheTable):
    """A meeting that has ended, and people who hold its tickets."""

    def __init__(self, data: Path) -> None:
        self.hand = HandClock()
        super().__init__(data, self.hand)
        self.app: Flask = create_app(self.settings, self.hand)
        self.parent, self.worker, self.stranger = (self.app.test_client() for _ in range(3))
        self.opens()
        gets_ticket(self.parent)
        gets_ticket(self.worker)
        self.records(12)
        self.signs(10)
        self.ends()
        self.makes("recording.mp3", "audio/mpeg", b"the sound")
        self.says("ready")
        self._deletions = Deletions(self.folders, self.hand, keep_days=90)
        (data.parent / "candour.toml").write_text(f"[store]\ndata = {json.dumps(str(data))}\n")

    def asks(self, who: FlaskClient, why: str) -> int:
        return who.post(f"/hold/{MEETING}", headers=OWN, data={"why": why}).status_code

    def looks(self) -> bool:
        for _ in range(2):
            self._deletions.look(key.load(self.folders.evidence))
            self.hand.go_on(LOOK_S)
        return self.folders.tombstone(MEETING).stands

    def operator(self, *words: str) -> tuple[int, str]:
        """`candour hold`, as typed."""
        path = self.folders.data.parent / "candour.toml"
        done = CliRunner().invoke(candour, ["hold", *words, "--settings", str(path)])
        return done.exit_code, done.output


@pytest.fixture
def table(tmp_path: Path) -> HeldRoom:
    return HeldRoom(tmp_path / "data")


def test_the_page_says_when_it_goes(table: HeldRoom) -> None:
    assert "It will be deleted 90 days after the box is sure of the date" in text(table.parent, "/mine")
    table.looks()  # the clock is trusted, and the finisher has seen it
    on = (table.hand.wall() + timedelta(days=90)).astimezone()
    assert f"It will be deleted on {on:%-d %B %Y}, unless somebody asks to keep it." in text(table.parent, "/mine")


def test_a_holder_asks_and_everybody_who_holds_a_ticket_sees_who_and_why(table: HeldRoom) -> None:
    assert "Ask to keep it" in text(table.worker, "/mine")
    assert table.asks(table.parent, "  We appeal\nagainst the plan. ") == 303
    for who in (table.parent, table.worker):
        page = text(who, "/mine")
        assert "It is kept: on hold since" in page and "“We appeal against the plan.”" in page
    assert "It need not be kept for me" in text(table.parent, "/mine")
    assert "It need not be kept for me" not in text(table.worker, "/mine")
    table.hand.go_on(200 * DAY)
    assert not table.looks()


@pytest.mark.parametrize("why", ["", "   \n\t ", "x" * 301, "\u200b\u202e"])
def test_it_needs_a_reason_that_people_can_read(table: HeldRoom, why: str) -> None:
    assert table.asks(table.parent, why) == 400
    assert "on hold since" not in text(table.worker, "/mine")


def test_a_reason_is_text_and_never_markup(table: HeldRoom) -> None:
    assert table.asks(table.parent, "<script>alert(1)</script> & “so”") == 303
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “so”" in text(table.worker, "/mine")


def test_strangers_can_neither_ask_nor_lift_nor_read(table: HeldRoom) -> None:
    table.asks(table.parent, "We appeal.")
    assert table.asks(table.stranger, "no") == 403
    assert table.stranger.post(f"/hold/{MEETING}/lift", headers=OWN).status_code == 403
    foreign = {"Origin": "http://evil.example"}
    assert table.parent.post(f"/hold/{MEETING}/lift", headers=foreign).status_code == 403
    assert "appeal" not in text(table.stranger)
    assert "on hold since" in text(table.worker, "/mine")


def test_only_who_asked_lifts_it_and_then_it_stays_seven_more_days(table: HeldRoom) -> None:
    table.looks()
    table.asks(table.parent, "We appeal.")
    table.hand.go_on(200 * DAY)
    assert table.worker.post(f"/hold/{MEETING}/lift", headers=OWN).status_code == 303
    assert not table.looks()
    assert table.parent.post(f"/hold/{MEETING}/lift", headers=OWN).status_code == 303
    page = text(table.worker, "/mine")
    assert "Lifted on" in page and "It will be deleted on" in page
    assert not table.looks()
    table.hand.go_on(6.9 * DAY)
    assert not table.looks()
    table.hand.go_on(0.2 * DAY)
    assert table.looks()


def test_one_ticket_has_one_hold_and_cannot_fill_the_card(table: HeldRoom) -> None:
    for _ in range(3):
        table.asks(table.parent, "We appeal.")
    assert len(table.rows(table.folders.meeting(MEETING).room_db, "SELECT 1 FROM holds")) == 1
    answers = []
    for _ in range(60):
        table.parent.post(f"/hold/{MEETING}/lift", headers=OWN)
        answers.append(table.asks(table.parent, "We appeal."))
    assert answers[-1] == 403 and answers.count(303) == 49


def test_an_operator_keeps_it_and_lifts_what_others_asked_for_all_to_see(table: HeldRoom) -> None:
    assert table.operator() == (0, "No meeting is on hold.\n")
    assert table.operator(MEETING)[0] == 1
    assert table.operator(MEETING, "--who", "Legal team")[0] == 1
    assert "no meeting" in table.operator("2020-01-01-AAAA", "--who", "a", "--why", "b")[1].lower()
    table.asks(table.parent, "We appeal.")
    status, said = table.operator(MEETING, "--who", "Legal team", "--why", "court order 12/26")
    assert status == 0 and "kept until the hold is lifted" in said
    page = text(table.worker, "/mine")
    assert "Legal team asked on" in page and "“court order 12/26”" in page
    listed = table.operator()[1]
    assert listed.count("on hold since") == 2 and "We appeal." in listed
    status, said = table.operator(MEETING, "--lift", "--who", "Legal team", "--why", "the court has it")
    assert status == 0 and "Legal team" in said and "7 more days" in said
    page = text(table.parent, "/mine")
    assert page.count("by Legal team: “the court has it”.") == 2
    assert table.operator()[1].count("lifted") == 2
    assert table.asks(table.parent, "We still appeal.") == 303
    assert "It is kept: on hold" in text(table.worker, "/mine")


def test_the_page_says_it_where_holds_cannot_be_read(table: HeldRoom) -> None:
    with closing(operator.own(table.folders)):
        pass
    table.folders.operator_db.write_bytes(b"no database" * 1000)
    assert "cannot be read just now. Until it can be, it is not deleted." in text(table.parent, "/mine")
    status, said = table.operator()
    assert status == 1 and "not deleted" in said


def test_the_page_of_a_deleted_meeting_and_what_can_be_taken_away(table: HeldRoom, tmp_path: Path) -> None:
    table.looks()
    receipt = tmp_path / "receipt.jws"
    receipt.write_text(table.parent.get(f"/receipts/{MEETING}/receipt.jws").text)
    with table.parent.get(f"/copies/{MEETING}/recording.mp3") as answer:
        assert answer.status_code == 200
    table.hand.go_on(91 * DAY)
    assert table.looks()
    page = text(table.parent, "/mine")
    assert "The box deleted this recording on" in page and "had been kept for the promised 90 days" in page
    assert "Ask to keep it" not in page and "/copies/" not in page
    assert MEETING not in text(table.stranger)
    for gone in (f"/copies/{MEETING}/recording.mp3", f"/receipts/{MEETING}"):
        assert (table.parent.get(gone).status_code, table.stranger.get(gone).status_code) == (410, 403)
    assert table.asks(table.parent, "too late") == 410
    status, said = table.operator(MEETING, "--who", "Legal team", "--why", "too late")
    assert status == 1 and f"Meeting {MEETING} is deleted" in said
    saved = table.parent.get(f"/tombstones/{MEETING}/tombstone.zip")
    assert saved.status_code == 200 and table.stranger.get(saved.request.path).status_code == 403
    with zipfile.ZipFile(BytesIO(saved.data)) as archive:
        archive.extractall(tmp_path / "taken")
    verdict = verify.of_path(tmp_path / "taken" / MEETING, [receipt])
    assert "It agrees" in verdict.as_text() and "deleted this recording" in verdict.as_text()
    assert (
        table.parent.get(f"/tombstones/{MEETING}/tombstone.jws").data
        == (tmp_path / "taken" / MEETING / "tombstone.jws").read_bytes()
    )


def test_a_hold_while_it_is_being_deleted_says_that_it_may_be_too_late(table: HeldRoom) -> None:
    grave = table.folders.tombstone(MEETING)
    grave.path.mkdir(parents=True)
    assert "being deleted at this moment" in text(table.parent, "/mine")
    assert table.asks(table.parent, "just now") == 409
    status, said = table.operator(MEETING, "--who", "Legal team", "--why", "just now")
    assert status == 1 and "Run `candour hold` again in a minute" in said
    table.hand.go_on(200 * DAY)
    assert not table.looks()  # both were in time
    assert not grave.is_begun and "It is kept: on hold" in text(table.parent, "/mine")


def test_what_was_asked_of_a_deleted_meeting_is_forgotten(table: HeldRoom) -> None:
    table.operator(MEETING, "--who", "Legal team", "--why", "court order 12/26")
    table.operator(MEETING, "--lift", "--who", "Legal team", "--why", "the court has it")
    table.hand.go_on(8 * DAY)
    table.looks()
    table.hand.go_on(100 * DAY)
    assert table.looks()
    with closing(room.own(table.opens("2026-11-24-ABCD"))):
        pass
    table.operator("2026-11-24-ABCD", "--who", "Legal team", "--why", "another one")
    everything = table.folders.operator_db.read_bytes()
    assert b"court order" not in everything and b"another one" in everything
    with closing(box.own(table.folders)), closing(finish.own(table.folders.meeting("2026-11-24-ABCD"))):
        pass
