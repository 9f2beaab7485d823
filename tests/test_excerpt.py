"""Clips that somebody shows: an exact one is its seconds, a re-encoded one is located and never called unaltered."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from held_meetings import RATE
from signed_meeting import Samples, SignedMeeting

from appliance.__main__ import candour
from appliance.bench import reencoding
from appliance.evidence import verify
from appliance.evidence.verdict import About, Finding, Verdict


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SignedMeeting:
    folder = tmp_path_factory.mktemp("made")
    return SignedMeeting(folder / "data", folder / "out")


@pytest.fixture
def samples(made: SignedMeeting) -> Samples:
    return np.frombuffer(made.pcm, "<i2").copy()


def judged(made: SignedMeeting, clip: Path) -> tuple[Verdict, list[Finding]]:
    """The verdict on the meeting with a clip, and what it says of the clip."""
    verdict = verify.of_path(made.at, (), (), (clip,))
    return verdict, [one for one in verdict.findings if one.part == clip.name]


def shown(found: list[Finding]) -> str:
    return "\n".join(f"{one.about}: {one.says}" for one in found)


def saved(folder: Path, pcm: Samples, name: str = "clip.wav") -> Path:
    soundfile.write(folder / name, pcm, RATE, subtype="PCM_16")
    return folder / name


def test_twenty_clips_cut_at_any_sample_are_their_seconds(
    made: SignedMeeting, samples: Samples, tmp_path: Path
) -> None:
    random = np.random.default_rng(5)
    for n in range(20):
        length = int(random.integers(2 * RATE, 8 * RATE))
        start = int(random.integers(0, len(samples) - length))
        verdict, found = judged(
            made, saved(tmp_path, samples[start : start + length], f"clip.{'wav' if n % 2 else 'flac'}")
        )
        told = [second for one in found if "on it is second" in one.says for second in one.seconds]
        whole = list(range(-(-start // RATE), (start + length) // RATE))
        assert told == whole or "equal" in shown(found), shown(found)
        assert {one.about for one in found} == {About.NOTE}
        assert verdict.exit_code == 2 and "box is unknown" in verdict.as_text()


@pytest.mark.parametrize(
    ("edit", "about", "says", "where"),
    [
        (lambda pcm: np.delete(pcm, np.s_[3 * RATE : 5 * RATE]), About.COMPLETENESS, "2.0 s are missing", (15, 16)),
        (lambda pcm: np.delete(pcm, np.s_[40_000:44_800]), About.COMPLETENESS, "0.3 s are missing", (14,)),
        (lambda pcm: np.insert(pcm, RATE, pcm[:8000]), About.INTEGRITY, "0.5 s were inserted", ()),
        (lambda pcm: np.roll(pcm, 4 * RATE), About.INTEGRITY, "the order is broken", None),
        (lambda pcm: np.where(np.arange(len(pcm)) == 40_000, 0, pcm), About.INTEGRITY, "of other sound stand", (14,)),
    ],
    ids=["seconds", "part of a second", "inserted", "order", "one sample"],
)
def test_what_was_done_to_a_clip_is_named(
    made: SignedMeeting,
    samples: Samples,
    tmp_path: Path,
    edit: object,
    about: About,
    says: str,
    where: tuple[int, ...] | None,
) -> None:
    clip = saved(tmp_path, edit(samples[12 * RATE : 22 * RATE]).astype(np.int16))  # type: ignore[operator]
    verdict, found = judged(made, clip)
    (finding,) = [one for one in found if one.about is about]
    assert says in finding.says and where in (None, finding.seconds)
    assert verdict.exit_code == 1
    assert "unaltered" in shown(found)  # of the seconds that are the meeting's


@pytest.mark.parametrize("form", reencoding.FORMS, ids=lambda form: form.name)
def test_a_re_encoded_clip_is_located_and_never_called_unaltered(
    made: SignedMeeting, samples: Samples, tmp_path: Path, form: reencoding.Form
) -> None:
    (tmp_path / "clip").write_bytes(reencoding.encoded(samples[13 * RATE : 23 * RATE], form).getvalue())
    verdict, found = judged(made, tmp_path / "clip")
    assert "it sounds like 0:13 to 0:23 of the meeting" in shown(found)
    assert "cannot be checked bit by bit" in shown(found) and "unaltered" not in shown(found)
    assert {one.about for one in found} == {About.UNKNOWN} and verdict.exit_code == 2


def test_a_quieter_clip_of_the_same_format_is_only_located(
    made: SignedMeeting, samples: Samples, tmp_path: Path
) -> None:
    _, found = judged(made, saved(tmp_path, (samples[13 * RATE : 23 * RATE] // 2).astype(np.int16)))
    assert "it sounds like 0:13 to 0:23 of the meeting" in shown(found) and "unaltered" not in shown(found)


def test_a_part_cut_out_of_a_re_encoded_clip(made: SignedMeeting, samples: Samples, tmp_path: Path) -> None:
    pcm = np.concatenate([samples[0 : 7 * RATE], samples[13 * RATE : 22 * RATE]])
    (tmp_path / "clip.mp3").write_bytes(reencoding.encoded(pcm, reencoding.FORMS[0]).getvalue())
    _, found = judged(made, tmp_path / "clip.mp3")
    assert "0:07 to 0:13 is missing" in shown(found)


def test_a_clip_of_another_meeting(made: SignedMeeting, tmp_path: Path) -> None:
    noise = np.random.default_rng(8).integers(-8000, 8000, 10 * RATE, dtype=np.int16)
    verdict, found = judged(made, saved(tmp_path, noise))
    assert "No part of it was found in this meeting." in shown(found) and verdict.exit_code == 2


def test_the_recording_need_not_be_there_for_an_exact_clip(
    made: SignedMeeting, samples: Samples, tmp_path: Path
) -> None:
    shutil.copytree(made.at, tmp_path / "only")
    for name in ("recording.flac", "recording.mp3"):
        (tmp_path / "only" / name).unlink()
    clip = saved(tmp_path, samples[13 * RATE : 20 * RATE])
    verdict = verify.of_path(tmp_path / "only", (), (), (clip,))
    assert "From its 0:00 on it is seconds 13 to 19 (0:13 to 0:19) of the meeting, unaltered." in verdict.as_text()
    saved(tmp_path, samples[13 * RATE : 20 * RATE] // 2)
    verdict = verify.of_path(tmp_path / "only", (), (), (clip,))
    assert "the recording or the small audio must be here" in verdict.as_text()


def test_the_list_of_seconds_need_not_be_there_where_the_recording_is(
    made: SignedMeeting, samples: Samples, tmp_path: Path
) -> None:
    shutil.copytree(made.at, tmp_path / "only")
    (tmp_path / "only" / "leaves.sha256").unlink()
    clip = saved(tmp_path, samples[13 * RATE + 5 : 20 * RATE])
    verdict = verify.of_path(tmp_path / "only", (), (), (clip,))
    assert "it is seconds 14 to 19 (0:14 to 0:19) of the meeting, unaltered." in verdict.as_text()


def test_without_list_and_lossless_recording_an_exact_clip_is_not_called_re_encoded(
    made: SignedMeeting, samples: Samples, tmp_path: Path
) -> None:
    shutil.copytree(made.at, tmp_path / "only")
    for name in ("leaves.sha256", "recording.flac"):
        (tmp_path / "only" / name).unlink()
    clip = saved(tmp_path, samples[13 * RATE : 20 * RATE])
    says = verify.of_path(tmp_path / "only", (), (), (clip,)).as_text()
    assert "it sounds like 0:13 to 0:20 of the meeting" in says
    assert "the list leaves.sha256 of the bundle or the lossless recording must be here" in says
    assert "re-encoded" not in says


@pytest.mark.parametrize("how", ["stereo", "24 bits", "another rate in its header"])
def test_the_same_samples_in_another_form_are_only_located(
    made: SignedMeeting, samples: Samples, tmp_path: Path, how: str
) -> None:
    piece, clip = samples[13 * RATE : 20 * RATE], tmp_path / "clip.wav"
    if how == "stereo":
        soundfile.write(clip, np.stack([piece, piece], axis=1), RATE, subtype="PCM_16")
    elif how == "24 bits":
        soundfile.write(clip, piece, RATE, subtype="PCM_24")
    else:
        soundfile.write(clip, piece, RATE * 2, subtype="PCM_16")
    _, found = judged(made, clip)
    assert {one.about for one in found} == {About.UNKNOWN} and "unaltered" not in shown(found)


def test_too_short_or_no_sound_at_all_is_one_sentence(made: SignedMeeting, samples: Samples, tmp_path: Path) -> None:
    _, found = judged(made, saved(tmp_path, samples[13 * RATE + 9 : 14 * RATE]))
    assert "too short" in shown(found)
    for name, content in (("text.wav", b"my clip"), ("empty.mp3", b""), ("head.flac", b"fLaC")):
        (tmp_path / name).write_bytes(content)
        _, found = judged(made, tmp_path / name)
        assert [one.about for one in found] == [About.UNKNOWN] and "It cannot be read" in found[0].says
    for path in (tmp_path / "none.wav", tmp_path):
        _, found = judged(made, path)
        assert [one.about for one in found] == [About.UNKNOWN]


def test_the_command_tells_of_a_clip(made: SignedMeeting, samples: Samples, tmp_path: Path) -> None:
    clip = saved(tmp_path, samples[13 * RATE : 20 * RATE])
    told = CliRunner().invoke(candour, ["verify", str(made.at), "--clip", str(clip), "--json"])
    findings = json.loads(told.output)["findings"]
    assert {"part": "clip.wav", "about": "note"}.items() <= findings[-1].items()
    assert findings[-1]["seconds"] == list(range(13, 20))
