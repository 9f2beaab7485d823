"""A few kills and a power cut of `scripts/bench crash`, measured on a sound whose every sample says where it stands."""

import shutil

import pytest

from appliance.bench import card, crash, power

KILLS = 10

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg: apt-get install ffmpeg")


def test_kills_at_random_moments_lose_less_than_a_second() -> None:
    part = crash.one_meeting(KILLS, seed=1)
    result = {"kills": part["kills"], "complaints": part["complaints"], "meetings": 1}
    assert crash.failures(result) == []
    assert crash.counted(result) == KILLS
    assert {kill["victim"] for kill in part["kills"]} == set(crash.VICTIMS)
    assert all(kill["gap_s"] > 0 for kill in part["kills"] if kill["steady"])


def test_a_power_cut_loses_less_than_two_seconds_and_waits_for_the_button() -> None:
    if why := card.missing():
        pytest.skip(why)
    part = power.one_meeting(1, seed=1)
    assert power.failures(part) == []
    assert len(part["cuts"]) == 1
