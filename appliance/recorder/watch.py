"""Does the microphone still give sound? Pure: moments of the computer's monotonic clock, in seconds."""

FIRST_BLOCK_S = 6.0  # opening a USB microphone on a Pi takes its time
NEXT_BLOCK_S = 1.5


class CaptureWatch:
    """Ask `silent` while a microphone is open."""

    def __init__(self) -> None:
        self._since, self._limit = 0.0, FIRST_BLOCK_S

    def opened(self, now: float) -> None:
        self._since, self._limit = now, FIRST_BLOCK_S

    def heard(self, now: float) -> None:
        self._since, self._limit = now, NEXT_BLOCK_S

    def stood_still(self, now: float) -> None:
        """The computer itself did nothing for a while: that is not the microphone's fault."""
        self._since = now

    def silent(self, now: float) -> bool:
        return now - self._since > self._limit
