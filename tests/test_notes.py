"""Notes on a meeting: written by its holders only, seen by all of them, changed by nobody, and signed by the box."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import Any

import pytest
from fake_clock import FakeClock
from flask import Flask
from flask.testing import FlaskClient
from held_meetings import ALL, Held, chosen, held, idle, offered
from test_admission import enters, invitation
from test_web import OWN, app, clock, gets_ticket, table, text
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance.evidence import key, statement
from appliance.evidence.claims import NOTES, SEAL
from appliance.evidence.verify import of_path
from appliance.finisher.service import Finisher
from appliance.store import record, room
from appliance.store.folders import Folders
from appliance.store.room import Note
from web import notes

pytestmark = pytest.mark.pure
__all__ = ["app", "clock", "table"]  # fixtures
PAGE, FILE = f"/notes/{MEETING}", f"/notes/{MEETING}/file"


@pytest.fixture
def holder(app: Flask, table: BoxOnTheTable) -> FlaskClient:
    client = app.test_client()
    table.opens()
    gets_ticket(client)
    table.records(90)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", b"the sound of the meeting")
    return client


@pytest.fixture
def other(app: Flask, holder: FlaskClient) -> FlaskClient:
    """Let in by the holder."""
    client = app.test_client()
    assert enters(client, invitation(holder)) == 303
    return client


def writes(client: FlaskClient, first: str = "1:04", says: str = "I said no.", last: str = "") -> int:
    return client.post(PAGE, headers=OWN, data={"first": first, "last": last, "says": says}).status_code


def at_home(meeting: str = MEETING, **changed: Any) -> dict[str, Any]:
    """What open-me.html saves."""
    entry = {"first_s": 12, "last_s": 15, "says": "That was not me."}
    told = {"format": "candour-note", "version": 1, "meeting": meeting, "seal": "", "written": "2026-11-25T20:00:00Z"}
    return told | {"name": "A. Parent", "notes": [entry]} | changed


def hands_in(client: FlaskClient, told: object) -> int:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    file = (BytesIO(content), "note.json")
    return client.post(FILE, headers=OWN, data={"file": file}, content_type="multipart/form-data").status_code


def there(table: BoxOnTheTable) -> list[tuple[object, ...]]:
    return table.rows(table.folders.meeting(MEETING).room_db, "SELECT first_s, last_s, says FROM notes ORDER BY id")


def test_a_note_is_seen_by_all_who_hold_a_ticket(holder: FlaskClient, other: FlaskClient) -> None:
    assert writes(holder, "1:04", "I said <b>no</b>.", "1:08") == 303
    assert writes(other, "0:10", "Ie, clywais i hynny.") == 303
    for one in (holder, other):
        page = text(one, PAGE)
        assert "1:04–1:08" in page and "I said &lt;b&gt;no&lt;/b&gt;." in page
        assert page.index("Ie, clywais") < page.index("I said")  # in the order of the meeting
        assert "Notes of those who were there (2)" in text(one, "/mine")


@pytest.mark.parametrize(
    ("first", "last", "second"), [("64", "", (64, 64)), (" 1:04 ", "1:29", (64, 89)), ("0:00:05", "", (5, 5))]
)
def test_times_as_people_write_them(
    table: BoxOnTheTable, holder: FlaskClient, first: str, last: str, second: tuple[int, int]
) -> None:
    assert writes(holder, first, last=last) == 303
    assert there(table) == [(*second, "I said no.")]


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("", "", "x"), ("soon", "", "x"), ("1:99", "", "x"), ("-1", "", "x"), ("１:04", "", "x"), ("1:05", "1:04", "x"),
        ("1:30", "", "x"), ("0:01", "99:00:00", "x"), ("1:04", "", ""), ("1:04", "", " \n "), ("1:04", "", "x" * 1001),
    ],
)  # fmt: skip
def test_what_is_no_note(table: BoxOnTheTable, holder: FlaskClient, first: str, last: str, says: str) -> None:
    assert writes(holder, first, says, last) == 400
    assert not table.folders.meeting(MEETING).room_db.exists() or there(table) == []


def test_the_longest_note_in_any_script(table: BoxOnTheTable, holder: FlaskClient) -> None:
    assert writes(holder, says="ܐ" * notes.LONGEST) == 303
    assert there(table) == [(64, 64, "ܐ" * notes.LONGEST)]


def test_only_holders_write_and_read(app: Flask, holder: FlaskClient) -> None:
    stranger = app.test_client()
    assert stranger.get(PAGE).status_code == 403
    assert writes(stranger) == 403 and hands_in(stranger, at_home()) == 403
    evil = {"Origin": "http://evil.example"}
    assert holder.post(PAGE, headers=evil, data={"first": "1", "says": "x"}).status_code == 403
    assert holder.get("/notes/2026-11-23-NEXT").status_code == 403


def test_the_same_is_written_once(table: BoxOnTheTable, holder: FlaskClient, other: FlaskClient) -> None:
    assert [writes(one) for one in (holder, holder, other)] == [303] * 3
    assert len(there(table)) == 2


def test_nobody_fills_the_card(table: BoxOnTheTable, holder: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST_OF_A_TICKET", 3)
    assert [writes(holder, says=str(number)) for number in range(5)] == [303] * 3 + [403] * 2
    assert hands_in(holder, at_home()) == 403
    assert len(there(table)) == 3


def test_while_it_lasts_there_are_none(app: Flask, table: BoxOnTheTable) -> None:
    client = app.test_client()
    table.opens()
    gets_ticket(client)
    table.records(90)
    assert writes(client) in (400, 403)
    assert "when the meeting has ended" in text(client, PAGE)


def test_they_close_after_ten_working_days(holder: FlaskClient, clock: HandClock) -> None:
    clock.go_on(10 * 24 * 3600)  # at least one Saturday and one Sunday are in it
    assert writes(holder) == 303
    clock.go_on(6 * 24 * 3600)
    assert writes(holder, says="too late") == 403
    page = text(holder, PAGE)
    assert "Notes could be written until" in page and "<form" not in page.split("<article>")[1]


def test_a_box_that_is_not_sure_of_the_date_leaves_them_open(
    app: Flask, table: BoxOnTheTable, holder: FlaskClient, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.go_on(300 * 24 * 3600)
    monkeypatch.setattr(clock, "trust", lambda: "unknown")
    assert writes(holder) == 303


def test_notes_of_home_are_handed_in_with_the_ticket(table: BoxOnTheTable, holder: FlaskClient) -> None:
    assert [hands_in(holder, at_home()), hands_in(holder, at_home())] == [303, 303]
    assert there(table) == [(12, 15, "That was not me.")]
    assert "written at home and signed “A. Parent”" in text(holder, PAGE)


def one(first: object, last: object, says: object = "x") -> dict[str, Any]:
    return at_home(notes=[{"first_s": first, "last_s": last, "says": says}])


@pytest.mark.parametrize(
    "told",
    [
        b"", b"\xff", b"[]", b"{}", b"[" * 100_000, at_home(format="x"), at_home(version=2), at_home("2026-11-23-NEXT"),
        at_home(notes=[]), at_home(notes={}), at_home(notes=[5]), at_home(notes=[{"first_s": 1, "last_s": 2}]),
        one(True, 2), one(1e3, 2), one(80, 90), one(1, 1, "x" * 1001), one("1", "2"), one(None, None), one(-1, 0),
    ],
    ids=lambda told: str(told)[:60],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(table: BoxOnTheTable, holder: FlaskClient, told: object) -> None:
    assert hands_in(holder, told) == 400
    assert not table.folders.meeting(MEETING).room_db.exists() or there(table) == []


def test_of_a_file_all_notes_are_taken_or_none(table: BoxOnTheTable, holder: FlaskClient) -> None:
    good, bad = ({"first_s": second, "last_s": second, "says": "x"} for second in (5, 500))
    assert hands_in(holder, at_home(notes=[good, bad])) == 400
    assert not table.folders.meeting(MEETING).room_db.exists() or there(table) == []
    assert hands_in(holder, b"x" * (notes.FILE_BYTES + 10_000)) == 413


def test_a_file_of_home_names_the_very_recording(table: BoxOnTheTable, holder: FlaskClient) -> None:
    key.make(table.folders.evidence)
    told = {"meeting": MEETING, "audio": {"root": "00" * 32}}
    seal = statement.signed(SEAL, told, key.load(table.folders.evidence))
    with closing(record.own(table.folders.meeting(MEETING))) as db:
        record.state(db, SEAL, seal)
    assert [hands_in(holder, at_home(seal=one)) for one in ("", "00" * 32)] == [400, 400]
    assert hands_in(holder, at_home(seal=statement.digest(seal))) == 303


def test_a_note_stays_as_it_is(table: BoxOnTheTable, holder: FlaskClient) -> None:
    writes(holder)
    db = sqlite3.connect(table.folders.meeting(MEETING).room_db)
    with closing(db):
        for sql in ("UPDATE notes SET says = 'yes'", "DELETE FROM notes"):
            with pytest.raises(sqlite3.IntegrityError, match="notes stay"):
                db.execute(sql)


@pytest.fixture
def sealed(folders: Folders) -> Held:
    return held(folders, 9.5)


@pytest.fixture
def hand(sealed: Held) -> FakeClock:
    return FakeClock()


@pytest.fixture
def finishing(folders: Folders, sealed: Held, hand: FakeClock) -> Iterator[Finisher]:
    with closing(Finisher(chosen(folders), hand)) as one:
        idle(one)
        yield one


def note(meeting: Held, says: str) -> None:
    with closing(room.own(meeting.folder)) as db:
        room.add_notes(db, [Note(1, "Blue Heron", 3, 4, says, "2026-03-02T12:00:00.000Z")])


def claims_of(meeting: Held, name: str) -> dict[str, Any]:
    return statement.read((meeting.folder.copies / name).read_text()).claims


def test_the_box_signs_what_was_written(sealed: Held, finishing: Finisher, hand: FakeClock) -> None:
    note(sealed, "I said no.")
    hand.pass_s(60)
    idle(finishing)
    note(sealed, "And I say it again.")
    note(sealed, "So do I.")
    hand.pass_s(10)
    idle(finishing)
    assert offered(sealed.folder) == [*ALL, "notes-1.jws"]  # what comes in half a minute comes together
    hand.pass_s(60)
    idle(finishing)
    assert offered(sealed.folder) == [*ALL, "notes-1.jws", "notes-2.jws"]
    first, second = claims_of(sealed, "notes-1.jws"), claims_of(sealed, "notes-2.jws")
    assert [one["says"] for one in first["notes"] + second["notes"]] == [
        "I said no.",
        "And I say it again.",
        "So do I.",
    ]
    assert second["before"] == statement.digest((sealed.folder.copies / "notes-1.jws").read_text())
    verdict = of_path(sealed.folder.copies)
    assert verdict.integrity == "cannot be judged"  # this box was not named as known
    assert [one.says[:15] for one in verdict.findings if one.part.startswith("notes")] == [
        "Signed: 1 note ",
        "Signed: 2 notes",
    ]


def test_a_life_that_ended_before_it_wrote_that_down(sealed: Held, finishing: Finisher, hand: FakeClock) -> None:
    """What lies there under the name was given to nobody: it is signed anew, with all that was written since."""
    forged = statement.signed(NOTES, {"notes": [{"id": 77}]}, key.load(sealed.folder.path.parent.parent / "evidence"))
    (sealed.folder.copies / "notes-1.jws").write_text(forged)
    note(sealed, "I said no.")
    hand.pass_s(60)
    idle(finishing)
    assert [one["says"] for one in claims_of(sealed, "notes-1.jws")["notes"]] == ["I said no."]


def test_a_room_that_cannot_be_read_keeps_no_other(
    folders: Folders, sealed: Held, finishing: Finisher, hand: FakeClock, capfd: pytest.CaptureFixture[str]
) -> None:
    other = held(folders, 2.5, "2026-03-03-NEXT")
    idle(finishing)
    sealed.folder.room_db.write_bytes(b"this is no database" * 100)
    note(other, "I said no.")
    for _ in range(3):
        hand.pass_s(60)
        idle(finishing)
    assert offered(other.folder) == [*ALL, "notes-1.jws"]
    assert capfd.readouterr().err.count("were not signed") == 1


def test_many_notes_come_in_files_that_a_verifier_reads(sealed: Held, finishing: Finisher, hand: FakeClock) -> None:
    with closing(room.own(sealed.folder)) as db:
        one = Note(1, "Blue Heron", 3, 4, "𝄞" * notes.LONGEST, "2026-03-02T12:00:00.000Z")
        room.add_notes(db, [one] * 250)
    for _ in range(3):
        hand.pass_s(60)
        idle(finishing)
    assert [len(claims_of(sealed, f"notes-{number}.jws")["notes"]) for number in (1, 2, 3)] == [100, 100, 50]
