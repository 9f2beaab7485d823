"""What the page refuses, and that it refuses in words."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance.settings import Staff, Transcript
from web import create_app
from web.security import FORM_BYTES

pytestmark = pytest.mark.pure
OWN = {"Origin": "http://localhost"}
SOUND = bytes(range(256)) * 40
COPY = f"/copies/{MEETING}/recording.mp3"


@pytest.fixture
def table(tmp_path: Path) -> BoxOnTheTable:
    """A meeting that has ended, with its copy."""
    table = BoxOnTheTable(tmp_path, HandClock())
    table.opens()
    table.records(3)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    return table


@pytest.fixture
def app(table: BoxOnTheTable) -> Flask:
    return create_app(table.settings, table.clock)


@pytest.fixture
def holder(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert client.post("/ticket", headers=OWN).status_code == 303
    return client


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


def collections(table: BoxOnTheTable) -> int:
    room_db = table.folders.meeting(MEETING).room_db
    return len(table.rows(room_db, "SELECT * FROM collections")) if room_db.exists() else 0


@pytest.mark.parametrize("path", ["/ticket", "/enter"])
@pytest.mark.parametrize(
    "origin",
    [None, "null", "", "http://evil.example", "http://localhost:81", "http://localhost.evil.example", "localhost", "["],
)
def test_a_form_from_elsewhere(path: str, origin: str | None, stranger: FlaskClient) -> None:
    answer = stranger.post(path, headers={} if origin is None else {"Origin": origin})
    assert answer.status_code == 403
    assert "did not come from this page" in answer.text and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "[", "a b", "10.0.0.1.evil.example", ".", "..", "a" * 300]
)
def test_a_name_that_a_stranger_pointed_at_the_box(host: str, stranger: FlaskClient) -> None:
    answer = stranger.get("/", headers={"Host": host})
    assert answer.status_code == 400 and "Get my ticket" not in answer.text
    assert "X-Content-Type-Options" in answer.headers


@pytest.mark.parametrize("host", ["10.41.0.1", "10.41.0.1:8080", "[fd00::1]:80", "candour", "candour.local"])
def test_names_that_the_box_goes_by(host: str, stranger: FlaskClient) -> None:
    assert stranger.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("said", ["", "0000-0000-0000", "A" * 22, "x" * 300, "'; DROP TABLE tickets; --", "é☃"])
def test_a_wrong_code(said: str, holder: FlaskClient, stranger: FlaskClient) -> None:
    answer = stranger.post("/enter", headers=OWN, data={"ticket": said})
    assert answer.status_code == 403
    assert "That code is not right" in answer.text and "Set-Cookie" not in answer.headers


def test_without_a_ticket_nobody_learns_whether_there_is_a_meeting(stranger: FlaskClient) -> None:
    answers = [stranger.get(path) for path in (COPY, f"/copies/{MEETING}/no.mp3", "/copies/no/recording.mp3")]
    assert {(answer.status_code, answer.data) for answer in answers} == {(403, answers[0].data)}
    assert MEETING not in stranger.get("/mine").text


def test_the_next_people_in_the_room_cannot_reach_the_last_meeting(table: BoxOnTheTable, stranger: FlaskClient) -> None:
    table.opens("2026-11-23-NEXT")
    assert stranger.post("/ticket", headers=OWN).status_code == 303
    assert stranger.get(COPY).status_code == 403
    assert MEETING not in stranger.get("/mine").text


def test_nothing_before_the_end(table: BoxOnTheTable, stranger: FlaskClient) -> None:
    table.opens("open")
    table.records(5, "open")
    table.makes("recording.mp3", "audio/mpeg", SOUND, "open")  # the small copy follows the recording
    assert stranger.post("/ticket", headers=OWN).status_code == 303
    answer = stranger.get("/copies/open/recording.mp3")
    assert answer.status_code == 403 and "has not ended" in answer.text
    assert "/copies/" not in stranger.get("/mine").text


@pytest.mark.parametrize(
    "name",
    [
        "master.wav",
        "..",
        ".",
        "../master.wav",
        "..%2fmaster.wav",
        "%2e%2e%2frecord.db",
        "recording.mp3/",
        "recording.mp3%00",
    ],
)
def test_names_that_are_no_copy(name: str, holder: FlaskClient) -> None:
    assert holder.get(f"/copies/{MEETING}/{name}").status_code in (403, 404)


@pytest.mark.parametrize("meeting", ["..", "%2e%2e", "../meetings/" + MEETING, MEETING.lower(), MEETING + "%00"])
def test_meetings_that_are_none(meeting: str, holder: FlaskClient) -> None:
    assert holder.get(f"/copies/{meeting}/recording.mp3").status_code in (403, 404)


def test_a_part_and_then_the_rest(table: BoxOnTheTable, holder: FlaskClient) -> None:
    with holder.get(COPY, headers={"Range": "bytes=0-99"}) as part:
        assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, SOUND[:100], "bytes 0-99/10240")
        tag = part.headers["ETag"]
    assert collections(table) == 0
    with holder.get(COPY, headers={"Range": "bytes=100-", "If-Range": tag}) as rest:
        assert (rest.status_code, rest.data) == (206, SOUND[100:])
    assert collections(table) == 1


def test_a_rest_of_something_else_is_the_whole(holder: FlaskClient) -> None:
    with holder.get(COPY, headers={"Range": "bytes=100-", "If-Range": '"another"'}) as whole:
        assert (whole.status_code, whole.data) == (200, SOUND)


def test_no_such_part(holder: FlaskClient) -> None:
    answer = holder.get(COPY, headers={"Range": "bytes=99999-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */10240")


def test_asking_is_not_taking(table: BoxOnTheTable, holder: FlaskClient) -> None:
    with holder.head(COPY) as head:
        assert (head.status_code, head.data, head.content_length) == (200, b"", len(SOUND))
        tag = head.headers["ETag"]
    with holder.get(COPY, headers={"If-None-Match": tag}) as unchanged:
        assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert collections(table) == 0


def test_a_damaged_copy_is_not_given_out(table: BoxOnTheTable, holder: FlaskClient) -> None:
    (table.folders.meeting(MEETING).copies / "recording.mp3").write_bytes(SOUND[:-1])
    answer = holder.get(COPY)
    assert answer.status_code == 500 and "damaged" in answer.text


def test_a_copy_is_given_even_where_that_cannot_be_written_down(table: BoxOnTheTable, holder: FlaskClient) -> None:
    table.folders.meeting(MEETING).room_db.mkdir()  # SQLite cannot open it, as on a disk that has become read-only
    with holder.get(COPY) as taken:
        assert taken.data == SOUND


def test_a_meeting_that_was_deleted(table: BoxOnTheTable, holder: FlaskClient) -> None:
    table.folders.meeting(MEETING).path.rename(table.folders.data / "deleted")
    assert holder.get("/mine").status_code == 200
    assert holder.get(COPY).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "POST"])
@pytest.mark.parametrize("path", ["/", "/status", "/mine", COPY, "/static/candour.css"])
def test_methods_that_are_not_for_this_page(method: str, path: str, stranger: FlaskClient) -> None:
    answer = stranger.open(path, method=method, headers=OWN)
    assert answer.status_code == 405 and "Not possible" in answer.text and "GET" in answer.headers["Allow"]


def test_too_much_text(stranger: FlaskClient) -> None:
    answer = stranger.post("/enter", headers=OWN, data={"ticket": "A" * FORM_BYTES})
    assert answer.status_code == 413 and "Too much" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/mine", "/status", "/enter", "/no such page", COPY, "/static/room.js", "/qr.svg"]
)
def test_headers_on_every_answer(path: str, stranger: FlaskClient) -> None:
    with stranger.get(path) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert path.startswith("/static/") or answer.headers["Cache-Control"] == "no-store"


def test_nobody_can_fill_the_disk_with_tickets(
    table: BoxOnTheTable, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.admission.MOST_OF_A_MEETING", 3)
    answers = [app.test_client().post("/ticket", headers=OWN) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 403]
    assert "All 3 tickets" in answers[-1].text


PATHS = st.one_of(
    st.sampled_from(["/", "/status", "/mine", "/ticket", "/enter", "/qr.svg", COPY]),
    st.text(max_size=60).map(lambda tail: "/" + tail),
    st.tuples(st.text(max_size=20), st.text(max_size=20)).map(lambda two: f"/copies/{two[0]}/{two[1]}"),
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=PATHS,
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS"]),
    field=st.text(max_size=60),
    cookie=HEADER,
    asked=st.one_of(HEADER, st.from_regex(r"bytes=[0-9]{0,6}-[0-9]{0,6}", fullmatch=True)),
    host=st.one_of(st.just("localhost"), HEADER),
)
def test_nothing_makes_the_page_stumble(
    holder: FlaskClient, path: str, method: str, field: str, cookie: str, asked: str, host: str
) -> None:
    headers = [("Origin", f"http://{host}"), ("Range", asked), ("If-Range", cookie), ("Host", host)]
    if cookie:
        headers.append(("Cookie", f"candour={cookie}"))
    data = {"ticket": field, "token": field} if method == "POST" else None
    with holder.open(path=path, method=method, headers=headers, data=data) as answer:
        assert answer.status_code < 500


FIELDS = ("ticket", "token", "slip", "why", "who", "says", "first", "last", "count", "key", "back", "at")


@pytest.fixture
def staff(table: BoxOnTheTable, holder: FlaskClient) -> FlaskClient:
    """A holder who is staff as well, so that every page opens; everything is switched on."""
    everything = replace(table.settings, staff=Staff("a key of the town hall"), transcript=Transcript(live=True))
    client = create_app(everything, table.clock).test_client()
    cookie = holder.get_cookie("candour")
    assert cookie
    client.set_cookie("candour", cookie.value)
    client.post("/staff/enter", headers=OWN, data={"key": "a key of the town hall"})
    assert client.get("/staff/").status_code == 200
    return client


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    method=st.sampled_from(["GET", "POST"]),
    said=st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40)),
)
def test_no_address_stumbles_over_anything(
    staff: FlaskClient, data: st.DataObject, method: str, said: dict[str, str]
) -> None:
    rules = sorted({rule.rule for rule in staff.application.url_map.iter_rules()})
    rule = data.draw(st.sampled_from(rules))
    known = ["cy", "jws", "zip", "recording.mp3", "..", "%00"]
    value = st.one_of(st.just(MEETING), st.sampled_from(known), st.text(max_size=20))
    path = re.sub(r"<(?:\w+:)?\w+>", lambda _: quote(data.draw(value), safe=""), rule)
    form, query = (said, None) if method == "POST" else (None, said)
    with staff.open(path=path, method=method, headers=OWN, data=form, query_string=query) as answer:
        assert answer.status_code < 500, (path, said)


# Werkzeug leaves what it read of a broken form in memory to be collected.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function SpooledTemp:pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("path", [f"/notes/{MEETING}/file", f"/notes/{MEETING}", "/enter", "/staff/slips", "/ticket"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "é/x"])
def test_forms_of_every_kind(staff: FlaskClient, path: str, kind: str) -> None:
    half = b"--x\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\n[[["
    for body in (b"", b"--x\r\n", half, b"\xff" * 500):
        assert staff.post(path, headers=OWN, data=body, content_type=kind).status_code < 500
