"""The pages in English and Welsh, whichever the visitor chooses; and the organisation's own notice in any language."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from test_listening import TOLD
from test_web import OWN, app, clock, gets_ticket, table, text
from web_room import MEETING, BoxOnTheTable, HandClock

from appliance import checks, notice
from appliance.errors import BadNotice
from appliance.recorder import machine, signal_check, upkeep
from appliance.recorder.machine import EndMeeting, Mark
from appliance.settings import LANGUAGES, Room
from appliance.transcriber import languages as spoken_languages
from web import create_app, recorded
from web.languages import catalogue
from web.words import STATES

pytestmark = pytest.mark.pure
__all__ = ["app", "clock", "table"]  # fixtures
ROOT = Path(__file__).parent.parent
WELSH = {"Accept-Language": "cy-GB,cy;q=0.9,en;q=0.5"}
FILLED = re.compile(r"%\((\w+)\)s|\{(\w*)\}")


def sentences() -> set[str]:
    """Every sentence of the pages, as scripts/translations finds them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"].removeprefix("web/"), one["method"]) for one in mappings]
    keywords = {"gettext": None, "_": None, "msgid": None, "ngettext": (1, 2)}
    found = extract_from_dir(ROOT / "web", methods, keywords=keywords)
    return {one[2] if isinstance(one[2], str) else one[2][0] for one in found}


def pages(client: FlaskClient, *paths: str) -> Iterator[str]:
    for path in paths:
        answer = client.get(path, headers=WELSH)
        assert answer.status_code == 200, path
        yield answer.text


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_every_sentence_is_translated_and_says_the_same_facts(code: str) -> None:
    path = ROOT / "web" / "translations" / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as text_:
        messages = [one for one in read_po(text_, locale=code) if one.id]
    ids = {one.id if isinstance(one.id, str) else one.id[0] for one in messages}
    assert ids == sentences(), "run scripts/translations, then translate what is new"
    for one in messages:
        said = [one.string] if isinstance(one.string, str) else list(one.string or ())
        source = one.id if isinstance(one.id, str) else one.id[1]
        assert all(said) and not one.fuzzy, one.id
        for string in said:
            assert set(FILLED.findall(string)) == set(FILLED.findall(source)), one.id
            assert sorted(re.findall("<[^>]*>", string)) == sorted(re.findall("<[^>]*>", source)), one.id


def test_what_the_recorder_writes_down_is_in_the_catalogue() -> None:
    acts = [act for _, all_ in machine.TABLE.values() for act in all_]
    assert {act.because for act in acts if isinstance(act, EndMeeting)} <= set(recorded.ENDINGS)
    assert {act.name for act in acts if isinstance(act, Mark)} <= set(recorded.MARKS)
    assert set(upkeep.SOON.values()) <= set(recorded.WARNINGS)
    warnings = {upkeep.NO_PANEL, upkeep.NO_SOUND, upkeep.FULL, signal_check.SILENT, signal_check.CLIPPED}
    assert warnings | {signal_check.LOUD, signal_check.QUIET} <= set(recorded.WARNINGS)
    assert spoken_languages.how_good(spoken_languages.BASE, "en") == recorded.QUALITY


def test_the_browser_is_asked_and_the_visitor_decides(app: Flask, table: BoxOnTheTable) -> None:
    table.says("ready")
    client = app.test_client()
    page = client.get("/", headers=WELSH).text
    assert '<html lang="cy">' in page and "Ddim yn recordio" in page and "Welsh not yet read by a speaker" in page
    assert client.get("/", headers={"Accept-Language": "pl"}).text.count("Not recording")
    answer = client.get("/language/en?back=/enter", headers=WELSH)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/enter")
    page = client.get("/", headers=WELSH).text
    assert '<html lang="en-GB">' in page and "Not recording" in page and ">Cymraeg</a>" in page
    client.get("/language/cy")
    assert "Ddim yn recordio" in client.get("/").text


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "x", "/\\/evil"]
)
def test_the_way_back_leads_nowhere_else(app: Flask, back: str) -> None:
    answer = app.test_client().get("/language/cy", query_string={"back": back})
    assert answer.headers["Location"] == "/"


def test_only_languages_of_the_room(table: BoxOnTheTable, clock: HandClock) -> None:
    table.settings = replace(table.settings, room=replace(table.settings.room, languages="en"))
    client = create_app(table.settings, clock).test_client()
    table.says("ready")
    page = client.get("/", headers=WELSH).text
    assert "Not recording" in page and "Cymraeg" not in page
    assert client.get("/language/cy").status_code == 404
    client.set_cookie("candour-language", "cy")
    assert "Not recording" in client.get("/", headers=WELSH).text
    table.settings = replace(table.settings, room=replace(table.settings.room, languages="cy, en"))
    assert "Ddim yn recordio" in create_app(table.settings, clock).test_client().get("/").text


@pytest.mark.parametrize("state", STATES)
def test_no_english_is_left_on_the_welsh_page_of_the_room(table: BoxOnTheTable, app: Flask, state: str) -> None:
    client = app.test_client()
    outside = state in ("starting", "unfit", "ready")
    if not outside:
        table.opens()
    table.says(state, None if outside else MEETING, because="" if outside else upkeep.SOON[machine.Event.QUIET])
    assert_welsh(*pages(client, "/", "/enter", "/mine", "/notice"))


