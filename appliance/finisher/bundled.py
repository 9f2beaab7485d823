"""The bundle of one meeting: everything in it, with the means to check it, built once and never again."""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from appliance.evidence import bagging, lists, read_me, statement
from appliance.evidence.bagging import Contents
from appliance.evidence.claims import START
from appliance.evidence.key import Key
from appliance.evidence.sound import by_second, decode_pcm
from appliance.finisher.copies import Work
from appliance.finisher.meeting import Meeting, readable
from appliance.finisher.naming import written
from appliance.finisher.seals import SEAL_NAME
from appliance.store import finish
from appliance.store.database import opened

BUNDLE = "bundle.zip"
SIGNED = ".jws"


def whole(meeting: Meeting) -> Work:
    """None where the recording was not signed or not every copy could be made: nothing whole could be bundled."""
    copies = yield from readable(lambda: _copies(meeting))
    if meeting.key is None or not {SEAL_NAME, finish.FLAC} <= set(copies):
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


def _contents(meeting: Meeting, key: Key, copies: list[str], leaves: str) -> Contents:
    folder = meeting.folder.copies
    payload: dict[str, Path | bytes] = {
        f"evidence/{name}" if name.endswith(SIGNED) else name: folder / name for name in copies
    }
    payload |= {
        "evidence/start.jws": (meeting.statement(START) or "").encode(),
        "evidence/leaves.sha256": leaves.encode(),
        "evidence/marks.jsonl": "".join(lists.marks_lines(meeting.marks())).encode(),
        "evidence/device.pem": b"".join(one.public_bytes(Encoding.PEM) for one in key.chain),
        "READ-ME-FIRST.txt": read_me.text(meeting.id, key.fingerprint).encode(),
    }
    ended = statement.read((folder / SEAL_NAME).read_text()).claims["ended"]["time"]
    return Contents(meeting.id, payload, {"Source-Organization": meeting.room, "Bagging-Date": ended[:10]}, key)


def _copies(meeting: Meeting) -> list[str] | None:
    with opened(finish.read(meeting.folder)) as db:
        return [copy.name for copy in finish.copies(db)] if db else None
