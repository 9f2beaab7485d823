"""The page's verdict in a real browser against the one of `candour verify`: the same files, the same findings."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from page_core import CORE, VERDICT, Core, Refused, browser, page
from signed_meeting import SignedMeeting
from test_bag import DAMAGES
from test_clip import MEETING, SEALED, noise, part
from test_clip import RATE as CLIP_RATE
from test_forged_bundles import FORGED_LISTS, FORGED_ZIPS, files_of, zipped
from test_key import organisation, vouched
from test_verify import EDITS, forger, meeting, one_sample, prolonged

from appliance.errors import NotABundle
from appliance.evidence import excerpt, merkle, statement, verify
from appliance.evidence.claims import NOTES, TOMBSTONE
from appliance.evidence.clip import LONG_S
from appliance.evidence.key import Key
from appliance.evidence.places import Samples
from appliance.evidence.verdict import Verdict
from appliance.store import wav

pytestmark = pytest.mark.chromium
__all__ = ["forger", "meeting"]  # fixtures

JUDGE = """
const blobs = told.files.map((name) => ({ name, blob: files[name] }));
const receipts = await Promise.all(told.receipts.map(async (name) => ({ name, text: await files[name].text() })));
const clips = told.clips.map((name) => ({ name, blob: files[name] }));
const opened = await verification.files_of(blobs);
return verification.judge(opened, { receipts, clips, known: told.known }, () => {});
"""
EXCERPTS = """
const from_hex = (text) => encoding.from_hex(text);
const sealed = new Sealed(told.leaves.map(from_hex), told.hints, told.rate, told.samples);
const found = [];
for (const name of told.clips) {
  const verdict = new Verdict();
  await excerpt.judge({ name, blob: files[name] }, sealed, verdict, () => {});
  found.push(verdict.told);
}
return found;
"""
NOT_HERE = "It was not looked at here; `candour verify` does."
NOT_BY_EAR = "Where it sounds like the meeting was not looked at here; `candour verify` does."
SIGNATURE = "tagmanifest-sha256.txt.p7s"
WHY = re.compile(r"( is no such statement| makes no sense) \(.*\)", re.DOTALL)
SOUNDS = ("recording.flac", "recording.wav")
Finding = tuple[str, str, str, tuple[int, ...]]


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    with (
        browser(tmp_path_factory.mktemp("profile")) as driver,
        page(tmp_path_factory.mktemp("page"), [*CORE, *VERDICT]) as origins,
    ):
        driver.get(origins["insecure"])
        yield Core(driver, "insecure")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SignedMeeting:
    folder = tmp_path_factory.mktemp("made")
    return SignedMeeting(folder / "data", folder / "out")


@pytest.fixture(scope="module")
def whole(made: SignedMeeting) -> bytes:
    return made.bundle.read_bytes()


class Judges:
    """The browser and Python, asked the same."""

    def __init__(self, core: Core, folder: Path, box: x509.Certificate) -> None:
        self._core, self._folder, self.known = core, folder, [box]

    def both(self, at: Path, *receipts: Path, clips: Sequence[Path] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
        files = sorted(at.iterdir()) if at.is_dir() else [at]
        pem = [one.public_bytes(Encoding.PEM).decode() for one in self.known]
        told = {"known": pem, **named(files=files, receipts=receipts, clips=clips)}
        (self._folder / "known.pem").write_text("".join(pem))
        wanted = verify.of_path(at, receipts, [self._folder / "known.pem"] if pem else [], clips)
        return self._core.asks(JUDGE, told, [*files, *receipts, *clips]), json.loads(json.dumps(wanted.as_json()))

    def browser(self, at: Path, body: str = JUDGE) -> dict[str, Any]:
        """What the browser alone says, by no known box. Raises Refused."""
        files = sorted(at.iterdir()) if at.is_dir() else [at]
        told = {"known": [], **named(files=files, receipts=[], clips=[])}
        verdict: dict[str, Any] = self._core.asks(body, told, files)
        return verdict

    def agree(self, at: Path, *receipts: Path, clips: Sequence[Path] = ()) -> dict[str, Any]:
        """The browser's verdict, which is the same as Python's."""
        found, wanted = self.both(at, *receipts, clips=clips)
        assert told_alike(found) == told_alike(wanted)
        assert found["looked_at"] == wanted["looked_at"]
        if not is_about_signature(wanted):
            for word in ("integrity", "completeness", "exit_code"):
                assert found[word] == wanted[word], (word, found, wanted)
        return found


def named(**paths: Sequence[Path]) -> dict[str, list[str]]:
    return {word: [path.name for path in found] for word, found in paths.items()}


def told_alike(verdict: dict[str, Any]) -> list[Finding]:
    """The findings but for what a browser cannot do or says in its own words: damage, other sound, a CMS signature."""
    found = []
    for one in verdict["findings"]:
        part, says = one["part"], WHY.sub(r"\1", one["says"])
        if part == SIGNATURE and ("does not hold" in says or says == NOT_HERE):
            continue
        if part in SOUNDS and not one["seconds"] and "sealed recording" not in says and "samples a second" not in says:
            says = "other sound"
        found.append((part, one["about"], says, tuple(one["seconds"])))
    return found


def is_about_signature(verdict: dict[str, Any]) -> bool:
    return any(one["part"] == SIGNATURE and "does not hold" in one["says"] for one in verdict["findings"])


@pytest.fixture
def judges(core: Core, tmp_path: Path, made: SignedMeeting) -> Judges:
    (tmp_path / "judges").mkdir()
    return Judges(core, tmp_path / "judges", made.box.certificate)


def test_what_was_given_out_is_complete_and_unaltered(judges: Judges, meeting: SignedMeeting) -> None:
    verdict = judges.agree(meeting.at, meeting.receipt(10), meeting.receipt(24))
    assert (verdict["integrity"], verdict["completeness"], verdict["exit_code"]) == ("unaltered", "complete", 0)
    assert verdict["key"] == meeting.box.fingerprint
    assert (verdict["meeting"], verdict["seal"]) == ("2026-03-02-K7QF", meeting.at_seal.claims)
    (meeting.at / "leaves.sha256").unlink()
    assert judges.agree(meeting.at)["exit_code"] == 0
    (meeting.at / "recording.flac").unlink()
    (meeting.at / "recording.wav").write_bytes(wav.header(16_000) + meeting.pcm)
    assert judges.agree(meeting.at)["exit_code"] == 0
    (meeting.at / "recording.wav").unlink()
    assert judges.agree(meeting.at)["exit_code"] == 0


@pytest.mark.parametrize("edit", [*(one[0] for one in EDITS), prolonged])
def test_every_edit_of_the_sound(judges: Judges, meeting: SignedMeeting, edit: Callable[[Samples], Samples]) -> None:
    meeting.edit_sound(edit)
    assert judges.agree(meeting.at)["exit_code"] == 1
    (meeting.at / "leaves.sha256").unlink()
    assert judges.agree(meeting.at)["exit_code"] == 1


def test_random_whole_seconds_taken_out_repeated_and_moved(judges: Judges, meeting: SignedMeeting) -> None:
    """The same matching of two lists as Python's difflib."""
    random = np.random.default_rng(7)
    for _ in range(6):
        seconds = [meeting.pcm[at : at + 32_000] for at in range(0, len(meeting.pcm), 32_000)]
        for _ in range(random.integers(1, 6)):
            taken = seconds.pop(random.integers(len(seconds) - 2))
            seconds.insert(random.integers(len(seconds) - 1), taken if random.random() < 0.5 else seconds[3])
        pcm = b"".join(seconds[random.integers(3) :])
        (meeting.at / "recording.flac").unlink(missing_ok=True)
        (meeting.at / "recording.wav").write_bytes(wav.header(16_000) + pcm)
        judges.agree(meeting.at)


