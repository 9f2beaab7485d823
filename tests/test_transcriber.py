"""Stories of the transcriber: it follows the recording, in the meeting's time, whatever else happens."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from fake_recording import Recorder, StillClock, quiet, speech, tone
from fake_speech import FakeSpeech

from appliance import settings
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.store import box, events, transcript, wav
from appliance.store import finish as finish_db
from appliance.store.folders import Folders, MeetingFolder
from appliance.store.transcript import Line
from appliance.transcriber import languages
from appliance.transcriber.service import Transcriber, run
from appliance.transcriber.sound import Audio
from appliance.transcriber.whisper import Reading

pytestmark = pytest.mark.pure

QUALITY = "About two words in five were wrong in our test of crowded meetings."


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path)
    made.prepare()
    return made


@pytest.fixture
def recorder(folders: Folders) -> Iterator[Recorder]:
    with closing(Recorder(folders, "2026-03-02-1000")) as made:
        yield made


@pytest.fixture
def model() -> FakeSpeech:
    return FakeSpeech()


@pytest.fixture
def transcriber(folders: Folders, model: FakeSpeech) -> Iterator[Transcriber]:
    with closing(Transcriber(folders, settings.Transcript(), model, StillClock())) as made:
        yield made


def finish(transcriber: Transcriber) -> int:
    """Let it work until there is nothing to do; how many steps that took."""
    steps = 0
    while transcriber.step():
        steps += 1
    return steps


def lines(folder: MeetingFolder) -> list[Line]:
    db = transcript.read(folder)
    assert db is not None
    with closing(db):
        return list(transcript.lines(db))


def passages_of(folder: MeetingFolder) -> list[transcript.Passage]:
    db = transcript.read(folder)
    assert db is not None
    with closing(db):
        return list(transcript.passages(db))


def cursor(folder: MeetingFolder) -> transcript.Cursor:
    db = transcript.read(folder)
    assert db is not None
    with closing(db):
        return transcript.cursor(db)


def happened(folder: MeetingFolder) -> list[str]:
    db = transcript.read(folder)
    assert db is not None
    with closing(db):
        return [event.event for event in events.events(db)]


def test_a_meeting_is_read_while_it_goes_on(recorder: Recorder, transcriber: Transcriber) -> None:
    assert not transcriber.step()
    recorder.add(speech(15))
    assert finish(transcriber) == 0
    recorder.add(speech(11))
    assert finish(transcriber) == 1
    assert cursor(recorder.folder).transcribed == pytest.approx(20.7 * 16_000, abs=1024)
    recorder.add(speech(4))
    recorder.end()
    assert finish(transcriber) == 2
    assert cursor(recorder.folder) == transcript.Cursor(30 * 16_000, True, QUALITY)
    assert happened(recorder.folder) == ["transcript begun", "transcript complete"]


def test_every_word_stands_at_its_time_in_the_meeting(recorder: Recorder, transcriber: Transcriber) -> None:
    recorder.add(speech(75))
    recorder.end()
    finish(transcriber)
    read = lines(recorder.folder)
    assert [line.text for line in read] == [str(300 + 50 * n) for n in range(75)]
    assert [line.start_s for line in read] == pytest.approx(list(range(75)), abs=0.05)
    assert [line.words[0].end_s for line in read] == pytest.approx([n + 0.5 for n in range(75)], abs=0.05)


def test_the_same_at_48_khz(folders: Folders, transcriber: Transcriber) -> None:
    with closing(Recorder(folders, "2026-03-02-1100", rate=48_000)) as recorder:
        recorder.add(speech(50, 48_000))
        finish(transcriber)
        recorder.add(speech(1, 48_000)[:30_001])
        recorder.end()
        finish(transcriber)
        read = lines(recorder.folder)
        assert [line.text for line in read] == [*(str(300 + 50 * n) for n in range(50)), "300"]
        assert [line.start_s for line in read] == pytest.approx(list(range(51)), abs=0.05)
        assert cursor(recorder.folder) == transcript.Cursor(50 * 48_000 + 30_001, True, QUALITY)


def test_when_it_looked_makes_no_difference(folders: Folders, transcriber: Transcriber) -> None:
    """Once second by second, once after the end: the same passages, to the sample."""
    whole = np.concatenate([speech(33), tone(700, 40), quiet(30), speech(21)])
    with closing(Recorder(folders, "2026-03-02-1100")) as live, closing(Recorder(folders, "2026-03-02-1200")) as late:
        for start in range(0, whole.size, 16_000):
            live.add(whole[start : start + 16_000])
            transcriber.step()
        late.add(whole)
        live.end()
        late.end()
        finish(transcriber)
        assert lines(live.folder) == lines(late.folder)
        assert [(p.first_sample, p.samples) for p in passages_of(live.folder)] == [
            (p.first_sample, p.samples) for p in passages_of(late.folder)
        ]


def test_passages_follow_each_other_without_hole_or_overlap(
    recorder: Recorder, transcriber: Transcriber, model: FakeSpeech
) -> None:
    recorder.add(np.concatenate([tone(400, 65), quiet(61), speech(20)]))
    recorder.end()
    finish(transcriber)
    at = 0
    for passage in passages_of(recorder.folder):
        assert passage.first_sample == at
        assert passage.samples <= 29 * 16_000
        at += passage.samples
    assert at == recorder.samples
    assert model.longest_s <= 30


def test_what_is_not_acknowledged_is_not_read(recorder: Recorder, transcriber: Transcriber) -> None:
    recorder.add(speech(20))
    recorder.write(speech(9))
    assert finish(transcriber) == 0


def test_a_long_silence_is_passed_over_without_text(recorder: Recorder, transcriber: Transcriber) -> None:
    recorder.add(quiet(100))
    recorder.end()
    finish(transcriber)
    assert {(p.model, p.speech_s) for p in passages_of(recorder.folder)} == {("", 0.0)}
    assert lines(recorder.folder) == []
    assert cursor(recorder.folder).complete


def test_the_open_meeting_goes_before_the_newest_and_that_before_the_oldest(
    folders: Folders, transcriber: Transcriber
) -> None:
    made = [Recorder(folders, f"2026-03-0{day}-1000") for day in (1, 2, 3)]
    for recorder in made:
        recorder.add(speech(5))
        recorder.end()
    with closing(box.own(folders)) as db:
        box.add_meeting(db, made[0].folder.id, "2026-03-01T10:00:00.000Z", "unknown")
        box.set_state(db, box.BoxState("recording", 1.0, "2026-03-01T10:00:00.000Z", "boot", "", made[0].folder.id))
    order = []
    while transcriber.step():
        order += [r.folder.id for r in made if r.folder.transcript_db.exists() and r.folder.id not in order]
    assert order == ["2026-03-01-1000", "2026-03-03-1000", "2026-03-02-1000"]
    assert all(cursor(recorder.folder).complete for recorder in made)
    for recorder in made:
        recorder.close()


def test_a_meeting_that_was_opened_but_never_recorded_is_complete_and_empty(
    recorder: Recorder, transcriber: Transcriber
) -> None:
    recorder.end()
    finish(transcriber)
    assert cursor(recorder.folder) == transcript.Cursor(0, complete=True)
    assert happened(recorder.folder) == ["transcript complete"]


def test_a_folder_without_a_record_is_left_alone(folders: Folders, transcriber: Transcriber) -> None:
    folder = folders.make_meeting("2026-03-02-1000")
    assert not transcriber.step()
    assert list(folder.path.iterdir()) == []


def test_sound_that_is_missing_is_said_once_and_never_called_complete(
    recorder: Recorder, transcriber: Transcriber
) -> None:
    recorder.add(speech(45))
    recorder.end()
    with recorder.folder.master.open("r+b") as file:
        file.truncate(wav.HEADER_BYTES + 30 * 32_000)
    finish(transcriber)
    finish(transcriber)
    assert happened(recorder.folder) == ["transcript begun", "sound missing"]
    assert not cursor(recorder.folder).complete
    assert len(lines(recorder.folder)) == 21


def let_go(recorder: Recorder) -> None:
    """What finisher and recorder do with a meeting of a box that writes no transcripts."""
    with closing(finish_db.own(recorder.folder)) as db:
        finish_db.add_step(db, finish_db.MASTER_MAY_GO, "now")
    recorder.folder.master.unlink()


def test_a_meeting_whose_master_was_let_go_is_passed_over(
    folders: Folders, recorder: Recorder, transcriber: Transcriber
) -> None:
    recorder.add(speech(45))
    recorder.end()
    let_go(recorder)
    with closing(Recorder(folders, "2026-03-01-1000")) as other:
        other.add(speech(5))
        other.end()
        finish(transcriber)
        assert cursor(other.folder).complete
    assert not recorder.folder.transcript_db.exists()
    recorder.folder.finish_db.write_bytes(b"not a database, and nobody should notice" * 99)
    assert not transcriber.step()


def test_a_master_that_is_let_go_while_it_is_read_leaves_half_a_transcript(
    recorder: Recorder, transcriber: Transcriber
) -> None:
    recorder.add(speech(45))
    recorder.end()
    assert transcriber.step()
    let_go(recorder)
    assert not transcriber.step()
    assert happened(recorder.folder) == ["transcript begun"] and not cursor(recorder.folder).complete
    assert len(lines(recorder.folder)) > 10
    assert not list(recorder.folder.path.glob("transcript.db-*"))  # closed, so that anybody can read it


@dataclass(frozen=True)
class GoneAsItIsOpened(Folders):
    """Folders in which the recorder lets a master go between the transcriber's look at its length and at its sound."""

    recorder: Recorder

    def every_meeting(self) -> list[MeetingFolder]:
        return [GoneAsItIsOpenedFolder(self.recorder.folder.path, self.recorder)]


