"""The page: the only part of the box that faces the network."""

from pathlib import Path

from flask import Flask

from appliance.clock import Clock
from appliance.notice import notice
from appliance.settings import Settings
from appliance.store.folders import Folders
from web import check, copies, identity, keeping, listening, objecting, receipts, refusals, room, tickets
from web.house import House, close_files
from web.now import objections
from web.security import secure
from web.words import NEVER_ONLINE, OUT_OF_REACH


def create_app(settings: Settings, clock: Clock) -> Flask:
    """The page as a WSGI application; it writes nothing before the first ticket."""
    app = Flask(__name__)
    app.extensions["candour"] = House(settings, clock, Folders(Path(settings.store.data)), clock.boot_id())
    app.jinja_env.globals.update(
        place=settings.room,
        never_online=NEVER_ONLINE,
        out_of_reach=OUT_OF_REACH,
        objections=objections,
        notice=notice(),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (room, tickets, copies, receipts, refusals, identity, keeping, check, objecting, listening):
        app.register_blueprint(part.pages)
    app.teardown_appcontext(close_files)
    secure(app)
    return app
