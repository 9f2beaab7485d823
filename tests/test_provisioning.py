"""One file on the FAT partition: taken in at every boot, its secrets kept on the box, what is wrong said beside it."""

import contextlib
import errno
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_clock import FakeClock

from appliance import provisioning, settings_file, wifi
from appliance.__main__ import candour
from appliance.provisioning import Places, take_in
from appliance.settings import Settings

pytestmark = pytest.mark.pure
TEMPLATE = Path(__file__).parent.parent / "firmware_config/etc/candour/candour.toml"
SERIAL = "10000000a1b2c3d4"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "fat").mkdir()
    return Places(tmp_path / "fat", tmp_path / "kept", TEMPLATE, tmp_path / "told", tmp_path / "run")


def boots(places: Places, text: str | None = None, serial: str = SERIAL) -> str:
    if text is not None:
        (places.fat / "candour.toml").write_text(text)
    said = take_in(places, serial, FakeClock())
    assert (places.fat / "candour-status.txt").read_text() == said
    return said


def chosen(places: Places) -> Settings:
    return settings_file.load(places.kept / "candour.toml")


def untouched(now: Settings) -> bool:
    """What a box does without any setting: the defaults, and a Wi-Fi of its own."""
    own = re.fullmatch(rf"([{wifi.LETTERS}]{{4}}-?){{3}}", now.network.password)
    return bool(own) and now == wifi.filled(Settings(), SERIAL, now.network.password)


def on_card(places: Places) -> str:
    return (places.fat / "candour.toml").read_text()


def test_the_first_boot_lays_a_commented_file_there_and_all_is_well(places: Places) -> None:
    said = boots(places)
    assert on_card(places) == TEMPLATE.read_text()
    assert f"Candour box {SERIAL}, software " in said and "All is well with it." in said
    assert untouched(chosen(places))
    assert f"Its own Wi-Fi: Candour c3d4, with the password {chosen(places).network.password}. The page is at" in said


def test_what_is_written_there_is_in_force_after_the_next_boot(places: Places) -> None:
    boots(places)
    said = boots(places, '[room]\nname = "Ystafell 4 “y dre” 🎙"\n[retention]\ndays = 30\n[transcript]\nlive = true\n')
    assert "Ystafell 4" in said
    now = chosen(places)
    assert (now.room.name, now.retention.days, now.transcript.live) == ("Ystafell 4 “y dre” 🎙", 30, True)
    boots(places, "")
    assert untouched(chosen(places))


