"""`candour check`: can this box record? Looks at everything once, opens no microphone, changes nothing."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from appliance import network, news, notice, page_certificate
from appliance.clock import Clock, in_words
from appliance.errors import CandourError
from appliance.evidence import key
from appliance.evidence.key import Key
from appliance.recorder import fitness, soundcards
from appliance.settings import Microphone, Settings, Transcript
from appliance.store.folders import Folders
from appliance.transcriber import languages, models

IN_TROUBLE = frozenset(("unfit", "interrupted", "ended_full"))
DOES_NOT_ANSWER = (
    "The recorder does not answer: it has given no sign of life for {silent:.0f} s. Restart the box; the service "
    "candour-recorder may have ended."
)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `problem` is empty when it is well, `note` is what else there is to know."""

    what: str
    problem: str
    note: str = ""


def run(settings: Settings, clock: Clock, asound: Path = soundcards.ASOUND) -> list[Check]:
    folders = Folders(Path(settings.store.data))
    found = [
        _look("storage", lambda: _storage(folders)),
        _look("microphone", lambda: _microphone(settings.microphone, asound)),
    ]
    found.append(_look("key", lambda: _key(settings)))
    if settings.transcript.enabled:
        found.append(_look("speech model", lambda: _model(settings.transcript)))
    if settings.web.certificate:
        found.append(_look("certificate of the page", lambda: page_certificate.check(settings.web, clock.wall())))
    found.append(_look("notice", lambda: _notice(settings)))
    found += [_clock(clock), *_network(settings)]
    if not found[0].problem:
        found.append(_space(settings, folders))
    return [*found, _recorder(settings.store.news, clock)]


def seen(settings: Settings, clock: Clock, asound: Path = soundcards.ASOUND) -> list[Check]:
    """What can be told by a glance, and without writing: for the page of staff."""
    page = _look("certificate of the page", lambda: page_certificate.check(settings.web, clock.wall()))
    return [
        _look("microphone", lambda: _microphone(settings.microphone, asound)),
        *([page] if settings.web.certificate else []),
        _look("notice", lambda: _notice(settings)),
        _clock(clock),
        *_network(settings),
        _space(settings, Folders(Path(settings.store.data))),
        _recorder(settings.store.news, clock),
    ]


def certificate(settings: Settings) -> str:
    """The box's certificates, PEM. Raises BadKey or BadCertificate."""
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in _loaded(settings).chain)


def certificate_request(settings: Settings) -> str:
    """What an organisation may sign, PEM. Raises BadKey or BadCertificate."""
    return key.request(_loaded(settings)).decode()


def _loaded(settings: Settings) -> Key:
    return key.load(Folders(Path(settings.store.data)).evidence, settings.evidence.issued)


def _key(settings: Settings) -> str:
    if not key.key_path(Folders(Path(settings.store.data)).evidence).exists():
        return "not made yet; the recorder makes it at its first start"
    return f"fingerprint {_loaded(settings).fingerprint}"


def _model(settings: Transcript) -> str:
    known = models.named(Path(settings.models), settings.model)
    models.check(settings.model_folder, known)
    language = settings.language
    if language == "auto" or languages.written(known.rates, language, settings.error_limit):
        return known.name
    return f"{known.name}; nobody has stated how well it writes {languages.name(language)}, so that it will not"


def _notice(settings: Settings) -> str:
    found = notice.notices(settings)
    names = ", ".join(languages.name(one.language) for one in found)
    return f"{settings.room.notices or 'the own texts'}, in {names}"


def as_text(found: list[Check]) -> str:
    return "\n".join(
        f"{'not well' if one.problem else 'well':8}  {one.what}  {one.problem or one.note}".rstrip() for one in found
    )


def as_json(found: list[Check]) -> str:
    return json.dumps({"well": not any(one.problem for one in found), "checks": [asdict(one) for one in found]})


def _look(what: str, look: Callable[[], str | None]) -> Check:
    """What a look answers is the note, what it raises the problem."""
    try:
        return Check(what, "", look() or "")
    except CandourError as error:
        return Check(what, str(error))


def _storage(folders: Folders) -> None:
    folders.prepare()
    fitness.storage_self_test(folders)


def _microphone(setting: Microphone, asound: Path) -> str:
    card = soundcards.check(setting, asound)
    asked = soundcards.spoken(setting.channels, [setting.rate])
    if card is None:
        return f'"{setting.device.removeprefix("pcm:")}", {asked}; whether it is there shows when it is opened'
    return f'"{card.id}" ({card.name}), {asked}'


def _clock(clock: Clock) -> Check:
    return Check("clock", "", f"{clock.wall():%Y-%m-%d %H:%M} UTC, {in_words(clock.trust())}")


def _network(settings: Settings) -> list[Check]:
    """What watches over the network says; nothing on a computer where nothing does."""
    told = network.latest(Path(settings.store.run))
    if told is None:
        return []
    return [Check("network", "", told.says) if told.well else Check("network", told.says)]


def _space(settings: Settings, folders: Folders) -> Check:
    left = fitness.full_meetings_left(settings, folders.data)
    if left:
        return Check("space", "", f"room for about {left} full meeting{'' if left == 1 else 's'}")
    free, needed = fitness.free_mb(folders.data), fitness.full_meeting_mb(settings)
    return Check("space", f"{free} MB are free; a full meeting needs {needed} MB. Put in a larger card.")


def _recorder(path: Path, clock: Clock) -> Check:
    """What it says of itself, from memory: also where the storage cannot be used."""
    try:
        told = news.latest(path)
    except PermissionError:
        return Check("recorder", "This user may not read what the recorder says of itself. Run the check as root.")
    now = clock.monotonic()
    if told is None or told.boot_id != clock.boot_id():
        return Check("recorder", "It has not run since the box was switched on. Start the service candour-recorder.")
    if not told.is_fresh(clock.boot_id(), now):
        return Check("recorder", DOES_NOT_ANSWER.format(silent=now - told.monotonic))
    if told.state in IN_TROUBLE:
        return Check("recorder", told.because or "It cannot record just now.")
    return Check("recorder", "", ": ".join(filter(None, (told.state.replace("_", " "), told.because))))