@pytest.mark.parametrize("content", [b"", b"fLaC", b"RIFF", b"\0" * 5000])
def test_a_damaged_recording(judges: Judges, meeting: SignedMeeting, content: bytes) -> None:
    (meeting.at / "recording.flac").write_bytes(content)
    assert judges.agree(meeting.at)["exit_code"] == 1


def test_a_re_encoded_recording_and_one_at_another_rate(judges: Judges, meeting: SignedMeeting) -> None:
    (meeting.at / "recording.flac").write_bytes((meeting.at / "recording.mp3").read_bytes())
    assert judges.agree(meeting.at)["exit_code"] == 2
    (meeting.at / "recording.flac").unlink()
    (meeting.at / "recording.wav").write_bytes(wav.header(8_000) + meeting.pcm)
    assert judges.agree(meeting.at)["exit_code"] == 2


@pytest.mark.parametrize("name", ["recording.mp3", "transcript.txt", "transcript.docx", "transcript.json"])
def test_one_byte_of_a_copy(judges: Judges, meeting: SignedMeeting, name: str) -> None:
    content = bytearray((meeting.at / name).read_bytes())
    content[len(content) // 2] ^= 1
    (meeting.at / name).write_bytes(content)
    assert judges.agree(meeting.at)["exit_code"] == 1


def one_letter(text: str) -> str:
    return text[:-100] + ("B" if text[-100] == "A" else "A") + text[-99:]


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("marks.jsonl", lambda text: text.replace("objection answered", "objection forgotten")),
        ("marks.jsonl", lambda text: text.splitlines()[0] + "\n"),
        ("leaves.sha256", lambda text: "0" * 64 + text[64:]),
        ("leaves.sha256", lambda _: "no list"),
        *((name, one_letter) for name in ("seal.jws", "start.jws")),
        *((name, lambda _: "\ud7ff.{}.\n") for name in ("seal.jws", "copies.jws", "transcript.jws")),
    ],
)  # fmt: skip
def test_an_edited_list_or_statement(
    judges: Judges, meeting: SignedMeeting, name: str, edit: Callable[[str], str]
) -> None:
    meeting.edit(name, edit)
    assert judges.agree(meeting.at)["exit_code"] == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims["gaps"].clear(),
        lambda claims: claims["ended"].update(time="2026-03-02T11:30:00.000Z"),
        lambda claims: claims["gaps"].append(
            {"first_sample": 224_000, "samples": 32_000, "cause": "paused", "length_known": True}
        ),
        lambda claims: claims.update(audio=None),
        lambda claims: claims.update(audio={}),
        lambda claims: claims.update(gaps=5),
        lambda claims: claims.update(gaps=[3]),
        lambda claims: claims.update(meeting=None),
        lambda claims: claims.update(marks=[]),
    ],
)
def test_a_seal_that_somebody_signed_again(
    judges: Judges, meeting: SignedMeeting, forger: Key, change: Callable[[dict[str, Any]], Any]
) -> None:
    meeting.sign_again("seal.jws", change, meeting.box)
    assert judges.agree(meeting.at, meeting.receipt(5))["exit_code"] == 1
    meeting.sign_again("seal.jws", lambda _: None, forger)
    assert judges.agree(meeting.at)["exit_code"] == 1


