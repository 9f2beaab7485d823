"""What people get wrong: one clear sentence each, on standard error, and an exit status that is not 0."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from real_speech import model_folder

PLAIN = '[store]\ndata = "{folder}/data"\nrun = "{folder}/run"\nreserve_mb = 10\n'


def candour(*words: str | int | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "appliance", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def sentence(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that refused."""
    assert ended.returncode == 1
    lines = [line for line in ended.stderr.strip().splitlines() if line.startswith("candour: ")]
    assert len(lines) == 1
    assert "Traceback" not in ended.stderr
    return lines[0]


def settings(folder: Path, more: str = "") -> Path:
    path = folder / "candour.toml"
    path.write_text(PLAIN.format(folder=folder) + more)
    return path


def test_settings_with_three_mistakes_name_all_three_with_their_lines(tmp_path: Path) -> None:
    path = settings(tmp_path, '[web]\nport = "80"\n[microphone]\nrate = 44100\nchanels = 2\n')
    said = sentence(candour("recorder", "--settings", path))
    assert 'line 6: `port = "80"` will not do; write a port number from 1 to 65535' in said
    assert "line 8: `rate = 44100` will not do; write one of 16000, 48000" in said
    assert "line 9: `chanels` is not known under [microphone]" in said


def test_no_settings_file(tmp_path: Path) -> None:
    assert "There is no settings file" in sentence(candour("web", "--settings", tmp_path / "none.toml"))


@pytest.mark.model
def test_no_such_audio_file(tmp_path: Path) -> None:
    ended = candour("demo", "--models", model_folder().parent, "--port", 0, "--audio", tmp_path / "none.wav")
    assert "There is no audio file" in sentence(ended)


@pytest.mark.model
def test_a_text_file_as_audio(tmp_path: Path) -> None:
    (tmp_path / "minutes.wav").write_text("These are the minutes.\n" * 100)
    ended = candour("demo", "--models", model_folder().parent, "--port", 0, "--audio", tmp_path / "minutes.wav")
    assert "is not a recording that can be read" in sentence(ended)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        path = settings(tmp_path, f'[web]\nhost = "127.0.0.1"\nport = {port}\n')
        assert f"Port {port} on 127.0.0.1 is not free" in sentence(candour("web", "--settings", path))


@pytest.mark.model
def test_the_demos_port_is_taken() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert f"Port {port}" in sentence(candour("demo", "--models", model_folder().parent, "--port", port))


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should be")
    path = settings(tmp_path, "[transcript]\nenabled = false\n")
    with subprocess.Popen(
        [sys.executable, "-m", "appliance", "recorder", "--settings", str(path)], stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stderr is not None
        assert "cannot be written" in waiting.stderr.readline()  # it stays, so that light and page can say it
        waiting.terminate()
    assert waiting.returncode == 0
    ended = candour("check", "--settings", path)
    assert ended.returncode == 1
    assert "cannot be written" in ended.stdout


@pytest.mark.model
def test_a_folder_for_the_copies_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = candour("demo", "--models", model_folder().parent, "--port", 0, "--out", tmp_path / "file")
    assert "cannot be written" in sentence(ended)


def test_a_loss_that_is_none(tmp_path: Path) -> None:
    ended = candour("demo", "--models", tmp_path, "--lose", "soon")
    assert ended.returncode == 2
    assert "soon is not SECOND:LENGTH; write for example 20:0.3" in ended.stderr


@pytest.mark.model
def test_a_model_file_damaged_by_one_byte(tmp_path: Path) -> None:
    shutil.copytree(model_folder(), tmp_path / "base")
    with (tmp_path / "base" / "model.bin").open("r+b") as file:
        file.seek(100_000_000)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    said = sentence(candour("demo", "--models", tmp_path, "--port", 0))
    assert "model.bin is damaged" in said
    assert "candour model install base" in said
    path = settings(tmp_path, f'[transcript]\nmodels = "{tmp_path}"\n')
    assert "model.bin is damaged" in sentence(candour("transcriber", "--settings", path))


def test_a_model_that_is_missing(tmp_path: Path) -> None:
    path = settings(tmp_path, f'[transcript]\nmodels = "{tmp_path}"\n')
    assert "There is no speech model in" in sentence(candour("transcriber", "--settings", path))


@pytest.mark.model
def test_no_microphone_for_the_demo(tmp_path: Path) -> None:
    ended = candour("demo", "--models", model_folder().parent, "--port", 0, "--mic", "no such microphone")
    assert 'No microphone "no such microphone" was found' in sentence(ended)


def test_no_microphone_for_a_box(tmp_path: Path) -> None:
    path = settings(tmp_path, '[microphone]\ndevice = "NoSuchCard"\n[transcript]\nenabled = false\n')
    ended = candour("check", "--settings", path)
    assert ended.returncode == 1
    assert 'No microphone "NoSuchCard" was found' in ended.stdout


def test_the_button_of_a_box_on_a_computer_without_pins(tmp_path: Path) -> None:
    said = sentence(candour("panel", "--settings", settings(tmp_path)))
    assert "The button and light could not be reached through the pin factory lgpio" in said
