"""What the finisher makes of meetings: which copies, in which order, and what it does with bad ones."""

import hashlib
import os
from contextlib import closing

import pytest
import soundfile
from held_meetings import (
    ALL,
    AUDIO,
    EVENTS,
    LATEST,
    RATE,
    TEXTS,
    Held,
    contents,
    finish_all,
    finisher,
    held,
    idle,
    logged,
    offered,
)

from appliance.evidence import key, statement
from appliance.store import box, finish, transcript, wav
from appliance.store.folders import Folders


def test_a_meeting_from_its_first_second_to_its_last_copy(folders: Folders) -> None:
    meeting = Held(folders)
    with finisher(folders) as one:
        assert not one.step()
        assert not meeting.folder.finish_db.exists()  # a notice is not yet a recording
        meeting.talk(40)
        idle(one)
        assert [path.name for path in meeting.folder.copies.iterdir()] == ["recording.mp3.partial"]
        meeting.talk(2.25)
        meeting.end()
        idle(one)
        assert offered(meeting.folder) == AUDIO
        meeting.transcribe()
        idle(one)
        assert offered(meeting.folder) == ALL
    assert logged(meeting.folder) == EVENTS
    assert sorted(contents(meeting.folder)) == sorted(ALL)
    heard, _ = soundfile.read(meeting.folder.copies / "recording.flac", dtype="int16")
    assert heard.tobytes() == wav.pcm(meeting.folder.master, 0, meeting.samples)
    read = (meeting.folder.copies / "transcript.txt").read_text("utf-8")
    assert "Room:    Room 3\n" in read and "Length:  0:42\n" in read and "\n[0:00] Good morning.\n" in read


def test_media_types(folders: Folders) -> None:
    meeting = held(folders, 1)
    finish_all(folders)
    db = finish.read(meeting.folder)
    assert db is not None
    with closing(db):
        types = [copy.media_type for copy in finish.copies(db)]
    signed = "application/jose"
    assert types[:4] == ["audio/mpeg", signed, signed, "audio/flac"]
    assert types[4:7] == ["text/plain", "text/vtt", "application/x-subrip"]
    assert types[7].startswith("application/vnd.openxmlformats") and types[8:] == [
        "application/json",
        signed,
        "application/zip",
    ]


def test_nothing_is_offered_before_the_end_and_a_stopped_meeting_may_go_on(folders: Folders) -> None:
    meeting = Held(folders)
    with finisher(folders) as one:
        for _ in range(3):  # stopping -> recording leaves no trace that the finisher could take for the end
            meeting.talk(5)
            idle(one)
            assert offered(meeting.folder) == [] and not (meeting.folder.copies / "recording.mp3").exists()
        meeting.end()
        idle(one)
        assert offered(meeting.folder) == AUDIO
    assert soundfile.info(meeting.folder.copies / "recording.flac").frames == 15 * RATE


@pytest.mark.parametrize("minutes", [1, 12])
def test_the_end_leaves_the_same_little_to_do_whatever_the_length(folders: Folders, minutes: int) -> None:
    meeting = Held(folders)
    with finisher(folders) as one:
        for _ in range(minutes):
            meeting.talk(60)
            idle(one)
        meeting.talk(1)
        meeting.end()
        rounds = 0
        while "recording.mp3" not in offered(meeting.folder):
            one.step()
            rounds += 1
        assert rounds <= 3


def test_only_durable_sound_is_copied(folders: Folders) -> None:
    meeting, plain = Held(folders), held(folders, 9, "2026-03-01-K7QF")
    with finisher(folders) as one:
        meeting.talk(4)
        meeting.write(b"\x12\x34" * RATE)  # captured, but not acknowledged when the power went
        idle(one)
        os.truncate(meeting.folder.master, wav.HEADER_BYTES + 4 * RATE * wav.SAMPLE_BYTES)
        meeting.talk(5)
        meeting.end()
        idle(one)
    assert contents(meeting.folder)["recording.mp3"] == contents(plain.folder)["recording.mp3"]