def test_a_recording_rebuilt_and_what_receipts_say_of_it(
    judges: Judges, meeting: SignedMeeting, forger: Key, tmp_path: Path
) -> None:
    phones = [meeting.receipt(5).rename(tmp_path / "five"), meeting.receipt(10).rename(tmp_path / "ten")]
    meeting.rebuild(one_sample, meeting.box)
    assert judges.agree(meeting.at)["exit_code"] == 0
    assert judges.agree(meeting.at, *phones)["exit_code"] == 1
    (tmp_path / "rubbish").write_text("my receipt")
    (tmp_path / "seal").write_text((meeting.at / "seal.jws").read_text())
    judges.agree(meeting.at, *phones, meeting.receipt(10, box=forger), tmp_path / "rubbish", tmp_path / "seal")
    late = meeting.receipt(24)
    meeting.rebuild(lambda sound: sound[: 21 * 16_000], meeting.box)
    assert judges.agree(meeting.at, late, meeting.receipt(24, marks=1))["completeness"] == "incomplete"
    meeting.rebuild(one_sample, forger)
    assert judges.agree(meeting.at)["integrity"] == "cannot be judged"


def test_receipts_that_contradict_each_other_or_know_of_more_marks(
    judges: Judges, meeting: SignedMeeting, tmp_path: Path
) -> None:
    one = meeting.receipt(10).rename(tmp_path / "one.jws")
    meeting.rebuild(one_sample, meeting.box)
    meeting.pcm = one_sample(np.frombuffer(meeting.pcm, "<i2").copy()).astype("<i2").tobytes()
    judges.agree(meeting.at, meeting.receipt(10), one)
    meeting.edit("marks.jsonl", lambda text: text.splitlines()[0] + "\n")
    judges.agree(meeting.at, one)


