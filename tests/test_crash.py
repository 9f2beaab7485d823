"""kill -9, SIGSTOP and locks, on real processes: nothing is lost, the light does not lie, nobody has to help."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from houses import a_house, end_meeting, start_recording
from real_speech import model_folder
from sound_of import RATE, Kept, sample_meeting

from appliance.bench import light
from appliance.bench.house import House
from appliance.bench.room import Room
from appliance.link import LIGHT_LASTS_S
from appliance.store import finish, record, transcript

NOTICED_S = 2.0
LOOP_S = 0.3  # for the panel's own loop on a busy machine


def wait_for_seconds(house: House, seconds: int) -> None:
    db = record.read(house.folders.every_meeting()[0])
    assert db is not None
    house.await_true(lambda: record.recorded(db) >= seconds * RATE, 60, f"{seconds} durable seconds")


@pytest.fixture
def house(short_tmp: Path) -> Iterator[House]:
    pcm = sample_meeting(short_tmp / "room.pcm")
    with a_house(short_tmp, Room.opened(pcm, RATE, 1.0)) as made:
        yield made


@pytest.mark.parametrize("service", ["recorder", "panel"])
def test_a_killed_service_costs_only_its_own_absence(house: House, short_tmp: Path, service: str) -> None:
    house.start("panel", "recorder")
    start_recording(house)
    time.sleep(random.uniform(0.5, 3.0))
    house.kill(service)
    time.sleep(1)
    house.start(service)
    house.await_state("recording")
    house.await_true(house.light_is_steady, 20, "steady light after the kill")
    end_meeting(house)

    kept = Kept(house.folders.every_meeting()[0], short_tmp / "room.pcm")
    assert kept.is_true_to_the_room()
    assert kept.every_second_has_its_leaf()
    assert len(kept.gaps) == 1
    assert kept.gaps[0].length_known


@pytest.mark.model
def test_killing_the_others_during_a_recording_costs_nothing(short_tmp: Path) -> None:
    pcm = sample_meeting(short_tmp / "room.pcm", 30)
    with a_house(short_tmp, Room.opened(pcm, RATE, 2.0), model_folder()) as house:
        house.start()
        start_recording(house)
        for service in ("transcriber", "finisher", "web"):
            time.sleep(random.uniform(0.2, 1.5))
            house.kill(service)
            house.start(service)
        house.await_true((house.run / "room.played").exists, 60, "the end of the sound")
        house.press()
        meeting = house.folders.every_meeting()[0]
        house.await_true(lambda: is_complete(house), 150, "complete copies")

        kept = Kept(meeting, pcm)
        assert kept.gaps == []
        assert len(kept.master) == len(kept.heard)
        assert kept.is_true_to_the_room()
        text = transcript.read(meeting)
        done = finish.read(meeting)
        assert text is not None
        assert done is not None
        assert transcript.cursor(text).transcribed == len(kept.master)
        assert {copy.name for copy in finish.copies(done)} >= {"recording.mp3", "recording.flac", "transcript.txt"}


def is_complete(house: House) -> bool:
    done = finish.read(house.folders.every_meeting()[0])
    return done is not None and "complete" in finish.steps(done)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_the_light_leaves_steady_when_the_recorder_dies_or_hangs(house: House, number: signal.Signals) -> None:
    house.start("panel", "recorder")
    start_recording(house)
    at = time.monotonic()
    if number is signal.SIGKILL:
        house.kill("recorder")
    else:
        house.signal("recorder", number)
    house.await_true(lambda: not house.light_is_steady(), 20, "another light than steady")
    left = light.steady(house.light_log)[-1].end
    assert left is not None
    assert left - at <= NOTICED_S + LOOP_S


def test_a_recorder_that_hung_goes_on_without_having_lost_a_sample(house: House, short_tmp: Path) -> None:
    house.start("panel", "recorder")
    start_recording(house)
    house.signal("recorder", signal.SIGSTOP)
    house.await_true(lambda: not house.light_is_steady(), 20, "another light than steady")
    house.signal("recorder", signal.SIGCONT)
    house.await_true(house.light_is_steady, 20, "steady light again")
    end_meeting(house)
    kept = Kept(house.folders.every_meeting()[0], short_tmp / "room.pcm")
    assert kept.is_true_to_the_room()
    assert kept.every_second_has_its_leaf()


def test_the_light_is_fed_by_the_disk_alone(house: House) -> None:
    """Steady never outlives the last durable second by more than the light lasts."""
    house.start("panel", "recorder")
    start_recording(house)
    wait_for_seconds(house, 3)
    db = record.read(house.folders.every_meeting()[0])
    assert db is not None
    house.kill("recorder")
    last = record.last_capture(db)
    assert last is not None
    durable_at = last.monotonic + record.recorded(db) / RATE
    house.await_true(lambda: not house.light_is_steady(), 20, "another light than steady")
    left = light.steady(house.light_log)[-1].end
    assert left is not None
    assert left <= durable_at + 1.0 + LIGHT_LASTS_S + LOOP_S


def test_locks_on_files_of_others_make_no_second_late(house: House, short_tmp: Path) -> None:
    house.start("panel", "recorder", "finisher", "web")
    start_recording(house)
    meeting = house.folders.every_meeting()[0]
    house.await_true(lambda: any(meeting.copies.glob("recording.mp3*")), 30, "the small copy, begun")
    locks = []
    for path in (meeting.finish_db, meeting.room_db, meeting.transcript_db, house.folders.tickets_db):
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        locks.append(lock)
    begun = len(light.shines(house.light_log))
    db = record.read(meeting)
    assert db is not None
    wait_for_seconds(house, record.recorded(db) // RATE + 5)
    assert len(light.shines(house.light_log)) == begun  # steady all the time
    for lock in locks:
        lock.close()
    end_meeting(house)
    kept = Kept(meeting, short_tmp / "room.pcm")
    assert kept.gaps == []
    assert kept.is_true_to_the_room()


def test_the_microphone_program_dies_and_is_replaced(house: House, short_tmp: Path) -> None:
    house.start("panel", "recorder")
    start_recording(house)
    children = Path(f"/proc/{house.pid('recorder')}/task/{house.pid('recorder')}/children").read_text().split()
    assert len(children) == 1
    os.kill(int(children[0]), signal.SIGKILL)
    house.await_state("interrupted")
    house.await_state("recording")
    house.await_true(house.light_is_steady, 20, "steady light again")
    end_meeting(house)
    kept = Kept(house.folders.every_meeting()[0], short_tmp / "room.pcm")
    assert kept.is_true_to_the_room()
    assert len(kept.gaps) == 1


def test_outside_recording_there_is_no_microphone_program(house: House) -> None:
    house.start("panel", "recorder")

    def programs() -> list[str]:
        pid = house.pid("recorder")
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    house.await_state("ready")
    assert programs() == []
    house.press()
    house.await_state("notice")
    assert programs() == []
    house.press()
    house.await_true(house.light_is_steady, 20, "steady light")
    assert len(programs()) == 1
    house.hold()
    house.await_state("paused")
    assert programs() == []


def test_a_panel_that_hangs_closes_the_microphone_until_it_is_back(house: House, short_tmp: Path) -> None:
    house.start("panel", "recorder")
    start_recording(house)
    house.signal("panel", signal.SIGSTOP)
    house.await_state("interrupted")
    pid = house.pid("recorder")
    assert Path(f"/proc/{pid}/task/{pid}/children").read_text().split() == []
    house.signal("panel", signal.SIGCONT)
    house.await_state("recording")
    house.await_true(house.light_is_steady, 20, "steady light again")
    end_meeting(house)
    kept = Kept(house.folders.every_meeting()[0], short_tmp / "room.pcm")
    assert kept.is_true_to_the_room()
    assert [gap.cause for gap in kept.gaps] == ["The button and the light do not answer."]