def test_a_box_without_transcripts_completes_all_the_same(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    finish_all(folders, transcribing=False)
    assert offered(meeting.folder) == [*AUDIO, "bundle.zip"]
    wanted = ["small copy ready", "flac compared", "bundle built", "copies complete", "master may go"]
    assert logged(meeting.folder) == wanted


def test_a_transcript_that_was_written_is_given_out_though_the_box_writes_no_more(folders: Folders) -> None:
    meeting = held(folders, 2)
    finish_all(folders, transcribing=False)
    assert offered(meeting.folder) == ALL


def test_a_missing_model_keeps_nobody_from_the_sound(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    finish_all(folders)
    assert offered(meeting.folder) == AUDIO and "copies complete" not in logged(meeting.folder)
    meeting.transcribe()  # years later, when somebody installed it
    finish_all(folders)
    assert offered(meeting.folder) == ALL and logged(meeting.folder) == EVENTS


def test_half_a_transcript_is_not_given_out(folders: Folders) -> None:
    meeting = Held(folders)
    meeting.talk(2)
    meeting.end()
    with closing(transcript.own(meeting.folder)) as db:
        transcript.add_passage(db, transcript.Passage(0, RATE, 1.0, 0.1, "whisper base"), [])
    finish_all(folders)
    assert offered(meeting.folder) == AUDIO


def test_of_a_meeting_that_was_held_and_not_recorded_there_is_what_was_signed(folders: Folders) -> None:
    meeting = held(folders, 0)
    finish_all(folders)
    assert offered(meeting.folder) == ["not-recorded.jws"]
    said = statement.read((meeting.folder.copies / "not-recorded.jws").read_text())
    assert (said.kind, said.claims["because"]) == ("candour-not-recorded", "stopped by the button")
    assert logged(meeting.folder) == ["nothing was recorded", "copies complete"]


def test_each_seal_names_the_one_before_and_the_files_as_they_are(folders: Folders) -> None:
    meeting = held(folders, 3.5)
    finish_all(folders)
    seal, copies, text = (
        statement.read((meeting.folder.copies / f"{name}.jws").read_text()) for name in ("seal", "copies", "transcript")
    )
    assert copies.claims["seal"] == text.claims["seal"] == seal.digest
    assert text.claims["copies"] == copies.digest
    sealed = copies.claims["files"] | text.claims["files"]
    assert set(sealed) == {name for name in ALL if not name.endswith((".jws", ".flac", ".zip"))}
    for name, told in sealed.items():
        content = (meeting.folder.copies / name).read_bytes()
        assert told == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert text.claims["models"] == ["whisper base"]
    assert {one.key for one in (seal, copies, text)} == {meeting.key.fingerprint}


def test_a_box_that_could_not_sign_gives_its_copies_all_the_same(
    folders: Folders, capfd: pytest.CaptureFixture[str]
) -> None:
    meeting = held(folders, 1.5)
    key.key_path(folders.evidence).write_text("damaged")
    finish_all(folders)
    assert offered(meeting.folder) == [name for name in ALL if not name.endswith((".jws", ".zip"))]
    assert "cannot be signed" in capfd.readouterr().err


def test_a_bad_meeting_is_named_and_the_others_go_on(folders: Folders, capfd: pytest.CaptureFixture[str]) -> None:
    bad, good = held(folders, 5, "2026-03-03-BAD0"), held(folders, 5, "2026-03-02-G00D")
    bad.spoil(3)
    with finisher(folders) as one:
        idle(one)
        assert offered(good.folder) == ALL
        assert offered(bad.folder) == ["recording.mp3", "seal.jws", "copies.jws", *TEXTS]
        assert logged(bad.folder) == ["small copy ready", "copy differs", "transcript written"]
        idle(one)  # not again and again in one life
        assert logged(bad.folder).count("copy differs") == 1
    said = "recording.flac of meeting 2026-03-03-BAD0 does not hold the same sound as the master at second 3."
    assert capfd.readouterr().err.count(said) == 1
    assert sorted(contents(bad.folder)) == sorted(["recording.mp3", "seal.jws", "copies.jws", *TEXTS])
    assert bad.folder.master.exists()
    bad.spoil(3)  # the same bit back
    finish_all(folders)
    assert sorted(offered(bad.folder)) == sorted(ALL) and logged(bad.folder)[-2:] == EVENTS[-2:]


@pytest.mark.parametrize("left", [None, 0, 44, 44 + 2 * 2 * RATE + 100])
def test_a_master_that_lost_its_end_gives_no_sound_and_ends_nothing(folders: Folders, left: int | None) -> None:
    bad, good = held(folders, 5, "2026-03-03-BAD0"), held(folders, 5, "2026-03-02-G00D")
    if left is None:
        bad.folder.master.unlink()
    else:
        os.truncate(bad.folder.master, left)
    finish_all(folders)
    assert offered(good.folder) == ALL
    assert offered(bad.folder) == TEXTS
    assert sorted(contents(bad.folder)) == sorted(TEXTS)


def test_the_open_meeting_comes_first(folders: Folders) -> None:
    older_by_name = Held(folders, "2026-03-02-0000")
    for n in (1, 2):
        held(folders, 90, f"2026-03-02-ZZZ{n}")
    older_by_name.talk(1)
    with closing(box.own(folders)) as db:
        box.add_meeting(db, older_by_name.folder.id, LATEST, "unknown")
        box.set_state(db, box.BoxState("recording", 1.0, LATEST, "boot", "", older_by_name.folder.id))
    with finisher(folders) as one:
        one.step()
    assert older_by_name.folder.copies.exists()
    assert not (folders.meeting("2026-03-02-ZZZ2").copies).exists()
    older_by_name.close()
