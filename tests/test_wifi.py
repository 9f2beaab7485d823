"""The Wi-Fi of a box: what its settings become, and how the box is watched that goes in and out of one."""

import configparser
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fake_clock import FakeClock

from appliance import network, wifi
from appliance.network import AGAIN_S, JOIN_S, LOOK_S, Watch
from appliance.settings import Network, Settings, Store, Web

pytestmark = pytest.mark.pure
SERIAL = "10000000a1b2c3d4"
MADE = "abcd-efgh-2345"


def keyfile(text: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(delimiters="=", interpolation=None)
    found.read_string(text)
    return found


def test_without_any_setting_the_box_has_a_wifi_with_a_name_and_a_password_of_its_own() -> None:
    now = wifi.filled(Settings(), SERIAL, MADE)
    assert (now.network.name, now.network.password, now.web.url) == ("Candour c3d4", MADE, "http://10.41.0.1")
    assert now.network.makes_own and not Settings().network.makes_own
    found = wifi.profiles(Settings().network, SERIAL, MADE)
    assert sorted(found) == [wifi.CABLE, wifi.OWN]
    own = keyfile(found[wifi.OWN])
    assert bytes(int(byte) for byte in own["wifi"]["ssid"].split(";")[:-1]) == b"Candour c3d4"
    assert (own["wifi"]["mode"], own["wifi-security"]["key-mgmt"], own["wifi-security"]["psk"]) == (
        "ap",
        "wpa-psk",
        MADE,
    )
    assert own["connection"]["autoconnect"] == "true" and own["wifi"]["ap-isolation"] == "1"
    assert (own["ipv4"]["method"], own["ipv4"]["address1"]) == ("manual", "10.41.0.1/24")  # "shared" would pass on


def test_what_was_set_is_not_replaced() -> None:
    chosen = Settings(
        network=Network(name="Hall", password="tea and biscuits"), web=Web(address="https://room4.example")
    )
    assert wifi.filled(chosen, SERIAL, MADE) == chosen
    assert wifi.filled(Settings(web=Web(port=8080)), SERIAL, MADE).web.address == "http://10.41.0.1:8080"
    for other in (Network(wifi="off"), Network(wifi="join", name="Guests")):
        assert wifi.filled(Settings(network=other), SERIAL, MADE) == Settings(network=other)


def test_a_wifi_to_join_comes_with_one_to_fall_back_on() -> None:
    found = wifi.profiles(Network(wifi="join", name="Caffi’r dre", password=" a\\b c "), SERIAL, MADE)
    joined, own = keyfile(found[wifi.JOINED]), keyfile(found[wifi.OWN])
    assert joined["wifi-security"]["psk"] == r"\sa\\b\sc\s"  # as GKeyFile reads it
    assert bytes(int(byte) for byte in joined["wifi"]["ssid"].split(";")[:-1]).decode() == "Caffi’r dre"
    assert (joined["ipv4"]["method"], joined["ipv4"]["dhcp-hostname"]) == ("auto", "candour-c3d4")
    assert own["connection"]["autoconnect"] == "false" and own["wifi-security"]["psk"] == MADE
    assert "wifi-security" not in keyfile(wifi.profiles(Network(wifi="join", name="Open"), SERIAL, MADE)[wifi.JOINED])
    assert sorted(wifi.profiles(Network(wifi="off"), SERIAL, MADE)) == [wifi.CABLE]


def test_a_password_is_copied_from_paper_without_doubt() -> None:
    made = {wifi.new_password() for _ in range(200)}
    assert len(made) == 200 and all(len(one) == 14 and not set(one) & set("01ilo") for one in made)


@dataclass
class Air:
    """A radio; `near` are the profiles that can be gone into."""

    near: set[str]
    into: str = ""
    guests: int = 0
    names: bool = False
    gone_into: list[str] = field(default_factory=list)

    def is_in(self, profile: str) -> bool:
        return self.into == profile and profile in self.near

    def go_into(self, profile: str) -> bool:
        self.gone_into.append(profile)
        self.into = profile if profile in self.near else ""
        return bool(self.into)

    def phones(self) -> int:
        return self.guests

    def answer_names(self, on: bool) -> None:
        self.names = on


class Days:
    """A watch and its clock."""

    def __init__(self, chosen: Network, air: Air) -> None:
        self.clock, self.air, self.idle = FakeClock(), air, True
        self.watch = Watch(chosen, air, self.clock, lambda: self.idle)
        self.told = self.watch.look()

    def go_on(self, seconds: float) -> None:
        for _ in range(int(seconds / LOOK_S)):
            self.clock.pass_s(LOOK_S)
            self.told = self.watch.look()


JOINS = Network(wifi="join", name="Guests")
BOTH = {wifi.OWN, wifi.JOINED}


def test_a_wifi_that_is_there_is_joined_and_names_are_not_answered() -> None:
    days = Days(JOINS, Air(set(BOTH)))
    assert days.told.on_the_way
    days.air.into = wifi.JOINED  # NetworkManager does this by itself
    days.go_on(3 * AGAIN_S)
    assert days.told == network.Told("in the Wi-Fi Guests")
    assert days.air.gone_into == [] and not days.air.names


def test_after_a_minute_the_box_makes_its_own_and_says_why() -> None:
    days = Days(JOINS, Air({wifi.OWN}))
    days.go_on(JOIN_S - LOOK_S)
    assert days.air.gone_into == [] and days.told.on_the_way
    days.go_on(LOOK_S)
    assert days.air.gone_into == [wifi.OWN] and days.air.names
    assert not days.told.well and "Guests could not be joined" in days.told.says and "has its own" in days.told.says


def test_it_is_tried_again_only_while_nobody_minds() -> None:
    days = Days(JOINS, Air({wifi.OWN}, guests=1))
    days.go_on(JOIN_S + 2 * AGAIN_S)
    days.air.guests, days.idle = 0, False
    days.go_on(2 * AGAIN_S)
    assert days.air.gone_into == [wifi.OWN]
    days.idle = True
    days.go_on(LOOK_S)
    assert days.air.gone_into == [wifi.OWN, wifi.JOINED, wifi.OWN] and days.air.names
    days.air.near = set(BOTH)
    days.go_on(AGAIN_S)
    assert days.air.gone_into[3:] == [wifi.JOINED] and days.told == network.Told("in the Wi-Fi Guests")
    days.go_on(LOOK_S)
    assert not days.air.names


def test_a_wifi_that_goes_away_later_is_waited_for_a_minute() -> None:
    days = Days(JOINS, Air(set(BOTH), into=wifi.JOINED))
    days.go_on(AGAIN_S)
    days.air.near = {wifi.OWN}
    days.go_on(JOIN_S - LOOK_S)
    assert days.air.gone_into == []
    days.go_on(2 * LOOK_S)
    assert days.air.gone_into == [wifi.OWN] and days.air.names


def test_the_own_one_is_named_with_how_many_fit_and_a_box_without_a_radio_says_so() -> None:
    own = Network(name="Candour c3d4")
    days = Days(own, Air(BOTH, into=wifi.OWN))
    assert days.told == network.Told("its own Wi-Fi Candour c3d4, for about 7 phones at a time") and days.air.names
    days = Days(own, Air(set()))
    assert days.told.on_the_way
    days.go_on(JOIN_S)
    assert not days.told.well and "Is there a radio in the box" in days.told.says
    assert Days(replace(own, wifi="off"), Air(set())).told.says == "no Wi-Fi, as it was set"


def test_what_it_says_is_there_for_others(tmp_path: Path) -> None:
    assert network.latest(tmp_path) is None
    network.tell(tmp_path, network.Told("in the Wi-Fi Guests"))
    assert network.latest(tmp_path) == network.Told("in the Wi-Fi Guests")
    assert json.loads((tmp_path / "network.json").read_text())["well"] is True
    assert Settings(store=Store(run=str(tmp_path))).store.run == str(tmp_path)
