"""Speech made by eSpeak NG's library, whose words' times are known, in a room that is never silent."""

import ctypes
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.bench.stage import RATE

ROOM = -60.0  # dBFS RMS, the noise of a quiet room, under everything
LONG_PAUSE = 2.5  # seconds, for a blank line

Sound = npt.NDArray[np.float64]  # full scale is 1


@dataclass(frozen=True)
class Voice:
    """One person at the table."""

    file: str
    """As in the column File of `espeak-ng --voices=en`, with the variant after a plus."""
    speed: int
    """Words a minute."""
    pitch: int
    """0 to 99."""
    peak: float
    """The loudest sample of each turn, in dBFS."""


VOICES = {  # of all tried, those that the speech model hears best
    "chair": Voice("gmw/en-GB-x-rp+m3", 160, 40, -6.5),
    "social worker": Voice("gmw/en-US+f2", 165, 55, -8.0),
    "mother": Voice("gmw/en-GB-x-rp+f5", 160, 55, -9.5),
    "grandfather": Voice("gmw/en-US+m1", 145, 25, -8.5),
}


@dataclass(frozen=True)
class Word:
    """A word without its punctuation; times in seconds from the start of the meeting."""

    word: str
    start: float
    end: float


class Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class Espeak:
    """eSpeak NG's library; the numbers are those of speak_lib.h."""

    SYNCHRONOUS, DO_NOT_EXIT, UTF8 = 2, 0x8000, 1
    SPEED, PITCH = 1, 3
    END_OF_LIST, WORD = 0, 1

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL("libespeak-ng.so.1")
            self.rate = self._library.espeak_Initialize(self.SYNCHRONOUS, 0, None, self.DO_NOT_EXIT)
        except OSError:
            self.rate = -1
        if self.rate <= 0:
            sys.exit("eSpeak NG, which speaks here, is missing. Run: sudo apt install libespeak-ng1")
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))
        self._callback = kind(self._take)  # the library keeps only its address
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, voice: Voice, text: str) -> tuple[Sound, dict[int, float]]:
        """The sound at self.rate, and at which second of it the word at a position of the text begins."""
        self._pcm, self._starts = bytearray(), dict[int, float]()
        if self._library.espeak_SetVoiceByName(voice.file.encode()) != 0:
            sys.exit(f"eSpeak NG has no voice {voice.file}. See: espeak-ng --voices=en")
        self._library.espeak_SetParameter(self.SPEED, voice.speed, 0)
        self._library.espeak_SetParameter(self.PITCH, voice.pitch, 0)
        data = text.encode()
        if self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, self.UTF8, None, None) != 0:
            sys.exit(f"eSpeak NG cannot say: {text}")
        return np.frombuffer(self._pcm, np.int16) / 32768, self._starts

    def _take(self, pcm: int | None, samples: int, events: "ctypes._Pointer[Event]") -> int:
        if pcm:
            self._pcm += ctypes.string_at(pcm, samples * 2)
        for event in takewhile(lambda event: event.type != self.END_OF_LIST, map(events.__getitem__, count())):
            if event.type == self.WORD:
                self._starts[event.text_position - 1] = event.sample / self.rate
        return 0


def read_script(path: Path) -> Iterator[float | tuple[str, str]]:
    """A long pause in seconds, or a voice and what it says."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        voice, _, text = line.partition(": ")
        if not line.strip():
            yield LONG_PAUSE
        elif pause := re.fullmatch(r"\(pause (\d+(?:\.\d+)?)\)", line):
            yield float(pause[1])
        elif voice in VOICES and text:
            yield voice, text
        else:
            sys.exit(f"{path.name}, line {number}: write `voice: text` or `(pause 2.5)`. Voices: {', '.join(VOICES)}.")


def resample(sound: Sound, rate: int) -> Sound:
    """To 16 kHz, by leaving out of the spectrum what is above 8 kHz."""
    length = round(len(sound) * RATE / rate)
    result: Sound = np.fft.irfft(np.fft.rfft(sound)[: length // 2 + 1], length) * (length / len(sound))
    return result


def audible(sound: Sound) -> int:
    """How many samples until the last one that stands above the room."""
    return int(np.flatnonzero(np.abs(sound) > 10 ** (ROOM / 20))[-1]) + 1


def words_of(text: str, starts: dict[int, float], sound: Sound, at: float) -> list[Word]:
    """Each word until the next begins; before a comma or a full stop, until it has died away."""
    found = list(re.finditer(r"\S+", text))
    positions = [match.start() for match in found]
    # eSpeak NG says "in the" and "I am" as one word: the second begins as far into it as it does in writing.
    # It also reports, late, the space before a clause: no word begins there.
    known = [position for position in positions if position in starts]
    times = [starts[position] for position in known]
    edges = np.interp([*positions, len(text)], [*known, len(text)], [*times, len(sound) / RATE])
    words = []
    for match, start, end in zip(found, edges, edges[1:], strict=False):
        word = match[0].strip(",.?")
        length = audible(sound[round(start * RATE) : round(end * RATE)]) / RATE if word != match[0] else end - start
        words.append(Word(word, round(float(at + start), 3), round(float(at + start + length), 3)))
    return words


def noise(samples: int, generator: np.random.Generator) -> Sound:
    """A room: white noise that falls by 6 dB an octave above 300 Hz."""
    white = np.fft.rfft(generator.standard_normal(samples))
    sound = np.fft.irfft(white / np.hypot(1, np.fft.rfftfreq(samples, 1 / RATE) / 300), samples)
    result: Sound = sound * 10 ** (ROOM / 20) / np.sqrt(np.mean(sound**2))
    return result
