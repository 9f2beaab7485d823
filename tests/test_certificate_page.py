"""The certificate of a recording: what the box signed, on one page, in letters that a Welsh room has in its name."""

import re
from contextlib import closing
from typing import Any

import pytest
from held_meetings import Held
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from appliance.evidence import statement
from appliance.evidence.certificate_page import Listed, Whose, page
from appliance.evidence.claims import SEAL
from appliance.store import record
from appliance.store.folders import Folders

pytestmark = pytest.mark.pure

RATE = 16_000
ROOT = "0123456789abcdef" * 4
WHOSE = Whose("Tŷ'r Ŵyl", "Cyngor Tref Pontŷclûn", "c0ffee" * 10 + "abcd")
LISTED = [Listed("recording.flac", 123_456_789, "ab" * 32), Listed("evidence/seal.jws", 4321, "cd" * 32)]
CLAIMS: dict[str, Any] = {
    "v": 1,
    "meeting": "2026-03-02-K7QF",
    "opened": {"time": "2026-03-02T10:00:11.250Z", "clock": "synchronised"},
    "started": {"time": "2026-03-02T10:02:11.250Z", "clock": "rtc"},
    "ended": {"time": "2026-03-02T11:12:11.250Z", "clock": "unknown"},
    "because": "stopped by the button",
    "keep_days": 90,
    "audio": {"rate": RATE, "channels": 1, "format": "s16le", "samples": 4200 * RATE, "seconds": 4200, "root": ROOT},
    "marks": {"count": 7, "root": "ef" * 32},
    "gaps": [
        {"first_sample": 750 * RATE, "samples": 18 * RATE, "cause": "paused", "length_known": True},
        {"first_sample": 800 * RATE, "samples": 90 * RATE, "cause": "the power was cut", "length_known": False},
    ],
    "objections": [
        {"sample": 60 * RATE, "time": "2026-03-02T10:03:11.250Z", "answer": "recording"},
        {"sample": 61 * RATE, "time": "2026-03-02T10:03:12.250Z", "answer": ""},
    ],
    "notice": {"version": "1", "language": "en", "sha256": "00" * 32},
    "start": "11" * 32,
    "software": "0.1.0",
    "log": {"size": 5, "root": "22" * 32},
}
SHOWN = re.compile(rb"BT ([\d.]+) (-?[\d.]+) Td \(((?:\\.|[^\\)])*)\) Tj ET")
MEANT = re.compile(rb"/Span <</ActualText <FEFF([0-9A-F]+)>>> BDC\n(.*?)EMC", re.S)


def lines(pdf: bytes) -> list[str]:
    """What a reader takes for the text of each line, from the top down."""

    def as_one(span: re.Match[bytes]) -> bytes:
        """A letter that was put together, where it stands, as what it is."""
        place = SHOWN.search(span[2])
        assert place
        letter = bytes.fromhex(span[1].decode()).decode("utf-16-be").encode("unicode_escape")
        return b"BT %b %b Td (%b) Tj ET" % (place[1], place[2], letter.replace(b"\\", b"\\\\"))

    found: dict[float, list[tuple[float, str]]] = {}
    for x, y, shown in SHOWN.findall(MEANT.sub(as_one, pdf)):
        text = re.sub(rb"\\(.)", rb"\1", shown).decode("cp1252")
        letter = re.sub(r"\\x(..)|\\u(....)|\\U(........)", lambda hit: chr(int(hit[1] or hit[2] or hit[3], 16)), text)
        found.setdefault(round(float(y)), []).append((float(x), letter))
    return ["".join(text for _, text in sorted(found[y])) for y in sorted(found, reverse=True)]


def text(pdf: bytes) -> str:
    return "\n".join(lines(pdf))


def test_it_says_what_was_signed() -> None:
    said = text(page(CLAIMS, WHOSE, LISTED))
    for words in (
        "2026-03-02-K7QF",
        "Opened2 March 2026, 10:00:11 UTC, compared with a time server",
        "Recording began2 March 2026, 10:02:11 UTC, from the box's own clock, not compared with a time server",
        "Ended2 March 2026, 11:12:11 UTC, by the box's own clock, which may be wrong; stopped by the button",
        "1:10:00 hours; 4200 seconds, each with its hash (67200000 samples, 16000 a second)",
        "Not recorded2 stretches, 1:48 minutes in all",
        "at 12:30 for 18.0 seconds: paused",
        "at 13:20: the power was cut; for how long is not known, 1:30 minutes of silence stands for it",
        "at 1:00, answered with the button: recording",
        "at 1:01, which the button never answered",
        "from the box after 90 days",
        "7 marks; the notice was version 1 in language en; software 0.1.0",
        "0123 4567 89ab cdef 0123  (the first 20 characters of the root)",
        f"Root of the seconds{ROOT}",
        f"Key of the box{WHOSE.fingerprint}",
        f"recording.flac123,456,789 bytes{'ab' * 32}",
        f"evidence/seal.jws4,321 bytes{'cd' * 32}",
        "What it does not prove",
        "candour verify BUNDLE --root CERTIFICATE",
        "certutil -hashfile recording.flac SHA256",
    ):
        assert words in said, words


