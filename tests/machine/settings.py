"""candour.toml on the card, edited between one start and the next, as IT staff do: right, wrong, and for many boxes."""

from emulated import Card, switched_on

GOOD = """
[room]
name = "Room 4"
help_line = "Ring 01234 567890."
[staff]
key = "correct horse battery"
"""
BAD = """
[room]
name = "Room 5"
[retention]
days = "soon"
[meting]
longest_hours = 2
"""


def boots(card: Card) -> str:
    """Until the recorder is there; what the box wrote on the card then."""
    with switched_on(card) as box:
        box.until("systemctl is-active candour-recorder")
        name = box.sh("grep ^name /var/lib/candour/settings/candour.toml")
        box.switch_off()
    return card.read("candour-status.txt") + name


def test_untouched_it_works(card: Card) -> None:
    assert "All is well with it." in boots(card)


def test_what_is_right_is_in_force_and_the_secret_leaves_the_card(card: Card) -> None:
    card.write("candour.toml", GOOD)
    told = boots(card)
    assert "candour.toml is in force: Room 4" in told and 'name = "Room 4"' in told
    left = card.read("candour.toml")
    assert "correct horse" not in left and 'key = ""  # kept on the box' in left


def test_what_is_wrong_changes_nothing_and_is_said_line_by_line(card: Card) -> None:
    card.write("candour.toml", BAD)
    told = boots(card)
    assert "candour.toml was NOT taken in." in told and "The box goes on with the settings that it had before." in told
    assert "line 5" in told and "meting" in told and 'name = "Room 4"' in told


def test_what_is_no_text_at_all_changes_nothing(card: Card) -> None:
    card.write("candour.toml", "\xff\x00[room")
    assert "candour.toml was NOT taken in." in boots(card)


def test_one_file_serves_many_boxes(card: Card) -> None:
    serial = card.read("candour-status.txt").split()[2].rstrip(",")
    card.write(
        "candour.toml", f'[room]\nname = "Any"\n[box.{serial}.room]\nname = "Room 7"\n[box.other.room]\nname = "8"\n'
    )
    assert 'name = "Room 7"' in boots(card)