@pytest.mark.parametrize(
    "text",
    [
        "[room\n",
        '[room]\nnam = "x"\n',
        "[retention]\ndays = 0\n",
        "\xff\xfe",
        '[web]\nkey = "/x.pem"\n',
        "[box]\nx=1\n",
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(places: Places, text: str) -> None:
    boots(places, '[room]\nname = "Room 4"\n')
    (places.fat / "candour.toml").write_bytes(text.encode("latin-1"))
    said = boots(places)
    assert "was NOT taken in" in said and "the settings that it had before" in said
    assert chosen(places).room.name == "Room 4"
    assert (places.fat / "candour.toml").read_bytes() == text.encode("latin-1")


def test_a_box_that_never_had_a_good_file_works_untouched(places: Places) -> None:
    said = boots(places, "[room\n")
    assert "what it does without any setting" in said
    assert untouched(chosen(places))


def test_secrets_are_kept_on_the_box_and_leave_the_card(places: Places) -> None:
    text = '[network]\nname = "Room 4"\npassword = "tea and biscuits"  # of the Wi-Fi\n'
    text += "[staff]\nkey = 'a key of the hall'\n"
    said = boots(places, text + '[web]\ncertificate = "/x.pem"\nkey = "/y.pem"\n')
    assert "Passwords and keys were taken in" in said
    left = on_card(places)
    assert "biscuits" not in left and "hall" not in left and left.count("# kept on the box") == 2
    assert 'key = "/y.pem"' in left  # the path of a file is no secret
    for _ in range(2):
        now = chosen(places)
        assert (now.network.password, now.staff.key) == ("tea and biscuits", "a key of the hall")
        said = boots(places)
        assert "Passwords and keys" not in said and "All is well" in said
    assert all("biscuits" not in path.read_text() for path in places.fat.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in places.kept.iterdir()} == {0o640}


def test_a_new_secret_replaces_and_an_empty_line_forgets(places: Places) -> None:
    boots(places, '[staff]\nkey = "a key of the hall"\n')
    boots(places, '[staff]\nkey = "another key altogether"\n')
    assert chosen(places).staff.key == "another key altogether"
    boots(places, '[staff]\nkey = ""\n')
    assert chosen(places).staff.key == ""
    boots(places, '[staff]\nkey = ""  # kept on the box\n')
    assert chosen(places).staff.key == ""  # it was forgotten


def test_a_secret_that_cannot_be_taken_out_is_told(places: Places) -> None:
    said = boots(places, 'staff.key = "a key of the hall"\n')
    assert "`key` under [staff] could not be taken out" in said
    assert chosen(places).staff.key == "a key of the hall"


def test_one_file_serves_twenty_boxes(places: Places, tmp_path: Path) -> None:
    text = '[room]\nname = "Some room"\norganisation = "Anytown Council"\n'
    text += "".join(f'[box.{number:016}.room]\nname = "Room {number}"\n' for number in range(20))
    text += '[box.0000000000000007.staff]\nkey = "the key of seven"\n'
    for number in (3, 7):
        mine = Places(tmp_path / f"fat {number}", tmp_path / f"kept {number}", TEMPLATE, run=tmp_path / "run")
        mine.fat.mkdir()
        boots(mine, text, f"{number:016}")
        now = chosen(mine)
        assert (now.room.name, now.room.organisation) == (f"Room {number}", "Anytown Council")
        assert now.staff.key == ("the key of seven" if number == 7 else "")
        assert "seven" not in on_card(mine)
        boots(mine, serial=f"{number:016}")
        assert chosen(mine) == now
    boots(places, text, "another")
    assert chosen(places).room.name == "Some room"


def test_what_is_wrong_for_another_box_is_told_too(places: Places) -> None:
    said = boots(places, '[box.7.room]\nnam = "x"\n[box.8.rom]\nname = "y"\n')
    assert "line 2: `nam` is not known under [box.7.room]" in said and "line 3: [box.8.rom] is not known" in said


def test_a_card_that_cannot_be_written_keeps_no_box_from_starting(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    boots(places, '[room]\nname = "Room 4"\n')

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    said = take_in(places, SERIAL, FakeClock())
    assert "was NOT taken in" in said and "could not be written to the card" in said
    monkeypatch.undo()
    assert chosen(places).room.name == "Room 4"


@pytest.mark.parametrize("instant", range(1, 11))
def test_a_power_cut_at_any_instant_loses_no_secret(
    places: Places, monkeypatch: pytest.MonkeyPatch, instant: int
) -> None:
    boots(places, '[staff]\nkey = "the old key of the hall"\n')
    (places.fat / "candour.toml").write_text('[staff]\nkey = "the new key of the hall"\n')
    calls = iter(range(1, 100))
    fsync = os.fsync

    def cut(descriptor: int) -> None:
        fsync(descriptor)
        if next(calls) == instant:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", cut)
    with contextlib.suppress(KeyboardInterrupt):
        take_in(places, SERIAL, FakeClock())
    monkeypatch.undo()
    boots(places)
    assert chosen(places).staff.key == "the new key of the hall" and "hall" not in on_card(places)


def test_the_serial_number(tmp_path: Path) -> None:
    (tmp_path / "serial").write_bytes(b"10000000a1b2c3d4\0")
    (tmp_path / "machine-id").write_text("0123\n")
    assert provisioning.serial_number(tmp_path / "serial", tmp_path / "machine-id") == "10000000a1b2c3d4"
    assert provisioning.serial_number(tmp_path / "none", tmp_path / "machine-id") == "0123"
    assert provisioning.serial_number(tmp_path / "none", tmp_path / "none") == "unknown"


def test_the_command(places: Places) -> None:
    places.kept.mkdir()
    (places.fat / "cmdline.txt").touch()  # as every card has it
    words = ["provision", "--fat", str(places.fat), "--kept", str(places.kept), "--template", str(TEMPLATE)]
    done = CliRunner().invoke(candour, [*words, "--run", str(places.run)])
    assert done.exit_code == 0 and "All is well with it." in done.output


def test_what_became_of_the_card_stands_in_the_status(places: Places) -> None:
    places.told.write_text("The card is in order: 27 GB.\n")
    assert "\n\nThe card is in order: 27 GB.\n" in boots(places)


def test_without_a_place_that_lasts_secrets_stay_on_the_card(places: Places) -> None:
    lost = replace(places, lasting=False)
    said = boots(lost, '[staff]\nkey = "correct horse battery"\n')
    assert "NOTHING CAN BE RECORDED" in said
    assert "correct horse battery" in on_card(lost)
    assert chosen(lost).staff.key == "correct horse battery"
    boots(places)
    assert "correct horse battery" not in on_card(places) and chosen(places).staff.key == "correct horse battery"


def test_a_card_whose_fat_partition_cannot_be_read_changes_nothing(places: Places) -> None:
    boots(places, '[room]\nname = "Room 4"\n')
    unread = replace(places, fat=places.fat.with_name("nowhere"), readable=False)
    assert "NOT taken in. The box goes on with the settings that it had before." in take_in(unread, SERIAL, FakeClock())
    assert not unread.fat.exists() and chosen(places).room.name == "Room 4"


def profile(places: Places, name: str) -> str:
    path = places.run / f"NetworkManager/system-connections/{name}.nmconnection"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text()


def test_the_network_of_each_boot_is_told_what_is_in_force(places: Places) -> None:
    boots(places, '[network]\npassword = "tea and biscuits"\ntime_server = "ntp.anytown.example"\n')
    assert "psk=tea\\sand\\sbiscuits\n" in profile(places, wifi.OWN)
    assert (places.run / "systemd/timesyncd.conf.d/candour.conf").read_text() == "[Time]\nNTP=ntp.anytown.example\n"
    rebooted = replace(places, run=places.run.with_name("the next run"))
    said = boots(rebooted, "[network\n")
    assert "NOT taken in" in said and "Candour c3d4, with the password that you chose" in said
    assert "psk=tea\\sand\\sbiscuits\n" in profile(rebooted, wifi.OWN)


def test_the_password_that_the_box_made_stays_the_same(places: Places) -> None:
    boots(places)
    made = chosen(places).network.password
    for text in (None, '[network]\nname = "Hall"\n', '[network]\nwifi = "off"\n', ""):
        boots(places, text)
    assert chosen(places).network.password == made
    said = boots(places, '[network]\nwifi = "join"\nname = "Anytown Guests"\n')
    assert f"where it cannot, it makes its own: Candour c3d4, with the password {made}." in said
    assert f"psk={made}\n" in profile(places, wifi.OWN) and "psk" not in profile(places, wifi.JOINED)


def test_a_run_folder_that_cannot_be_written_is_told(places: Places) -> None:
    places.run.write_text("no folder")
    said = boots(places)
    assert "All is well with it." in said and "The network could not be set up." in said
