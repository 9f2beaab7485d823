"""`candour check` and `candour meetings` on small made-up data folders."""

import json
from pathlib import Path

import pytest
from fake_clock import FakeClock

from appliance import checks, listing, news
from appliance.clock import Clock
from appliance.news import News
from appliance.recorder import fitness
from appliance.recorder.listening import SILENCE_DBFS
from appliance.settings import Meeting, Microphone, Settings, Store, Transcript
from appliance.store import box, finish, record, transcript, wav
from appliance.store.folders import Folders

pytestmark = pytest.mark.pure

RATE = 16000
MEETING = "2026-11-23-K7QF"


def store_of(data: Path, reserve_mb: int = 10) -> Store:
    return Store(data=str(data), run=str(data.parent / "run"), reserve_mb=reserve_mb)


def settings_of(data: Path, **changed: object) -> Settings:
    parts: dict[str, object] = {
        "microphone": Microphone(device="pcm:simmic"),
        "transcript": Transcript(enabled=False),
        "meeting": Meeting(longest_hours=0.1),
        "store": store_of(data),
    }
    return Settings(**{**parts, **changed})  # type: ignore[arg-type]


def problems(setting: Settings) -> dict[str, str]:
    return {one.what: one.problem for one in checks.run(setting, FakeClock())}


def box_is(data: Path, state: str, because: str = "", boot: str = "the boot of the test") -> None:
    """The recorder told so at the very moment at which a fake clock begins."""
    now = FakeClock().monotonic()
    told = News(boot, now, state, now, "2026-11-23T10:02:00Z", because, None, SILENCE_DBFS, 0)
    news.tell(store_of(data).news, told)


def test_a_box_that_is_well(folders: Folders) -> None:
    box_is(folders.data, "ready")
    found = checks.run(settings_of(folders.data), FakeClock())
    assert [(one.what, one.problem) for one in found] == [
        ("storage", ""),
        ("microphone", ""),
        ("key", ""),
        ("notice", ""),
        ("clock", ""),
        ("space", ""),
        ("recorder", ""),
    ]
    assert json.loads(checks.as_json(found))["well"] is True
    assert checks.as_text(found).splitlines()[0] == "well      storage"


def notes(setting: Settings, clock: Clock | None = None, asound: Path = Path("/nothing")) -> dict[str, str]:
    return {one.what: one.note for one in checks.run(setting, clock or FakeClock(), asound)}


@pytest.mark.parametrize(("trusted", "said"), [(True, "compared with a time server"), (False, "which may be wrong")])
def test_the_clock_is_never_a_problem_but_says_how_sure_it_is(folders: Folders, trusted: bool, said: str) -> None:
    clock = FakeClock()
    clock.trusted = trusted
    assert notes(settings_of(folders.data), clock)["clock"].startswith("2026-11-23 10:02 UTC, ")
    assert notes(settings_of(folders.data), clock)["clock"].endswith(said)
    assert problems(settings_of(folders.data))["clock"] == ""


def test_what_the_microphone_is_and_what_it_is_asked_for(folders: Folders, tmp_path: Path) -> None:
    box_is(folders.data, "ready")
    (tmp_path / "card1" / "pcm0c").mkdir(parents=True)
    (tmp_path / "cards").write_text(" 1 [ArrayUAC10     ]: USB-Audio - ReSpeaker 4 Mic Array\n")
    (tmp_path / "card1" / "stream0").write_text("\n\nCapture:\n    Channels: 6\n    Rates: 16000\n")
    array = Microphone(device="auto", channels=6)
    told = notes(settings_of(folders.data, microphone=array), asound=tmp_path)
    assert told["microphone"] == '"ArrayUAC10" (ReSpeaker 4 Mic Array), 6 channels at 16000 Hz'
    fast = Microphone(device="auto", rate=48000)
    (found,) = [
        one for one in checks.run(settings_of(folders.data, microphone=fast), FakeClock(), tmp_path) if one.problem
    ]
    assert (found.what, found.note) == ("microphone", "")
    assert "offers 6 channels at 16000 Hz, not 1 at 48000 Hz" in found.problem
    named = notes(settings_of(folders.data))["microphone"]
    assert named.startswith('"simmic", 1 channel at 16000 Hz; ')


