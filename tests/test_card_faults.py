"""A card that is full, read-only or slow under a recording: the light tells, nothing is lost but what is said to be."""

import shutil

import pytest

from appliance.bench import card, faults
from appliance.bench.fault_list import FAULTS, Rig
from appliance.bench.faults import LOOP_S, PROMISED_S
from appliance.bench.kept import Kept, damaged
from appliance.bench.numbered_sound import NumberedSound
from appliance.bench.rig import end_meeting, start_recording
from appliance.store import box
from appliance.store.database import opened

pytestmark = [
    pytest.mark.skipif(bool(card.missing()), reason=card.missing()),
    pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg: apt-get install ffmpeg"),
]
NAMED = {fault.name: fault for fault in FAULTS}


def ended_because(rig: Rig) -> str | None:
    with opened(box.read(rig.house.folders)) as db:
        return next(box.meetings(db)).ended_because if db else None


def struck(rig: Rig, name: str) -> Kept:
    """The recording in which it happened; the light told in time."""
    start_recording(rig.house)
    told = faults.strike(rig, NAMED[name])
    assert told["fault began"] is not None
    assert (told["steady ended"] or 0.0) <= PROMISED_S + LOOP_S
    return Kept(rig.house.folders.every_meeting()[0], NumberedSound())


def test_a_slow_card_costs_nothing() -> None:
    with faults.rig_for(NAMED["card: slow"]) as rig:
        kept = struck(rig, "card: slow")
        end_meeting(rig.house)
        assert kept.complaints() == []
        assert kept.gaps() == []
        assert len(kept.runs) == 1


def test_a_card_that_becomes_read_only_costs_a_gap_and_nobody_has_to_press() -> None:
    with faults.rig_for(NAMED["card: read-only"]) as rig:
        kept = struck(rig, "card: read-only")
        end_meeting(rig.house)
        assert kept.complaints() == []
        assert [gap.length_known for gap in kept.gaps()] == [True]
        assert damaged(rig.house.folders.data) == []


def test_a_card_that_is_full_ends_the_meeting_with_everything_it_took() -> None:
    with faults.rig_for(NAMED["card: full"]) as rig:
        kept = struck(rig, "card: full")
        rig.house.await_state("ended_full")
        assert ended_because(rig) == "storage full"
        assert kept.complaints() == []
        assert len(kept.runs) == 1
        rig.house.hold()
        rig.house.await_state("ready")  # there is room again
