"""The card in a file fails in the ways of a card; else what is measured on it would be worth nothing."""

import errno
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from appliance.bench import card
from appliance.bench.card import Card

pytestmark = pytest.mark.skipif(bool(card.missing()), reason=card.missing())


@pytest.fixture
def inserted(short_tmp: Path) -> Iterator[Card]:
    with closing(Card(short_tmp)) as made:
        yield made
    assert not made.data.is_mount()
    assert sorted(short_tmp.iterdir()) == [made.data]


def write(path: Path, text: str, *, durable: bool = False) -> None:
    with path.open("w") as file:
        file.write(text)
        file.flush()
        if durable:
            os.fsync(file.fileno())


def test_a_power_cut_leaves_what_was_durable_and_nothing_of_later(inserted: Card) -> None:
    write(inserted.data / "before", "kept", durable=True)
    write(inserted.data / "in memory", "lost")
    inserted.take_image()
    write(inserted.data / "after", "never happened", durable=True)
    inserted.cut_power()
    assert (inserted.data / "before").read_text() == "kept"
    assert not (inserted.data / "after").exists()
    assert not (inserted.data / "in memory").exists()


def test_a_full_card_takes_nothing_until_there_is_room(inserted: Card) -> None:
    inserted.fill()
    with pytest.raises(OSError, match="No space"):
        write(inserted.data / "more", "x" * 100_000, durable=True)
    inserted.empty()
    write(inserted.data / "more", "x" * 100_000, durable=True)


def test_a_read_only_card_can_be_read_and_mended(inserted: Card) -> None:
    write(inserted.data / "before", "kept", durable=True)
    inserted.read_only()
    with pytest.raises(OSError, match="Read-only") as refused:
        write(inserted.data / "after", "refused")
    assert refused.value.errno == errno.EROFS
    assert (inserted.data / "before").read_text() == "kept"
    inserted.writable()
    write(inserted.data / "after", "taken", durable=True)
    assert (inserted.data / "before").read_text() == "kept"


def test_a_slow_card_lets_writers_wait_and_then_takes_all(inserted: Card) -> None:
    inserted.freeze()
    writer = threading.Thread(target=write, args=(inserted.data / "late", "there"), kwargs={"durable": True})
    writer.start()
    time.sleep(0.3)
    assert writer.is_alive()
    inserted.thaw()
    writer.join()
    assert (inserted.data / "late").read_text() == "there"


def test_a_card_can_be_taken_away_while_it_is_slow(inserted: Card) -> None:
    inserted.freeze()
