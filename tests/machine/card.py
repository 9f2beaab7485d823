"""The card itself: flashed anew, copied to a larger one, too small, damaged; each time in a box that is switched on."""

from emulated import Card, switched_on


def starts(card: Card, *commands: str) -> list[str]:
    """Until the page for meetings or the fault is there; what the commands print."""
    with switched_on(card, sound=True) as box:
        box.until("systemctl is-active candour-panel")
        box.until("systemctl is-active candour-recorder || systemctl is-failed var-lib-candour.mount "
                  "prepare-candour-partition.service")  # fmt: skip
        said = [box.sh(command, check=False).strip() for command in ("cat /run/candour-partition.txt", *commands)]
        if box.sh("systemctl is-active candour-recorder", check=False).strip() == "active":
            box.wait_until_ready()
        said.append("fault" if box.light_is("fault") else "no fault")
        box.sh("sync")
        box.switch_off()
    return said


def test_flashing_anew_keeps_the_meetings(card: Card) -> None:
    starts(card, "echo said >/var/lib/candour/meetings/kept")
    card.flash()
    assert starts(card, "cat /var/lib/candour/meetings/kept") == [
        "The card was flashed anew; the meetings that were on it are still there.",
        "said",
        "no fault",
    ]


def test_a_larger_card_is_used_whole(card: Card) -> None:
    card.gb = 24
    with card.path.open("ab") as file:
        file.truncate(card.gb * 1024**3)
    told, kept, size, _ = starts(
        card, "cat /var/lib/candour/meetings/kept", "findmnt -bno SIZE /var/lib/candour"
    )  # fmt: skip
    assert (told, kept) == ("The card is in order: 21 GB.", "said") and int(size) > 19 * 1024**3


def test_a_file_system_that_cannot_be_mended_is_a_fault_and_left_alone(card: Card) -> None:
    at = 3 * 1024**3 + 1024
    with card.path.open("r+b") as file:
        file.seek(at + 0x60)  # features that a kernel must know (ext4's s_feature_incompat)
        file.write(b"\xff\xff\xff\x7f")
        file.seek(at)
        before = file.read(1024)
    told, active, light = starts(card, "systemctl is-active candour-recorder")
    assert "was left alone" in told and active != "active" and light == "fault"
    with card.path.open("rb") as file:
        file.seek(at)
        assert file.read(1024) == before
    assert "NOTHING CAN BE RECORDED" in card.read("candour-status.txt")
