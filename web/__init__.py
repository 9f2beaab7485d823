"""The page: the only part of the box that faces the network."""

from pathlib import Path

from flask import Flask

from appliance import notice
from appliance.clock import Clock
from appliance.settings import Settings
from appliance.store.folders import Folders
from web import (
    captions,
    check,
    copies,
    identity,
    keeping,
    languages,
    listening,
    notes,
    objecting,
    receipts,
    refusals,
    room,
    staff,
    stick,
    tickets,
)
from web.house import House, close_files
from web.now import objections
from web.probes import answer_probes
from web.security import secure
from web.words import NEVER_ONLINE, OUT_OF_REACH, phones_at_a_time


def create_app(settings: Settings, clock: Clock) -> Flask:
    """The page as a WSGI application; it writes nothing before the first ticket."""
    app = Flask(__name__)
    folders, notices = Folders(Path(settings.store.data)), notice.shown(settings)
    app.extensions["candour"] = House(settings, clock, folders, clock.boot_id(), notices)
    app.jinja_env.globals.update(
        place=settings.room,
        reads_along=settings.transcript.enabled and settings.transcript.live,
        never_online=NEVER_ONLINE,
        network=settings.network,
        phones_at_a_time=phones_at_a_time,
        out_of_reach=OUT_OF_REACH,
        objections=objections,
        notices=notices,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (
        room,
        tickets,
        copies,
        receipts,
        refusals,
        identity,
        keeping,
        check,
        objecting,
        listening,
        captions,
        notes,
        stick,
        staff,
        languages,
    ):
        app.register_blueprint(part.pages)
    languages.speak(app)
    app.teardown_appcontext(close_files)
    answer_probes(app)
    secure(app)
    return app
