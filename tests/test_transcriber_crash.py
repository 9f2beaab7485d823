"""The real transcriber with the real model: killed again and again, and left alone with noise."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from fake_recording import Recorder, Sound, StillClock, quiet
from real_speech import model_folder
from test_whisper import real_model, said_aloud

from appliance import settings
from appliance.store import transcript
from appliance.store.folders import Folders, MeetingFolder
from appliance.transcriber.service import Transcriber

pytestmark = pytest.mark.model

PROGRAM = """
import sys
from appliance.clock import SystemClock
from appliance.lifetime import Lifetime
from appliance.notify import Notifier
from appliance.settings import Settings, Store, Transcript
from appliance.transcriber import service

lifetime = Lifetime()
lifetime.end_on_signals()
chosen = Settings(transcript=Transcript(models=sys.argv[1]), store=Store(data=sys.argv[2]))
service.run(chosen, SystemClock(), lifetime, Notifier.of_this_process())
"""
PATIENCE_S = 600  # it runs only when nobody else wants the processor


@contextmanager
def life(folders: Folders) -> Iterator[subprocess.Popen[bytes]]:
    """One process of the transcriber, from the moment at which it says that it is ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0candour-test-{os.getpid()}")
        systemd.settimeout(PATIENCE_S)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(model_folder().parent), str(folders.data)],
            env=os.environ | {"NOTIFY_SOCKET": f"@candour-test-{os.getpid()}"},
        )
        try:
            assert systemd.recv(100) == b"READY=1"
            yield process
        finally:
            process.kill()
            process.wait()


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    assert status == -signal.SIGKILL


def complete(folder: MeetingFolder) -> bool:
    db = transcript.read(folder)
    if db is None:
        return False
    with closing(db):
        return transcript.cursor(db).complete


def written(folder: MeetingFolder) -> tuple[list[transcript.Line], list[tuple[int, int, float, str]]]:
    """Everything but how long it took."""
    db = transcript.read(folder)
    assert db is not None
    with closing(db):
        passages = [(p.first_sample, p.samples, p.speech_s, p.model) for p in transcript.passages(db)]
        return list(transcript.lines(db)), passages


def conversation() -> Sound:
    """About 100 s: a voice near and far, pauses, and a noise that nobody made with his mouth."""
    voice = said_aloud()
    noise = np.random.default_rng(3).normal(0, 0.02, 8 * 16_000).astype(np.float32)
    return np.concatenate(
        [voice, quiet(0.7), 0.1 * voice, noise, voice[::-1], quiet(0.2), voice, quiet(9), voice * 0.02, noise, voice]
    )


def read_at_once(folders: Folders, *, language: str = "en") -> None:
    chosen = settings.Transcript(language=language)
    with closing(Transcriber(folders, chosen, real_model(), StillClock())) as transcriber:
        while transcriber.step():
            pass


def test_killed_at_random_moments_it_writes_what_it_would_have_written(tmp_path: Path) -> None:
    calm, rough = Folders(tmp_path / "calm"), Folders(tmp_path / "rough")
    moments = np.random.default_rng(7).uniform(0, 4, 6)
    said = conversation()
    for folders in (calm, rough):
        folders.prepare()
    with closing(Recorder(calm, "m")) as undisturbed, closing(Recorder(rough, "m")) as recorder:
        undisturbed.add(said)
        undisturbed.end()
        read_at_once(calm)
        parts = np.split(said, [n * 16 * 16_000 for n in range(1, len(moments))])
        for part, moment in zip(parts, moments, strict=True):
            recorder.add(part)
            with life(rough) as process:
                kill_after(process, float(moment))
        recorder.end()
        with life(rough) as process:
            deadline = iter(range(PATIENCE_S))
            while not complete(recorder.folder) and next(deadline) is not None:
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(1)
            process.terminate()
            assert process.wait() == 0
        assert written(recorder.folder) == written(undisturbed.folder)
        assert len(written(recorder.folder)[0]) > 3


@pytest.mark.parametrize("sound", ["digital silence", "noise", "loud noise", "hum", "clicks"])
def test_where_nobody_speaks_nothing_is_written(tmp_path: Path, sound: str) -> None:
    seconds = np.arange(45 * 16_000) / 16_000
    noise = np.random.default_rng(5).normal(0, 1, seconds.size)
    sounds = {
        "digital silence": np.zeros(seconds.size),
        "noise": 0.001 * noise,
        "loud noise": 0.05 * noise,
        "hum": 0.1 * np.sin(2 * np.pi * 50 * seconds) + 0.001 * noise,
        "clicks": (np.modf(seconds * 2)[0] < 0.002) * 0.5 * noise,
    }
    folders = Folders(tmp_path)
    folders.prepare()
    with closing(Recorder(folders, "m")) as recorder:
        recorder.add(np.clip(sounds[sound], -1, 1).astype(np.float32))
        recorder.end()
        read_at_once(folders)
        lines, passages = written(recorder.folder)
        assert lines == []
        assert sum(samples for _, samples, _, _ in passages) == recorder.samples


def test_words_stand_where_they_were_said(tmp_path: Path) -> None:
    """Said three times with a known silence before each."""
    voice = said_aloud()
    folders = Folders(tmp_path)
    folders.prepare()
    with closing(Recorder(folders, "m")) as recorder:
        recorder.add(np.concatenate([quiet(12), voice, quiet(12), voice, quiet(12), voice]))
        recorder.end()
        read_at_once(folders)
        lines, _ = written(recorder.folder)
    names = [word.start_s for line in lines for word in line.words if word.word.lower().startswith("monday")]
    step = 12 + voice.size / 16_000
    assert np.diff(names) == pytest.approx([step, step], abs=0.3)
    times = [t for line in lines for word in line.words for t in (word.start_s, word.end_s)]
    assert times == sorted(times)


def test_a_damaged_model_ends_it_before_it_reads(tmp_path: Path) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    for file in model_folder().iterdir():
        (folder / file.name).symlink_to(file)
    (folder / "config.json").unlink()
    (folder / "config.json").write_bytes((model_folder() / "config.json").read_bytes().replace(b"1", b"2", 1))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "config.json is damaged" in done.stderr
