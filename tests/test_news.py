"""The recorder's sign of life: whole, fresh for three seconds, and of this boot."""

import dataclasses
from pathlib import Path

import pytest

from appliance import news
from appliance.news import News

pytestmark = pytest.mark.pure

NOW = News("this boot", 100.0, "recording", 90.0, "2026-11-23T10:02:00.000Z", "", "2026-11-23-K7QF", -31.5, 0)


def test_what_was_told_last_is_what_is_found(tmp_path: Path) -> None:
    path = tmp_path / "run" / "recorder.json"
    assert news.latest(path) is None
    news.tell(path, NOW)
    news.tell(path, dataclasses.replace(NOW, state="paused"))
    assert news.latest(path) == dataclasses.replace(NOW, state="paused")
    assert [one.name for one in path.parent.iterdir()] == ["recorder.json"]


def test_news_is_fresh_for_three_seconds_of_the_same_boot() -> None:
    assert NOW.is_fresh("this boot", 102.9)
    assert not NOW.is_fresh("this boot", 103.0)
    assert not NOW.is_fresh("another boot", 100.1)
