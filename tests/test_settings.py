"""The settings file: every problem at once, with its line and what to write instead."""

from pathlib import Path

import pytest

from appliance import settings
from appliance.errors import BadSettings, NoSettings

pytestmark = pytest.mark.pure

PATH = Path("candour.toml")


def problems(text: str) -> str:
    with pytest.raises(BadSettings) as caught:
        settings.parse(text, PATH)
    return str(caught.value)


def test_nothing_written_means_the_defaults() -> None:
    assert settings.parse("", PATH) == settings.Settings()


def test_all_problems_are_told_in_the_order_of_their_lines() -> None:
    said = problems('[web]\nport = "80"\n\n[microphone]\nrate = 44100\n[panel]\nlight_pin = 99\n')
    parts = ['line 2: `port = "80"`', "line 5: `rate = 44100`", "line 7: `light_pin = 99`"]
    assert [said.index(part) for part in parts] == sorted(said.index(part) for part in parts)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[web]\nport = true", "line 2: `port = true` will not do; write a port number from 1 to 65535"),
        ("[web]\nport = 70000", "line 2: `port = 70000` will not do"),
        ("[wbe]\nport = 80", "line 1: [wbe] is not known; the sections are room, panel, microphone"),
        ("[web]\nprot = 80", "line 2: `prot` is not known under [web]; there are host, port, address"),
        ("web = 5", "line 1: `web` must be a section: write [web] on a line of its own"),
        ("[meeting]\nlongest_hours = 0", "write hours, from 0.1 to 12"),
        ("[meeting]\nstart_by_itself_seconds = 30", "write 0 (never) or seconds from 60 to 900"),
        ('[transcript]\nlanguage = "English"', 'write a two-letter code such as "en", or "auto"'),
        ("[microphone]\nmaster_channel = 2", "`master_channel` is more than `channels`; write 1"),
        ('[panel]\npin_factory = "mock"', "write one of 'lgpio', 'rpigpio'"),
        ("[web\nport = 80", "it is not TOML"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(text: str, sentence: str) -> None:
    assert sentence in problems(text)


def test_a_whole_number_will_do_for_hours() -> None:
    assert settings.parse("[meeting]\nlongest_hours = 2", PATH).meeting.longest_hours == 2.0


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(NoSettings, match="There is no settings file"):
        settings.load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match="not readable as UTF-8"):
        settings.load(tmp_path / "binary.toml")


def test_the_address_for_phones_is_made_from_host_and_port_unless_given() -> None:
    assert settings.Web(host="10.41.0.1", port=80).url == "http://10.41.0.1"
    assert settings.Web(host="127.0.0.1", port=8484).url == "http://127.0.0.1:8484"
    assert settings.Web(address="https://room4.example/").url == "https://room4.example"
