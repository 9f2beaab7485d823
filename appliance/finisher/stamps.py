"""A time stamp over the bundle by somebody else (RFC 3161), where a service is configured and can be reached.

Nothing waits for it: it comes beside the bundle, tomorrow if need be.
"""

import sys
import zipfile

from appliance.clock import Clock
from appliance.errors import NoTimeStamp
from appliance.evidence import time_stamp
from appliance.evidence.bagging import TAG_MANIFEST
from appliance.finisher.bundled import BUNDLE
from appliance.finisher.copies import Work
from appliance.finisher.meeting import Meeting
from appliance.finisher.naming import written

STAMP_NAME = f"{TAG_MANIFEST}.tsr"
AGAIN_S = 900.0


def of_bundle(meeting: Meeting, clock: Clock) -> Work:
    """Ask until there is an answer; None where there is no bundle, or nobody to ask."""
    bundle, target = meeting.folder.copies / BUNDLE, meeting.folder.copies / STAMP_NAME
    if not bundle.exists() or not meeting.time_stamp_service:
        return None
    with zipfile.ZipFile(bundle) as archive:
        content = archive.read(f"{meeting.id}/{TAG_MANIFEST}")
    told, again = "", clock.monotonic()
    while not target.exists():
        if clock.monotonic() < again:
            yield False
            continue
        try:
            answer = time_stamp.fetch(meeting.time_stamp_service, content)
        except NoTimeStamp as error:
            again = clock.monotonic() + AGAIN_S
            if str(error) != told:
                told = str(error)
                print(told, file=sys.stderr, flush=True)
        else:
            with written(target) as file:
                file.write(answer)
        yield True
    return [STAMP_NAME]