def test_a_statement_of_another_kind_or_nothing_at_all(judges: Judges, meeting: SignedMeeting, tmp_path: Path) -> None:
    (meeting.at / "transcript.jws").write_text((meeting.at / "copies.jws").read_text())
    assert judges.agree(meeting.at)["exit_code"] == 1
    for name in ("recording.flac", "recording.mp3"):
        (meeting.at / name).unlink()
    judges.agree(meeting.at, meeting.receipt(10))
    for path in meeting.at.glob("*.jws"):
        path.unlink()
    assert judges.agree(meeting.at)["exit_code"] == 2


@pytest.mark.parametrize("damage", [one[0] for one in DAMAGES])
def test_every_damage_to_a_bundle(
    judges: Judges, whole: bytes, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    files = files_of(whole)
    folder = tmp_path / "2026-03-02-K7QF"
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    damage(folder)
    left = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    packed = tmp_path / "bundle.zip"
    packed.write_bytes(zipped({path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in left}))
    judges.agree(packed)


@pytest.mark.parametrize("forge", [one[0] for one in FORGED_LISTS])
def test_lists_taken_away_or_added(judges: Judges, whole: bytes, tmp_path: Path, forge: Callable[[Any], Any]) -> None:
    (tmp_path / "bundle.zip").write_bytes(zipped(forge(files_of(whole))))
    assert judges.agree(tmp_path / "bundle.zip")["exit_code"] == 1


@pytest.mark.parametrize("forge", [one[0] for one in FORGED_ZIPS])
def test_zips_that_no_box_made_are_one_sentence(
    judges: Judges, whole: bytes, tmp_path: Path, forge: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "bundle.zip").write_bytes(forge(whole))
    with pytest.raises(NotABundle):
        verify.of_path(tmp_path / "bundle.zip")
    with pytest.raises(Refused, match="BadZip"):
        judges.browser(tmp_path / "bundle.zip")


def test_a_bundle_as_it_is_and_with_a_byte_changed_in_its_middle(
    judges: Judges, made: SignedMeeting, whole: bytes, tmp_path: Path
) -> None:
    verdict = judges.agree(made.bundle, made.receipt(10))
    assert verdict["exit_code"] == 0
    assert [one["says"] for one in verdict["findings"] if one["part"] == SIGNATURE] == [NOT_HERE]
    (tmp_path / "changed.zip").write_bytes(whole[: len(whole) // 2] + b"\xa5" + whole[len(whole) // 2 + 1 :])
    assert judges.agree(tmp_path / "changed.zip")["exit_code"] == 1


def issued(
    box: Key, name: str, *, ca: bool = True
) -> tuple[x509.Certificate, x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The box's certificate by an organisation with a P-256 key, and that one's."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    year = [datetime(2001, 1, 1, tzinfo=UTC), datetime(2002, 1, 1, tzinfo=UTC)]  # long over: dates are not looked at
    root = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(private.public_key())
    root = root.serial_number(1).not_valid_before(year[0]).not_valid_after(year[1])
    root = root.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    signed_root = root.sign(private, hashes.SHA256())
    own = x509.CertificateBuilder().subject_name(box.certificate.subject).issuer_name(subject)
    own = own.public_key(box.certificate.public_key()).serial_number(2)
    own = own.not_valid_before(year[0]).not_valid_after(year[1])
    return own.sign(private, hashes.SHA256()), signed_root, private


def box_findings(verdict: dict[str, Any]) -> list[str]:
    return [one["says"] for one in verdict["findings"] if one["part"] == "box"]


def test_an_organisation_that_vouches_for_the_box(judges: Judges, meeting: SignedMeeting) -> None:
    own, root, _ = issued(meeting.box, "Council")
    _, other, _ = issued(meeting.box, "Council")
    no_ca_own, no_ca, _ = issued(meeting.box, "Council", ca=False)
    for chain_, known, is_known in [
        ((own,), root, True), ((own, root), root, True), ((own,), other, False), ((no_ca_own,), no_ca, False),
    ]:  # fmt: skip
        meeting.sign_again("seal.jws", lambda _: None, Key(meeting.box.private, chain_))
        judges.known = [known]
        verdict = judges.agree(meeting.at)
        assert (not box_findings(verdict)) is is_known
    judges.known = []
    assert "The box is unknown" in box_findings(judges.agree(meeting.at))[0]


def test_an_organisation_that_signs_with_rsa_is_left_to_candour_verify(judges: Judges, meeting: SignedMeeting) -> None:
    private, root = organisation()
    own = vouched(meeting.box, private, root)
    meeting.sign_again("seal.jws", lambda _: None, Key(meeting.box.private, (own,)))
    judges.known = [root]
    found, wanted = judges.both(meeting.at)
    assert not box_findings(wanted)
    assert ["cannot check; `candour verify` can" in says for says in box_findings(found)] == [True]


def test_a_root_that_is_none_is_a_finding(judges: Judges, meeting: SignedMeeting) -> None:
    body = JUDGE.replace("told.known", "['-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----', '']")
    verdict = judges.browser(meeting.at, body)
    assert sum("certificate that was given cannot be used" in one["says"] for one in verdict["findings"]) == 2


def clips_of_the_tests() -> Iterator[Samples]:
    for start, end in [
        (0, 60.4),
        (0.25, 15),
        (3.123, 9.9),
        (18.4, 22.2),
        (23.7, 28.1),
        (26.2, 28),
        (40, 41),
        (38.5, 41),
    ]:
        yield part(start, end)
    yield np.concatenate([part(3, 8), part(11, 15)])
    for cut in (1, 20, 300, 1001, 3210):
        yield np.delete(part(2, 16), np.s_[4321 : 4321 + cut])
    yield np.insert(part(2, 16), 5000, noise(2.5))
    yield np.concatenate([part(2, 6), noise(3), part(10, 16)])
    yield np.concatenate([noise(2), part(3, 8), noise(2)])
    yield np.concatenate([part(50, 60.4), noise(0.1)])
    yield np.concatenate([part(3, 8), part(6, 12)])
    yield np.concatenate([part(9, 12), part(2, 5), part(52, 60.4)])
    yield part(21.5, 24.7)
    redacted = part(2, 16)
    redacted[5500:8200] = 0
    yield redacted
    yield from (noise(20), part(2, 18)[::-1].copy(), np.ones(9000, np.int16), part(5.001, 6.999), part(5.001, 7))
    foreign = noise(LONG_S + 60)
    yield np.concatenate([foreign[:77_777], part(28, 45.5), foreign[77_777:]])


def test_exact_clips_wherever_they_were_cut(core: Core, tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    cut = (MEETING[at : at + length] for at, length in random.integers(0, [50_000, 20_000], (12, 2)))
    paths, wanted = [], []
    for number, pcm in enumerate(chain(clips_of_the_tests(), (one for one in cut if len(one)))):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(wav.header(CLIP_RATE) + pcm.astype("<i2").tobytes())
        verdict = Verdict()
        excerpt.judge(path, excerpt.Meeting(SEALED, lambda: None), verdict)
        paths.append(path)
        wanted.append(
            [one for one in told_alike(json.loads(json.dumps(verdict.as_json()))) if "re-encoded" not in one[2]]
        )
    told = {"leaves": [one.hex() for one in SEALED.leaves], "hints": [one.hex() for one in SEALED.hints]}
    told_of_it = {"rate": SEALED.rate, "samples": SEALED.samples, "clips": [path.name for path in paths]}
    found = core.asks(EXCERPTS, told | told_of_it, paths)
    assert len(paths) >= 30 and sum(map(bool, wanted)) >= 30
    for path, one, of_python in zip(paths, found, wanted, strict=True):
        here = [said for said in told_alike(one) if "re-encoded" not in said[2] and said[2] != NOT_BY_EAR]
        assert here == of_python, path


def test_clips_beside_a_recording(judges: Judges, meeting: SignedMeeting, tmp_path: Path) -> None:
    clips = [tmp_path / "mine.wav", tmp_path / "cut.wav"]
    clips[0].write_bytes(wav.header(16_000) + meeting.pcm[54_322:250_000])
    clips[1].write_bytes(wav.header(16_000) + meeting.pcm[:96_000] + meeting.pcm[160_000:224_000])
    assert judges.agree(meeting.at, clips=clips)["completeness"] == "incomplete"
    (meeting.at / "leaves.sha256").unlink()
    assert judges.agree(meeting.at, clips=clips[:1])["exit_code"] == 0


def test_a_clip_that_was_re_encoded_is_left_to_candour_verify(
    judges: Judges, meeting: SignedMeeting, tmp_path: Path
) -> None:
    clip = tmp_path / "voice.mp3"
    clip.write_bytes((meeting.at / "recording.mp3").read_bytes())
    found, wanted = judges.both(meeting.at, clips=[clip])
    said = [(one["about"], one["says"]) for one in found["findings"] if one["part"] == "voice.mp3"]
    assert said == [("cannot be judged", excerpt.RE_ENCODED), ("note", NOT_BY_EAR)]
    assert found["exit_code"] == wanted["exit_code"] == 2


def test_a_tombstone_beside_the_recording_and_alone(
    judges: Judges, meeting: SignedMeeting, forger: Key, tmp_path: Path
) -> None:
    sealed, audio, marked = meeting.at_seal, meeting.at_seal.claims["audio"], meeting.at_seal.claims["marks"]
    told: dict[str, Any] = {
        "meeting": sealed.claims["meeting"], "seal": sealed.digest, "because": "it had been kept for a day",
        "seconds": audio["seconds"], "root": audio["root"], "marks": marked["count"], "marks_root": marked["root"],
        "time": "2026-11-23T10:00:00.000Z", "clock": "rtc", "log": {},
    }  # fmt: skip
    alone = tmp_path / "grave"
    alone.mkdir()
    says: list[tuple[dict[str, Any], Key]] = [
        ({}, meeting.box), ({}, forger), ({"seal": ""}, meeting.box), ({"marks": 1}, meeting.box),
        ({"meeting": "2026-03-02-ABCD"}, meeting.box), ({"because": 5}, meeting.box), ({"seconds": None}, meeting.box),
        ({"seconds": None, "root": None, "marks": None, "marks_root": None}, meeting.box),
    ]  # fmt: skip
    for changed, box in says:
        for folder in (meeting.at, alone):
            (folder / "tombstone.jws").write_text(statement.signed(TOMBSTONE, told | changed, box))
        judges.agree(meeting.at)
        judges.agree(alone, meeting.receipt(10), meeting.receipt(24, marks=1))
    (alone / "tombstone.jws").write_text(statement.signed(TOMBSTONE, told, meeting.box))
    (alone / "leaves.sha256").write_text(re.sub(" .*", " -", (meeting.at / "leaves.sha256").read_text()))
    marks = (meeting.at / "marks.jsonl").read_text().encode().splitlines()
    (alone / "marks.sha256").write_text("".join(f"{merkle.leaf(mark).hex()}\n" for mark in marks))
    verdict = judges.agree(alone, meeting.receipt(10), meeting.receipt(24, marks=1))
    assert sum("It agrees" in one["says"] for one in verdict["findings"]) == 2
    (alone / "marks.sha256").write_text("no list")
    assert judges.agree(alone, meeting.receipt(10))["exit_code"] == 1


def test_files_of_notes(judges: Judges, meeting: SignedMeeting, forger: Key, tmp_path: Path) -> None:
    note = {"id": 1, "by": "Blue Heron", "first_s": 3, "last_s": 4, "says": "I said no", "time": "x", "at_home": None}
    first: dict[str, Any] = {
        "meeting": meeting.at_seal.claims["meeting"], "seal": meeting.at_seal.digest, "number": 1, "before": "",
        "notes": [note], "time": "2026-11-23T10:00:00.000Z", "clock": "rtc",
    }  # fmt: skip
    signed = statement.signed(NOTES, first, meeting.box)
    (meeting.at / "notes-1.jws").write_text(signed)
    second = first | {"number": 2, "before": statement.digest(signed), "notes": [note, note]}
    says: list[tuple[dict[str, Any], Key, int]] = [
        ({}, meeting.box, 0), ({}, forger, 1), ({"before": ""}, meeting.box, 1), ({"number": 3}, meeting.box, 1),
        ({"meeting": "2026-03-02-ABCD"}, meeting.box, 1), ({"seal": "00"}, meeting.box, 1),
        ({"notes": "two"}, meeting.box, 1), ({"notes": 5}, meeting.box, 1), ({"time": None}, meeting.box, 1),
    ]  # fmt: skip
    for changed, box, code in says:
        (meeting.at / "notes-2.jws").write_text(statement.signed(NOTES, second | changed, box))
        assert judges.agree(meeting.at)["exit_code"] == code, changed
    (meeting.at / "notes-2.jws").write_text(statement.signed(NOTES, second, meeting.box))
    (meeting.at / "notes-1.jws").unlink()
    verdict = judges.agree(meeting.at)
    assert verdict["exit_code"] == 0 and "Not here: notes-1.jws." in str(verdict["findings"])
    (meeting.at / "notes-2.jws").write_text((meeting.at / "seal.jws").read_text())
    assert judges.agree(meeting.at)["exit_code"] == 1
    alone = tmp_path / "2026-03-02-K7QF 0a1b2c3d notes-1.jws"
    alone.write_text(signed)
    assert verify.of_path(alone).exit_code == 2


def putting(claims: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda told: told.update(claims)


NONSENSE: list[Any] = [None, "x", [], 1e30]


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_that_somebody_signed_is_a_finding_and_never_an_error(
    judges: Judges, meeting: SignedMeeting, value: object
) -> None:
    """Anybody can sign anything with a key of the own."""
    audio = meeting.at_seal.claims["audio"]
    changes: list[tuple[str, dict[str, Any]]] = [
        *(("seal.jws", {claim: value}) for claim in ("audio", "marks", "gaps", "meeting")),
        *(("seal.jws", {"audio": audio | {name: value}}) for name in ("rate", "root")),
        ("copies.jws", {"files": value}),
    ]
    for name, claims in changes:
        before = (meeting.at / name).read_text()
        meeting.sign_again(name, putting(claims), meeting.box)
        assert judges.browser(meeting.at)["exit_code"] in (1, 2), (name, claims)
        (meeting.at / name).write_text(before)
