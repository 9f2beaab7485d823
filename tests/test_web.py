"""What people in the room see on the page, from the notice to the copy."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance.news import latest
from web import create_app
from web.credentials import code_of, grouped, is_token, meant, new_token
from web.pseudonyms import BIRDS, COLOURS, pseudonym
from web.words import NEVER_ONLINE, STATES, size

pytestmark = pytest.mark.pure
OWN = {"Origin": "http://localhost"}
SOUND = bytes(range(256)) * 40


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def table(tmp_path: Path, clock: HandClock) -> BoxOnTheTable:
    return BoxOnTheTable(tmp_path, clock)


@pytest.fixture
def app(table: BoxOnTheTable, clock: HandClock) -> Flask:
    return create_app(table.settings, clock)


@pytest.fixture
def parent(app: Flask) -> FlaskClient:
    return app.test_client()


def text(client: FlaskClient, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def gets_ticket(client: FlaskClient, **form: str) -> None:
    answer = client.post("/ticket", headers=OWN, data=form)
    assert (answer.status_code, answer.location) == (303, "/mine")


def test_a_transcript_that_falls_behind_says_how_far_and_afterwards_how_long_it_takes(
    table: BoxOnTheTable, parent: FlaskClient
) -> None:
    table.opens()
    gets_ticket(parent)
    table.records(50)
    assert "Transcript up to 0:00<" in text(parent)
    table.records(500)
    table.transcribes(100, took_s=150.0)
    assert "Transcript up to 1:40, about 7 minutes behind" in text(parent)
    table.transcribes(300, took_s=30.0, draft=True)
    assert "Transcript up to 6:40, about 2 minutes behind" in text(parent)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    assert "About one word in three was wrong in a test." in text(parent, "/mine")
    assert "up to 6:40 of 8:20, about 10 minutes left." in text(parent, "/mine")  # 100 s unread, 300 s in a draft


def test_a_meeting_put_away_without_transcript_waits_for_none(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    table.records(50)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    assert "is being written" in text(parent, "/mine")
    table.makes("master may go", "", b"")
    assert "is being written" not in text(parent, "/mine")


def test_from_the_notice_to_the_copy(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.says("ready")
    assert "It is not recording now." in text(parent) and "Get my ticket" not in text(parent)

    table.opens()
    notice = text(parent)
    assert all(words in notice for words in ("Anytown Council", "Nothing is recorded yet", "same complete record"))
    gets_ticket(parent)
    assert "You hold the only ticket" in text(parent, "/mine") and "/copies/" not in text(parent, "/mine")
    assert "You have a ticket" in text(parent)

    table.records(190)
    table.transcribes(70)
    recording = text(parent)
    assert "Recording" in recording and "3:10 recorded" in recording and "Transcript up to 1:10" in recording

    table.ends()
    assert "Your copy is being made" in text(parent, "/mine")
    digest = table.makes("recording.mp3", "audio/mpeg", SOUND)
    table.makes("recording.flac", "audio/flac", SOUND * 3)
    mine = text(parent, "/mine")
    assert "Save the recording" in mine and digest in mine and "10.2 kB" in mine and f"{MEETING}, 3:10 long" in mine
    assert "The transcript is being written: up to 1:10 of 3:10, less than a minute left." in mine
    with parent.get(f"/copies/{MEETING}/recording.mp3") as taken:
        assert taken.data == SOUND
        assert taken.headers["Content-Disposition"] == f'attachment; filename="{MEETING} recording.mp3"'

    table.makes("transcript.txt", "text/plain", b"[0:00] Good morning.\n")
    mine = text(parent, "/mine")
    assert "Save the transcript" in mine and "is being written" not in mine
    assert mine.index("recording.mp3") < mine.index("recording.flac") < mine.index("transcript.txt")


def test_what_is_written_down_is_no_secret(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    table.records(2)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    for _ in range(2):
        parent.get(f"/copies/{MEETING}/recording.mp3").close()

    cookie = parent.get_cookie("candour")
    assert cookie and is_token(cookie.value)
    assert cookie.http_only and cookie.same_site == "Lax" and not cookie.secure and cookie.path == "/"
    kept = table.folders.tickets_db.read_bytes()
    assert cookie.value.encode() not in kept and code_of(cookie.value).encode() not in kept

    name = table.rows(table.folders.tickets_db, "SELECT pseudonym FROM tickets")[0][0]
    assert table.rows(table.folders.tickets_db, "SELECT event, detail FROM events") == [("ticket issued", name)]
    room_db = table.folders.meeting(MEETING).room_db
    assert table.rows(room_db, "SELECT event, detail FROM events") == [("copy taken", f"{name} recording.mp3")]
    assert "You hold the only ticket so far, and you have taken a copy." in text(parent, "/mine")


def test_pressing_twice_gives_one_ticket(table: BoxOnTheTable, app: Flask) -> None:
    table.opens()
    token = new_token()
    hasty, again = app.test_client(), app.test_client()  # the second press went out before the first answer came
    gets_ticket(hasty, token=token)
    gets_ticket(again, token=token)
    gets_ticket(hasty)
    assert table.rows(table.folders.tickets_db, "SELECT count(*) FROM tickets") == [(1,)]


def test_everybody_sees_the_count(table: BoxOnTheTable, app: Flask, parent: FlaskClient) -> None:
    table.opens()
    clerk = app.test_client()
    gets_ticket(parent)
    gets_ticket(clerk)
    assert "2 tickets; 0 of 2 have taken a copy" in text(parent, "/mine") and "We are 2; does your page say 2?" in text(
        clerk, "/mine"
    )
    table.records(2)
    table.ends()
    table.makes("recording.mp3", "audio/mpeg", SOUND)
    clerk.get(f"/copies/{MEETING}/recording.mp3").close()
    assert "2 tickets; 1 of 2 have taken a copy" in text(parent, "/mine")


@pytest.mark.parametrize("spelled", ["{}", " {} ", "lower", "spaced", "misread"])
def test_the_code_on_paper_opens_the_ticket_on_another_phone(
    spelled: str, table: BoxOnTheTable, parent: FlaskClient, app: Flask
) -> None:
    table.opens()
    gets_ticket(parent, token="AAAAAAAAAAAAAAAAAAAAAA")
    code = grouped(code_of("AAAAAAAAAAAAAAAAAAAAAA"))
    assert code in text(parent, "/mine")
    said = {
        "lower": code.lower(),
        "spaced": " ".join(code.replace("-", "")),
        "misread": code.replace("1", "l").replace("0", "o"),
    }.get(spelled, spelled.format(code))

    other = app.test_client()
    assert other.post("/enter", headers=OWN, data={"ticket": said}).location == "/mine"
    assert code in text(other, "/mine")
    assert table.rows(table.folders.tickets_db, "SELECT count(*) FROM tickets") == [(1,)]
    cookie = other.get_cookie("candour")
    assert cookie and cookie.value == code.replace("-", "")


def test_a_code_does_not_replace_the_token_that_is_held(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    before = parent.get_cookie("candour")
    assert before
    parent.post("/enter", headers=OWN, data={"ticket": code_of(before.value)})
    parent.post("/enter", headers=OWN, data={"ticket": f"http://localhost/mine#{before.value}"})
    after = parent.get_cookie("candour")
    assert after and after.value == before.value


def test_a_new_ticket_loses_no_older_one(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens("2026-11-23-AAAA")
    gets_ticket(parent)
    table.ends("2026-11-23-AAAA", seconds=0)
    table.opens("2026-11-23-BBBB")
    assert "Get my ticket" in text(parent)
    gets_ticket(parent)
    mine = text(parent, "/mine")
    assert mine.index("2026-11-23-BBBB") < mine.index("2026-11-23-AAAA")
    assert "Nothing was recorded in this meeting (stopped by the button)." in mine


def test_eight_tickets_are_kept(table: BoxOnTheTable, parent: FlaskClient) -> None:
    for number in range(9):
        table.opens(f"meeting-{number}")
        gets_ticket(parent)
        table.ends(f"meeting-{number}", seconds=0)
    mine = text(parent, "/mine")
    assert "meeting-8" in mine and "meeting-1" in mine and "meeting-0" not in mine
    assert "keep the code of the last one" in mine


def test_a_meeting_held_but_not_recorded(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    table.ends(seconds=0)
    assert "Nothing was recorded in this meeting" in text(parent, "/mine")


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_words_and_its_pattern(state: str, table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    table.records(1)
    table.says(state, MEETING, because="The card is full.")
    page, words = text(parent), STATES[state]
    assert words.title in page and words.light in page and f"strip {words.pattern}" in page and NEVER_ONLINE in page
    assert (words.pattern == "steady") == (state == "recording")
    assert "The card is full." in page
    assert ("The card is full. Ring 01234 567890." in page) == (words.pattern == "fault")
    assert ("Get my ticket" in page) == (state not in ("starting", "unfit", "ready"))


def test_no_file_no_claim(parent: FlaskClient) -> None:
    page = text(parent)
    assert "No news from the recorder" in page and "Look at the light." in page
    assert parent.post("/ticket", headers=OWN).status_code == 403


def test_a_recorder_that_fell_silent_is_not_recording(
    table: BoxOnTheTable, clock: HandClock, parent: FlaskClient
) -> None:
    table.opens()
    table.records(60)
    clock.go_on(2.9)
    assert "strip steady" in text(parent)
    clock.go_on(0.1)
    page = text(parent)
    assert "No news from the recorder" in page and "strip steady" not in page and "Get my ticket" not in page
    assert parent.post("/ticket", headers=OWN).status_code == 403
    table.lives()
    assert "strip steady" in text(parent)
    gets_ticket(parent)


def test_what_was_written_down_is_no_sign_of_life(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    gets_ticket(parent)
    table.records(60)
    table.settings.store.news.unlink()
    page = text(parent)
    assert "No news from the recorder" in page and "strip steady" not in page
    assert "You have a ticket" in page and "1:00 recorded" in page


def test_a_box_that_was_switched_off_says_nothing_of_now(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    table.records(60)
    table.says("recording", MEETING, boot="an earlier boot", objections=1)
    page = text(parent)
    assert "No news from the recorder" in page and "objects" not in page
    assert parent.post("/ticket", headers=OWN).status_code == 403


@pytest.mark.parametrize("state", ["ended", "ended_full"])
def test_an_ended_meeting_admits_until_the_recorder_ends_that(
    state: str, table: BoxOnTheTable, clock: HandClock, parent: FlaskClient
) -> None:
    table.opens()
    table.ends(seconds=1)
    table.says(state, MEETING)
    page = text(parent)
    assert "Get my ticket" in page and "Tickets are given for 2 minutes after the end." in page
    clock.go_on(3)  # the recorder died
    assert "Get my ticket" not in text(parent)
    assert parent.post("/ticket", headers=OWN).status_code == 403
    table.says("ready")
    assert "Get my ticket" not in text(parent)


def test_the_next_notice_ends_the_admission_before_it_is_told(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    table.ends(seconds=1)
    ended = latest(table.settings.store.news)
    table.opens("2026-11-23-NEXT")
    assert ended
    table.tells(ended)  # the row of the next meeting is written, the news of it not yet told
    assert "Get my ticket" not in text(parent)
    assert parent.post("/ticket", headers=OWN).status_code == 403


def test_what_people_should_know_while_it_records(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    table.records(60)
    assert '<p data-say="because" class="because" hidden>' in text(parent)
    table.says("recording", MEETING, because="Nobody has been heard for 10 minutes.")
    page = text(parent)
    assert '<p data-say="because" class="because">Nobody has been heard for 10 minutes.</p>' in page
    assert "strip steady" in page


def test_an_objection_is_on_every_page_until_the_button_answers(table: BoxOnTheTable, parent: FlaskClient) -> None:
    must = "The person running the meeting must now say aloud what happens."
    table.opens()
    gets_ticket(parent)
    for count, said in (
        (1, "Somebody here objects to the recording. "),
        (3, "3 people here object to the recording. "),
    ):
        table.says("notice", MEETING, objections=count)
        for path in ("/", "/mine", "/enter", "/no-such-page"):
            page = parent.get(path).text
            assert said + must in page
    table.says("recording", MEETING)
    assert all(must not in parent.get(path).text for path in ("/", "/mine", "/enter", "/no-such-page"))


def test_the_status_in_figures(table: BoxOnTheTable, clock: HandClock, parent: FlaskClient) -> None:
    table.opens()
    table.says("recording", MEETING, because="The sound is poor.", objections=2, level=-31.5)
    told = parent.get("/status").json
    assert told and (told["because"], told["objections"], told["level"]) == ("The sound is poor.", 2, -31.5)
    assert told["says"]["objections"].startswith("2 people here object")
    assert told["says"]["because"] == "The sound is poor."
    clock.go_on(3)
    told = parent.get("/status").json
    assert told and (told["because"], told["objections"], told["level"]) == ("", 0, None)
    assert told["says"]["objections"] == ""


def test_the_status_is_sent_only_when_it_changed(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    first = parent.get("/status")
    assert first.json and first.json["says"]["title"] == "About to record"
    same = parent.get("/status", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    gets_ticket(parent)
    ticketed = parent.get("/status", headers={"If-None-Match": first.headers["ETag"]})
    assert ticketed.json and ticketed.json["shape"] != first.json["shape"]
    assert ticketed.json["says"]["ticket-1-count"] == "You hold the only ticket so far."
    assert ticketed.headers["Cache-Control"] == "no-store"


def test_the_code_on_the_table_is_the_address_as_set(tmp_path: Path) -> None:
    table = BoxOnTheTable(tmp_path, HandClock(), address="http://10.41.0.1/")
    client = create_app(table.settings, table.clock).test_client()
    assert client.get("/qr.svg").mimetype == "image/svg+xml"
    assert "http://10.41.0.1<" in text(client)


def test_only_web_files_are_written(table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.opens()
    before = files(table)
    gets_ticket(parent)
    for path in ("/", "/mine", "/status", "/enter", "/qr.svg"):
        parent.get(path).close()
    after = files(table)
    assert {path.name for path in after.keys() ^ before.keys()} == {"tickets.db"}
    assert all(after[path] == content for path, content in before.items())


def files(table: BoxOnTheTable) -> dict[Path, bytes]:
    """What lies in the data folder, but for what SQLite keeps beside a file that is open."""
    every = (path for path in table.folders.data.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in every if not path.name.endswith(("-wal", "-shm"))}


@pytest.mark.parametrize(
    ("trust", "said"),
    [
        ("rtc", "from the box’s own clock, not compared with a time server"),
        ("unknown", "by the box’s own clock, which may be wrong"),
    ],
)
def test_how_sure_the_box_is_of_the_time(trust: str, said: str, table: BoxOnTheTable, parent: FlaskClient) -> None:
    table.clock_trust = trust
    table.opens()
    gets_ticket(parent)
    assert said in text(parent, "/mine")


def test_pseudonyms_are_one_of_a_kind() -> None:
    total = len(COLOURS) * len(BIRDS)
    taken: set[str] = set()
    for _ in range(total + 1):
        taken.add(pseudonym(b"the same seed", taken))
    assert len(taken) == total + 1
    assert pseudonym(b"seed", ()) == pseudonym(b"seed", ())


def test_what_people_type() -> None:
    token = "ab-cd_efghijklmnopqrst"
    assert list(meant(f"http://box/mine#{token}")) == [token]
    assert list(meant("0il2-o000-0000")) == ["011200000000"]
    assert list(meant("UUUU-UUUU-UUUU")) == list(meant("")) == []


@pytest.mark.parametrize(
    ("count", "said"), [(12, "12 bytes"), (12_345, "12.3 kB"), (2_880_000, "2.9 MB"), (3_210_000_000, "3.2 GB")]
)
def test_sizes_for_people(count: int, said: str) -> None:
    assert size(count) == said
