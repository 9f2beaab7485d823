"""`scripts/bench evidence`: what it costs to seal a long meeting, to bundle it, and to verify it.

The sound is noise, which packs worse than speech. Times are of the processor. Verifying is a process of its own, so
that its memory is its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from appliance.clock import SystemClock
from appliance.evidence import key, merkle
from appliance.evidence.claims import Moment
from appliance.evidence.merkle import Tree
from appliance.finisher.service import Finisher
from appliance.recorder.witness import Signing, Witness
from appliance.settings import Settings, Store, Transcript
from appliance.store import record, wav
from appliance.store.folders import Folders, MeetingFolder

RATE = 16_000
NAME = "2026-03-02-LONG"
PIECE_S = 600
LOUD = 300  # of 32768
TIMES_REAL_TIME = 500.0


def run(hours: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="candour-") as place:
        folders = Folders(Path(place) / "data")
        folders.prepare()
        key.make(folders.evidence)
        folder = folders.make_meeting(NAME)
        sealing_s = recorded(folder, round(hours * 3600), key.load(folders.evidence))
        began = time.process_time()
        finish(folders)
        finishing_s = time.process_time() - began
        verified = verify(folder.copies / "bundle.zip", key.certificate_path(folders.evidence))
    return {
        "hours": hours,
        "s to sign the seal": round(sealing_s, 3),
        "s of sound copied and bundled in a CPU second": round(hours * 3600 / finishing_s),
        "s of sound verified in a CPU second": round(hours * 3600 / verified["cpu_s"]),
        "MB of memory to verify": verified["peak_mb"],
        "exit status": verified["exit_code"],
    }


def recorded(folder: MeetingFolder, seconds: int, box: key.Key) -> float:
    """A meeting of noise as the recorder leaves it; the processor seconds that its end took."""
    db = record.own(folder)
    with closing(db.conn), folder.master.open("wb") as master:
        record.describe(db, folder.id, RATE, "bench")
        record.add_capture(db, record.Capture(0, 0.0, "2026-03-02T10:00:00.000Z", "synchronised", "boot"))
        master.write(wav.header(RATE))
        leaves: list[bytes] = []
        for pcm in noise(seconds):
            master.write(pcm)
            leaves += [merkle.leaf(pcm[at : at + 2 * RATE]) for at in range(0, len(pcm), 2 * RATE)]
        rows = [record.Second(number, RATE, leaf, -40.0, 90, 0) for number, leaf in enumerate(leaves)]
        record.add_seconds(db, rows)
        witness = Witness(db, folder.id, SystemClock(), Signing(box))
        witness.started()
        began = time.process_time()
        witness.end(Tree(leaves), seconds * RATE, Moment("2026-03-02T09:58:00.000Z", "synchronised"), "stopped")
        return time.process_time() - began


def noise(seconds: int) -> Iterator[bytes]:
    chance = np.random.default_rng(5)
    for first in range(0, seconds, PIECE_S):
        size = min(PIECE_S, seconds - first) * RATE
        yield chance.integers(-LOUD, LOUD, size, np.int16).tobytes()


def finish(folders: Folders) -> None:
    settings = Settings(transcript=Transcript(enabled=False), store=Store(data=str(folders.data)))
    with closing(Finisher(settings, SystemClock())) as finisher:
        while finisher.step():
            pass


def verify(bundle: Path, root: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "appliance", "verify", str(bundle), "--root", str(root), "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    verdict = json.loads(done.stdout)
    return {"cpu_s": spent, "peak_mb": round(after.ru_maxrss / 1000), "exit_code": verdict["exit_code"]}


def failures(result: dict[str, Any]) -> list[str]:
    said = []
    if result["exit status"]:
        said.append("What the box made does not verify.")
    if result["s of sound verified in a CPU second"] < TIMES_REAL_TIME:
        said.append(f"Verifying is slower than {TIMES_REAL_TIME:.0f} times real time.")
    return said
