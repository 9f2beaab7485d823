"""Sound through the encoders and back, read by others: libsndfile for FLAC, the ffmpeg program for MP3."""

import hashlib
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from appliance.errors import CopyDiffers, NotAudio
from appliance.evidence import merkle
from appliance.evidence.sound import decode_pcm
from appliance.finisher import audio
from appliance.finisher.copies import compare
from appliance.store import wav

Samples = NDArray[np.int16]
RATE = 16_000


def noise(samples: int, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).integers(-32768, 32767, samples, dtype=np.int16, endpoint=True)


def voice(seconds: float, rate: int = RATE) -> Samples:
    """A tone that glides and swells, so that every moment of it is different."""
    t = np.arange(round(seconds * rate)) / rate
    return np.asarray(9000 * np.sin(2 * np.pi * (200 + 5 * t) * t) * (1 + np.sin(t)) / 2, dtype=np.int16)


def written_master(folder: Path, sound: Samples, rate: int = RATE) -> Path:
    path = folder / "master.wav"
    path.write_bytes(wav.header(rate) + sound.astype("<i2").tobytes())
    return path


def flac(folder: Path, sound: Samples, rate: int = RATE) -> Path:
    path = folder / "copy.flac"
    assert list(audio.flac(written_master(folder, sound, rate), rate, sound.size, path))[-1] == sound.size
    return path


def mp3(path: Path, sound: Samples, pieces: list[int], rate: int = RATE) -> str:
    """Encode sound in pieces of these sizes, taken in turn; returns the hash of the file."""
    with audio.SmallCopy(path, rate) as copy:
        while copy.samples < sound.size:
            for size in pieces:
                piece = sound[copy.samples : copy.samples + size]
                if piece.size:
                    copy.append(piece.astype("<i2").tobytes())
        copy.finish()
    return hashlib.sha256(path.read_bytes()).hexdigest()


def leaves(sound: Samples, rate: int = RATE) -> list[bytes]:
    return [merkle.leaf(sound[n : n + rate].astype("<i2").tobytes()) for n in range(0, sound.size, rate)]


@pytest.mark.pure
@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("samples", [1, 15, 15_999, 16_000, 16_001, 31 * 48_000 + 17])
def test_flac_holds_every_sample(tmp_path: Path, samples: int, rate: int) -> None:
    sound = noise(samples)
    path = flac(tmp_path, sound, rate)
    read, read_rate = soundfile.read(path, dtype="int16")
    assert read_rate == rate and np.array_equal(read, sound)
    assert soundfile.info(path).subtype == "PCM_16"
    assert b"".join(decode_pcm(path)) == sound.tobytes()
    assert list(compare(path, leaves(sound, rate), rate, "m"))[-1] == -(-samples // rate)


@pytest.mark.pure
def test_flac_holds_digital_silence(tmp_path: Path) -> None:
    sound = np.concatenate([noise(RATE), np.zeros(40 * RATE + 5, dtype=np.int16), voice(2)])
    read, _ = soundfile.read(flac(tmp_path, sound), dtype="int16")
    assert np.array_equal(read, sound)


@pytest.mark.pure
def test_flac_takes_no_sample_that_is_not_part_of_the_record(tmp_path: Path) -> None:
    sound = noise(40 * RATE)
    path = tmp_path / "copy.flac"
    for _ in audio.flac(written_master(tmp_path, sound), RATE, 35 * RATE - 3, path):
        pass
    assert b"".join(decode_pcm(path)) == sound[: 35 * RATE - 3].tobytes()


@pytest.mark.pure
@pytest.mark.parametrize("second", [0, 3, 7])
def test_a_wrong_leaf_is_named_and_the_copy_goes(tmp_path: Path, second: int) -> None:
    sound = noise(7 * RATE + 400)
    path, expected = flac(tmp_path, sound), leaves(sound)
    expected[second] = merkle.leaf(b"something else")
    same = compare(path, expected, RATE, "2026-03-02-K7QF")
    with pytest.raises(CopyDiffers, match=rf"recording.flac of meeting 2026-03-02-K7QF .* at second {second}\."):
        assert list(same) == []
    assert not path.exists() and (tmp_path / "master.wav").exists()


@pytest.mark.pure
@pytest.mark.parametrize("more", [-1, 1])
def test_a_second_too_few_or_too_many_is_named(tmp_path: Path, more: int) -> None:
    sound = noise(5 * RATE)
    path = flac(tmp_path, sound[: (5 + min(more, 0)) * RATE])
    with pytest.raises(CopyDiffers, match=r"at second 4\."):
        for _ in compare(path, leaves(sound)[: 5 - max(more, 0)], RATE, "m"):
            pass


@pytest.mark.pure
@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_bit_in_the_flac_is_found_where_it_is(tmp_path: Path, seed: int) -> None:
    """Noise does not compress, so a byte's place in the file tells its second, give or take a frame (0.3 s)."""
    sound = noise(10 * RATE)
    path = flac(tmp_path, sound)
    content = bytearray(path.read_bytes())
    place = int(np.random.default_rng(seed).integers(10_000, len(content)))
    content[place] ^= 1 << seed % 8
    path.write_bytes(content)
    share = (place - 8300) / (len(content) - 8300) * 10
    with pytest.raises(CopyDiffers) as found:
        for _ in compare(path, leaves(sound), RATE, "m"):
            pass
    assert any(f"at second {int(share + off)}." in str(found.value) for off in (-0.35, 0, 0.1))
    assert not path.exists()


@pytest.mark.pure
@pytest.mark.parametrize("size", [0, 3, 2000, 100_000])
def test_half_a_flac_is_not_taken_for_a_whole_one(tmp_path: Path, size: int) -> None:
    sound = noise(10 * RATE)
    path = flac(tmp_path, sound)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(CopyDiffers):
        for _ in compare(path, leaves(sound), RATE, "m"):
            pass


@pytest.mark.pure
def test_what_is_no_flac_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "text.flac").write_text("no sound")
    with pytest.raises(NotAudio, match=r"text\.flac"):
        next(decode_pcm(tmp_path / "text.flac"))


