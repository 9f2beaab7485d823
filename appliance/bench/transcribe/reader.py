"""One way of reading one sound, in a process of its own, so that its memory is its own: prints what came of it."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from appliance import settings
from appliance.bench.stage import RATE
from appliance.bench.transcribe import meeting
from appliance.bench.transcribe.corpus import Samples
from appliance.clock import SystemClock
from appliance.errors import ProgramEnded
from appliance.store.folders import Folders
from appliance.transcriber import models
from appliance.transcriber.service import Transcriber
from appliance.transcriber.sound import FULL_SCALE
from appliance.transcriber.whisper import FasterWhisper, keep_to_ourselves, threads

WHOLE = "whole file, beam 1, VAD"
DEFAULTS = "whole file, defaults"
INCREMENTAL = "incremental"
WAYS = (WHOLE, DEFAULTS, INCREMENTAL)
LANGUAGE = "en"


@dataclass(frozen=True)
class Read:
    """Processor seconds without loading the model; peak memory (ru_maxrss) with it, in megabytes."""

    text: str
    cpu_s: float
    seconds: float
    peak_mb: float


def read(way: str, pcm: Path, model: Path) -> Read:
    """Read s16le at 16 kHz in another process. Raises ProgramEnded."""
    command = [sys.executable, "-m", __name__, way, str(pcm), str(model)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise ProgramEnded(program=way, status=done.returncode, log="the lines above")
    return Read(**json.loads(done.stdout.splitlines()[-1]))


def whole(model: Path, **choices: Any) -> Callable[[Samples], str]:
    """faster-whisper itself."""
    keep_to_ourselves()
    from faster_whisper import WhisperModel  # slow to import

    whisper: Any = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads())

    def text(sound: Samples) -> str:
        segments, _ = whisper.transcribe(sound.astype(np.float32) / FULL_SCALE, language=LANGUAGE, **choices)
        return " ".join(segment.text.strip() for segment in segments)

    return text


def incremental(model: Path) -> Callable[[Samples], str]:
    """The real transcriber on a recorded meeting."""
    speech_model = loaded(model)

    def text(sound: Samples) -> str:
        with tempfile.TemporaryDirectory() as data:
            folder = meeting.recorded(Path(data), sound)
            read_to_the_end(Path(data), speech_model)
            return " ".join(line.text for line in meeting.lines(folder))

    return text


def loaded(model: Path) -> FasterWhisper:
    return FasterWhisper(model, models.BASE.name, models.BASE.rates)


def read_to_the_end(data: Path, model: FasterWhisper, until: float = float("inf")) -> None:
    """Everything in a data folder, or as much as can be begun before a monotonic time."""
    chosen = settings.Transcript(language=LANGUAGE)
    with closing(Transcriber(Folders(data), chosen, model, SystemClock())) as transcriber:
        while time.monotonic() < until and transcriber.step():
            pass


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000  # in kB here (getrusage(2))


def main(way: str, pcm: Path, model: Path) -> None:
    if way == INCREMENTAL:
        reading = incremental(model)
    elif way == WHOLE:
        reading = whole(model, beam_size=1, vad_filter=True, condition_on_previous_text=False)
    else:
        reading = whole(model)
    sound = np.fromfile(pcm, "<i2")
    before = time.process_time()
    text = reading(sound)
    cpu_s = time.process_time() - before
    print(json.dumps(asdict(Read(text, round(cpu_s, 3), sound.size / RATE, round(peak_mb(), 1)))))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