@dataclass(frozen=True)
class GoneAsItIsOpenedFolder(MeetingFolder):
    recorder: Recorder
    looks: list[Path] = field(default_factory=list)

    @property
    def master(self) -> Path:
        self.looks.append(super().master)
        if len(self.looks) == 2:
            let_go(self.recorder)
        return self.looks[-1]


def test_a_master_that_is_let_go_at_the_very_moment_is_passed_over_too(
    folders: Folders, recorder: Recorder, model: FakeSpeech
) -> None:
    recorder.add(speech(45))
    recorder.end()
    going = GoneAsItIsOpened(folders.data, recorder)
    with closing(Transcriber(going, settings.Transcript(), model, StillClock())) as transcriber:
        assert not transcriber.step()
        assert not recorder.folder.master.exists()
        assert not transcriber.step()
    assert happened(recorder.folder) == [] and not cursor(recorder.folder).complete


def test_a_master_that_is_lost_is_no_surprise_either(recorder: Recorder, transcriber: Transcriber) -> None:
    recorder.add(speech(45))
    recorder.end()
    assert transcriber.step()
    recorder.folder.master.unlink()
    finish(transcriber)
    assert happened(recorder.folder) == ["transcript begun", "sound missing"]


def test_started_again_it_goes_on_at_its_cursor_and_says_nothing_twice(
    folders: Folders, recorder: Recorder, transcriber: Transcriber
) -> None:
    recorder.add(speech(60))
    recorder.end()
    assert transcriber.step()
    with closing(Transcriber(folders, settings.Transcript(), FakeSpeech(), StillClock())) as again:
        finish(again)
    assert [line.text for line in lines(recorder.folder)] == [str(300 + 50 * n) for n in range(60)]
    assert happened(recorder.folder) == ["transcript begun", "transcript complete"]


