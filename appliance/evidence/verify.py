"""`candour verify`: is this recording complete and unaltered, and whose is it? Needs no box and no network."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile

from cryptography import x509

from appliance.errors import BadStatement, NotAudio, NothingToVerify
from appliance.evidence import account, bag, excerpt, heads, merkle, notes, receipts, seconds, sound, stamped, statement
from appliance.evidence.account import Account, Files
from appliance.evidence.bagging import SIGNATURE
from appliance.evidence.claims import NOTES
from appliance.evidence.deleted import TOMBSTONE_NAME
from appliance.evidence.fingerprint import RATE as LISTENING_RATE
from appliance.evidence.fingerprint import Words, fingerprint
from appliance.evidence.key import read_certificates
from appliance.evidence.merkle import Hash
from appliance.evidence.places import Sealed
from appliance.evidence.statement import Statement
from appliance.evidence.verdict import About, Verdict

SMALL = "recording.mp3"
EXACT = ("recording.flac", "recording.wav", "master.wav")
PIECE_BYTES = 1 << 20
MISSING = "is missing."
SAVED = re.compile(r"\d{4}-\d\d-\d\d-\w{4}[ _](?:[0-9a-f]{8}[ _])?([a-z-]+(?:-\d+)?)(?:[ _]?\(\d+\))?(\.[a-z0-9]+)")
"""A copy as a phone or a computer saves it from the page, perhaps for the second time."""
SEALED = {"copies.jws": "the copies seal", "transcript.jws": "the transcript seal"}


@dataclass(frozen=True)
class Asked:
    """What is to be verified; `known`: certificates of boxes or organisations that the asker trusts."""

    files: Files
    complaints: Sequence[str] = ()
    receipts: Sequence[Path] = ()
    clips: Sequence[Path] = ()
    known: Sequence[x509.Certificate] = ()


def verify(asked: Asked) -> tuple[Verdict, Account]:
    """Everything that can be said; damaged input of any kind becomes findings, never an error."""
    verdict = Verdict()
    for complaint in asked.complaints:
        verdict.find("bundle", About.COMPLETENESS if complaint.endswith(MISSING) else About.INTEGRITY, complaint)
    found = Account()
    try:
        found = account.read(asked.files, asked.known, verdict)
        offered = _sound(asked.files, found, verdict)
        for name in SEALED:
            _files(name, asked.files, found, verdict)
        _receipts(asked.receipts, found, offered, verdict)
        _clips(asked, found, offered, verdict)
        _nothing(found, verdict)
        notes.judge(asked.files, found, verdict)
    except (LookupError, TypeError, ValueError, OSError) as error:
        says = f"What was signed here makes no sense ({error}): it was not made by a box of this kind."
        verdict.find("bundle", About.INTEGRITY, says)
    return verdict, found


def _sound(files: Files, found: Account, verdict: Verdict) -> list[Hash]:
    """The leaves of the exact recording; none where there is no such file."""
    name = next((name for name in EXACT if name in files), None)
    if found.seal is None:
        return []
    if name is None:
        if SMALL not in files:
            verdict.find("recording", About.UNKNOWN, "There is no recording here, only what was signed about one.")
        return []
    verdict.looked_at.append(name)
    try:
        with files[name]() as file, sound.opened(file, name) as heard:
            if problem := _unfit(heard, found.rate):
                verdict.find(name, About.UNKNOWN, problem)
                return []
            offered = seconds.leaves_of(sound.by_second(heard.pcm(), heard.rate))
        seconds.judge(name, offered, lambda: _pcm(files[name], name), found, verdict)
    except (NotAudio, BadZipFile) as error:
        verdict.find(name, About.INTEGRITY, str(error))
        return []
    return offered


def _pcm(open_file: Callable[[], BinaryIO], name: str) -> Iterator[bytes]:
    with open_file() as file, sound.opened(file, name) as heard:
        yield from heard.pcm()


def _unfit(heard: sound.Sound, rate: int) -> str:
    """Why this file cannot be judged sample by sample; empty where it can."""
    if not heard.exact:
        return f"It was re-encoded ({heard.codec}, {heard.channels} channels), so it cannot be checked bit by bit."
    if heard.rate != rate:
        return f"It has {heard.rate} samples a second where {rate} were recorded, so it cannot be checked bit by bit."
    if not sound.decoder_is_exact():
        return "The decoder on this computer does not give back every sample, so that it cannot judge."
    return ""


def _files(name: str, files: Files, found: Account, verdict: Verdict) -> None:
    """The files that a seal names, as they are here; one that is not here is missing only from a bundle."""
    if name not in found.said:
        return
    for part, told in found.said[name].claims["files"].items():
        if part not in files:
            verdict.find(part, About.NOTE, "It is not here, so it was not looked at.")
            continue
        verdict.looked_at.append(part)
        with files[part]() as file:
            if _sha256(file) != told["sha256"]:
                verdict.find(part, About.INTEGRITY, f"It is altered: {SEALED[name]} names other bytes.")


def _receipts(paths: Sequence[Path], found: Account, offered: list[Hash], verdict: Verdict) -> None:
    believed: list[tuple[str, Statement]] = []
    for path in paths:
        try:
            text = path.read_text("utf-8", "replace")
        except OSError as error:
            verdict.find(path.name, About.UNKNOWN, f"It cannot be read ({error.strerror}).")
            continue
        if said := receipts.judge(path.name, text, found, offered, verdict):
            for other_name, other in believed:
                receipts.contradict(path.name, said, other_name, other, verdict)
            believed.append((path.name, said))


def _clips(asked: Asked, found: Account, offered: list[Hash], verdict: Verdict) -> None:
    meeting = excerpt.Meeting(_sealed(found, offered), cache(lambda: _heard(asked.files)))
    for path in asked.clips:
        excerpt.judge(path, meeting, verdict)


def _sealed(found: Account, offered: list[Hash]) -> Sealed | None:
    """The sealed seconds by their list, else by a recording that agrees with the seal."""
    if found.seal is None:
        return None
    rate, samples = found.rate, found.seal.claims["audio"]["samples"]
    if found.leaves:
        return Sealed(found.leaves, found.hints, rate, samples)
    agrees = merkle.root(offered).hex() == found.seal.claims["audio"]["root"]
    return Sealed(offered, [b""] * len(offered), rate, samples) if offered and agrees else None


def _heard(files: Files) -> Words | None:
    """The fingerprint of the meeting's sound, whichever copy of it is here."""
    for name in (*EXACT, SMALL):
        if name in files:
            with suppress(NotAudio, BadZipFile), files[name]() as file, sound.opened(file, name) as heard:
                return fingerprint(heard.heard(LISTENING_RATE))
    return None