def test_it_claims_no_more_than_that() -> None:
    said = text(page(CLAIMS, WHOSE, LISTED)).lower()
    for word in ("admissible", "tamper", "compliant", "guarantee", "certified", "legally", "authentic", "impossible"):
        assert word not in said


def test_the_same_bytes_whenever_it_is_made() -> None:
    made = page(CLAIMS, WHOSE, LISTED)
    assert made == page(CLAIMS, WHOSE, LISTED)
    assert b"/CreationDate (D:20260302111211Z" in made
    assert made != page(CLAIMS | {"meeting": "2026-03-02-K7QG"}, WHOSE, LISTED)


def test_welsh_letters_are_shown_and_can_be_copied() -> None:
    made = page(CLAIMS, Whose("ŵŷŴŶẁẃẅỳ âêîôûÂ ïöÏ éàìù – ’", "", ""), [])
    assert "Whereŵŷ\u0174\u0176ẁẃẅỳ âêîôûÂ ïöÏ éàìù – ’" in text(made)
    drawn = {
        bytes.fromhex(meant.decode()).decode("utf-16-be"): SHOWN.findall(body) for meant, body in MEANT.findall(made)
    }
    assert {letter: [shown.decode("cp1252") for *_, shown in parts] for letter, parts in drawn.items()} == {
        "ŵ": ["w", "ˆ"],
        "ŷ": ["y", "ˆ"],
        "Ŵ": ["W", "ˆ"],
        "Ŷ": ["Y", "ˆ"],
        "ẁ": ["w", "`"],
        "ẃ": ["w", "´"],
        "ẅ": ["w", "¨"],
        "ỳ": ["y", "`"],
    }
    (at, base, _), (over, small, _) = drawn["ŵ"]
    beside = (722 - 333) / 2 * 8.5 / 1000  # as the fonts' own tables have the widths of both
    assert abs(float(over) - float(at) - beside) < 0.02 and small == base
    (_, base, _), (_, high, _) = drawn["Ŵ"]
    assert float(high) > float(base) + 1  # clear of a capital


def test_a_letter_that_no_reader_has_is_not_left_out() -> None:
    made = page(CLAIMS, Whose("Łódź", "", ""), [])
    assert b"([U+0141])" in made and "Łódź" in text(made)


def test_one_page_whatever_happened_in_the_meeting() -> None:
    gap, objection = CLAIMS["gaps"][1] | {"cause": "the microphone was unplugged " * 9}, CLAIMS["objections"][0]
    much = CLAIMS | {"gaps": [gap] * 400, "objections": [objection] * 60, "because": "a long story " * 40}
    listed = [Listed(f"transcript-{n}.json", 10**12, "ab" * 32) for n in range(40)]
    made = page(much, Whose("A room with a long name " * 20, "Cyngor " * 60, WHOSE.fingerprint), listed)
    said = text(made)
    assert b"/Count 1\n" in made
    for words in (
        "400 stretches",
        "and 395 more; all of them stand in",
        "and 57 more",
        "and 26 more, which manifest",
        "…",
    ):
        assert words in said, words
    assert min(float(y) for _, y, _ in SHOWN.findall(made)) > 20  # points above the edge of the paper
    assert max(len(line) for line in lines(made)) < 200


def test_a_meeting_without_gaps_or_objections() -> None:
    said = text(page(CLAIMS | {"gaps": [], "objections": [], "started": None}, Whose("", "", ""), []))
    for words in ("Not recordedno gap", "Objectionsnone was marked", "Recording begannever", "Wherenot said"):
        assert words in said


@given(name=some.text(max_size=60))
@hypothesis_settings(max_examples=25)
def test_no_name_breaks_the_page(name: str) -> None:
    made = page(CLAIMS, Whose(name, name, ""), [Listed(name[:30], 1, "")])
    assert made.startswith(b"%PDF-1.") and b"/Count 1\n" in made


def test_what_a_box_seals_makes_a_page(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(3)
    meeting.mark("objection")
    meeting.pause(2)
    meeting.end()
    with closing(record.read(meeting.folder)) as db:  # type: ignore[type-var]
        assert db is not None
        seal = statement.read(record.statement(db, SEAL) or "").claims
    said = text(page(seal, WHOSE, LISTED))
    assert seal["audio"]["root"] in said and "at 0:03 for 2.0 seconds: paused" in said
