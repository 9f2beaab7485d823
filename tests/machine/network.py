"""The own Wi-Fi, one to join, and what to fall back on: simulated radios (mac80211_hwsim), a phone in its own network.

The phone is a network namespace of the machine under test, with the second radio in it and nothing else.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulated import Card, Machine, switched_on
from image_check import Figures

DOCS = Path(__file__).parents[2] / "docs/network.md"
PHONE = "ip netns exec phone"
GUESTS, THEIRS = "Anytown Guests", "tea and biscuits"
JOINS = f'[network]\nwifi = "join"\nname = "{GUESTS}"\npassword = "{THEIRS}"\n'
GIVES_ADDRESSES = (
    "--conf-file=/dev/null --interface=wlan1 --port=0 --dhcp-range=192.168.77.10,192.168.77.20"
    " --dhcp-option=6,192.168.77.1 --dhcp-leasefile=/rig/leases --user=root"
)
FETCH = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1])
try:
    answer = urllib.request.urlopen(request, timeout=30)
    print(answer.status, len(answer.read()))
except Exception as error:
    print(type(error).__name__, error)
"""
DHCP = """#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add "$ip/$mask" dev "$interface"
ip route add default via "$router"
echo "$ip via $router names $dns" >/rig/lease
"""


def promised(mode: str) -> set[str]:
    """What the page for the network team says that listens."""
    row = re.search(rf"^\| `{mode}`.*\|(.*)\|$", DOCS.read_text(), re.MULTILINE)
    assert row
    return {one.strip() for one in row[1].split(",")}


def listening(box: Machine) -> set[str]:
    lines = [line.split() for line in box.sh("ss -lntuH").splitlines()]
    return {f"{one[0].upper()} {one[4].rsplit(':', 1)[1]}" for one in lines if not one[4].startswith("127.")}


def supplicant(box: Machine, name: str, password: str, more: str = "") -> None:
    """The phone's radio looks for a network, or makes one."""
    network = f'network={{\nssid="{name}"\npsk="{password}"\nkey_mgmt=WPA-PSK\nproto=RSN\n{more}}}\n'
    box.sh(f"cat >/rig/phone.conf <<'CONF'\nctrl_interface=/run/phone\n{network}CONF")
    box.sh("pkill -f phone[.]conf; rm -f /rig/lease; true")
    box.sh(f"{PHONE} wpa_supplicant -B -i wlan1 -D nl80211 -c /rig/phone.conf -f /rig/phone.log")


def state_of_phone(box: Machine) -> str:
    return box.sh(f"{PHONE} wpa_cli -p /run/phone -i wlan1 status", check=False)


def fetch(box: Machine, url: str) -> str:
    return box.sh(f"{PHONE} python3 /rig/fetch.py {url}").strip()


@pytest.fixture(scope="module")
def aired(card: Card) -> Iterator[Machine]:
    """A box with its own Wi-Fi, as it was delivered."""
    with switched_on(card, sound=True, extra={"rig/radios": "2", "rig/fetch.py": FETCH, "rig/dhcp": DHCP}) as machine:
        machine.wait_until_ready()
        machine.until("grep -q 'its own Wi-Fi' /run/candour/network.json", 300)
        yield machine


def test_it_makes_its_own_wifi_and_listens_where_it_says(aired: Machine, figures: Figures) -> None:
    told = json.loads(aired.sh("cat /run/candour/network.json"))
    assert told["well"], told
    figures.say("its own Wi-Fi", told["says"])
    aired.until("systemctl is-active serve-candour-names")
    assert listening(aired) == promised("own")


def test_a_phone_joins_with_the_password_on_the_card_and_finds_the_page(aired: Machine, figures: Figures) -> None:
    kept = aired.sh("cat /var/lib/candour/settings/candour.toml").partition("[network]")[2]
    name, password = (re.search(rf'^{key} = "(.*)"$', kept, re.MULTILINE) for key in ("name", "password"))
    assert name and password
    supplicant(aired, name[1], "not the password", "")
    with pytest.raises(AssertionError):
        aired.until(f"{PHONE} wpa_cli -p /run/phone -i wlan1 status | grep -q wpa_state=COMPLETED", 40)
    supplicant(aired, name[1], password[1])
    aired.until(f"{PHONE} wpa_cli -p /run/phone -i wlan1 status | grep -q wpa_state=COMPLETED", 120)
    aired.sh(f"chmod +x /rig/dhcp; {PHONE} busybox udhcpc -i wlan1 -n -q -t 20 -s /rig/dhcp")
    lease = aired.sh("cat /rig/lease").strip()
    assert re.fullmatch(r"10\.41\.0\.\d+ via 10\.41\.0\.1 names 10\.41\.0\.1", lease), lease
    figures.say("a phone in it", lease)
    assert fetch(aired, "http://10.41.0.1/").startswith("200 ")


