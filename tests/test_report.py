"""What stands in candour-status.txt once the box has started: written behind what was said of its start."""

from pathlib import Path

import pytest
from fake_clock import FakeClock

from appliance import network, news, report
from appliance.lifetime import Lifetime
from appliance.news import News
from appliance.provisioning import STATUS
from appliance.settings import Settings, Store

pytestmark = pytest.mark.pure
START = "Candour box 1\nSwitched on.\n"


class Patient(Lifetime):
    """Waiting makes the time pass; `later` happens after so many waits."""

    def __init__(self, clock: FakeClock, later: dict[int, object] | None = None) -> None:
        super().__init__()
        self._clock, self._later, self.waits = clock, later or {}, 0

    def wait(self, seconds: float) -> bool:
        self._clock.pass_s(seconds)
        self.waits += 1
        happens = self._later.get(self.waits)
        if callable(happens):
            happens()
        return False


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in ("run", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "fat").mkdir()
    (tmp_path / "fat" / STATUS).write_text(START)
    return Settings(store=Store(data=str(tmp_path / "data"), run=str(tmp_path / "run")))


def recorder_says(settings: Settings, clock: FakeClock, state: str, because: str = "") -> None:
    said = News(clock.boot_id(), clock.monotonic(), state, 0, "2026-11-23T10:02:00Z", because, None, -40, 0)
    news.tell(settings.store.news, said)


def test_it_waits_until_there_is_something_to_say(settings: Settings) -> None:
    clock = FakeClock()
    recorder_says(settings, clock, "starting")

    def is_up() -> None:
        recorder_says(settings, clock, "unfit", "No microphone was found.")
        network.tell(Path(settings.store.run), network.Told("its own Wi-Fi"))

    patient = Patient(clock, {5: is_up})
    said = report.run(settings, None, clock, patient)
    assert patient.waits == 5
    assert "not well  recorder  No microphone was found." in said and "well      network  its own Wi-Fi\n" in said


def test_it_does_not_wait_for_ever(settings: Settings) -> None:
    said = report.run(settings, None, clock := FakeClock(), Patient(clock))
    assert "not well  recorder  It has not run since the box was switched on." in said


def test_it_replaces_what_it_said_before_and_leaves_the_rest(settings: Settings, tmp_path: Path) -> None:
    clock, fat = FakeClock(), tmp_path / "fat"
    for because in ("No microphone was found.", "The card is full."):
        recorder_says(settings, clock, "unfit", because)
        report.run(settings, fat, clock, Patient(clock))
    told = (fat / STATUS).read_text()
    assert told.startswith(START + report.HEADING) and told.count(report.HEADING) == 1
    assert "The card is full." in told and "No microphone was found." not in told


def test_a_card_that_is_not_there_is_said(settings: Settings, tmp_path: Path) -> None:
    clock = FakeClock()
    assert "could not be written to the card" in report.run(settings, tmp_path / "none", clock, Patient(clock))
    assert not (tmp_path / "none").exists()
