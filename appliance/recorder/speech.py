"""Does somebody speak? webrtcvad, for the live display and the long silence; no sound is ever dropped for it."""

import webrtcvad

FRAME_MS = 10  # shorter than usual: at 30 ms webrtcvad latches on to steady noise
STRICTEST = 3
WINDOW = 10  # frames that vote
MAJORITY = 6
HANGOVER = 20  # frames for which speech is taken to go on after the last majority


class SpeechDetector:
    """Hears one second after another; remembers the last votes from one to the next."""

    def __init__(self, rate: int) -> None:
        self._vad = webrtcvad.Vad(STRICTEST)
        self._rate = rate
        self._bytes = rate * FRAME_MS // 1000 * 2
        self._votes = [False] * WINDOW
        self._left = 0

    def percent(self, pcm: bytes) -> int:
        """How much of some s16le PCM is speech, 0 to 100; a rest shorter than 10 ms is not heard."""
        frames = [pcm[at : at + self._bytes] for at in range(0, len(pcm) - self._bytes + 1, self._bytes)]
        spoken = sum(self._hear(frame) for frame in frames)
        return round(100 * spoken / len(frames)) if frames else 0

    def _hear(self, frame: bytes) -> bool:
        self._votes = [*self._votes[1:], self._vad.is_speech(frame, self._rate)]
        self._left = HANGOVER if sum(self._votes) >= MAJORITY else max(0, self._left - 1)
        return self._left > 0