def test_every_name_is_the_box_and_phones_stay(aired: Machine) -> None:
    aired.sh(
        "touch /etc/resolv.conf; mkdir -p /etc/netns/phone; echo nameserver 10.41.0.1 >/etc/netns/phone/resolv.conf"
    )
    assert fetch(aired, "http://connectivitycheck.gstatic.com/generate_204") == "204 0"
    assert fetch(aired, "http://captive.apple.com/hotspot-detect.html").startswith("200 ")
    assert "400" in fetch(aired, "http://www.anytown.example/")


def test_it_leads_nowhere_else(aired: Machine) -> None:
    cable = aired.sh("ip -4 -o address show scope global | grep -v wlan").split()[3].split("/")[0]
    assert aired.sh("cat /proc/sys/net/ipv4/ip_forward").strip() == "0"
    for beyond in ("http://10.0.2.2/", "http://10.0.2.2:22/"):
        assert "200" not in fetch(aired, beyond)
    assert (
        cable.startswith("10.0.2.")
        and aired.sh("nft list ruleset 2>/dev/null; iptables-save 2>/dev/null", check=False) == ""
    )


def test_what_answers_names_comes_back(aired: Machine) -> None:
    aired.sh("systemctl kill -s KILL serve-candour-names")
    aired.until("systemctl is-active serve-candour-names")
    assert fetch(aired, "http://connectivitycheck.gstatic.com/generate_204") == "204 0"


def test_both_are_caged(aired: Machine, figures: Figures) -> None:
    for unit in ("keep-candour-network", "serve-candour-names", "provision-candour", "prepare-candour-partition"):
        score = float(aired.sh(f"systemd-analyze security --no-pager {unit} | tail -1").split(":")[1].split()[0])
        figures.say(f"exposure of {unit}", score)
        assert score < 2.5


def test_the_card_says_how_it_is(aired: Machine, card: Card) -> None:
    aired.until("systemctl is-active report-candour | grep -qx inactive && test -e /run/candour/network.json")
    aired.switch_off()
    told = card.read("candour-status.txt")
    assert "Its own Wi-Fi: Candour" in told and "Once it had started:" in told
    assert "well      network  its own Wi-Fi Candour" in told


def test_it_joins_and_falls_back(card: Card, figures: Figures) -> None:
    card.write("candour.toml", JOINS)
    extra = {"rig/radios": "2", "rig/fetch.py": FETCH}
    with switched_on(card, sound=True, extra=extra) as box:
        supplicant(box, GUESTS, THEIRS, "mode=2\nfrequency=2437\n")
        box.sh(f"{PHONE} ip address add 192.168.77.1/24 dev wlan1")
        box.sh(f"{PHONE} dnsmasq {GIVES_ADDRESSES}")
        box.wait_until_ready()
        box.until("grep -q 'in the Wi-Fi' /run/candour/network.json", 300)
        assert listening(box) == promised("join")
        assert "nameserver 192.168.77.1" in box.sh("cat /etc/resolv.conf")
        address = box.sh("ip -4 -o address show dev wlan0").split()[3].split("/")[0]
        assert fetch(box, f"http://{address}/").startswith("200 ")
        assert box.sh("cut -d' ' -f4 /rig/leases").strip().startswith("candour-")

        went = float(box.sh("pkill -f phone[.]conf; cut -d' ' -f1 /proc/uptime"))
        box.until("grep -q 'could not be joined' /run/candour/network.json", 300)
        came = float(box.sh("cut -d' ' -f1 /proc/uptime"))
        figures.say("seconds until its own Wi-Fi, the other one gone", round(came - went))
        assert came - went >= 60
        box.until("systemctl is-active serve-candour-names")
        assert listening(box) == promised("own")
        assert box.sh("iw dev wlan0 info | grep -c 'type AP'").strip() == "1"
        box.switch_off()
    assert THEIRS not in card.read("candour.toml")
