"""An SD card in a file: ext4 on a loop device, mounted as the box mounts its card. Needs root.

It can be full, fall back to read-only, be slow, and lose its power at any instant, while the recorder writes to it.
"""

import errno
import os
import shutil
import subprocess
from pathlib import Path

SIZE_MB = 96
BLOCK = 4096
OPTIONS = "loop,noatime,errors=remount-ro"
NEEDS = ("mkfs.ext4", "mount", "umount", "findmnt", "fsfreeze")


def missing() -> str:
    """Why there can be no such card here, in a sentence; empty if there can."""
    if os.geteuid():
        return "A card in a file needs root: only root may mount a file system. Run this as root."
    if not Path("/dev/loop-control").exists():
        return "A card in a file needs the kernel's loop devices, and this computer has none (/dev/loop-control)."
    lacking = [tool for tool in NEEDS if shutil.which(tool) is None]
    return (
        f"A card in a file needs {', '.join(lacking)}: apt-get install mount e2fsprogs util-linux." if lacking else ""
    )


class Card:
    """`data` is the folder that is on the card."""

    def __init__(self, folder: Path) -> None:
        self._image, self._cut, self.data = folder / "card.img", folder / "cut.img", folder / "card"
        self._filler = self.data / "filler"
        self.data.mkdir()
        with self._image.open("wb") as file:
            file.truncate(SIZE_MB << 20)
        _do("mkfs.ext4", "-q", "-F", "-m", "0", str(self._image))
        self._mount()

    def take_image(self) -> None:
        """Note what has reached the card by now, of which a power cut would leave nothing out and add nothing.

        Whoever writes must be stopped. What the kernel writes meanwhile would tear the image: then it is taken again.
        """
        taken_at = None
        while taken_at != self._image.stat().st_mtime_ns:
            taken_at = self._image.stat().st_mtime_ns
            _do("cp", "--sparse=always", str(self._image), str(self._cut))

    def cut_power(self) -> None:
        """Go back to the image; nobody may have a file open any more. The next mount replays the journal."""
        self._unmount()
        self._cut.replace(self._image)
        self._mount()

    def fill(self) -> None:
        """Somebody else takes all room that there is."""
        at, piece = 0, 1 << 20
        with self._filler.open("wb") as file:
            while piece >= BLOCK:
                try:
                    os.posix_fallocate(file.fileno(), at, piece)
                    at += piece
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    piece //= 2

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)

    def read_only(self) -> None:
        """The kernel finds the file system damaged, and lets nobody write any more."""
        device = Path(_do("findmnt", "-n", "-o", "SOURCE", str(self.data)).strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1")

    def writable(self) -> None:
        """Whoever has a file open must let go of it before."""
        self._unmount()
        _do("e2fsck", "-p", str(self._image), fine=(0, 1))
        self._mount()

    def freeze(self) -> None:
        """Writing waits until `thaw`."""
        _do("fsfreeze", "-f", str(self.data))

    def thaw(self) -> None:
        _do("fsfreeze", "-u", str(self.data))

    def close(self) -> None:
        """Take the card away, whatever state it is in."""
        subprocess.run(["fsfreeze", "-u", str(self.data)], capture_output=True, check=False)
        if self.data.is_mount():
            self._unmount()
        self._image.unlink()
        self._cut.unlink(missing_ok=True)

    def _mount(self) -> None:
        _do("mount", "-o", OPTIONS, str(self._image), str(self.data))

    def _unmount(self) -> None:
        _do("umount", str(self.data))


def _do(*command: str, fine: tuple[int, ...] = (0,)) -> str:
    """Raises OSError with what the tool said."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode not in fine:
        raise OSError(f"{command[0]}: {ended.stderr.strip()}")
    return ended.stdout
