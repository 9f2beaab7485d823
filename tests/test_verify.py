"""Attacks on a recording and on what was signed about it: each is named, at the right second."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from held_meetings import RATE
from signed_meeting import GAP, Samples, SignedMeeting

from appliance.__main__ import candour
from appliance.evidence import key, merkle
from appliance.evidence.key import Key
from appliance.evidence.verdict import Verdict
from appliance.store import wav
from appliance.store.folders import Folders


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SignedMeeting:
    folder = tmp_path_factory.mktemp("made")
    return SignedMeeting(folder / "data", folder / "out")


@pytest.fixture
def meeting(made: SignedMeeting, tmp_path: Path) -> SignedMeeting:
    """Everything as it was given out, to be changed."""
    copied = object.__new__(SignedMeeting)
    copied.at, copied.box, copied.pcm = tmp_path / "out", made.box, made.pcm
    shutil.copytree(made.at, copied.at)
    return copied


@pytest.fixture
def forger(tmp_path: Path) -> Key:
    """A key that is not the box's."""
    key.make(tmp_path / "forger")
    return key.load(tmp_path / "forger")


def said(verdict: Verdict) -> str:
    return "\n".join(f"{one.part}: {one.says}" for one in verdict.findings)


def seconds(verdict: Verdict) -> list[int]:
    return sorted({second for one in verdict.findings for second in one.seconds})


def test_what_was_given_out_is_complete_and_unaltered(meeting: SignedMeeting) -> None:
    verdict = meeting.verdict(meeting.receipt(10), meeting.receipt(24))
    assert (verdict.integrity, verdict.completeness, verdict.exit_code) == ("unaltered", "complete", 0), said(verdict)
    assert said(verdict).count("It agrees") == 2
    assert {"seal.jws", "recording.flac", "recording.mp3", "transcript.docx"} <= set(verdict.looked_at)


def test_the_wav_and_the_flac_alone_are_the_recording_as_well(meeting: SignedMeeting) -> None:
    (meeting.at / "leaves.sha256").unlink()
    assert meeting.verdict().exit_code == 0
    (meeting.at / "recording.flac").unlink()
    (meeting.at / "recording.wav").write_bytes(wav.header(RATE) + meeting.pcm)
    verdict = meeting.verdict()
    assert verdict.exit_code == 0 and "recording.wav" in verdict.looked_at


def one_sample(sound: Samples) -> Samples:
    sound[5 * RATE + 77] += 1
    return sound


def swapped(sound: Samples) -> Samples:
    sound[2 * RATE : 3 * RATE], sound[20 * RATE : 21 * RATE] = (
        sound[20 * RATE : 21 * RATE].copy(),
        sound[2 * RATE : 3 * RATE].copy(),
    )
    return sound


def deleted(sound: Samples) -> Samples:
    return np.delete(sound, np.s_[12 * RATE : 15 * RATE])


def inserted(sound: Samples) -> Samples:
    return np.insert(sound, 6 * RATE, np.arange(2 * RATE, dtype=np.int16))


def repeated(sound: Samples) -> Samples:
    return np.insert(sound, 6 * RATE, sound[3 * RATE : 4 * RATE])


def zeroed(sound: Samples) -> Samples:
    sound[16 * RATE : 18 * RATE] = 0
    return sound


def shortened(sound: Samples) -> Samples:
    return np.delete(sound, np.s_[12 * RATE + 4800 : 12 * RATE + 9600])


def one_sample_less(sound: Samples) -> Samples:
    return np.delete(sound, 3 * RATE + 1)


