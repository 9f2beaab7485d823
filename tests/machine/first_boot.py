"""A card that was just flashed, in a box that is switched on for the first time, and for the second."""

from emulated import Card, Machine, switched_on, without
from image_check import SERVICES, Figures
from taken_away import memory

LIMIT = 2.5
SET_UP = ("provision-candour", "prepare-candour-partition", "keep-candour-network")
OURS = (*(f"candour-{one}" for one in SERVICES), *SET_UP)


def test_it_comes_up_alone_and_all_is_well(box: Machine, figures: Figures) -> None:
    figures.say("seconds to ready", round(box.ready_s))
    assert box.sh("systemctl --failed --no-legend") == ""
    for service in SERVICES:
        assert box.sh(f"systemctl is-active candour-{service}").strip() == "active"
    assert box.light_is("dark")


def test_what_is_written_to_the_root_is_written_to_memory(box: Machine) -> None:
    assert box.sh("findmnt -n -o FSTYPE /").strip() == "overlay"
    assert box.sh("findmnt -n -o OPTIONS /media/root-ro").startswith("ro,")
    box.sh("echo lost >/etc/lost; echo kept >/var/lib/candour/system/kept; sync")


def test_the_partition_for_meetings_fills_the_card(box: Machine) -> None:
    assert int(box.sh("findmnt -bno SIZE /var/lib/candour")) > 12 * 1024**3
    assert box.sh("cat /run/candour-partition.txt").strip() == "A place for meetings was made on this card: 13 GB."


def test_nobody_can_log_in(box: Machine) -> None:
    assert box.sh("systemctl list-units --no-legend --state=active '*getty*.service'") == ""
    assert [line for line in box.sh("cat /etc/shadow").splitlines() if line.split(":")[1][:1] not in "!*"] == []
    assert box.sh("command -v sshd telnetd", check=False) == ""


def test_every_service_is_caged(box: Machine, figures: Figures) -> None:
    for service in SERVICES:
        told = box.sh(f"systemd-analyze security --no-pager candour-{service} | tail -1")
        score = float(told.split(":")[1].split()[0])
        figures.say(f"exposure of {service}", score)
        assert score < LIMIT


def test_memory_at_rest(box: Machine, figures: Figures) -> None:
    for service in SERVICES:
        figures.say(f"MB of {service} at rest", memory(box, service))


def test_the_hardware_watchdog_is_fed_by_the_system(box: Machine) -> None:
    assert box.sh("systemctl show -P RuntimeWatchdogUSec").strip() == "14s"
    assert "active" in box.sh("cat /sys/class/watchdog/watchdog0/state")


def test_the_time_is_kept_for_a_board_without_a_clock(box: Machine) -> None:
    box.sh("systemctl restart systemd-timesyncd; test -e /var/lib/candour/system/timesync/clock")


def test_after_switching_off_and_on_only_what_lasts_is_there(box: Machine, card: Card, figures: Figures) -> None:
    box.switch_off()
    status = card.read("candour-status.txt")
    assert "A place for meetings was made on this card: 13 GB." in status and "All is well with it." in status
    with switched_on(card, sound=True) as again:
        again.wait_until_ready()
        figures.say("seconds to ready, the second time", round(again.ready_s))
        assert again.sh("test -e /etc/lost || echo gone").strip() == "gone"
        assert again.sh("cat /var/lib/candour/system/kept").strip() == "kept"
        assert again.sh("cat /run/candour-partition.txt").strip() == "The card is in order: 13 GB."
        again.switch_off()
    with switched_on(card, command_line=without(OURS)) as bare:
        bare.until("systemctl is-active multi-user.target")
        up = float(bare.sh("cut -d' ' -f1 /proc/uptime"))
    figures.say("boot until ready, in boots of the same image without Candour", round(again.ready_s / up, 1))
