"""The settings file: every problem at once, with its line and what to write instead."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance import settings, settings_file
from appliance.__main__ import settled
from appliance.errors import BadSettings, NoSettings

pytestmark = pytest.mark.pure

PATH = Path("candour.toml")


def problems(text: str) -> str:
    with pytest.raises(BadSettings) as caught:
        settings_file.parse(text, PATH)
    return str(caught.value)


def test_nothing_written_means_the_defaults() -> None:
    assert settings_file.parse("", PATH) == settings.Settings()


def test_times_are_shown_in_the_zone_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    path, summer = tmp_path / "candour.toml", datetime(2027, 7, 1, 12, tzinfo=UTC)
    for zone, hour in (("Europe/London", 13), ("Asia/Tokyo", 21)):
        path.write_text(f'[room]\ntime_zone = "{zone}"\n')
        settled(path)
        assert summer.astimezone().hour == hour
    monkeypatch.undo()
    time.tzset()


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
        (
            "[microphone]\nchannels = 6\narray_microphones = 6\narray_first_channel = 2",
            "line 3: `array_microphones` from `array_first_channel` on reach to channel 7, which is",
        ),
        ("[microphone]\nchannels = 4\narray_microphones = 3", "write 0 (no array) or a number from 4 to 8"),
        ("[microphone]\nchannels = 4\narray_radius_mm = 5", "write millimetres, from 10 to 200"),
        ('[network]\nwifi = "join"', "line 2: the Wi-Fi to join needs its `name` under [network]"),
        ('[network]\npassword = "seven"', "write 8 to 63 letters, digits and signs of a plain keyboard in quotes"),
        ('[network]\npassword = "caffi’r dre"', "write 8 to 63 letters"),
        ('[network]\ncountry = "gb"', 'write two capital letters such as "GB"'),
        ('[network]\ntime_server = "ntp one"', "write the name or address of a time server"),
        ('[room]\ntime_zone = "London"', 'write a time zone such as "Europe/London", or nothing'),
        ('[panel]\npin_factory = "mock"', "write one of 'lgpio', 'rpigpio'"),
        ("[web\nport = 80", "it is not TOML"),
        ("[store]\nreserve_mb = 500.0", "line 2: `reserve_mb = 500.0` will not do; write megabytes"),
        ("[transcript]\nenabled = 1", "line 2: `enabled = 1` will not do; write true or false"),
        ("[room]\nname = 4", "line 2: `name = 4` will not do; write the room's name in quotes"),
        ("[meeting]\nlongest_hours = nan", "line 2: `longest_hours = nan` will not do"),
        ("[meeting]\nlongest_hours = true", "line 2: `longest_hours = true` will not do"),
        ("[meeting]\nadmission_minutes = 2026-11-23", "line 2: `admission_minutes = 2026-11-23` will not do"),
        ("[[web]]\nport = 80", "`web` must be a section: write [web]"),
        ('[web]\naddress = "room4.example"', "write what phones open, such as"),
        ('[store]\ndata = ""', "write the path of a folder in quotes"),
        ("[panel]\nbutton_pin = 1", "write a GPIO number from 2 to 27"),
        ("port = 80", "[port] is not known; the sections are"),
        ('[ web ]\n  "port" = 0', "line 2: `port = 0` will not do"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(text: str, sentence: str) -> None:
    assert sentence in problems(text)


def test_a_whole_number_will_do_for_hours() -> None:
    assert settings_file.parse("[meeting]\nlongest_hours = 2", PATH).meeting.longest_hours == 2.0


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(NoSettings, match="There is no settings file"):
        settings_file.load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match="not readable as UTF-8"):
        settings_file.load(tmp_path / "binary.toml")


def test_the_address_for_phones_is_made_from_host_and_port_unless_given() -> None:
    assert settings.Web(host="10.41.0.1", port=80).url == "http://10.41.0.1"
    assert settings.Web(host="127.0.0.1", port=8484).url == "http://127.0.0.1:8484"
    assert settings.Web(address="https://room4.example/").url == "https://room4.example"


def test_a_key_of_the_same_name_in_another_section_does_not_confuse_the_line() -> None:
    assert "line 5: `channels = 0`" in problems("[meeting]\n# channels = 5\n\n[microphone]\nchannels = 0\n")


def test_a_mistake_in_one_section_does_not_hide_one_in_another() -> None:
    said = problems('[room]\nnam = "x"\n[audio]\nrate = 1\n[store]\nreserve_mb = "much"\n')
    assert [said.count(f"line {line}: ") for line in (2, 3, 6)] == [1, 1, 1]
    assert said.startswith("candour.toml cannot be used as it is: line 2: `nam` is not known under [room]")
    assert said.endswith("write megabytes, from 10 to 100000.")


def test_the_ends_of_a_range_are_in_it() -> None:
    for text in ("longest_hours = 0.1", "longest_hours = 12", "start_by_itself_seconds = 60", "admission_minutes = 60"):
        settings_file.parse(f"[meeting]\n{text}", PATH)


def test_a_file_from_windows_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "candour.toml"
    path.write_bytes(b'\xef\xbb\xbf[room]\r\nname = "Room 4"\r\n')
    assert settings_file.load(path).room.name == "Room 4"


def test_a_folder_in_the_place_of_the_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be used as it is"):
        settings_file.load(tmp_path)
