"""The master's file while it is recorded: bytes appended unbuffered, each full second made durable."""

import os
from pathlib import Path

from appliance.recorder.disk import Disk
from appliance.store import wav
from appliance.store.folders import sync_folder

AGAIN_S = 5  # more than was ever written without being synced


class Master:
    """One meeting's WAV, open for appending. Positions and lengths in samples."""

    def __init__(self, path: Path, rate: int, disk: Disk) -> None:
        self._disk = disk
        fresh = wav.samples(path) == 0
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self._open = True
        try:
            self._begin(path, rate, fresh)
        except BaseException:
            self.close()
            raise

    def _begin(self, path: Path, rate: int, fresh: bool) -> None:
        if fresh:  # also one whose header a power cut tore
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, wav.header(rate), 0)
            os.fsync(self._file)
            sync_folder(path.parent)
        self.samples = wav.samples(path)
        os.ftruncate(self._file, self._end())  # half a sample is no sample
        self._write_again(AGAIN_S * rate)

    def append(self, pcm: bytes) -> None:
        """Write s16le PCM at the end, whole or not at all. Raises OSError (ENOSPC ...)."""
        view = memoryview(pcm)
        at = self._end()
        try:
            while view:
                written = self._disk.write(self._file, view, at)
                at, view = at + written, view[written:]
        except OSError:
            os.ftruncate(self._file, self._end())
            raise
        self.samples += len(pcm) // wav.SAMPLE_BYTES

    def extend(self, samples: int) -> None:
        """Append digital zero, as a hole: it takes no time and no space, and reads as zero everywhere."""
        self.samples += samples
        os.ftruncate(self._file, self._end())

    def sync(self) -> None:
        """Return when everything appended is on the disk."""
        self._disk.sync(self._file)

    def pcm(self, first: int, count: int) -> bytes:
        return os.pread(self._file, count * wav.SAMPLE_BYTES, wav.HEADER_BYTES + first * wav.SAMPLE_BYTES)

    def close(self) -> None:
        """Safe to repeat: by then the number may be another file's."""
        if self._open:
            self._open = False
            os.close(self._file)

    def _write_again(self, samples: int) -> None:
        """After a failed fsync the kernel takes what was not written for written: hand it the end of the file anew."""
        first = max(0, self.samples - samples)
        pcm = memoryview(self.pcm(first, samples))
        self._disk.write(self._file, pcm, wav.HEADER_BYTES + first * wav.SAMPLE_BYTES)

    def _end(self) -> int:
        return wav.HEADER_BYTES + self.samples * wav.SAMPLE_BYTES
