"""What the parts of `scripts/bench` say of their measurements: a broken promise must not be printed as a figure."""

import hashlib
import secrets
import shutil
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from appliance.bench import card, crash, faults, measure, phones, power, results, serve, soak
from appliance.bench.cost import Cost
from appliance.bench.fault_list import FAULTS
from appliance.bench.soak import Sample

pytestmark = pytest.mark.pure


def kill(victim: str, lost_s: float, *, steady: bool = True) -> dict[str, Any]:
    return {"victim": victim, "steady": steady, "lost_s": lost_s, "gap_s": 2.0, "gap_is_wrong_by_s": 0.001}


def test_a_kill_that_lost_more_than_a_second_is_a_failure() -> None:
    fine = [kill("recorder", 0.1), kill("panel", 1.0), kill("recorder", 3.0, steady=False)]
    assert crash.failures({"kills": fine, "complaints": []}) == []
    said = crash.failures({"kills": [*fine, kill("panel", 1.01)], "complaints": ["A leaf is not that of its second."]})
    assert said == ["1.01 s were lost in a kill (panel).", "A leaf is not that of its second."]
    told = crash.figures({"kills": fine, "complaints": [], "meetings": 1})
    assert told["kills under a steady light"] == 2
    assert told["mean seconds lost"] == 0.55
    assert told["greatest seconds lost (recorder)"] == 0.1


def test_a_power_cut_that_lost_more_than_two_seconds_is_a_failure() -> None:
    assert power.failures({"cuts": [0.5, 2.0], "complaints": []}) == []
    assert power.failures({"cuts": [0.5, 2.1], "complaints": ["x"]}) == ["2.1 s were lost in a power cut.", "x"]
    assert power.figures({"cuts": [0.5, 2.0]})["greatest seconds lost"] == 2.0


def test_a_page_that_is_slow_large_or_in_the_way_is_a_failure() -> None:
    fine = {
        "wrong": [], "greatest s until a second was durable": 0.1, "page p95 s": 0.05, "MB of the web at most": 90.0,
        "files outside the data folder that it wrote": 0,
    }  # fmt: skip
    assert serve.failures(fine) == []
    bad = {"wrong": ["phone 3 has other bytes"], "greatest s until a second was durable": 1.2, "page p95 s": 0.4}
    bad |= {"MB of the web at most": 121.0, "files outside the data folder that it wrote": 1}
    assert len(serve.failures(bad)) == 5


def test_phones_go_on_after_a_drop_begin_anew_where_they_must_and_look_at_every_byte(tmp_path: Path) -> None:
    content = secrets.token_bytes(21_000_000)
    (tmp_path / "sound").write_bytes(content)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        digest = hashlib.sha256(content).hexdigest()
        task = phones.Task(url, "/sound", "/", ["a=b"] * 3, digest, 1e9, drops=1, seed=2)
        found = phones.run(task)
        assert (found.wrong, found.resumed) == ([], 0) and found.anew == 3
        wrong = phones.run(replace(task, sha256="00", drops=0)).wrong
        assert sorted(wrong) == [f"phone {number} has other bytes" for number in range(3)]
        server.shutdown()


def test_a_light_that_was_steady_for_too_long_or_showed_no_fault_is_a_failure() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
    fine: faults.Told = {"steady ended": [0.2, 1.9], "fault began": [0.2, 1.9], "steady again": [None, None]}
    late: faults.Told = {**fine, "steady ended": [0.2, 2.4]}
    never: faults.Told = {**fine, "fault began": [0.2, None]}
    assert faults.failures({"card: full": fine}) == []
    assert faults.failures({"card: full": late}) == ["card: full: the light was steady for 2.40 s more."]
    assert faults.failures({"card: full": never}) == ["card: full: no fault was shown."]
    assert faults.failures({"panel: killed": never}) == []
    assert faults.table({"card: full": fine}).splitlines()[-1] == "| card: full | 1.05 | 1.90 | 1.05 | 1.90 | - | - |"


def sample(hour: float, mb: float, files: int) -> Sample:
    costs = {name: Cost(0, 0, mb, mb) for name in soak.PROGRAMS}
    return Sample(hour, costs, dict.fromkeys(soak.PROGRAMS, files))


def test_what_grows_in_a_long_meeting_is_a_failure() -> None:
    assert round(soak.slope([sample(hour, 20 + 0.5 * hour, 9) for hour in range(12)], "panel"), 6) == 0.5
    told: dict[str, Any] = {}
    for name in soak.PROGRAMS:
        told |= {f"{name}: own MB at first": 20.0, f"{name}: own MB at most": 23.5}
        told |= {f"{name}: own MB more in the last hour": 0.2}
        told |= {f"{name}: open files at first": 9, f"{name}: open files in the end": 9}
    assert soak.failures(told) == []
    told |= {"panel: own MB more in the last hour": 0.4, "microphone: own MB at most": 26.0}
    told |= {"recorder: open files in the end": 10}
    assert soak.failures(told) == ["The recorder leaves files open.", "The panel grows.", "The microphone grows."]


def test_results_are_kept_for_the_next_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path / "bench")
    assert results.read("crash") == {}
    kept = {"kills": [kill("panel", 0.1)], "meetings": 1, "complaints": []}
    results.write("crash", kept)
    assert crash.run(kills=1) == results.read("crash") == kept  # there are enough: no house is built


def test_without_root_or_a_tool_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "missing", lambda: "A card in a file needs root.")
    ended = CliRunner().invoke(measure.bench, ["crash", "--power"])
    assert ended.exit_code == 1
    assert ended.output.endswith("A card in a file needs root.\n")
    monkeypatch.setattr(shutil, "which", lambda _tool: None)
    assert (
        CliRunner()
        .invoke(measure.bench, ["crash"])
        .output.endswith("needs ffmpeg: scripts/test --yes installs them.\n")
    )
