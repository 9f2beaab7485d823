"""A whole meeting through the real processes: press, notice, ticket, press, talk, press, transcript, copies."""

from pathlib import Path

import pytest
from held_meetings import ALL
from houses import a_house, start_recording
from real_speech import model_folder
from sound_of import RATE, Kept, sample_meeting

from appliance.bench.attendee import Attendee
from appliance.bench.house import House
from appliance.bench.room import Room
from appliance.evidence import verify
from appliance.evidence.key import certificate_path
from appliance.store import box, events, finish, record, room, tickets, transcript

SECONDS = 36.5
SPEED = 3.0

pytestmark = pytest.mark.model


def complete(house: House) -> bool:
    """Has the finisher done all that it does for a meeting?"""
    return finish.master_may_go(house.folders.every_meeting()[0])


def log_of(db: object) -> list[str]:
    return [one.event for one in events.events(db)]  # type: ignore[arg-type]


def test_a_meeting_from_the_first_press_to_the_last_copy(short_tmp: Path) -> None:
    pcm = sample_meeting(short_tmp / "room.pcm", SECONDS)
    with a_house(short_tmp, Room.opened(pcm, RATE, SPEED), model_folder()) as house:
        house.start()
        house.await_state("ready")
        assert not house.light_is_steady()
        house.press()
        meeting = house.folders.meeting(house.await_state("notice").meeting or "")
        house.await_true(lambda: answers(house), 30, "the page")
        attendee = Attendee(house.settings.web.url)
        attendee.take_ticket()

        house.press()
        house.await_true(house.light_is_steady, 20, "steady light")
        house.await_true((house.run / "room.played").exists, 60, "the end of the sound")
        house.press()
        house.await_state("ended")
        assert not house.light_is_steady()
        house.await_true(lambda: complete(house), 120, "complete copies")
        (short_tmp / "phone").mkdir()
        taken = attendee.take_copies(house.folders, meeting.id, short_tmp / "phone")
        house.await_state("ready", seconds=90)

        kept = Kept(meeting, pcm)
        assert kept.is_true_to_the_room()
        assert len(kept.master) == len(kept.heard)
        assert kept.every_second_has_its_leaf()
        assert kept.gaps == []
        assert [mark.mark for mark in record.marks(kept.db)] == ["started by the button"]
        assert [one.name for one in taken] == ALL
        assert "same copy" in (short_tmp / "phone" / "transcript.txt").read_text()
        known = certificate_path(house.folders.evidence)
        verdict = verify.of_path(short_tmp / "phone" / "bundle.zip", [], [known])
        assert verdict.exit_code == 0, verdict.as_text()

        assert log_of(box.read(house.folders)) == [
            "unfit",
            "ready",
            "notice",
            "recording",
            "stopping",
            "ended",
            "ready",
        ]
        assert log_of(tickets.read(house.folders)) == ["ticket issued"]
        assert log_of(transcript.read(meeting)) == ["transcript begun", "transcript complete"]
        assert sorted(log_of(finish.read(meeting))) == [
            "bundle built",
            "copies complete",
            "flac compared",
            "master may go",
            "small copy ready",
            "transcript written",
        ]
        assert log_of(room.read(meeting)) == ["copy taken"] * len(ALL)
        assert came_before(house, meeting, "small copy ready", "copies complete")
        house.check()


def answers(house: House) -> bool:
    try:
        Attendee(house.settings.web.url).look()
    except OSError:
        return False
    return True


def came_before(house: House, meeting: object, first: str, second: str) -> bool:
    done = finish.read(meeting)  # type: ignore[arg-type]
    order = log_of(done)
    return order.index(first) < order.index(second)


def test_pause_resume_and_a_stop_that_was_a_mistake(short_tmp: Path) -> None:
    pcm = sample_meeting(short_tmp / "room.pcm", 40)
    with a_house(short_tmp, Room.opened(pcm, RATE, 2.0)) as house:
        house.start("panel", "recorder")
        start_recording(house)
        house.hold()
        house.await_state("paused")
        assert not house.light_is_steady()
        house.press()
        house.await_true(house.light_is_steady, 20, "steady light after the pause")
        house.press()
        house.await_state("stopping")
        house.press()
        house.await_state("recording")
        house.await_true(house.light_is_steady, 20, "steady light after the mistake")
        house.press()
        house.await_state("stopping")
        house.hold()
        house.await_state("ended", "ready")

        kept = Kept(house.folders.every_meeting()[0], pcm)
        assert kept.is_true_to_the_room()
        assert kept.every_second_has_its_leaf()
        assert [gap.cause for gap in kept.gaps] == ["paused", "stopped, then gone on"]
        assert [mark.mark for mark in record.marks(kept.db)] == [
            "started by the button",
            "paused by the button",
            "resumed by the button",
            "resumed by the button",
        ]


def test_a_loss_that_nobody_announced_stands_as_a_gap_of_its_length(short_tmp: Path) -> None:
    pcm = sample_meeting(short_tmp / "room.pcm", 24)
    with a_house(short_tmp, Room.opened(pcm, RATE, 3.0, ((9.05, 0.3), (15.5, 1.25)))) as house:
        house.start("panel", "recorder")
        start_recording(house)
        house.await_true((house.run / "room.played").exists, 60, "the end of the sound")
        house.press()
        house.await_state("ended", "ready")

        kept = Kept(house.folders.every_meeting()[0], pcm)
        assert [(gap.first_sample / RATE, gap.samples / RATE) for gap in kept.gaps] == [(9.05, 0.3), (15.5, 1.25)]
        assert kept.is_true_to_the_room()
        assert len(kept.master) == len(kept.heard)


def test_a_meeting_that_nobody_starts_is_held_but_not_recorded(short_tmp: Path) -> None:
    pcm = sample_meeting(short_tmp / "room.pcm", 5)
    with a_house(short_tmp, Room.opened(pcm, RATE, 1.0)) as house:
        house.start("panel", "recorder")
        house.await_state("ready")
        house.press()
        house.await_state("notice")
        house.hold()
        house.await_state("ended")
        found = box.read(house.folders)
        assert found is not None
        assert [meeting.ended_because for meeting in box.meetings(found)] == ["held, not recorded"]
        assert not house.folders.every_meeting()[0].master.exists()
        assert not (house.run / "room.began").exists()  # no microphone was ever opened
