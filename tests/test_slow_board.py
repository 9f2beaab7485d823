"""A board that is too slow for the room: the transcript falls behind in stated steps, and in the end is what it would
have been."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fake_recording import Recorder, StillClock, speech
from fake_speech import FakeSpeech
from test_transcriber import cursor, finish, lines, passages_of

from appliance import settings
from appliance.store import transcript
from appliance.store.database import opened
from appliance.store.folders import Folders
from appliance.transcriber.hurry import Hurry
from appliance.transcriber.service import Transcriber
from appliance.transcriber.sound import Audio
from appliance.transcriber.whisper import Reading

pytestmark = pytest.mark.pure

RATE = 16_000
MEETING_S = 600
SOUND = np.tile(speech(20), MEETING_S // 20)


class SlowSpeech(FakeSpeech):
    """Takes `factor` seconds for each second of sound; with one way only it understands half of it."""

    def __init__(self, name: str, clock: StillClock, factor: float, *, mumbles: bool = False) -> None:
        super().__init__()
        self.name = name
        self.ways: list[bool] = []
        self._clock = clock
        self.factor = factor
        self._mumbles = mumbles

    def read(self, audio: Audio, language: str, *, one_way: bool = False) -> Reading:
        self._clock.now += self.factor * audio.size / RATE
        self.ways.append(one_way)
        reading = super().read(audio, language)
        if one_way and self._mumbles:
            return Reading(reading.lines[::2], language, "one", doubtful=True)
        return Reading(reading.lines, language, "one" if one_way else "all", doubtful=False)


class Board:
    """A meeting that goes on by the clock, whoever is behind."""

    def __init__(self, folder: Path, factor: float, *, smaller: float | None = None) -> None:
        folders = Folders(folder)
        folders.prepare()
        self.clock = StillClock()
        self.recorder = Recorder(folders, "m")
        self.model = SlowSpeech("base", self.clock, factor, mumbles=True)
        self.small = SlowSpeech("tiny", self.clock, smaller) if smaller else None
        self.transcriber = Transcriber(folders, settings.Transcript(), self.model, self.clock, lambda: self.small)
        self.lags: list[float] = []
        self.steps: list[Hurry] = []

    def close(self) -> None:
        self.transcriber.close()
        self.recorder.close()

    def talk(self, seconds: int) -> None:
        until = self.recorder.samples / RATE + seconds
        begun = self.clock.now - self.recorder.samples / RATE
        while (now := self.recorder.samples / RATE) < until:
            there = int(min(until, self.clock.now - begun))
            if there > now:
                self.recorder.add(SOUND[int(now) * RATE : there * RATE])
            if not self.transcriber.step():
                self.clock.now += 0.5
            self.lags.append(self.recorder.samples / RATE - self.read_s())
            self.steps.append(self.transcriber.hurry)

    def end(self) -> None:
        self.recorder.end()
        finish(self.transcriber)

    def read_s(self) -> float:
        folder = self.recorder.folder
        return cursor(folder).transcribed / RATE if folder.transcript_db.exists() else 0.0

    def drafts(self) -> int:
        with opened(transcript.read(self.recorder.folder)) as db:
            return len(transcript.drafts(db)) if db else 0


@pytest.fixture(scope="module")
def at_leisure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with closing(Board(tmp_path_factory.mktemp("leisure"), 0.1)) as board:
        board.talk(MEETING_S)
        board.end()
        yield board


def test_a_quick_board_is_never_in_a_hurry(at_leisure: Board) -> None:
    assert set(at_leisure.steps) == {Hurry.NONE}
    assert max(at_leisure.lags) < 35
    assert not any(at_leisure.model.ways)


def test_a_slow_board_takes_one_step_after_the_other_and_ends_with_the_same_words(
    tmp_path: Path, at_leisure: Board
) -> None:
    with closing(Board(tmp_path / "slow", 1.5, smaller=0.4)) as board:
        board.talk(MEETING_S)
        first = [board.steps.index(step) for step in Hurry]
        assert first == sorted(first)
        assert max(board.lags) < 200  # it is followed by the smaller model, whatever the meeting's length
        assert board.drafts() > 0
        assert {p.model for p in passages_of(board.recorder.folder) if p.draft} == {"base", "tiny"}
        board.end()
        assert board.drafts() == 0
        assert {p.model for p in passages_of(board.recorder.folder)} <= {"base", ""}
        assert lines(board.recorder.folder) == lines(at_leisure.recorder.folder)
        assert cursor(board.recorder.folder).complete


def test_without_a_smaller_model_it_only_falls_behind(tmp_path: Path, at_leisure: Board) -> None:
    with closing(Board(tmp_path / "slow", 1.2)) as board:
        board.talk(MEETING_S)
        assert board.lags[-1] == pytest.approx(0.2 / 1.2 * MEETING_S, abs=60)
        board.end()
        assert lines(board.recorder.folder) == lines(at_leisure.recorder.folder)


def test_drafts_are_read_again_as_soon_as_there_is_time(tmp_path: Path) -> None:
    with closing(Board(tmp_path / "slow", 1.5, smaller=0.4)) as board:
        board.talk(300)
        assert board.drafts() > 3
        board.model.factor = 0.05
        board.talk(300)
        assert board.drafts() == 0
        assert board.steps[-1] == Hurry.NONE


def test_killed_in_the_middle_of_its_drafts_it_goes_on_with_them(tmp_path: Path, at_leisure: Board) -> None:
    with closing(Board(tmp_path / "slow", 1.5, smaller=0.4)) as board:
        board.talk(MEETING_S)
        board.recorder.end()
        for _ in range(100):
            board.transcriber.close()
            board.transcriber = Transcriber(
                Folders(tmp_path / "slow"), settings.Transcript(), board.model, board.clock, lambda: board.small
            )
            if not board.transcriber.step():
                break
        assert lines(board.recorder.folder) == lines(at_leisure.recorder.folder)


def test_how_long_it_takes_is_known_afterwards(tmp_path: Path) -> None:
    with closing(Board(tmp_path / "slow", 0.7)) as board:
        board.talk(300)
        with opened(transcript.read(board.recorder.folder)) as db:
            assert db is not None
            pace = transcript.pace(db)
            assert pace is not None and pace * RATE == pytest.approx(0.7, abs=0.1)
