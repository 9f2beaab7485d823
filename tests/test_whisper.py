"""What every speech model must do, the fake one and the real one alike; and what only the real one can be asked."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from fake_recording import quiet, speech
from fake_speech import FakeSpeech
from real_speech import model_folder

from appliance.transcriber import models, passages, sound
from appliance.transcriber.sound import Audio
from appliance.transcriber.whisper import FasterWhisper, SpeechModel

SAID = "The meeting is open. Please tell us your name. We will write the letter to the school on Monday morning."


@cache
def real_model() -> FasterWhisper:
    return FasterWhisper(model_folder(), models.BASE.name, models.BASE.rates)


@cache
def said_aloud() -> Audio:
    """SAID, by a synthetic voice, at 16 kHz."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng")
    spoken = subprocess.run(
        ["espeak-ng", "-v", "en-gb", "-s", "140", "-w", "/dev/stdout", SAID], capture_output=True, check=True
    ).stdout
    at_22050 = np.frombuffer(spoken, dtype="<i2", offset=44).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(at_22050, format="s16", layout="mono")
    frame.sample_rate = 22_050
    resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
    pieces = [piece.to_ndarray() for given in (frame, None) for piece in resampler.resample(given)]
    return sound.heard(np.concatenate(pieces, axis=1).tobytes(), 16_000)


def speech_in(model: SpeechModel, audio: Audio) -> passages.Probabilities:
    """As the transcriber listens: block by block."""
    ear, block = model.ear(), passages.BLOCK * passages.FRAME
    return np.concatenate([ear(audio[start : start + block]) for start in range(0, audio.size, block)])


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.model)])
def model_and_voice(request: pytest.FixtureRequest) -> tuple[SpeechModel, Audio]:
    """A model, and somebody who speaks so that it understands."""
    return (FakeSpeech(), speech(8)) if request.param == "fake" else (real_model(), said_aloud())


def test_speech_is_told_from_silence(model_and_voice: tuple[SpeechModel, Audio]) -> None:
    model, voice = model_and_voice
    probabilities = speech_in(model, np.concatenate([quiet(5), voice, quiet(5)]))
    assert probabilities[:150].max() < passages.QUIET
    assert passages.speech_seconds(probabilities) > 3
    assert probabilities[-100:].max() < passages.QUIET


def test_there_is_one_probability_for_each_frame_and_part_of_one(model_and_voice: tuple[SpeechModel, Audio]) -> None:
    model, voice = model_and_voice
    for samples in (512, 513, 16_000, 29 * 16_000):
        assert speech_in(model, np.resize(voice, samples)).size == -(-samples // 512)


def test_what_comes_later_changes_no_probability(model_and_voice: tuple[SpeechModel, Audio]) -> None:
    """The cut of a passage rests on this: to the last bit."""
    model, voice = model_and_voice
    all_of_it = speech_in(model, voice)
    for frames in (1, 31, 40, 63, 100):
        assert np.array_equal(speech_in(model, voice[: frames * 512]), all_of_it[:frames])


def test_listening_leaves_the_sound_as_it_was(model_and_voice: tuple[SpeechModel, Audio]) -> None:
    model, voice = model_and_voice
    for length in (voice.size, voice.size // 512 * 512):
        given = voice[:length].copy()
        speech_in(model, given)
        model.read(given, "en")
        assert np.array_equal(given, voice[:length])


def test_lines_lie_within_the_sound_in_order(model_and_voice: tuple[SpeechModel, Audio]) -> None:
    model, voice = model_and_voice
    lines = model.read(voice, "en").lines
    assert lines
    starts = [line.start_s for line in lines]
    assert starts == sorted(starts)
    assert all(word.word and 0 <= word.probability <= 1 for line in lines for word in line.words)
    assert all(-0.1 <= line.start_s <= line.end_s <= voice.size / 16_000 + 1 for line in lines)


def test_the_same_sound_gives_the_same_lines_whatever_came_between(
    model_and_voice: tuple[SpeechModel, Audio],
) -> None:
    model, voice = model_and_voice
    mumbling = voice[: 5 * 16_000] * np.random.default_rng(1).normal(0, 1, 5 * 16_000).astype(np.float32)
    first, first_mumbling = model.read(voice, "en"), model.read(mumbling, "en")
    assert model.read(voice, "en") == first
    assert model.read(mumbling, "en") == first_mumbling


@pytest.mark.model
def test_what_was_said_is_what_is_read() -> None:
    lines = real_model().read(said_aloud(), "en").lines
    heard = " ".join(line.text for line in lines).lower()
    assert all(word in heard for word in ("meeting", "open", "name", "letter", "school", "monday"))
    assert " ".join(word.word for line in lines for word in line.words).lower() == heard


@pytest.mark.model
def test_hearing_block_by_block_is_what_the_detector_hears_in_one_piece() -> None:
    from faster_whisper.vad import get_vad_model

    voice = np.resize(said_aloud(), 20 * passages.BLOCK * passages.FRAME)
    at_once = np.asarray(get_vad_model()(voice.copy())).reshape(-1)
    assert speech_in(real_model(), voice)[:-1] == pytest.approx(at_once[:-1], abs=1e-3)  # the last one it cuts short


@pytest.mark.model
def test_the_language_can_be_left_to_the_model() -> None:
    assert {line.language for line in real_model().read(said_aloud(), "auto").lines} == {"en"}


@pytest.mark.model
def test_nothing_is_looked_up_for_a_folder_that_is_not_there(tmp_path: Path) -> None:
    model_folder()
    with pytest.raises(ValueError, match="base"):
        FasterWhisper(tmp_path / "base", "base", models.BASE.rates)


LOADING = {
    "here": "FasterWhisper(Path(sys.argv[1]), models.BASE.name, models.BASE.rates)",
    "as it comes": "from faster_whisper.vad import get_vad_model; get_vad_model()",
}


def left_by(loading: str, home: Path) -> list[str]:
    """What a program that loads the model leaves in somebody's home."""
    home.mkdir()
    program = f"""
import sys
from pathlib import Path
from appliance.transcriber import models
from appliance.transcriber.whisper import FasterWhisper
{LOADING[loading]}
"""
    outside_ci = {name: value for name, value in os.environ.items() if name not in ("CI", "TF_BUILD")}
    environment = {**outside_ci, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_DATA_HOME": str(home)}
    for name in ("ORT_DISABLE_TELEMETRY", "HF_HUB_OFFLINE"):
        environment.pop(name, None)
    command = [sys.executable, "-c", program, str(model_folder())]
    subprocess.run(command, env=environment, cwd=Path(__file__).parent.parent, check=True, capture_output=True)
    return [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]


@pytest.mark.model
def test_no_part_of_the_model_counts_whoever_uses_it(tmp_path: Path) -> None:
    """onnxruntime gives each computer an id, which it would report; not here."""
    assert left_by("here", tmp_path / "here") == []
    assert any("deviceid" in name for name in left_by("as it comes", tmp_path / "as it comes"))