@pytest.mark.pure
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_the_small_copy_is_the_same_in_whatever_pieces_it_came(tmp_path: Path, rate: int) -> None:
    sound = voice(12.3, rate)
    whole = mp3(tmp_path / "whole.mp3", sound, [sound.size], rate)
    assert mp3(tmp_path / "seconds.mp3", sound, [rate], rate) == whole
    assert mp3(tmp_path / "odd.mp3", sound, [1, 777, 30 * rate, 5], rate) == whole
    assert mp3(tmp_path / "other.mp3", sound[:-1], [rate], rate) != whole


@pytest.mark.parametrize(("rate", "seconds"), [(16_000, 61.7), (48_000, 20.01), (16_000, 0.01)])
def test_others_play_the_small_copy_and_know_its_length(tmp_path: Path, rate: int, seconds: float) -> None:
    sound, path = voice(seconds, rate), tmp_path / "copy.mp3"
    mp3(path, sound, [rate], rate)
    raw = tmp_path / "decoded.s16"
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "s16le", raw], check=True)
    heard = np.frombuffer(raw.read_bytes(), dtype="<i2")
    assert heard.size == sound.size
    if sound.size > rate:
        assert np.corrcoef(heard, sound)[0, 1] > 0.999
    info = soundfile.info(path)
    assert (info.format, info.channels, info.samplerate) == ("MP3", 1, rate)
    assert info.duration == pytest.approx(seconds, abs=0.2)
    assert b"Info" in path.read_bytes()[:200]  # LAME's and Xing's table of places, under its name for constant bit rate


@pytest.mark.pure
def test_an_encoder_that_did_not_finish_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "copy.mp3"

    def interrupted() -> None:
        with audio.SmallCopy(path, RATE) as copy:
            copy.append(noise(50 * RATE).tobytes())
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        interrupted()
    written = audio.flac(written_master(tmp_path, noise(70 * RATE)), RATE, 70 * RATE, tmp_path / "copy.flac")
    assert next(written) == 30 * RATE and (tmp_path / "copy.flac").exists()
    written.close()
    assert [found.name for found in tmp_path.iterdir()] == ["master.wav"]


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from appliance.finisher import audio

resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
sound, path = np.random.default_rng(1).integers(-9999, 9999, 16_000 * 60, dtype=np.int16), Path(sys.argv[2])
try:
    of_form = {"mp3": audio.SmallCopy, "flac": lambda path, rate: audio.LosslessCopy(path, rate, sound.size)}
    with of_form[sys.argv[1]](path, 16_000) as encoder:
        for second in np.split(sound, 60):
            encoder.append(second.tobytes())
        encoder.finish()
except OSError as error:
    print(error.strerror, path.exists())
"""


@pytest.mark.parametrize("form", ["mp3", "flac"])
def test_a_full_disk_is_an_error_and_no_copy(tmp_path: Path, form: str) -> None:
    """The limit on a file's size stands for the full disk: the kernel refuses the write just so."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, form, str(tmp_path / "copy")], capture_output=True, text=True, check=False
    )
    assert done.stdout == "File too large False\n", done.stderr


LONG = """
import sys
from pathlib import Path
from appliance.evidence.sound import decode_pcm
from appliance.finisher import audio
from appliance.store import wav

master, rate = Path(sys.argv[1]), 48_000
samples = wav.samples(master)
for _ in audio.flac(master, rate, samples, Path(sys.argv[2])):
    pass
with audio.SmallCopy(Path(sys.argv[3]), rate) as copy:
    while copy.samples < 300 * rate:
        copy.append(wav.pcm(master, copy.samples, 30 * rate))
    copy.finish()
heard = sum(len(piece) for piece in decode_pcm(Path(sys.argv[2])))
# Not getrusage(2): its peak is handed on by exec, so that it would be that of the process which runs the tests.
(peak,) = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(samples, heard // 2, int(peak) // 1024)
"""


def test_a_long_meeting_is_never_in_memory(tmp_path: Path) -> None:
    """Two hours of 48 kHz are 691 MB; the first minute is noise, the rest a hole in the file."""
    master, rate = written_master(tmp_path, noise(60 * 48_000), 48_000), 48_000
    with master.open("r+b") as file:
        file.truncate(wav.HEADER_BYTES + 2 * 7200 * rate)
    arguments = [str(master), str(tmp_path / "copy.flac"), str(tmp_path / "copy.mp3")]
    done = subprocess.run([sys.executable, "-c", LONG, *arguments], capture_output=True, text=True, check=True)
    samples, heard, peak_mb = map(int, done.stdout.split())
    assert samples == heard == 7200 * rate
    assert peak_mb < 150