def _nothing(found: Account, verdict: Verdict) -> None:
    if said := found.said.get("not-recorded.jws"):
        verdict.find("not-recorded.jws", About.NOTE, f"Signed: nothing was recorded ({said.claims['because']}).")


def of_path(
    path: Path,
    receipt_files: Sequence[Path] = (),
    roots: Sequence[Path] = (),
    clips: Sequence[Path] = (),
    time_stamps: Sequence[Path] = (),
    tombstone: Path | None = None,
) -> Verdict:
    """A bundle, a folder of copies, a single statement, or what `candour export` made.

    Raises NothingToVerify, NotABundle, or BadCertificate for a root.
    """
    known = [certificate for root in roots for certificate in read_certificates(root)]
    if not path.exists():
        raise NothingToVerify(path=path)
    with _opened(path) as entries:
        if heads.is_export(entries):
            return heads.judge(entries, receipt_files, known)
        files = dict(by_name(entries)) | ({TOMBSTONE_NAME: lambda: tombstone.open("rb")} if tombstone else {})
        verdict, found = verify(Asked(files, bag.complaints(entries), receipt_files, clips, known))
        if found.seal and bag.is_bag(entries) and (says := bag.signature_problem(entries, found.seal.chain[0])):
            verdict.find(SIGNATURE, About.INTEGRITY, says)
        stamped.judge(entries, path, time_stamps, known, verdict)
    return verdict


@contextmanager
def _opened(path: Path) -> Iterator[bag.Entries]:
    """What a bundle or a folder holds, or a statement by the name that it has there, whatever it was saved as."""
    if path.suffix != ".jws" or path.is_dir():
        with bag.opened(path) as entries:
            yield entries
        return
    try:
        said = statement.read(path.read_text("utf-8", "replace"))
    except BadStatement:
        yield {}
        return
    name = notes.name(said.claims.get("number", 0)) if said.kind == NOTES else account.NAMES.get(said.kind)
    yield {name: lambda: path.open("rb")} if name else {}


def by_name(entries: bag.Entries) -> Files:
    """The files without their folders, by the names that a bundle has for them; of two with one name the first."""
    found: dict[str, Callable[[], BinaryIO]] = {}
    for path in sorted(entries):
        name = path.rpartition("/")[2]
        saved = SAVED.fullmatch(name)
        found.setdefault(f"{saved[1]}{saved[2]}" if saved else name, entries[path])
    return found


def _sha256(file: BinaryIO) -> str:
    """Empty where the zip around the file says that it is damaged."""
    digest = hashlib.sha256()
    try:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    except BadZipFile:
        return ""
    return digest.hexdigest()