def begun_later(sound: Samples) -> Samples:
    return sound[RATE // 4 :]


def stretched(sound: Samples) -> Samples:
    return np.insert(sound, 20 * RATE + 1, np.arange(RATE // 10, dtype=np.int16))


def truncated(sound: Samples) -> Samples:
    return sound[: 20 * RATE]


def prolonged(sound: Samples) -> Samples:
    return np.concatenate([sound, np.arange(RATE, dtype=np.int16)])


def quieter(sound: Samples) -> Samples:
    return (sound * 0.5).astype(np.int16)


def gap_filled(sound: Samples) -> Samples:
    sound[GAP[0] * RATE : (GAP[0] + 1) * RATE] = 5
    return sound


EDITS = [
    (one_sample, "altered", "complete", [5], "Second 5 (0:05) is altered."),
    (swapped, "altered", "complete", [2, 20], "At second 2 (0:02) stands what was sealed as second 20 (0:20)."),
    (deleted, "unaltered", "incomplete", [12, 13, 14], "Seconds 12 to 14 (0:12 to 0:14) are missing."),
    (inserted, "altered", "complete", [6, 7], "At its seconds 6 to 7 (0:06 to 0:07) is sound that was never"),
    (repeated, "altered", "complete", [6], "At second 6 (0:06) stands what was sealed as second 3 (0:03)."),
    (zeroed, "altered", "complete", [16, 17], "stands one of 3 equal sealed seconds"),
    (truncated, "unaltered", "incomplete", [20, 21, 22, 23, 24], "Seconds 20 to 24 (0:20 to 0:24) are missing."),
    (shortened, "altered", "incomplete", [12], "At its 0:12, 0.3 s are missing, of second 12 (0:12)."),
    (one_sample_less, "altered", "incomplete", [3], "At its 0:03, 0.0625 ms are missing, of second 3 (0:03)."),
    (begun_later, "altered", "incomplete", [0], "At its 0:00, 0.25 s are missing, of second 0 (0:00)."),
    (stretched, "altered", "complete", [20], "At its 0:20, 0.1 s were inserted."),
    (gap_filled, "altered", "complete", [8], "Second 8 (0:08) is altered."),
]


@pytest.mark.parametrize(("edit", "integrity", "completeness", "where", "words"), EDITS)
def test_an_edit_of_the_sound_is_named_at_its_second(
    meeting: SignedMeeting, edit: object, integrity: str, completeness: str, where: list[int], words: str
) -> None:
    meeting.edit_sound(edit)  # type: ignore[arg-type]
    verdict = meeting.verdict()
    assert words in said(verdict)
    assert (verdict.integrity, verdict.completeness, verdict.exit_code) == (integrity, completeness, 1)
    assert seconds(verdict) == where


@pytest.mark.parametrize("edit", [prolonged, quieter])
def test_other_sound_is_never_called_unaltered(meeting: SignedMeeting, edit: object) -> None:
    meeting.edit_sound(edit)  # type: ignore[arg-type]
    assert meeting.verdict().exit_code == 1


def test_the_seal_of_another_meeting(meeting: SignedMeeting, tmp_path: Path) -> None:
    other = SignedMeeting(tmp_path / "data", tmp_path / "other", "2026-03-03-AAAA")
    shutil.copy(other.at / "seal.jws", meeting.at)
    verdict = meeting.verdict()
    assert verdict.exit_code == 1
    assert "belongs to another meeting, 2026-03-02-K7QF" in said(verdict)


def test_a_statement_in_place_of_another(meeting: SignedMeeting) -> None:
    shutil.copy(meeting.at / "copies.jws", meeting.at / "transcript.jws")
    assert "This is a copies seal, put in place of another one." in said(meeting.verdict())


@pytest.mark.parametrize("name", ["recording.mp3", "transcript.txt", "transcript.docx", "transcript.json"])
def test_one_byte_of_a_copy(meeting: SignedMeeting, name: str) -> None:
    content = bytearray((meeting.at / name).read_bytes())
    content[len(content) // 2] ^= 1
    (meeting.at / name).write_bytes(content)
    verdict = meeting.verdict()
    assert f"{name}: It is altered" in said(verdict) and verdict.exit_code == 1


def test_an_edited_mark(meeting: SignedMeeting) -> None:
    meeting.edit("marks.jsonl", lambda text: text.replace("objection answered", "objection forgotten"))
    assert "The marks are not those that were sealed." in said(meeting.verdict())


def test_a_mark_that_was_left_out(meeting: SignedMeeting) -> None:
    meeting.edit("marks.jsonl", lambda text: text.splitlines()[0] + "\n")
    assert "there are 1 of 2" in said(meeting.verdict())


def test_an_edited_list_of_seconds(meeting: SignedMeeting) -> None:
    meeting.edit("leaves.sha256", lambda text: "0" * 64 + text[64:])
    assert "The list of the seconds is not the one that was sealed." in said(meeting.verdict())


@pytest.mark.parametrize("name", ["seal.jws", "start.jws", "copies.jws", "transcript.jws"])
def test_one_letter_of_a_statement(meeting: SignedMeeting, name: str) -> None:
    meeting.edit(name, lambda text: text[:-100] + ("A" if text[-100] != "A" else "B") + text[-99:])
    verdict = meeting.verdict()
    assert verdict.exit_code == 1 and f"{name}: This is no statement" in said(verdict)


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims["gaps"].clear(),
        lambda claims: claims["ended"].update(time="2026-03-02T11:30:00.000Z"),
        lambda claims: claims.update(objections=[]),
        lambda claims: claims["notice"].update(version="0"),
    ],
    ids=["gap", "time", "objection", "notice"],
)
def test_a_seal_that_was_edited_and_signed_with_another_key(
    meeting: SignedMeeting, forger: Key, change: object
) -> None:
    meeting.sign_again("seal.jws", change, forger)  # type: ignore[arg-type]
    verdict = meeting.verdict()
    assert verdict.exit_code == 1
    assert "It was signed with another key" in said(verdict)
    assert "The box is unknown" in said(verdict)


def test_a_seal_that_the_box_itself_signed_again(meeting: SignedMeeting) -> None:
    meeting.sign_again("seal.jws", lambda claims: claims["gaps"].clear(), meeting.box)
    assert "It is not the one that copies.jws names: one of the two was replaced." in said(meeting.verdict())


def test_everything_rebuilt_with_another_key_is_an_unknown_box(meeting: SignedMeeting, forger: Key) -> None:
    meeting.rebuild(one_sample, forger)
    verdict = meeting.verdict()
    assert (verdict.integrity, verdict.exit_code) == ("cannot be judged", 2)
    assert f"The box is unknown: whoever has the key {forger.fingerprint} made this." in said(verdict)


def test_everything_rebuilt_with_the_boxs_own_key_is_found_by_a_receipt_only(meeting: SignedMeeting) -> None:
    phone = meeting.receipt(10)
    meeting.rebuild(one_sample, meeting.box)
    assert meeting.verdict().exit_code == 0  # nobody can see it without a receipt; the README says so
    verdict = meeting.verdict(phone)
    assert verdict.exit_code == 1
    assert "It contradicts the recording: the first 10 seconds are not those that the box signed" in said(verdict)


def test_a_receipt_from_before_the_edit_still_agrees(meeting: SignedMeeting) -> None:
    early, late = meeting.receipt(5), meeting.receipt(6)
    meeting.rebuild(one_sample, meeting.box)
    verdict = meeting.verdict(early, late)
    assert f"{early.name}: It agrees" in said(verdict)
    assert f"{late.name}: It contradicts" in said(verdict)


def test_a_gap_that_hides_sound(meeting: SignedMeeting) -> None:
    hide = {"first_sample": 14 * RATE, "samples": 2 * RATE, "cause": "paused", "length_known": True}
    meeting.sign_again("seal.jws", lambda claims: claims["gaps"].append(hide), meeting.box)
    verdict = meeting.verdict()
    assert "The seal says that nothing was recorded here (paused), yet there is sound." in said(verdict)
    assert seconds(verdict) == [14, 15]


def test_a_receipt_that_is_ahead(meeting: SignedMeeting) -> None:
    phone = meeting.receipt(24)
    meeting.rebuild(lambda sound: sound[: 21 * RATE], meeting.box)
    verdict = meeting.verdict(phone)
    assert "It is ahead of the recording: 3 signed seconds are lost." in said(verdict)
    assert (verdict.completeness, seconds(verdict)) == ("incomplete", [21, 22, 23])


def test_receipts_that_contradict_each_other(meeting: SignedMeeting, tmp_path: Path) -> None:
    one = meeting.receipt(10).rename(tmp_path / "one.jws")
    meeting.rebuild(one_sample, meeting.box)
    meeting.pcm = one_sample(np.frombuffer(meeting.pcm, "<i2").copy()).astype("<i2").tobytes()
    verdict = meeting.verdict(meeting.receipt(10), one)
    assert "one.jws: It contradicts receipt-10-2.jws: the box has signed two different recordings." in said(verdict)


def test_a_receipt_that_knows_of_a_mark_that_is_gone(meeting: SignedMeeting) -> None:
    phone = meeting.receipt(10)
    meeting.edit("marks.jsonl", lambda text: text.splitlines()[0] + "\n")
    line = (meeting.at / "marks.jsonl").read_text().encode().splitlines()[0]
    told = {"count": 1, "root": merkle.leaf(line).hex()}
    meeting.sign_again("seal.jws", lambda claims: claims["marks"].update(told), meeting.box)
    assert "It knows of 1 signed marks that this record does not have." in said(meeting.verdict(phone))


def test_receipts_of_others(meeting: SignedMeeting, forger: Key, tmp_path: Path) -> None:
    assert "It was signed with another key" in said(meeting.verdict(meeting.receipt(10, box=forger)))
    (tmp_path / "rubbish").write_text("my receipt")
    (tmp_path / "seal").write_text((meeting.at / "seal.jws").read_text())
    verdict = meeting.verdict(tmp_path / "rubbish", tmp_path / "seal", tmp_path / "none")
    assert "This is no receipt but a seal." in said(verdict) and "none: It cannot be read" in said(verdict)
    assert verdict.exit_code == 2


def test_a_small_audio_alone_verifies_by_the_copies_seal(meeting: SignedMeeting) -> None:
    (meeting.at / "recording.flac").unlink()
    assert meeting.verdict().exit_code == 0


def test_a_re_encoded_recording_cannot_be_judged(meeting: SignedMeeting) -> None:
    (meeting.at / "recording.flac").write_bytes((meeting.at / "recording.mp3").read_bytes())
    verdict = meeting.verdict()
    assert "It was re-encoded (mp3" in said(verdict) and verdict.exit_code == 2


@pytest.mark.parametrize("content", [b"", b"fLaC", b"RIFF", b"\0" * 5000])
def test_a_damaged_recording_is_one_sentence(meeting: SignedMeeting, content: bytes) -> None:
    (meeting.at / "recording.flac").write_bytes(content)
    assert meeting.verdict().exit_code == 1


@pytest.mark.parametrize("claims", [{"audio": None}, {"audio": {}}, {"gaps": 5}, {"meeting": None}, {"marks": []}])
def test_a_seal_that_makes_no_sense(meeting: SignedMeeting, claims: dict[str, object]) -> None:
    meeting.sign_again("seal.jws", lambda told: told.update(claims), meeting.box)
    assert meeting.verdict().exit_code == 1


def test_the_command(meeting: SignedMeeting, tmp_path: Path) -> None:
    root = tmp_path / "box.pem"
    root.write_bytes(meeting.box.certificate.public_bytes(Encoding.PEM))
    phone = str(meeting.receipt(10))
    run = CliRunner()
    well = run.invoke(candour, ["verify", str(meeting.at), "--root", str(root), "--receipt", phone])
    assert (well.exit_code, "Integrity:    unaltered" in well.output) == (0, True), well.output
    unknown = run.invoke(candour, ["verify", str(meeting.at), "--json"])
    assert (unknown.exit_code, json.loads(unknown.output)["integrity"]) == (2, "cannot be judged")
    meeting.edit_sound(one_sample)
    assert run.invoke(candour, ["verify", str(meeting.at)]).exit_code == 1
    nothing = run.invoke(candour, ["verify", str(tmp_path / "nowhere")])
    assert nothing.exit_code == 1 and "There is nothing at" in nothing.output


def test_the_box_prints_what_an_organisation_needs(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data")
    folders.prepare()
    key.make(folders.evidence)
    box = key.load(folders.evidence)
    settings = tmp_path / "candour.toml"
    settings.write_text(f'[store]\ndata = "{folders.data}"\n')
    run = CliRunner()
    printed = run.invoke(candour, ["check", "--settings", str(settings), "--certificate"]).output
    (tmp_path / "printed.pem").write_text(printed)
    assert key.fingerprint(key.read_certificates(tmp_path / "printed.pem")[0]) == box.fingerprint
    asked = run.invoke(candour, ["check", "--settings", str(settings), "--certificate-request"]).output
    assert asked.startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert f"fingerprint {box.fingerprint}" in run.invoke(candour, ["check", "--settings", str(settings)]).output
