"""A speech model that really listens, to tones: whoever "speaks" is louder than a whisper, and says the pitch."""

import numpy as np

from appliance.store.transcript import Line, Word
from appliance.transcriber import languages
from appliance.transcriber.passages import FRAME, FRAME_S, RATE, Probabilities
from appliance.transcriber.sound import Audio
from appliance.transcriber.whisper import Ear, Reading

LOUD = 0.02  # RMS of full scale


class FakeSpeech:
    """Each burst of sound is a line of one word, its pitch in Hz to the next 50; remembers how much it was given."""

    name = "tones"

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.rates = languages.BASE
        self.languages: set[str] = set()
        self.heard: list[int] = []

    def speech(self, audio: Audio) -> Probabilities:
        frames = np.pad(audio, (0, -audio.size % FRAME)).reshape(-1, FRAME)
        return np.asarray(np.sqrt(np.mean(frames**2, axis=1)) > LOUD, dtype=np.float32)

    def ear(self) -> Ear:
        return self.speech

    def read(self, audio: Audio, language: str, *, one_way: bool = False) -> Reading:
        self.longest_s = max(self.longest_s, audio.size / RATE)
        self.languages.add(language)
        self.heard.append(audio.size)
        loud = np.concatenate(([0.0], self.speech(audio), [0.0]))
        edges = np.flatnonzero(np.diff(loud)).reshape(-1, 2)
        lines = [_line(audio, int(start), int(end), language) for start, end in edges]
        return Reading(lines, language, "one", doubtful=False)


def _line(audio: Audio, start: int, end: int, language: str) -> Line:
    burst = audio[start * FRAME : end * FRAME]
    pitch = str(round(int(np.argmax(np.abs(np.fft.rfft(burst)))) * RATE / burst.size / 50) * 50)
    word = Word(pitch, start * FRAME_S, end * FRAME_S, 1.0)
    return Line(word.start_s, word.end_s, pitch, language, (word,))
