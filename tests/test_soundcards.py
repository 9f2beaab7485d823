"""Finding the microphone in /proc/asound, kept here as folders of text."""

from pathlib import Path

import pytest

from appliance import settings_file
from appliance.errors import MicrophoneCannot, MicrophoneOffers, NoMicrophone
from appliance.recorder import soundcards
from appliance.recorder.soundcards import Offer
from appliance.settings import Microphone

pytestmark = pytest.mark.pure

HDMI = " {n} [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0\n                      vc4-hdmi-0\n"
ARRAY = (
    " {n} [ArrayUAC10     ]: USB-Audio - ReSpeaker 4 Mic Array (UAC1.0)\n"
    "                      SEEED ReSpeaker 4 Mic Array (UAC1.0) at usb-0000:01:00.0-1.2, high speed\n"
)
CAMERA = " {n} [C920           ]: USB-Audio - HD Pro Webcam C920\n                      HD Pro Webcam C920\n"

ARRAY_STREAM = """\
SEEED ReSpeaker 4 Mic Array (UAC1.0) at usb-0000:01:00.0-1.2, high speed : USB Audio

Playback:
  Status: Stop
  Interface 1
    Altset 1
    Format: S16_LE
    Channels: 2
    Endpoint: 0x01 (1 OUT) (ADAPTIVE)
    Rates: 48000
    Bits: 16
    Channel map: FL FR

Capture:
  Status: Running
    Interface = 2
    Altset = 1
    Packet Size = 192
    Momentary freq = 16000 Hz (0x10.0000)
  Interface 2
    Altset 1
    Format: S16_LE
    Channels: 6
    Endpoint: 0x81 (1 IN) (ASYNC)
    Rates: 16000
    Bits: 16
    Channel map: FL FR FC LFE SL SR
"""


def usb(*altsets: str) -> str:
    """A stream of a USB card that only records; each altset as `CHANNELS at RATES`."""
    ways = [
        f"  Interface 1\n    Altset {number}\n    Format: S16_LE\n    Channels: {channels}\n"
        f"    Endpoint: 0x82 (2 IN) (ADAPTIVE)\n    Rates: {rates}\n"
        for number, (channels, _, rates) in enumerate((altset.partition(" at ") for altset in altsets), start=1)
    ]
    return "Some Microphone at usb-1.3, full speed : USB Audio\n\nCapture:\n  Status: Stop\n" + "".join(ways)


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
        soundcards.Card(11, "ReSpeaker4MicAr", "Mic - Array - 4", device=1),
    ]


def test_a_card_that_only_plays_is_not_found_by_its_id_either(tmp_path: Path) -> None:
    with pytest.raises(NoMicrophone, match=r'No microphone "vc4hdmi0" .* this computer has: "ArrayUAC10"'):
        soundcards.find("vc4hdmi0", asound(tmp_path, HDMI, ARRAY))


def test_a_microphone_that_comes_after_the_boot_is_found_at_the_next_look(tmp_path: Path) -> None:
    setting = Microphone(device="ArrayUAC10", channels=6)
    asound(tmp_path)
    with pytest.raises(NoMicrophone, match=r"this computer has: none"):
        soundcards.check(setting, tmp_path)
    asound(tmp_path, ARRAY)
    (tmp_path / "card0" / "stream0").write_text(ARRAY_STREAM)
    card = soundcards.check(setting, tmp_path)
    assert card is not None
    assert card.id == "ArrayUAC10"


def test_the_microphone_whose_only_recording_device_is_not_the_first(tmp_path: Path) -> None:
    asound(tmp_path, ARRAY)
    (tmp_path / "card0" / "pcm0c").rename(tmp_path / "card0" / "pcm0p")
    (tmp_path / "card0" / "pcm1c").mkdir()
    (tmp_path / "card0" / "stream0").write_text(usb("1 at 48000"))
    (tmp_path / "card0" / "stream1").write_text(usb("6 at 16000"))
    card = soundcards.find("ArrayUAC10", tmp_path)
    assert card == soundcards.Card(0, "ArrayUAC10", "ReSpeaker 4 Mic Array (UAC1.0)", device=1)
    assert soundcards.offers(card, tmp_path) == [Offer(6, ((16000, 16000),))]


@pytest.mark.parametrize(
    ("line", "card_id", "name"),
    [
        (" 0 [U0x46d0x825    ]: USB-Audio - USB Device 0x46d:0x825", "U0x46d0x825", "USB Device 0x46d:0x825"),
        (" 0 [Mic_2-left     ]: USB-Audio - Mic [left]: 2 - 1", "Mic_2-left", "Mic [left]: 2 - 1"),
        (" 0 [D8]: b - c     ]: USB-Audio - Odd", "D8]: b - c", "Odd"),
        (" 0 [Sp�chenmikro   ]: USB-Audio - Gesprächsmikrofon für �", "Sp�chenmikro", "Gesprächsmikrofon für �"),
        ("31 [N              ]: USB-Audio - ", "N", ""),
    ],
)
def test_odd_names(tmp_path: Path, line: str, card_id: str, name: str) -> None:
    text = f"{line}\n                       1 [Not a card     ]: but - the rest of a name\n"
    (tmp_path / "cards").write_bytes(text.encode().replace("�".encode(), b"\xc3"))
    for number in (0, 1, 31):
        (tmp_path / f"card{number}" / "pcm0c").mkdir(parents=True)
    found = soundcards.find(card_id, tmp_path)
    assert found is not None
    assert (found.id, found.name) == (card_id, name)
    assert soundcards.recording_cards(tmp_path) == [found]


