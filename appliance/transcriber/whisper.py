"""The speech model: Whisper run by faster-whisper on the processor, and its speech detector.

Nothing here is left to chance: the same sound gives the same lines, whatever was read before.
"""

import os
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from appliance.store.transcript import Line, Word
from appliance.transcriber.passages import FRAME, Probabilities
from appliance.transcriber.sound import Audio

WINDOW = 938 * FRAME  # 30 s

# Whisper's own way out of a loop or of mumbling is to sample at a higher temperature. ctranslate2 seeds its generator
# once for each of its threads (set_random_seed later changes nothing), so that a passage read again after a crash
# would come out differently. These ways are tried in order instead; all of them search, none samples.
WAYS: tuple[dict[str, int], ...] = (
    {"beam_size": 1},
    {"beam_size": 5},
    {"beam_size": 5, "no_repeat_ngram_size": 4},
)
REPETITIVE = 2.4  # compression ratio above which text goes round in circles (Whisper's own threshold)
IMPROBABLE = -1.0  # mean log probability (Whisper's own threshold)
DOUBTFUL = -0.7  # mean log probability that is too little where the model itself hears no speech
NO_SPEECH = 0.6


class SpeechModel(Protocol):
    """Whoever can tell speech from other sounds and write it down. Sound is 16 kHz, at most 30 s at a time."""

    name: str
    """As it will stand beside every passage."""

    def speech(self, audio: Audio) -> Probabilities:
        """The probability of speech in each frame of 512 samples; a last, shorter one counts as a frame."""

    def read(self, audio: Audio, language: str) -> list[Line]:
        """What is said, with times in seconds of this sound; `language` is an ISO 639-1 code or `auto`."""


class FasterWhisper:
    """Whisper in CTranslate2's format, from a folder whose files were checked; never looks anything up."""

    def __init__(self, folder: Path, name: str) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        from faster_whisper import WhisperModel  # reads that variable when it is imported
        from faster_whisper.vad import get_vad_model

        self.name = name
        self._detector: Any = get_vad_model()
        self._model: Any = WhisperModel(
            str(folder.absolute()), device="cpu", compute_type="int8", cpu_threads=threads(), local_files_only=True
        )

    def speech(self, audio: Audio) -> Probabilities:
        # The detector zeroes the end of the array that it is given: it gets a copy. That is always of one length, so
        # that the same sound makes the same sums however much of it is there.
        copy = np.zeros(max(WINDOW, -(-audio.size // FRAME) * FRAME) + FRAME, dtype=np.float32)
        copy[: audio.size] = audio
        frames = -(-audio.size // FRAME)
        return np.asarray(self._detector(copy), dtype=np.float32).reshape(-1)[:frames]

    def read(self, audio: Audio, language: str) -> list[Line]:
        tries = []
        for way in WAYS:
            tries.append(self._segments(audio, language, way))
            if _sound(tries[-1][0]):
                break
        segments, spoken = min(tries, key=lambda found: (not _sound(found[0]), _circling(found[0]), -_mean(found[0])))
        return [_line(segment, spoken) for segment in segments if segment.text.strip() and not _invented(segment)]

    def _segments(self, audio: Audio, language: str, way: dict[str, int]) -> tuple[list[Any], str]:
        segments, about = self._model.transcribe(
            audio,
            language=None if language == "auto" else language,
            temperature=[0.0],
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
            **way,
        )
        return list(segments), str(about.language)


def threads() -> int:
    """All cores, less one for the recording where there are more than two."""
    cores = os.cpu_count() or 1
    return cores - 1 if cores > 2 else cores


def _sound(segments: list[Any]) -> bool:
    return not _circling(segments) and _mean(segments) >= IMPROBABLE


def _circling(segments: list[Any]) -> bool:
    return any(segment.compression_ratio > REPETITIVE for segment in segments)


def _mean(segments: list[Any]) -> float:
    """Log probability of the least likely window; nothing said is nothing doubted."""
    return min((segment.avg_logprob for segment in segments), default=0.0)


def _invented(segment: Any) -> bool:
    return bool(segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < DOUBTFUL)


def _line(segment: Any, language: str) -> Line:
    words = tuple(
        Word(word.word.strip(), _thousandths(word.start), _thousandths(word.end), _thousandths(word.probability))
        for word in segment.words or []
    )
    return Line(_thousandths(segment.start), _thousandths(segment.end), segment.text.strip(), language, words)


def _thousandths(number: Any) -> float:
    return round(float(number), 3)  # some of them are numpy's
