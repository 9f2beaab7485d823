"""`candour check`: can this box record? Looks at everything once, opens no microphone, changes nothing."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.errors import CandourError
from appliance.recorder import fitness, soundcards
from appliance.settings import Settings
from appliance.store import box
from appliance.store.database import opened
from appliance.store.folders import Folders
from appliance.transcriber import models


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `problem` is empty when it is well."""

    what: str
    problem: str


def run(settings: Settings) -> list[Check]:
    folders = Folders(Path(settings.store.data))
    found = [
        _look("storage", lambda: _storage(folders)),
        _look("microphone", lambda: soundcards.find(settings.microphone.device)),
    ]
    if settings.transcript.enabled:
        found.append(_look("speech model", lambda: models.check(Path(settings.transcript.model))))
    if not found[0].problem:
        found += [Check("space", _space(settings, folders)), Check("recorder", _recorder(folders))]
    return found


def as_text(found: list[Check]) -> str:
    return "\n".join(f"{'not well' if one.problem else 'well':8}  {one.what}  {one.problem}".rstrip() for one in found)


def as_json(found: list[Check]) -> str:
    return json.dumps({"well": not any(one.problem for one in found), "checks": [asdict(one) for one in found]})


def _storage(folders: Folders) -> None:
    folders.prepare()
    fitness.storage_self_test(folders)


def _look(what: str, look: Callable[[], object]) -> Check:
    try:
        look()
    except CandourError as error:
        return Check(what, str(error))
    return Check(what, "")


def _space(settings: Settings, folders: Folders) -> str:
    free, needed = fitness.free_mb(folders.data), fitness.full_meeting_mb(settings)
    return "" if free >= needed else f"{free} MB are free; a full meeting needs {needed} MB. Put in a larger card."


def _recorder(folders: Folders) -> str:
    with opened(box.read(folders)) as db:
        now = box.state(db) if db else None
    if now is None:
        return "The recorder has never run here. Start the service candour-recorder."
    return now.because if now.state in ("unfit", "interrupted") else ""
