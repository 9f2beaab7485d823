"""The organisation's certificate for the page: can it be used, and for how long? Needs no network."""

import ssl
from datetime import datetime
from pathlib import Path

from appliance.errors import BadCertificate
from appliance.evidence.key import read_certificates
from appliance.settings import Web


def check(web: Web, now: datetime | None = None) -> str:
    """Until when it is good, in words; with `now` also whether it is good then. Raises BadCertificate.

    A page with a certificate whose time is over is served all the same: browsers warn, and people can go on.
    """
    (leaf, *_) = read_certificates(Path(web.certificate)) or (None,)
    if leaf is None:
        raise BadCertificate(path=web.certificate, why="there is no certificate in it")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(web.certificate, web.key)
    except OSError as error:  # of which ssl.SSLError is one
        why = f"it does not go with the key {web.key} ({error.strerror or error})"
        raise BadCertificate(path=web.certificate, why=why) from error
    until = leaf.not_valid_after_utc
    if now and now > until:
        why = f"its time was over on {until:%Y-%m-%d}; browsers warn everybody who opens the page. Put in a new one"
        raise BadCertificate(path=web.certificate, why=why)
    return f"good until {until:%Y-%m-%d}"
