"""Is the box fit to record? The card's failures are played where the kernel would report them."""

import errno
import os
from pathlib import Path

import pytest

from appliance.errors import CandourError, DataNotWritable, NoMicrophone, StorageFailed, StorageFull, StorageReadOnly
from appliance.recorder import fitness
from appliance.settings import Meeting, Settings, Store
from appliance.store.folders import Folders

pytestmark = pytest.mark.pure

SMALL = Settings(meeting=Meeting(longest_hours=0.1), store=Store(reserve_mb=10))
TROUBLES = [
    (errno.ENOSPC, StorageFull, "is full. Nothing is deleted to make room: put in a larger card"),
    (errno.EDQUOT, StorageFull, "is full"),
    (errno.EROFS, StorageReadOnly, "is read-only"),
    (errno.EIO, StorageFailed, "put in another card"),
    (errno.EACCES, DataNotWritable, "Give this user the right to write there"),
]


def left_in(folders: Folders) -> list[str]:
    return sorted(path.name for path in folders.data.iterdir())


class Card:
    """Stands where the kernel forgets what it holds of a file: from then on the card itself answers."""

    def __init__(self) -> None:
        self.forget = os.posix_fadvise
        self.seen: list[bytes] = []

    def keeps(self, file: int, offset: int, length: int, advice: int) -> None:
        self.forget(file, offset, length, advice)
        assert advice == os.POSIX_FADV_DONTNEED
        self.seen.append(os.pread(file, 100_000, 0))

    def keeps_something_else(self, file: int, offset: int, length: int, advice: int) -> None:
        self.keeps(file, offset, length, advice)
        os.pwrite(file, bytes([self.seen[-1][4711] ^ 1]), 4711)

    def keeps_less(self, file: int, offset: int, length: int, advice: int) -> None:
        os.ftruncate(file, 16_384)

    def keeps_more(self, file: int, offset: int, length: int, advice: int) -> None:
        os.pwrite(file, b"more", fitness.PROBE_BYTES)


def test_a_card_that_keeps_what_it_is_given(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card()
    monkeypatch.setattr(os, "posix_fadvise", card.keeps)
    fitness.storage_self_test(folders)
    fitness.storage_self_test(folders)
    assert [len(seen) for seen in card.seen] == [fitness.PROBE_BYTES] * 2
    assert card.seen[0] != card.seen[1]  # an old answer would not pass
    assert left_in(folders) == ["meetings"]


@pytest.mark.parametrize("kind", ["keeps_something_else", "keeps_less", "keeps_more"])
def test_a_card_that_only_looked_well_from_memory(kind: str, folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "posix_fadvise", getattr(Card(), kind))
    with pytest.raises(StorageFailed, match="what was written is not what is read back"):
        fitness.storage_self_test(folders)
    assert left_in(folders) == ["meetings"]


@pytest.mark.parametrize(("number", "error", "said"), TROUBLES)
@pytest.mark.parametrize("where", ["fsync", "pread", "posix_fadvise", "open"])
def test_each_trouble_has_its_own_sentence(
    where: str, number: int, error: type[CandourError], said: str, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, where, fails)
    with pytest.raises(error) as trouble:
        fitness.storage_self_test(folders)
    assert str(folders.data) in str(trouble.value)
    assert said in str(trouble.value)
    monkeypatch.undo()
    assert left_in(folders) == ["meetings"]


def test_a_data_folder_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataNotWritable, match="No such file or directory"):
        fitness.storage_self_test(Folders(tmp_path / "gone"))


@pytest.mark.parametrize(("number", "error", "said"), TROUBLES)
def test_the_first_look_at_the_folder_says_the_same(
    number: int, error: type[CandourError], said: str, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(error, match=said[:10]):
        folders.prepare()


def test_what_a_crash_left_behind_goes_with_the_next(folders: Folders) -> None:
    (folders.data / ".self-test").write_bytes(b"of an older version")
    (folders.data / ".self-test-1234").write_bytes(b"half of")
    fitness.storage_self_test(folders)
    assert left_in(folders) == ["meetings"]


def test_two_tests_at_a_time_do_not_disturb_each_other(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """`candour check` while the recorder makes its own: the name goes, the file stays until it is closed."""
    card, inner = Card(), os.getpid() + 1

    def another(file: int, offset: int, length: int, advice: int) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(os, "getpid", lambda: inner)
        fitness.storage_self_test(folders)
        card.keeps(file, offset, length, advice)

    monkeypatch.setattr(os, "posix_fadvise", another)
    fitness.storage_self_test(folders)
    assert len(card.seen) == 1
    assert left_in(folders) == ["meetings"]


def problems(folders: Folders, setting: Settings = SMALL, **more: bool) -> list[str]:
    return fitness.problems(setting, folders, **{"panel_there": True, "find": lambda: None, **more})  # type: ignore[arg-type]


def test_a_box_that_is_well_has_no_problems(folders: Folders) -> None:
    assert problems(folders) == []


def test_a_stuck_button_is_a_problem_until_it_is_free(folders: Folders) -> None:
    assert problems(folders, stuck=True) == ["The button is stuck down. Let go of it, or have it repaired."]
    assert problems(folders, stuck=False) == []


def test_every_problem_is_told_at_once(folders: Folders) -> None:
    def find() -> None:
        raise NoMicrophone(wanted='"Array"', found="none")

    full = Settings(store=Store(reserve_mb=10**9))
    told = fitness.problems(full, folders, panel_there=False, stuck=True, find=find)
    begins = ["The button and the light", "The button is stuck", 'No microphone "Array"', "Only "]
    assert [one.startswith(begin) for one, begin in zip(told, begins, strict=True)] == [True] * 4


def test_how_many_meetings_there_is_room_for(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    one = fitness.full_meeting_mb(SMALL) - 10
    assert one == round(360 * 16000 * 2 * 1.9 / 1e6)
    for free, left in ((0, 0), (10, 0), (10 + one - 1, 0), (10 + one, 1), (10 + 3 * one - 1, 2), (10 + 3 * one, 3)):
        monkeypatch.setattr(fitness, "free_mb", lambda _, free=free: free)
        assert fitness.full_meetings_left(SMALL, folders.data) == left
        assert (problems(folders) == []) == (left > 0)