def test_how_many_meetings_there_is_room_for(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    setting = settings_of(folders.data)
    one = fitness.full_meeting_mb(setting) - 10
    for meetings, said in ((1, "room for about 1 full meeting"), (12, "room for about 12 full meetings")):
        monkeypatch.setattr(fitness, "free_mb", lambda _, free=10 + meetings * one: free)
        assert notes(setting)["space"] == said
        assert f"well      space  {said}" in checks.as_text(checks.run(setting, FakeClock())).splitlines()
        told = json.loads(checks.as_json(checks.run(setting, FakeClock())))
        assert {"what": "space", "problem": "", "note": said} in told["checks"]


def test_everything_that_is_wrong_is_said_at_once(folders: Folders) -> None:
    setting = settings_of(
        folders.data,
        microphone=Microphone(device="NoSuchCard"),
        transcript=Transcript(models=str(folders.data / "none")),
        store=store_of(folders.data, reserve_mb=100_000_000),
    )
    found = problems(setting)
    assert found["storage"] == ""
    assert found["microphone"].startswith('No microphone "NoSuchCard" was found')
    assert found["speech model"].startswith("There is no speech model in")
    assert "Put in a larger card." in found["space"]
    assert "has not run since the box was switched on" in found["recorder"]
    assert json.loads(checks.as_json(checks.run(setting, FakeClock())))["well"] is False
    assert checks.as_text(checks.run(setting, FakeClock())).count("not well") == 4


def test_a_recorder_without_storage_still_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    box_is(tmp_path / "data", "unfit", "The storage is read-only.")
    found = problems(settings_of(tmp_path / "data"))
    assert list(found) == ["storage", "microphone", "key", "notice", "clock", "recorder"]
    assert "cannot be written" in found["storage"]
    assert found["recorder"] == "The storage is read-only."


@pytest.mark.parametrize("state", ["unfit", "interrupted", "ended_full"])
def test_trouble_of_the_recorder_is_passed_on(folders: Folders, state: str) -> None:
    box_is(folders.data, state, "No microphone was found.")
    assert problems(settings_of(folders.data))["recorder"] == "No microphone was found."
    box_is(folders.data, state)
    assert problems(settings_of(folders.data))["recorder"] == "It cannot record just now."


@pytest.mark.parametrize(
    ("state", "because", "note"),
    [
        ("ready", "", "ready"),
        ("notice_again", "", "notice again"),
        ("recording", "The sound is clipped.", "recording: The sound is clipped."),
    ],
)
def test_what_a_recorder_that_is_well_does(folders: Folders, state: str, because: str, note: str) -> None:
    box_is(folders.data, state, because)
    assert problems(settings_of(folders.data))["recorder"] == ""
    assert notes(settings_of(folders.data))["recorder"] == note


def test_a_recorder_that_fell_silent_is_a_problem_whatever_it_said_last(folders: Folders) -> None:
    box_is(folders.data, "recording")
    clock = FakeClock()
    clock.pass_s(2.9)
    assert checks.run(settings_of(folders.data), clock)[-1].problem == ""
    clock.pass_s(9.1)
    assert checks.run(settings_of(folders.data), clock)[-1].problem == (
        "The recorder does not answer: it has given no sign of life for 12 s. Restart the box; the service "
        "candour-recorder may have ended."
    )


def test_news_of_an_earlier_boot_is_none(folders: Folders) -> None:
    box_is(folders.data, "ready", boot="an earlier boot")
    assert "has not run since the box was switched on" in problems(settings_of(folders.data))["recorder"]


def test_who_may_not_read_the_news_is_told_so(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(news, "latest", refuse)
    assert "Run the check as root." in problems(settings_of(folders.data))["recorder"]


def test_looking_leaves_nothing_behind(folders: Folders) -> None:
    checks.run(settings_of(folders.data), FakeClock())
    assert sorted(path.name for path in folders.data.rglob("*")) == ["meetings"]


def test_the_room_that_a_meeting_needs() -> None:
    setting = Settings(meeting=Meeting(longest_hours=1.0), store=Store(reserve_mb=100))
    an_hour = 3600 * RATE * 2 * (1 + fitness.COPIES_PER_MASTER) / 1e6
    assert fitness.full_meeting_mb(setting) == round(an_hour) + 100
    assert fitness.full_meeting_mb(setting, already_recorded_s=1800) == round(an_hour / 2) + 100
    assert fitness.full_meeting_mb(setting, already_recorded_s=7200) == 100


def test_no_meetings_is_a_sentence(folders: Folders) -> None:
    assert listing.table(settings_of(folders.data)) == f"There are no meetings in {folders.data}."
    box.own(folders).conn.close()
    assert listing.table(settings_of(folders.data)) == f"There are no meetings in {folders.data}."


def recorded(folders: Folders) -> None:
    """75 seconds with a gap, two fifths of them transcribed, one copy made."""
    folder = folders.make_meeting(MEETING)
    sound, text, done = record.own(folder), transcript.own(folder), finish.own(folder)
    record.describe(sound, MEETING, RATE, "test")
    record.add_seconds(sound, [record.Second(n, RATE, b"", -40.0, 0, 0) for n in range(75)])
    record.add_gap(sound, 10 * RATE, 5 * RATE, "paused")
    transcript.add_passage(text, transcript.Passage(0, 30 * RATE, 20.0, 1.0, "base"), [])
    finish.add_step(done, "small copy", "now", [finish.Copy("recording.mp3", "audio/mpeg", 5, "ab", "now")])
    for db in (sound, text, done):
        db.conn.close()


def test_meetings_are_listed_newest_first(folders: Folders) -> None:
    db = box.own(folders)
    box.add_meeting(db, "2026-11-22-AAAA", "2026-11-22T09:00:00.000Z", "unknown")
    box.end_meeting(db, "2026-11-22-AAAA", "2026-11-22T09:01:00.000Z", "held, not recorded")
    box.add_meeting(db, "2026-11-22-BBBB", "2026-11-22T09:02:00.000Z", "rtc")
    box.end_meeting(db, "2026-11-22-BBBB", "2026-11-22T09:03:00.000Z", "not started")
    box.add_meeting(db, MEETING, "2026-11-23T10:02:00.000Z", "synchronised")
    recorded(folders)
    rows = [line.split("  ") for line in listing.table(settings_of(folders.data)).splitlines()]
    told = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert told == [
        list(listing.HEADINGS),
        [MEETING, "2026-11-23 10:02", "1:15", "1", "40 %", "1", "open"],
        ["2026-11-22-BBBB", "2026-11-22 09:02*", "0:00", "0", "none", "0", "not started"],
        ["2026-11-22-AAAA", "2026-11-22 09:00?", "0:00", "0", "none", "0", "held, not recorded"],
        ["* from the box's own clock, not compared with a time server"],
        ["? by the box's own clock, which may be wrong"],
    ]


def test_a_transcript_that_is_complete_says_so(folders: Folders) -> None:
    db = box.own(folders)
    box.add_meeting(db, MEETING, "2026-11-23T10:02:00.000Z", "synchronised")
    recorded(folders)
    text = transcript.own(folders.meeting(MEETING))
    transcript.complete(text)
    assert "  complete  " in listing.table(settings_of(folders.data))


def test_a_meeting_whose_master_was_let_go_is_listed_as_before(folders: Folders) -> None:
    db = box.own(folders)
    box.add_meeting(db, MEETING, "2026-11-23T10:02:00.000Z", "synchronised")
    recorded(folders)
    master = folders.meeting(MEETING).master
    master.write_bytes(wav.header(RATE) + bytes(75 * 2 * RATE))
    before = listing.table(settings_of(folders.data))
    master.unlink()
    assert listing.table(settings_of(folders.data)) == before and "  1:15  " in before
