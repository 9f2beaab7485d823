"""The bundle of one meeting: everything in it, with the means to check it, built once and never again."""

from pathlib import Path

from appliance.evidence import bagging, certificate_page, lists, open_me, read_me, statement
from appliance.evidence.bagging import Contents
from appliance.evidence.certificate_page import Listed, Whose
from appliance.evidence.claims import START
from appliance.evidence.key import Key
from appliance.evidence.sound import by_second, decode_pcm
from appliance.finisher.copies import Work
from appliance.finisher.meeting import Meeting, readable
from appliance.finisher.naming import written
from appliance.finisher.seals import SEAL_NAME
from appliance.store import finish
from appliance.store.database import opened
from appliance.store.finish import Copy

BUNDLE = "bundle.zip"
SIGNED = ".jws"


def whole(meeting: Meeting) -> Work:
    """None where the recording was not signed or not every copy could be made: nothing whole could be bundled."""
    copies = yield from readable(lambda: _copies(meeting))
    if meeting.key is None or not {SEAL_NAME, finish.FLAC} <= {copy.name for copy in copies}:
        return None
    target = meeting.folder.copies / BUNDLE
    if not target.exists():
        sound = yield from readable(meeting.sound)
        leaves: list[str] = []
        for line in lists.leaves_lines(by_second(decode_pcm(meeting.folder.copies / finish.FLAC), sound.rate)):
            leaves.append(line)
            yield True
        with written(target) as file:
            for _ in bagging.write(file, _contents(meeting, meeting.key, copies, "".join(leaves))):
                yield True
    return [BUNDLE]


def _contents(meeting: Meeting, key: Key, copies: list[Copy], leaves: str) -> Contents:
    folder = meeting.folder.copies
    seal = statement.read((folder / SEAL_NAME).read_text()).claims
    payload: dict[str, Path | bytes] = {
        f"evidence/{copy.name}" if copy.name.endswith(SIGNED) else copy.name: folder / copy.name for copy in copies
    }
    whose = Whose(meeting.room, meeting.organisation, key.fingerprint)
    listed = [Listed(copy.name, copy.bytes, copy.sha256) for copy in copies]
    payload |= {
        "evidence/start.jws": (meeting.statement(START) or "").encode(),
        "evidence/leaves.sha256": leaves.encode(),
        "evidence/marks.jsonl": "".join(lists.marks_lines(meeting.marks())).encode(),
        "evidence/device.pem": key.pem,
        "certificate.pdf": certificate_page.page(seal, whose, listed),
        "READ-ME-FIRST.txt": read_me.text(meeting.id, key.fingerprint).encode(),
    }
    payload[open_me.NAME] = open_me.page(_embedded(payload))
    info = {"Source-Organization": meeting.organisation or meeting.room, "Bagging-Date": seal["ended"]["time"][:10]}
    return Contents(meeting.id, payload, info, key)


def _embedded(payload: bagging.Payload) -> dict[str, bytes]:
    """What stands in the page, by the name of its file."""
    found = {name.rpartition("/")[2]: source for name, source in payload.items()}
    return {
        name: source if isinstance(source, bytes) else source.read_bytes()
        for name, source in found.items()
        if name in open_me.EMBEDDED
    }


def _copies(meeting: Meeting) -> list[Copy] | None:
    with opened(finish.read(meeting.folder)) as db:
        return list(finish.copies(db)) if db else None
