"""What was signed about a meeting at its end."""

from appliance.errors import BadStatement
from appliance.evidence import statement
from appliance.evidence.claims import NOT_RECORDED, SEAL, Claims
from appliance.store import record
from appliance.store.folders import MeetingFolder
from web.house import reading

SHORT = 8


def sealed(folder: MeetingFolder) -> Claims | None:
    """The claims of the seal, or of the record that nothing was recorded; None before, and on a box without a key."""
    db = reading(record, folder)
    jws = (record.statement(db, SEAL) or record.statement(db, NOT_RECORDED)) if db else None
    try:
        return statement.read(jws).claims if jws else None
    except BadStatement:
        return None


def mark(folder: MeetingFolder) -> str:
    """The start of the root, by which two people see that they hold the same; empty without a seal."""
    said = sealed(folder)
    return str(said["audio"]["root"])[:SHORT] if said and "audio" in said else ""