def test_no_english_is_left_on_the_welsh_pages_of_a_holder(table: BoxOnTheTable, app: Flask) -> None:
    client = app.test_client()
    table.opens()
    gets_ticket(client)
    table.records(30)
    table.signs(20)
    table.transcribes(10)
    table.says("recording", MEETING, objections=1)
    assert_welsh(*pages(client, "/", "/mine", f"/receipts/{MEETING}", f"/notes/{MEETING}"))
    table.ends()
    assert_welsh(*pages(client, "/mine"))
    table.makes("recording.mp3", "audio/mpeg", b"sound")
    assert_welsh(*pages(client, "/mine", f"/listen/{MEETING}"))
    for name in ("recording.flac", "transcript.docx", "transcript.txt", "seal.jws", "bundle.zip"):
        table.makes(name, "x/y", b"x")
    table.makes("transcript.json", "application/json", json.dumps(TOLD).encode())
    client.post(f"/notes/{MEETING}", headers=OWN, data={"first": "1", "says": "Na."})
    client.post(f"/hold/{MEETING}", headers=OWN, data={"why": "Apêl"})
    assert_welsh(*pages(client, "/mine", f"/listen/{MEETING}", f"/notes/{MEETING}"))
    assert_welsh(client.post(f"/let-in/{MEETING}", headers=OWN | WELSH).text)


@pytest.mark.parametrize("path", ["/nothing", f"/copies/{MEETING}/x", f"/notes/{MEETING}"])
def test_refusals_are_in_welsh_too(app: Flask, path: str) -> None:
    assert_welsh(app.test_client().get(path, headers=WELSH).text)


def assert_welsh(*said: str) -> None:
    """No sentence of the source is left as it is."""
    same = {one for one in sentences() if catalogue("cy").gettext(one) == one}
    for page in said:
        assert '<html lang="cy">' in page
        shown = " ".join(re.sub(r'<section lang="en".*?</section>', "", page, flags=re.DOTALL).split())
        left = [one for one in sentences() - same if "%" not in one and len(one) > 12 and one in shown]
        assert left == []


def test_what_people_are_told_is_in_their_language(app: Flask, table: BoxOnTheTable) -> None:
    table.opens()
    page = app.test_client().get("/", headers=WELSH).text
    assert "Beth sy’n digwydd yma" in page and "Anytown Council sy’n recordio, yn Room 4" in page
    assert "90 diwrnod" in page and "Ring 01234 567890." in page
    assert "What happens here" in app.test_client().get("/notice/en", headers=WELSH).text


@pytest.fixture
def own_texts(table: BoxOnTheTable, tmp_path: Path) -> Path:
    folder = tmp_path / "notices"
    folder.mkdir()
    room = Room(name="Room 4", organisation="Anytown Council", notices=str(folder))
    table.settings = replace(table.settings, room=room)
    (folder / "en.txt").write_text(
        "# We record\n{organisation} keeps it {days} days. {unknown} {}\n\n<b>Not bold</b>\n"
    )
    (folder / "pl.txt").write_text("# Nagrywamy\nZachowujemy nagranie przez {days} dni.\n")
    return folder


def test_the_organisation_writes_its_own_in_any_language(
    table: BoxOnTheTable, own_texts: Path, clock: HandClock
) -> None:
    client = create_app(table.settings, clock).test_client()
    table.opens()
    page = text(client)
    assert "Anytown Council keeps it 90 days. {unknown} {}" in page and "&lt;b&gt;Not bold" in page
    assert '<a href="/notice/pl" lang="pl"' in page and ">polski</a>" in page
    assert "przez 90 dni" in text(client, "/notice/pl")
    assert client.get("/notice/de").status_code == 404
    told = notice.claims(notice.shown(table.settings))
    assert (told["version"], told["language"]) == ("organisation", "en")
    assert [one["language"] for one in told["also"]] == ["pl"]  # type: ignore[attr-defined]


def test_texts_that_cannot_be_used_are_told_to_whoever_looks_after_the_box(
    table: BoxOnTheTable, own_texts: Path, clock: HandClock
) -> None:
    spoilt = {"en.txt": b"\xff\xfe\x00", "de.txt": b"  \n", "fr.txt": b"x" * (notice.LONGEST + 1)}
    for name, content in spoilt.items():
        (own_texts / name).write_bytes(content)
        with pytest.raises(BadNotice):
            notice.notices(table.settings)
        assert [one.version for one in notice.shown(table.settings)] == [notice.VERSION] * 2
        (own_texts / name).unlink()
    (own_texts / "pl.txt").unlink()
    with pytest.raises(BadNotice, match="no file that is named by a language"):
        notice.notices(table.settings)
    (found,) = [one for one in checks.seen(table.settings, clock) if one.what == "notice"]
    assert "Until they can be, the box shows its own" in found.problem
    table.opens()
    assert "What happens here" in text(create_app(table.settings, clock).test_client())


def test_the_own_texts_are_there_for_every_language_of_the_pages() -> None:
    names = {path.name for path in files("appliance").joinpath("notices").iterdir()}
    assert {f"{code}.txt" for code in LANGUAGES} == names
