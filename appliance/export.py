"""`candour export`: what shows years later that meetings were deleted when they were, and that the log only grew.

It holds no sound and no word that was said. Made again and again and kept elsewhere, it convicts a box that later shows
another log.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from appliance.errors import BadStatement, NothingToExport, OutNotWritable
from appliance.evidence import statement
from appliance.evidence.claims import NOT_RECORDED, SEAL, START
from appliance.evidence.heads import HEADS, LOG, TOMBSTONES
from appliance.settings import Settings
from appliance.store import box, record
from appliance.store.database import opened
from appliance.store.folders import Folders


def run(settings: Settings, target: Path) -> str:
    """Fill an empty folder; returns what to say about it. Raises OutNotWritable, NothingToExport."""
    found = parts(settings)
    try:
        _empty(target)
        for name, content in found.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
    except OSError as error:
        raise OutNotWritable(path=target, why=error) from error
    graves = len({name.split("/")[1] for name in found if name.startswith(f"{TOMBSTONES}/")})
    events, heads = (len(found[name].splitlines()) for name in (LOG, HEADS))
    return f"Written to {target}: tombstones {graves}, events of the log {events}, its signed heads {heads}."


def parts(settings: Settings) -> dict[str, bytes]:
    """The files by their names, with / between folders. Raises NothingToExport."""
    folders = Folders(Path(settings.store.data))
    with opened(box.read(folders)) as db:
        if db is None:
            raise NothingToExport(path=folders.data)
        heads = list(_heads(folders, [one.jws for one in box.refusals(db)]))
        leaves = [f"{leaf.hex()}\n" for leaf in box.log_leaves(db)]  # after the heads: it may grow meanwhile
        pem = box.certificate(db) or ""
    found = {LOG: "".join(leaves).encode(), HEADS: "".join(heads).encode(), "device.pem": pem.encode()}
    for grave in folders.every_tombstone():
        for path in sorted(grave.path.iterdir()):
            found[f"{TOMBSTONES}/{grave.path.name}/{path.name}"] = path.read_bytes()
    return found


def _empty(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise FileExistsError("it is not empty")


def _heads(folders: Folders, refusals: list[str]) -> Iterator[str]:
    """A line for each statement in which a head of the log stands."""
    tombstones = [grave.statement.read_text() for grave in folders.every_tombstone()]
    for jws in [*tombstones, *refusals, *_of_meetings(folders)]:
        try:
            said = statement.read(jws)
        except BadStatement:
            continue
        if head := said.claims.get("log"):
            about = {"meeting": said.claims["meeting"], "kind": said.kind, "jws": said.jws}
            yield json.dumps(head | about, sort_keys=True) + "\n"


def _of_meetings(folders: Folders) -> Iterator[str]:
    """What was signed about the meetings that are there; one that cannot be read is left out."""
    for folder in folders.every_meeting():
        try:
            yield from filter(None, [record.signed(folder, kind) for kind in (START, SEAL, NOT_RECORDED)])
        except (OSError, sqlite3.Error):
            continue
