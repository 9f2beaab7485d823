"""The page that checks, served by the box: to everybody, without a meeting, and with a policy of its own."""

from pathlib import Path

import pytest
from web_room import BoxOnTheTable, HandClock

from appliance.evidence import open_me
from web import create_app

pytestmark = pytest.mark.pure


def test_anybody_gets_the_bare_page_and_it_may_ask_nobody_for_anything(tmp_path: Path) -> None:
    table = BoxOnTheTable(tmp_path, HandClock())
    visitor = create_app(table.settings, table.clock).test_client()
    answer = visitor.get("/check")
    assert answer.status_code == 200 and answer.data == open_me.page()
    assert answer.headers.getlist("Content-Security-Policy") == [f"{open_me.policy()}; frame-ancestors 'none'"]
    assert "'self'" not in open_me.policy() and "unsafe" not in open_me.policy()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get("/").headers["Content-Security-Policy"].startswith("default-src 'self';")
