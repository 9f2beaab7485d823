"""Where a passage ends and what of it is worth reading: pure, from the probability of speech in each frame.

A frame is 512 samples at 16 kHz (32 ms), the step of the silero speech detector; frames count from the cursor.
The end of a passage depends on the sound after the cursor alone, never on how much of it was there when somebody
asked: a transcriber that is killed and started again cuts where it would have cut. Where the microphone was closed the
sound of a passage is over, whether or not the meeting went on later.
"""

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
FRAME = 512
FRAME_S = FRAME / RATE
BLOCK = 31  # frames that are heard together: just under a second

SPEECH = 0.5  # probability from which a frame is somebody speaking
QUIET = 0.35  # and below which it is a pause; between the two a word begins or fades


def _frames(seconds: float) -> int:
    return int(seconds / FRAME_S)


EARLIEST = _frames(20.0)  # with 24 s the model lost more words and needed more second looks than it saved windows
LATEST = _frames(29.0)  # with its margins a passage still fits the model's window of 30 s
PAUSE = _frames(0.4) + 1
LAST_RESORT = _frames(29.0 * 0.4)  # without a pause the cut is looked for behind this frame
LEAST_SPEECH_S = 0.25
MARGIN = _frames(0.5)

Probabilities = NDArray[np.float32]


def cut(probabilities: Probabilities, *, over: bool) -> int | None:
    """The frame at which the passage ends; None while more sound is needed to say.

    Without a pause, the middle of the longest quiet run or else the least likely speech, once 29 s are there.
    `over`: no more sound will come, so that the rest is a passage.
    """
    pause = _first_pause(probabilities[:LATEST])
    if pause is not None:
        return pause + PAUSE // 2
    if len(probabilities) >= LATEST:
        return _least_harm(probabilities[:LATEST])
    return len(probabilities) if over else None


def speech_seconds(probabilities: Probabilities) -> float:
    return round(float(np.count_nonzero(probabilities >= SPEECH)) * FRAME_S, 3)


def spoken(probabilities: Probabilities) -> tuple[int, int] | None:
    """The frames from first to last speech with half a second around; None where nobody spoke."""
    if speech_seconds(probabilities) < LEAST_SPEECH_S:
        return None
    speaking = np.flatnonzero(probabilities >= SPEECH)
    return max(0, int(speaking[0]) - MARGIN), min(len(probabilities), int(speaking[-1]) + 1 + MARGIN)


def anybody_speaks(probabilities: Probabilities, start_s: float, end_s: float) -> bool:
    """Whether there is speech between two times, or within half a second of them."""
    first, last = max(0, _frames(start_s) - MARGIN), _frames(end_s) + 1 + MARGIN
    return bool((probabilities[first:last] >= SPEECH).any())


def _first_pause(probabilities: Probabilities) -> int | None:
    for start, length in _quiet_runs(probabilities, EARLIEST):
        if length >= PAUSE:
            return start
    return None


def _least_harm(probabilities: Probabilities) -> int:
    start, length = max(_quiet_runs(probabilities, LAST_RESORT), key=lambda run: run[1], default=(0, 0))
    if length:
        return start + max(1, length // 2)
    return LAST_RESORT + int(np.argmin(probabilities[LAST_RESORT:]))


def _quiet_runs(probabilities: Probabilities, first: int) -> list[tuple[int, int]]:
    """Start and length of every run of quiet frames from frame `first` on; a run that began earlier starts there."""
    quiet = np.concatenate(([False], probabilities[first:] < QUIET, [False]))
    edges = np.flatnonzero(quiet[1:] != quiet[:-1]).reshape(-1, 2)
    return [(first + int(start), int(end - start)) for start, end in edges]
