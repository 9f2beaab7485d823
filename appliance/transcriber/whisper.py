"""The speech model: Whisper run by faster-whisper on the processor, and its speech detector.

Nothing here is left to chance: the same sound gives the same lines, whatever was read before.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from appliance.store.transcript import Line, Word
from appliance.transcriber import loops
from appliance.transcriber.languages import Rates
from appliance.transcriber.passages import BLOCK, FRAME, RATE, Probabilities
from appliance.transcriber.sound import Audio

# Whisper's own way out of a loop or of mumbling is to sample at a higher temperature. ctranslate2 seeds its generator
# once for each of its threads (set_random_seed later changes nothing), so that a passage read again after a crash
# would come out differently. These ways are tried in order instead; all of them search, none samples.
WAYS: dict[str, dict[str, int]] = {
    "beam 1": {"beam_size": 1},
    "beam 5": {"beam_size": 5},
    "beam 5, no repeats": {"beam_size": 5, "no_repeat_ngram_size": 4},
}
TOKENS_PER_S = 8  # people say three or four in a second; more is a loop, and costs as much time as all the rest
MORE_TOKENS = 32
REST_S = 0.7  # of a passage behind its last word: the silence around it, not worth another window
REPETITIVE = 2.4  # compression ratio above which text goes round in circles (Whisper's own threshold)
IMPROBABLE = -1.0  # mean log probability (Whisper's own threshold)
DOUBTFUL = -0.7  # mean log probability that is too little where the model itself hears no speech
NO_SPEECH = 0.6


Ear = Callable[[Audio], Probabilities]
"""Hears one stretch of 16 kHz sound after the other, each but the last a whole BLOCK of frames: the probability of
speech in each frame, a last, shorter one included."""


@dataclass(frozen=True)
class Reading:
    """What a passage says; times in seconds of its sound. `doubtful`: another way might have found better words."""

    lines: list[Line]
    language: str
    way: str
    doubtful: bool


class SpeechModel(Protocol):
    """Whoever can tell speech from other sounds and write it down. Sound is 16 kHz, at most 30 s at a time."""

    name: str
    """As it will stand beside every passage."""
    rates: Rates
    """How many words it gets wrong."""

    def ear(self) -> Ear:
        """A detector of speech that has heard nothing yet."""

    def read(self, audio: Audio, language: str, *, one_way: bool = False) -> Reading:
        """What is said; `language` is an ISO 639-1 code or `auto`, `one_way`: without a second look at doubtful
        words."""


def keep_to_ourselves() -> None:
    """To be called before anything of the model is imported: nothing is fetched, and nothing reported.

    Without the second variable onnxruntime gives this computer an id and reports to its maker how it is used.
    """
    os.environ |= {"HF_HUB_OFFLINE": "1", "ORT_DISABLE_TELEMETRY": "1"}


class FasterWhisper:
    """Whisper in CTranslate2's format, from a folder whose files were checked; never looks anything up."""

    def __init__(self, folder: Path, name: str, rates: Rates) -> None:
        keep_to_ourselves()
        from faster_whisper import WhisperModel
        from faster_whisper.vad import get_vad_model

        self.name = name
        self.rates = rates
        self._detector: Any = get_vad_model().session
        self._model: Any = WhisperModel(
            str(folder.absolute()), device="cpu", compute_type="int8", cpu_threads=threads(), local_files_only=True
        )

    def ear(self) -> Ear:
        return SileroEar(self._detector)

    def read(self, audio: Audio, language: str, *, one_way: bool = False) -> Reading:
        tries = []
        for way in list(WAYS)[: 1 if one_way else None]:
            tries.append(self._try(audio, language, way))
            if not tries[-1].doubtful:
                break
            language = tries[-1].language
        return min(tries, key=lambda tried: (tried.doubtful, tried.circling, -tried.mean)).reading()

    def _try(self, audio: Audio, language: str, way: str) -> "Try":
        segments, about = self._model.transcribe(
            audio,
            language=None if language == "auto" else language,
            temperature=[0.0],
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
            max_new_tokens=MORE_TOKENS + round(TOKENS_PER_S * audio.size / RATE),
            **WAYS[way],
        )
        found = []
        for segment in segments:
            found.append(segment)
            if segment.end >= audio.size / RATE - REST_S:
                break
        return Try(found, str(about.language), way)


class SileroEar:
    """Silero's speech detector (faster-whisper's copy, version 6), its state kept from block to block."""

    CONTEXT = 64  # samples before each frame that it also hears

    def __init__(self, session: Any) -> None:
        self._session = session
        self._state = [np.zeros((1, 1, 128), dtype=np.float32)] * 2
        self._before = np.zeros(self.CONTEXT, dtype=np.float32)

    def __call__(self, audio: Audio) -> Probabilities:
        # A shorter block is filled with silence, so that the same sound makes the same sums.
        block = np.zeros(max(BLOCK, -(-audio.size // FRAME)) * FRAME, dtype=np.float32)
        block[: audio.size] = audio
        frames = block.reshape(-1, FRAME)
        before = np.vstack([self._before, frames[:-1, -self.CONTEXT :]])
        heard, *self._state = self._session.run(
            None, {"input": np.hstack([before, frames]), "h": self._state[0], "c": self._state[1]}
        )
        self._before = frames[-1, -self.CONTEXT :]
        return np.asarray(heard, dtype=np.float32).reshape(-1)[: -(-audio.size // FRAME)]


@dataclass(frozen=True)
class Try:
    """What came of one way of reading."""

    segments: list[Any]
    language: str
    way: str

    @property
    def circling(self) -> bool:
        return any(segment.compression_ratio > REPETITIVE for segment in self.segments) or loops.circles(
            segment.text for segment in self.segments
        )

    @property
    def mean(self) -> float:
        """Log probability of the least likely window; nothing said is nothing doubted."""
        return min((segment.avg_logprob for segment in self.segments), default=0.0)

    @property
    def doubtful(self) -> bool:
        return self.circling or self.mean < IMPROBABLE

    def reading(self) -> Reading:
        said = [
            _line(segment, self.language)
            for segment in self.segments
            if segment.text.strip() and not _invented(segment)
        ]
        return Reading(loops.unclear(said), self.language, self.way, self.doubtful)


def threads() -> int:
    """All cores, less one for the recording where there are more than two."""
    cores = os.cpu_count() or 1
    return cores - 1 if cores > 2 else cores


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
