"""What the bench says of a recording that is wrong: the judge must not be blind."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from appliance.bench.kept import Hole, Kept, damaged, opens
from appliance.bench.numbered_sound import NumberedSound, Samples
from appliance.evidence.merkle import leaf
from appliance.store import database, record, wav
from appliance.store.folders import Folders

RATE = 16000
SOUND = NumberedSound(8)
FIRST, SECOND = SOUND.samples(0, 3 * RATE), SOUND.samples(5 * RATE, 4 * RATE + 100)
HOLE = np.zeros(2 * RATE, np.int16)

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg: apt-get install ffmpeg")


def meeting(folders: Folders, *parts: Samples, gap: tuple[int, int] = (3 * RATE, 2 * RATE), known: bool = True) -> Kept:
    """A finished meeting as the recorder would leave it, or as it never should."""
    folder = folders.make_meeting("2026-11-23-KEPT")
    pcm = np.concatenate(parts).astype("<i2").tobytes()
    folder.master.write_bytes(wav.header(RATE) + pcm)
    db = record.own(folder)
    record.describe(db, folder.id, RATE, "test")
    pieces = [pcm[at : at + 2 * RATE] for at in range(0, len(pcm), 2 * RATE)]
    record.add_seconds(
        db, [record.Second(n, len(piece) // 2, leaf(piece), -20.0, 0, 0) for n, piece in enumerate(pieces)]
    )
    record.add_gap(db, *gap, "test", length_known=known)
    record.end(db, len(pcm) // 2, "2026-11-23T10:00:00.000Z")
    database.close(db)
    return Kept(folder, SOUND)


def test_a_true_recording_with_a_true_gap_is_fine(folders: Folders) -> None:
    kept = meeting(folders, FIRST, HOLE, SECOND)
    assert kept.complaints() == []
    assert kept.holes() == [Hole(3 * RATE, 2 * RATE, 2 * RATE)]


@pytest.mark.parametrize("in_air", [2 * RATE, 3 * RATE, 3 * RATE + 800, 5 * RATE - 1])
def test_a_loss_is_counted_from_the_last_sample_in_the_air(folders: Folders, in_air: int) -> None:
    kept = meeting(folders, FIRST, HOLE, SECOND)
    assert kept.lost_s(in_air) == max(0, in_air - 3 * RATE) / RATE
    assert kept.hole_after(in_air) == Hole(3 * RATE, 2 * RATE, 2 * RATE)
    assert kept.hole_after(6 * RATE) is None


def test_two_rows_that_touch_are_one_gap(folders: Folders) -> None:
    kept = meeting(folders, FIRST, HOLE, SECOND, gap=(3 * RATE, RATE))
    db = record.own(kept.folder)
    record.add_gap(db, 4 * RATE, RATE, "test")
    db.close()
    assert kept.complaints() == []


@pytest.mark.parametrize("off_s", [-0.021, 0.021, 1.0])
def test_a_gap_of_another_length_than_what_is_missing_is_told(folders: Folders, off_s: float) -> None:
    hole = np.zeros(2 * RATE + round(off_s * RATE), np.int16)
    kept = meeting(folders, FIRST, hole, SECOND, gap=(3 * RATE, len(hole)))
    assert kept.complaints() == [f"A gap of {len(hole)} samples stands for {2 * RATE}."]


def test_nobody_complains_of_a_length_that_is_said_to_be_unknown(folders: Folders) -> None:
    hole = np.zeros(10 * RATE, np.int16)
    kept = meeting(folders, FIRST, hole, SECOND, gap=(3 * RATE, 10 * RATE), known=False)
    assert kept.complaints() == []


def test_samples_that_were_cut_out_or_put_in_are_told(folders: Folders) -> None:
    kept = meeting(folders, FIRST[:-100], FIRST[-50:], HOLE, SECOND, gap=(3 * RATE - 50, 2 * RATE))
    assert len(kept.complaints()) == 1
    shutil.rmtree(kept.folder.path)
    kept = meeting(folders, np.full(7, 99, np.int16), FIRST, HOLE, SECOND, gap=(3 * RATE + 7, 2 * RATE))
    assert kept.complaints() == ["7 samples of the master were never in the air."]


def test_a_wrong_leaf_a_missing_row_and_a_torn_file_are_told(folders: Folders) -> None:
    kept = meeting(folders, FIRST, HOLE, SECOND)
    db = record.own(kept.folder)
    record.add_seconds(db, [record.Second(1, RATE, leaf(b"another second"), -20.0, 0, 0)])
    assert kept.complaints() == ["A leaf is not that of its second."]
    record.forget_seconds(db, 1)
    assert kept.complaints() == ["The rows do not describe the whole master."]
    db.close()
    kept.folder.master.write_bytes(b"RIFF" + kept.folder.master.read_bytes()[5:])
    assert not opens(kept.folder.master, len(kept.master))


def test_a_damaged_database_is_told_and_left_as_it_is(folders: Folders, tmp_path: Path) -> None:
    kept = meeting(folders, FIRST, HOLE, SECOND)
    assert damaged(folders.data) == []
    path = kept.folder.record_db
    torn = bytearray(path.read_bytes())
    torn[4096 * 2 : 4096 * 3] = bytes(4096)
    path.write_bytes(torn)
    assert damaged(folders.data) == ["record.db"]
    assert path.read_bytes() == bytes(torn)
