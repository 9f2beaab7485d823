"""Finding the microphone in /proc/asound, kept here as folders of text."""

from pathlib import Path

import pytest

from appliance.errors import NoMicrophone
from appliance.recorder import soundcards

pytestmark = pytest.mark.pure

HDMI = " {n} [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0\n                      vc4-hdmi-0\n"
ARRAY = (
    " {n} [ArrayUAC10     ]: USB-Audio - ReSpeaker 4 Mic Array (UAC1.0)\n"
    "                      SEEED ReSpeaker 4 Mic Array (UAC1.0) at usb-0000:01:00.0-1.2, high speed\n"
)
CAMERA = " {n} [C920           ]: USB-Audio - HD Pro Webcam C920\n                      HD Pro Webcam C920\n"


def asound(folder: Path, *cards: str) -> Path:
    """What the kernel shows for some cards; all but HDMI can record."""
    (folder / "cards").write_text(
        "".join(card.format(n=n) for n, card in enumerate(cards)) or "--- no soundcards ---\n"
    )
    for n, card in enumerate(cards):
        (folder / f"card{n}" / ("pcm0p" if card is HDMI else "pcm0c")).mkdir(parents=True)
    return folder


def test_the_only_card_that_can_record_is_chosen_by_itself(tmp_path: Path) -> None:
    card = soundcards.find("auto", asound(tmp_path, HDMI, ARRAY))
    assert card == soundcards.Card(1, "ArrayUAC10", "ReSpeaker 4 Mic Array (UAC1.0)")


def test_a_card_is_found_by_its_id_whatever_its_number(tmp_path: Path) -> None:
    card = soundcards.find("ArrayUAC10", asound(tmp_path, CAMERA, HDMI, ARRAY))
    assert card is not None
    assert card.number == 2


def test_two_that_can_record_have_to_be_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoMicrophone, match=r'this computer has: "C920", "ArrayUAC10"'):
        soundcards.find("auto", asound(tmp_path, CAMERA, ARRAY))


@pytest.mark.parametrize("device", ["auto", "ArrayUAC10"])
def test_no_microphone_is_a_sentence(tmp_path: Path, device: str) -> None:
    with pytest.raises(NoMicrophone, match=r"No microphone .* was found; this computer has: none"):
        soundcards.find(device, asound(tmp_path, HDMI))
    with pytest.raises(NoMicrophone):
        soundcards.find(device, tmp_path / "no-sound-at-all")


def test_a_name_of_portaudio_is_left_to_portaudio(tmp_path: Path) -> None:
    assert soundcards.find("pcm:simmic", asound(tmp_path)) is None


def test_a_card_that_was_plugged_in_again_elsewhere_is_the_same(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    first = soundcards.find("ArrayUAC10", asound(before, HDMI, ARRAY, CAMERA))
    again = soundcards.find("ArrayUAC10", asound(after, CAMERA, HDMI, ARRAY))
    assert first is not None
    assert again is not None
    assert (first.number, again.number) == (1, 2)
    assert (first.id, first.name) == (again.id, again.name)


def test_numbers_of_two_figures_and_ids_that_fill_their_place(tmp_path: Path) -> None:
    (tmp_path / "cards").write_text(
        " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n"
        "                      bcm2835 Headphones\n"
        "10 [Array          ]: USB-Audio - ReSpeaker 4 Mic Array\n"
        "                      SEEED ReSpeaker 4 Mic Array at usb-3f980000.usb-1.4, high speed\n"
        "11 [ReSpeaker4MicAr]: USB-Audio - Mic - Array - 4\n"
        "                      SEEED ReSpeaker 4 Mic Array at usb-3f980000.usb-1.5, high speed\n"
    )
    for folder in ("card0/pcm0p", "card10/pcm0c", "card10/pcm0p", "card11/pcm1c"):
        (tmp_path / folder).mkdir(parents=True)
    assert soundcards.recording_cards(tmp_path) == [
        soundcards.Card(10, "Array", "ReSpeaker 4 Mic Array"),
        soundcards.Card(11, "ReSpeaker4MicAr", "Mic - Array - 4"),
    ]


def test_a_card_that_only_plays_is_not_found_by_its_id_either(tmp_path: Path) -> None:
    with pytest.raises(NoMicrophone, match=r'No microphone "vc4hdmi0" .* this computer has: "ArrayUAC10"'):
        soundcards.find("vc4hdmi0", asound(tmp_path, HDMI, ARRAY))
