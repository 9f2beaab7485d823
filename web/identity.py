"""How anybody can know this box again: the certificate of its key, and the fingerprint that people compare."""

from dataclasses import dataclass

from cryptography import x509
from flask import Blueprint, Response, abort

from appliance.evidence import key
from appliance.store import box
from web.house import house, reading, within_reach

pages = Blueprint("identity", __name__)

GROUP = 4


@dataclass(frozen=True)
class Identity:
    """`fingerprint` in groups of four, to be read aloud; `pem` is for programs."""

    fingerprint: str
    pem: str


@pages.get("/device.pem")
def as_file() -> Response:
    found = identity()
    if found is None:
        abort(404)
    answer = Response(found.pem, mimetype="application/x-pem-file")
    answer.headers.set("Content-Disposition", "attachment", filename="device.pem")
    return answer


def identity() -> Identity | None:
    """None while the box has no key, or its card is out of reach."""
    pem = within_reach(_certificate, None)
    if pem is None:
        return None
    whole = key.fingerprint(x509.load_pem_x509_certificate(pem.encode()))
    return Identity(" ".join(whole[at : at + GROUP] for at in range(0, len(whole), GROUP)), pem)


def _certificate() -> str | None:
    db = reading(box, house().folders)
    return box.certificate(db) if db else None
