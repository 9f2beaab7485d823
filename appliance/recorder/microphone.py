"""The microphone program: PyAudio to a pipe, in blocks of 100 ms.

A process of its own, because PortAudio can hang, abort or spin in C when a USB device goes: then the recorder kills it
and starts another. It ends by itself as soon as nobody reads its pipe. Brittle: any trouble ends it with a sentence.
"""

import array
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from appliance import frames
from appliance.array_pipe import ArrayPipe
from appliance.errors import CandourError, MicrophoneRefused, NoMicrophone
from appliance.recorder import soundcards
from appliance.recorder.timeline import Block
from appliance.settings import Microphone

BLOCKS_PER_SECOND = 10
PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent() -> None:
    """Have the kernel end this process when the recorder dies, even while it hangs in a read."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        sys.exit("the recorder is gone")


def pick(interleaved: bytes, channels: int, master_channel: int) -> bytes:
    """One channel of interleaved s16 samples; channels are counted from 1."""
    if channels == 1:
        return interleaved
    return array.array("h", interleaved)[master_channel - 1 :: channels].tobytes()


def inputs(audio: Any) -> dict[int, str]:
    """PortAudio's indices and names of what can record, today."""
    return {
        index: str(about["name"])
        for index in range(audio.get_device_count())
        if (about := audio.get_device_info_by_index(index))["maxInputChannels"] > 0
    }


def names() -> list[str]:
    """The names of all PortAudio devices that can record."""
    import pyaudio

    return list(inputs(pyaudio.PyAudio()).values())


def listed(found: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in found) or "none"


def device_index(audio: Any, wanted: str) -> int:
    """PortAudio's index of the device today. Raises NoMicrophone."""
    card, found = soundcards.find(wanted), inputs(audio)
    for index, name in found.items():
        if name == wanted.removeprefix("pcm:") if card is None else f"(hw:{card.number},{card.device})" in name:
            return index
    raise NoMicrophone(wanted=f'"{wanted.removeprefix("pcm:")}"', found=listed(list(found.values())))


def capture(setting: Microphone, pipe: BinaryIO, array: ArrayPipe) -> None:
    """Record until the pipe is closed. Raises NoMicrophone, MicrophoneRefused, or OSError when the device goes."""
    import pyaudio

    audio = pyaudio.PyAudio()
    index = device_index(audio, setting.device)
    block_frames = setting.rate // BLOCKS_PER_SECOND
    try:
        stream = audio.open(
            rate=setting.rate,
            channels=setting.channels,
            format=pyaudio.paInt16,
            input=True,
            input_device_index=index,
            frames_per_buffer=block_frames,
        )
    except (OSError, ValueError) as error:
        raise MicrophoneRefused(
            name=setting.device, channels=setting.channels, rate=setting.rate, why=error.args[-1]
        ) from error
    while True:
        # An overflow is not an exception here: with True it destroys the stream. The clock tells of lost sound.
        interleaved = stream.read(block_frames, exception_on_overflow=False)
        heard = Block(time.monotonic(), interleaved)
        frames.write(pipe, replace(heard, pcm=pick(interleaved, setting.channels, setting.master_channel)))
        if setting.channels > 1:
            array.offer(heard)


def look_for(device: str) -> None:
    """Ask PortAudio whether a device is there, in a process of its own and without opening it. Raises NoMicrophone."""
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from appliance.recorder.microphone import names; print(*names(), sep=chr(0))",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = asked.stdout.strip().split(chr(0)) if asked.stdout.strip() else []
    if device.removeprefix("pcm:") not in found:
        raise NoMicrophone(wanted=f'"{device.removeprefix("pcm:")}"', found=listed(found))


def main(device: str, rate: str, channels: str, master_channel: str, array: str) -> None:
    die_with_parent()
    setting = Microphone(device=device, rate=int(rate), channels=int(channels), master_channel=int(master_channel))
    try:
        capture(setting, sys.stdout.buffer, ArrayPipe(Path(array)))
    except BrokenPipeError:
        os._exit(0)  # nobody listens; flushing at exit would fail again
    except CandourError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The microphone went away ({error.args[-1]}). Plug it in again.")


def command(setting: Microphone, array: Path) -> list[str]:
    """How the recorder starts this program; `array` is the socket of whoever wants all channels."""
    numbers = (setting.rate, setting.channels, setting.master_channel)
    return [sys.executable, "-m", "appliance.recorder.microphone", setting.device, *map(str, numbers), str(array)]


if __name__ == "__main__":
    main(*sys.argv[1:])
