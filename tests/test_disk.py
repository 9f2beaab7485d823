"""What the card's failures mean: a full one gives up its ballast, a failed one is named, other errors stay errors."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from appliance.errors import StorageFailed
from appliance.recorder import disk
from appliance.recorder.disk import BALLAST_BYTES, Disk
from appliance.recorder.master import Master
from appliance.store import wav

pytestmark = pytest.mark.pure


class FullDisk(Disk):
    """Has room for nothing until the ballast is given up."""

    def write(self, file: int, pcm: memoryview, at: int) -> int:
        if not self.full:
            assert self.make_room()
        return super().write(file, pcm, at)


def test_the_ballast_takes_its_room_and_is_taken_once(tmp_path: Path) -> None:
    card = Disk(tmp_path)
    card.take_ballast()
    assert (tmp_path / ".ballast").stat().st_blocks * 512 >= BALLAST_BYTES
    assert card.make_room()
    assert card.full
    assert not card.make_room()
    card.take_ballast()
    assert not card.full


def test_what_a_full_card_had_no_room_for_is_in_the_file_all_the_same(tmp_path: Path) -> None:
    card = FullDisk(tmp_path)
    card.take_ballast()
    master = Master(tmp_path / "master.wav", 16000, card)
    master.append(bytes(range(256)))
    master.close()
    assert wav.pcm(tmp_path / "master.wav", 0, 128) == bytes(range(256))


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS, errno.ENOSPC, errno.ENODEV])
def test_a_card_that_fails_is_named(tmp_path: Path, number: int) -> None:
    with pytest.raises(StorageFailed, match="does not take what is written"), disk.trouble_with(tmp_path):
        raise OSError(number, os.strerror(number))


def test_sqlite_on_a_card_that_fails_is_named_too(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "a.db")
    db.execute("CREATE TABLE t (a)")
    db.commit()
    db.execute("PRAGMA max_page_count=2")
    with pytest.raises(StorageFailed) as caught, disk.trouble_with(tmp_path):
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert caught.value.__cause__ is not None
    assert disk.is_full(caught.value.__cause__)
    db.close()


@pytest.mark.parametrize("error", [OSError(errno.ENOMEM, "no memory"), ValueError("no"), BrokenPipeError()])
def test_any_other_error_stays_what_it_is(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)), disk.trouble_with(tmp_path):
        raise error


def test_the_end_of_the_file_is_handed_to_the_kernel_anew_when_it_is_opened(tmp_path: Path) -> None:
    """As after a failed fsync, when the kernel takes for written what is not."""
    written: list[tuple[int, int]] = []

    class Watched(Disk):
        def write(self, file: int, pcm: memoryview, at: int) -> int:
            written.append((at, len(pcm)))
            return super().write(file, pcm, at)

    master = Master(tmp_path / "master.wav", 100, Disk(tmp_path))
    master.append(bytes(range(200)) * 20)
    master.close()
    Master(tmp_path / "master.wav", 100, Watched(tmp_path)).close()
    assert written == [(44 + 4000 - 1000, 1000)]
    assert wav.pcm(tmp_path / "master.wav", 0, 2000) == bytes(range(200)) * 20
