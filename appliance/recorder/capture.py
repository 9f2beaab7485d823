"""Starting, hearing and ending the microphone program."""

import subprocess
import tempfile
import threading
from typing import IO

from appliance import frames
from appliance.clock import Clock
from appliance.recorder.inbox import Inbox, Said

LONGEST_GOODBYE_S = 2.0


class Capture:
    """The microphone program of one opening of the microphone.

    A thread reads its pipe into the inbox; when the program ends by itself it says `microphone ended` there, with what
    the program had to say.
    """

    def __init__(self, command: list[str], inbox: Inbox, clock: Clock) -> None:
        self._inbox, self._clock = inbox, clock
        self._wanted = True
        self._last_words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed in close()
        self._program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._last_words)
        self._reader = threading.Thread(target=self._read, name="microphone", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """End the program now; when this returns, no microphone is open. Blocks already in the inbox stay there."""
        self._wanted = False
        self._program.kill()  # SIGTERM would not reach a program that hangs in PortAudio
        self._program.wait()
        self._reader.join(LONGEST_GOODBYE_S)
        if self._program.stdout:
            self._program.stdout.close()
        self._last_words.close()

    def _read(self) -> None:
        pipe = self._program.stdout
        while pipe and (block := frames.read(pipe)):
            self._inbox.put_audio(block)
        if self._wanted:
            self._program.wait()
            self._inbox.say(Said(self._clock.monotonic(), "microphone ended", self._why(), self))

    def _why(self) -> str:
        """The last line that the program wrote, which is its sentence."""
        self._last_words.seek(0)
        lines = self._last_words.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "The microphone program ended without a word."
