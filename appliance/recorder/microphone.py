"""The microphone program: PyAudio to a pipe, in blocks of 100 ms.

A process of its own, because PortAudio can hang, abort or spin in C when a USB device goes: then the recorder kills it
and starts another. It ends by itself as soon as nobody reads its pipe. Brittle: any trouble ends it with a sentence.
"""

import array
import ctypes
import os
import signal
import sys
import time
from typing import Any, BinaryIO

from appliance.errors import CandourError, MicrophoneRefused, NoMicrophone
from appliance.recorder import frames, soundcards
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


def device_index(audio: Any, wanted: str) -> int:
    """PortAudio's index of the device today. Raises NoMicrophone."""
    card = soundcards.find(wanted)
    names = {
        index: str(about["name"])
        for index in range(audio.get_device_count())
        if (about := audio.get_device_info_by_index(index))["maxInputChannels"] > 0
    }
    for index, name in names.items():
        if name == wanted.removeprefix("pcm:") if card is None else f"(hw:{card.number},0)" in name:
            return index
    found = ", ".join(f'"{name}"' for name in names.values()) or "none"
    raise NoMicrophone(wanted=f'"{wanted.removeprefix("pcm:")}"', found=found)


def capture(setting: Microphone, pipe: BinaryIO) -> None:
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
        pcm = pick(interleaved, setting.channels, setting.master_channel)
        frames.write(pipe, Block(time.monotonic(), pcm))


def main(device: str, rate: str, channels: str, master_channel: str) -> None:
    die_with_parent()
    setting = Microphone(device=device, rate=int(rate), channels=int(channels), master_channel=int(master_channel))
    try:
        capture(setting, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # nobody listens; flushing at exit would fail again
    except CandourError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The microphone went away ({error.args[-1]}). Plug it in again.")


def command(setting: Microphone) -> list[str]:
    """How the recorder starts this program."""
    numbers = (setting.rate, setting.channels, setting.master_channel)
    return [sys.executable, "-m", "appliance.recorder.microphone", setting.device, *map(str, numbers)]


if __name__ == "__main__":
    main(*sys.argv[1:])
