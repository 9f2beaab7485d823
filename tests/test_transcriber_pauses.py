"""Where the microphone was closed a passage ends, so that all there is is read while the room has its break."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fake_recording import Recorder, Sound, StillClock, speech, tone
from fake_speech import FakeSpeech
from test_transcriber import cursor, finish, lines, passages_of

from appliance import settings
from appliance.store import box
from appliance.store.folders import Folders
from appliance.transcriber.service import Transcriber

pytestmark = pytest.mark.pure

RATE = 16_000


class Desk:
    """A box with one meeting, its transcriber, and a clock that somebody moves."""

    def __init__(self, data: Path) -> None:
        self.folders = Folders(data)
        self.folders.prepare()
        self.clock = StillClock()
        self.recorder = Recorder(self.folders, "m")
        self._box = box.own(self.folders)
        box.add_meeting(self._box, "m", "2026-03-02T10:00:00.000Z", "unknown")
        self.transcriber = self.started()

    def started(self) -> Transcriber:
        return Transcriber(self.folders, settings.Transcript(), FakeSpeech(), self.clock)

    def state(self, name: str) -> None:
        now = box.BoxState(name, self.clock.now, "2026-03-02T10:00:00.000Z", "boot", "", "m")
        box.set_state(self._box, now)

    def close(self) -> None:
        self.transcriber.close()
        self.recorder.close()
        self._box.close()

    def read_s(self) -> float:
        return cursor(self.recorder.folder).transcribed / RATE

    def extents(self) -> list[tuple[float, float]]:
        return [(p.first_sample / RATE, p.samples / RATE) for p in passages_of(self.recorder.folder)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as made:
        yield made


@pytest.mark.parametrize("state", ["stopping", "paused", "paused_long"])
def test_the_last_words_are_read_while_the_microphone_is_closed(desk: Desk, state: str) -> None:
    desk.recorder.add(speech(7))
    desk.state("recording")
    assert finish(desk.transcriber) == 0
    desk.state(state)
    assert finish(desk.transcriber) == 0  # a press might take it back at once
    desk.clock.now += 1.0
    assert finish(desk.transcriber) == 1
    assert desk.read_s() == 7 and len(lines(desk.recorder.folder)) == 7
    assert not cursor(desk.recorder.folder).complete
    desk.state("ended")
    desk.recorder.end()
    finish(desk.transcriber)
    assert cursor(desk.recorder.folder).complete
    assert len(lines(desk.recorder.folder)) == 7


@pytest.mark.parametrize("state", ["recording", "interrupted", "notice", "ready", "unfit", "starting"])
def test_in_no_other_state_is_a_passage_over(desk: Desk, state: str) -> None:
    desk.recorder.add(speech(7))
    desk.state(state)
    for _ in range(3):
        assert finish(desk.transcriber) == 0
        desk.clock.now += 10.0


def test_a_closed_microphone_of_another_meeting_is_none_of_this_one(desk: Desk) -> None:
    desk.recorder.add(speech(7))
    with closing(Recorder(desk.folders, "l")) as other:
        other.add(speech(5))
        desk.state("paused")
        finish(desk.transcriber)
        desk.clock.now += 5
        finish(desk.transcriber)
        assert desk.read_s() == 7
        assert cursor(other.folder).transcribed == 0


def test_sound_that_still_arrives_begins_the_wait_again(desk: Desk) -> None:
    desk.recorder.add(speech(7))
    desk.state("stopping")
    finish(desk.transcriber)
    desk.clock.now += 0.9
    desk.recorder.add(speech(1))
    finish(desk.transcriber)
    desk.clock.now += 0.9
    assert finish(desk.transcriber) == 0
    desk.clock.now += 0.1
    assert finish(desk.transcriber) == 1
    assert desk.read_s() == 8


def test_a_gap_is_a_passage_of_its_own_without_words(desk: Desk) -> None:
    desk.recorder.add(speech(7))
    desk.recorder.add(speech(1)[:9_001])
    desk.recorder.gap(4000.3)
    desk.recorder.add(speech(3)[: desk.recorder.rate - desk.recorder.samples % desk.recorder.rate])
    desk.recorder.add(speech(6))
    desk.recorder.end()
    finish(desk.transcriber)
    first, gap, rest = desk.extents()
    assert first == (0, 7 + 9001 / RATE)
    assert gap == (first[1], round(4000.3 * RATE) / RATE)
    assert rest[0] + rest[1] == desk.recorder.samples / RATE
    assert cursor(desk.recorder.folder).complete
    assert not [line for line in lines(desk.recorder.folder) if first[1] + 0.1 < line.start_s < rest[0]]


def test_a_short_loss_of_sound_ends_no_passage(desk: Desk) -> None:
    desk.recorder.add(speech(7))
    desk.recorder.gap(0.5)
    desk.recorder.add(speech(1)[:8_000])
    desk.recorder.add(speech(5))
    desk.recorder.end()
    finish(desk.transcriber)
    assert desk.extents() == [(0, 13.0)]


def test_when_it_looked_and_how_often_it_was_killed_makes_no_difference_with_pauses_either(tmp_path: Path) -> None:
    """Six random meetings with pauses, each followed with looks and restarts at random, and read once at the end."""
    rng = np.random.default_rng(11)
    for number in range(6):
        with closing(Desk(tmp_path / f"live{number}")) as live, closing(Desk(tmp_path / f"late{number}")) as late:
            for _ in range(4):
                talk(live, late, random_talk(rng), rng)
                if rng.random() < 0.7:
                    pause(live, late, float(rng.choice([1.0, 1.7, 9.0, 200.0])), rng)
            live.recorder.end()
            late.recorder.end()
            finish(live.transcriber)
            finish(late.transcriber)
            assert live.extents() == late.extents()
            assert lines(live.recorder.folder) == lines(late.recorder.folder)
            assert cursor(live.recorder.folder) == cursor(late.recorder.folder)


def random_talk(rng: np.random.Generator) -> Sound:
    seconds = int(rng.integers(1, 40))
    return speech(seconds) if rng.random() < 0.6 else tone(500, seconds)


def talk(live: Desk, late: Desk, sound: Sound, rng: np.random.Generator) -> None:
    live.state("recording")
    for start in range(0, sound.size, RATE):
        for desk in (live, late):
            desk.recorder.add(sound[start : start + RATE])
        live.clock.now += 1.0
        if rng.random() < 0.4:
            look(live, rng)


def pause(live: Desk, late: Desk, seconds: float, rng: np.random.Generator) -> None:
    live.state(str(rng.choice(["stopping", "paused", "interrupted"])))
    look(live, rng)
    live.clock.now += seconds
    look(live, rng)
    for desk in (live, late):
        desk.recorder.gap(seconds)
        missing = -desk.recorder.samples % RATE
        if missing:
            desk.recorder.add(tone(700, missing / RATE))


def look(live: Desk, rng: np.random.Generator) -> None:
    if rng.random() < 0.2:
        live.transcriber.close()
        live.transcriber = live.started()
    live.transcriber.step()