def one_card(folder: Path, stream: str) -> Path:
    asound(folder, ARRAY)
    (folder / "card0" / "stream0").write_text(stream)
    return folder


def test_an_array_that_is_in_use_offers_what_it_offers(tmp_path: Path) -> None:
    one_card(tmp_path, ARRAY_STREAM)
    card = soundcards.check(Microphone(channels=6, master_channel=1), tmp_path)
    assert card is not None
    assert soundcards.offers(card, tmp_path) == [Offer(6, ((16000, 16000),))]


@pytest.mark.parametrize("channels", range(1, 7))
def test_fewer_channels_than_the_only_number_there_is_can_be_opened(tmp_path: Path, channels: int) -> None:
    assert soundcards.check(Microphone(channels=channels), one_card(tmp_path, ARRAY_STREAM)) is not None


@pytest.mark.parametrize(
    ("stream", "channels", "rate", "said"),
    [
        (ARRAY_STREAM, 6, 48000, "offers 6 channels at 16000 Hz, not 6 at 48000 Hz."),
        (ARRAY_STREAM, 7, 16000, "offers 6 channels at 16000 Hz, not 7 at 16000 Hz."),
        (usb("1 at 48000"), 4, 16000, "offers 1 channel at 48000 Hz, not 4 at 16000 Hz."),
        (usb("2 at 44100, 48000"), 1, 16000, "offers 2 channels at 48000 Hz, not 1 at 16000 Hz."),
        (usb("1 at 48000", "6 at 16000"), 4, 16000, "offers 1 channel at 48000 Hz, or 6 channels at 16000 Hz, not 4"),
        (usb("2 at 8000 - 48000 (continuous)"), 3, 48000, "offers 2 channels at 16000 or 48000 Hz, not 3"),
        (usb("1 at 16000", "1 at 48000", "1 at 48000"), 2, 48000, "offers 1 channel at 16000 or 48000 Hz, not 2"),
    ],
)
def test_what_it_does_not_offer_is_said_with_what_it_does(
    tmp_path: Path, stream: str, channels: int, rate: int, said: str
) -> None:
    with pytest.raises(MicrophoneOffers) as refused:
        soundcards.check(Microphone(channels=channels, rate=rate), one_card(tmp_path, stream))
    assert str(refused.value).startswith(f'The microphone "ArrayUAC10" {said}')
    assert str(refused.value).endswith("Set `rate` and `channels` under [microphone] to that.")


@pytest.mark.parametrize(
    ("stream", "channels", "rate"),
    [
        (usb("2 at 44100, 48000"), 1, 48000),
        (usb("1 at 48000", "2 at 48000"), 2, 48000),
        (usb("2 at 44100", "1 at 8000, 16000, 44100"), 1, 16000),
        (usb("1 at 8000 - 48000 (continuous)"), 1, 16000),
        (usb("1 at 16000 - 16000 (continuous)"), 1, 16000),
    ],
)
def test_what_it_offers_is_well(tmp_path: Path, stream: str, channels: int, rate: int) -> None:
    assert soundcards.check(Microphone(channels=channels, rate=rate), one_card(tmp_path, stream)) is not None


@pytest.mark.parametrize("stream", [usb("1 at 44100"), usb("12 at 192000"), usb("1 at 44100 - 44100 (continuous)")])
def test_a_microphone_that_no_setting_would_fit(tmp_path: Path, stream: str) -> None:
    with pytest.raises(MicrophoneCannot, match="Plug in another one"):
        soundcards.check(Microphone(), one_card(tmp_path, stream))


def test_a_card_of_which_nothing_is_told_is_not_judged(tmp_path: Path) -> None:
    asound(tmp_path, HDMI, ARRAY)  # not USB: it has no stream0
    assert soundcards.check(Microphone(channels=8, rate=48000), tmp_path) is not None
    assert soundcards.check(Microphone(device="pcm:simmic"), tmp_path) is None
    (tmp_path / "card1" / "stream0").write_text(ARRAY_STREAM.partition("Capture:")[0])
    assert soundcards.check(Microphone(), tmp_path) is not None


def test_what_it_tells_people_to_set_can_be_set() -> None:
    for rate in soundcards.RATES:
        said = f"[microphone]\nrate = {rate}\nchannels = {soundcards.MOST_CHANNELS}\n"
        assert settings_file.parse(said, Path("candour.toml")).microphone.rate == rate
