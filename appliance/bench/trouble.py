"""What goes wrong with the simulated microphone while a file beside the room's says so, as it does with real ones.

| word     | what the microphone does                                             |
|----------|----------------------------------------------------------------------|
| silent   | gives digital zero                                                   |
| stuck    | gives one value                                                      |
| repeated | gives the same block again and again                                 |
| clipped  | is far too loud                                                      |
| dc       | gives its sound on a constant offset of half of full scale           |
| fast     | gives three times as many samples as it was asked for                |
| frozen   | hangs, and what is said meanwhile is lost                            |
| gone     | ends with a sentence, and does so again when it is started           |
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

DEAD = ("silent", "stuck", "repeated", "clipped", "dc")
TROUBLES = (*DEAD, "fast", "frozen", "gone")
GONE = "The simulated microphone went away. Plug it in again."
STUCK_AT = 1234
FAST = 3
FULL_SCALE = 32767


def note_of(room_file: Path) -> Path:
    """Where the trouble stands."""
    return room_file.with_suffix(".fault")


def begin(room_file: Path, word: str) -> None:
    """Let a trouble begin, at once and whole. Raises ValueError."""
    if word not in TROUBLES:
        raise ValueError(f"{word} is none of {', '.join(TROUBLES)}")
    part = note_of(room_file).with_suffix(".part")
    part.write_text(word)
    part.replace(note_of(room_file))


def end(room_file: Path) -> None:
    note_of(room_file).unlink(missing_ok=True)


class Trouble:
    """Asked at each block of one opening of the microphone."""

    def __init__(self, room_file: Path) -> None:
        self._note = note_of(room_file)
        self._repeated = b""

    def now(self) -> str:
        """The word that stands there; empty: all is well."""
        try:
            return self._note.read_text()
        except FileNotFoundError:
            return ""

    def spoil(self, word: str, pcm: bytes) -> bytes:
        """What comes of a block of s16le in a trouble."""
        self._repeated = self._repeated or pcm if word == "repeated" else b""
        sound = np.frombuffer(pcm, "<i2")
        match word:
            case "silent":
                return bytes(len(pcm))
            case "stuck":
                return np.full_like(sound, STUCK_AT).tobytes()
            case "repeated":
                return self._repeated
            case "clipped":
                return _too_loud(sound).tobytes()
            case "dc":
                return (sound // 4 + FULL_SCALE // 2).astype(np.int16).tobytes()
            case "fast":
                return np.repeat(sound, FAST).tobytes()
        return pcm


def _too_loud(sound: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """So loud that its usual level would be twice full scale: of speech or noise alike, most is at the rails."""
    level = max(1.0, float(np.sqrt(np.mean(sound.astype(float) ** 2))))
    loud: npt.NDArray[np.float64] = np.clip(sound * (2 * FULL_SCALE / level), -FULL_SCALE, FULL_SCALE)
    return loud.astype(np.int16)