def test_what_is_complete_is_not_opened_for_writing_again(
    folders: Folders, recorder: Recorder, transcriber: Transcriber
) -> None:
    recorder.add(speech(5))
    recorder.end()
    finish(transcriber)
    before = recorder.folder.transcript_db.stat().st_mtime_ns
    with closing(Transcriber(folders, settings.Transcript(), FakeSpeech(), StillClock())) as again:
        assert not again.step()
    assert recorder.folder.transcript_db.stat().st_mtime_ns == before


def test_a_deleted_meeting_is_let_go(folders: Folders, recorder: Recorder, transcriber: Transcriber) -> None:
    recorder.add(speech(45))
    assert transcriber.step()
    for file in recorder.folder.path.iterdir():
        file.unlink()
    recorder.folder.path.rmdir()
    assert not transcriber.step()
    assert not recorder.folder.path.exists()


def test_locks_on_other_services_files_do_not_stop_it(
    folders: Folders, recorder: Recorder, transcriber: Transcriber
) -> None:
    recorder.add(speech(26))
    box.own(folders).close()
    with (
        closing(sqlite3.connect(recorder.folder.record_db)) as one,
        closing(sqlite3.connect(folders.box_db)) as other,
    ):
        one.execute("PRAGMA journal_mode=WAL")
        one.execute("BEGIN EXCLUSIVE")
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN EXCLUSIVE")
        assert transcriber.step()
    assert len(lines(recorder.folder)) == 21


def test_the_language_of_the_settings_reaches_the_model(
    folders: Folders, recorder: Recorder, model: FakeSpeech
) -> None:
    recorder.add(speech(5))
    recorder.end()
    with closing(Transcriber(folders, settings.Transcript(language="cy"), model, StillClock())) as welsh:
        finish(welsh)
    assert model.languages == set()  # it would only have written nonsense
    assert [(line.text, line.language) for line in lines(recorder.folder)] == [
        ("[Cymraeg: gwrandewch / Welsh: listen] 0:00", "cy")
    ]


class Polyglot(FakeSpeech):
    """Finds Welsh in every second passage."""

    def read(self, audio: Audio, language: str, *, one_way: bool = False) -> Reading:
        reading = super().read(audio, language)
        found = "cy" if len(self.heard) % 2 else "en"
        return Reading([replace(line, language=found) for line in reading.lines], found, "one", doubtful=False)


def test_a_passage_in_a_language_that_nobody_vouched_for_gets_no_words(folders: Folders, recorder: Recorder) -> None:
    recorder.add(speech(100))
    recorder.end()
    welsh = languages.rates("a test of ours", en=20.0, cy=60.0)
    for limit, expected in ((59.0, 3), (60.0, 0)):
        recorder.folder.transcript_db.unlink(missing_ok=True)
        chosen = settings.Transcript(language="auto", error_limit=limit)
        polyglot = Polyglot()
        polyglot.rates = welsh
        with closing(Transcriber(folders, chosen, polyglot, StillClock())) as one:
            finish(one)
        read = lines(recorder.folder)
        assert len([line for line in read if "gwrandewch" in line.text]) == expected
        assert all(line.words == () for line in read if "gwrandewch" in line.text)
        assert {line.language for line in read} == {"en", "cy"}
        assert all(one.end_s <= other.start_s for one, other in pairwise(read))


def test_where_no_transcript_is_wanted_no_model_is_needed(tmp_path: Path) -> None:
    lifetime = Lifetime()
    lifetime.end()
    nowhere = str(tmp_path / "nowhere")
    unwanted = settings.Settings(transcript=settings.Transcript(enabled=False, models=nowhere))
    run(unwanted, StillClock(), lifetime, Notifier(None))
