"""What all tests share. In CI nothing may be skipped: a skipped test fails the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from appliance.store.folders import Folders

skipped: list[str] = []

hypothesis.settings.register_profile("noisy machine", deadline=None)
hypothesis.settings.load_profile("noisy machine")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if skipped and os.environ.get("CI"):
        terminalreporter.section("In CI nothing may be skipped")
        for name in skipped:
            terminalreporter.line(name)


@pytest.fixture
def short_tmp() -> Iterator[Path]:
    """A folder with a short path: a Unix socket's is limited to 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="candour-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "data")
    made.prepare()
    return made
