"""`scripts/demo`, as the README tells a newcomer to run it: the words are right and the sound is the same."""

import json
import subprocess
import zipfile
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile
from real_speech import model_folder
from sound_of import RATE, sample_meeting
from test_read_me import FOR_THE_ORGANISATION, Unpacked, commands, stamped
from time_stamp_service import Service
from whisper_normalizer.english import EnglishTextNormalizer

from appliance.evidence import read_me

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "appliance" / "bench" / "sample_meeting"
MOST_WRONG_WORDS = 0.15

pytestmark = pytest.mark.model


def demo(out: Path, *more: str) -> dict[str, object]:
    """Run it to its end; returns summary.json."""
    model_folder()
    command = [ROOT / "scripts" / "demo", "--out", out, "--exit", "--port", "0", *more]
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    summary: dict[str, object] = json.loads((out / "summary.json").read_text())
    return summary


def spoken_lines(transcript: Path) -> str:
    """The words of transcript.vtt, without its notes and gaps."""
    blocks = transcript.read_text().split("\n\n")
    cues = [block.split("\n", 1)[1] for block in blocks if "-->" in block.split("\n", 1)[0]]
    return " ".join(cue for cue in cues if not cue.startswith("("))


def word_error_rate(reference: str, hypothesis: str) -> float:
    plain = EnglishTextNormalizer()
    return float(jiwer.wer(plain(reference), plain(hypothesis)))


def other_programs_agree(bundle: Path, desk: Path) -> None:
    """Everything that READ-ME-FIRST.txt in it names, with a time stamp, and bagit."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(desk / "home")
    (folder,) = (desk / "home").iterdir()
    (desk / "service").mkdir()
    one = stamped(Unpacked(folder), Service(desk / "service"))
    lines = commands(one.text().split(read_me.BETWEEN)[0])
    done = one.run(*(line for line in lines if FOR_THE_ORGANISATION not in line), "python -m bagit --validate .")
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("Verified OK", "Time stamp:", "Integrity:    unaltered", "Completeness: complete", one.fingerprint):
        assert words in done.stdout, done.stdout


def test_the_demo_at_four_times_the_speed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = demo(out, "--speed", "4")
    pcm = sample_meeting(tmp_path / "sample.pcm")
    went_in = np.frombuffer(pcm.read_bytes(), "<i2")
    came_out, rate = soundfile.read(out / "recording.flac", dtype="int16")
    assert rate == RATE
    assert np.array_equal(came_out, went_in)
    assert summary["gaps"] == []
    assert summary["seconds_recorded"] == len(went_in) / RATE
    script = " ".join(turn["text"] for turn in json.loads((SAMPLE / "meeting.json").read_text())["turns"])
    assert word_error_rate(script, spoken_lines(out / "transcript.vtt")) <= MOST_WRONG_WORDS
    assert {"recording.flac", "recording.mp3", "transcript.txt", "transcript.vtt"} <= {p.name for p in out.iterdir()}
    other_programs_agree(out / "bundle.zip", tmp_path / "desk")


def test_the_demo_finds_a_loss_of_three_tenths_of_a_second(tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = demo(out, "--speed", "8", "--lose", "20.05:0.3")
    went_in = np.frombuffer(sample_meeting(tmp_path / "sample.pcm").read_bytes(), "<i2").copy()
    went_in[round(20.05 * RATE) : round(20.35 * RATE)] = 0
    came_out, _ = soundfile.read(out / "recording.flac", dtype="int16")
    assert np.array_equal(came_out, went_in)
    assert summary["gaps"] == [
        {"at_s": 20.05, "length_s": 0.3, "cause": "the microphone lost sound", "length_known": True}
    ]
