"""A microphone without hardware: a PulseAudio null sink, whose monitor PortAudio sees as an ALSA device.

Each of the odd settings was needed: a `default` PCM, or PortAudio 19.6 aborts; ALSA's own channel order, or the
plugin gives silence; no rewinds, or the first sound is late; pacat --raw, or six channels are remixed.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAME = "simmic"
MAPS = {1: "mono", 6: "front-left,front-right,rear-left,rear-right,front-center,lfe"}
NEEDS = ("pulseaudio", "pactl", "pacat")


def missing() -> list[str]:
    return [tool for tool in NEEDS if shutil.which(tool) is None]


class Microphone:
    """One sound server with one microphone; `environment` is what a program needs to see it."""

    def __init__(self, channels: int, rate: int) -> None:
        self._channels, self._rate = channels, rate
        self._folder = Path(tempfile.mkdtemp(prefix="mic-", dir="/tmp"))
        socket, config = self._folder / "native", self._folder / "asound.conf"
        self.environment = {
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_RUNTIME_PATH": str(self._folder),
            "PULSE_STATE_PATH": str(self._folder),
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "XDG_CONFIG_HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "ALSA_CONFIG_PATH": str(config),
            "JACK_NO_START_SERVER": "1",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        }
        config.write_text(
            f'pcm.{NAME} {{ type pulse server "unix:{socket}" device "{NAME}.monitor" hint {{ show on }} }}\n'
            "pcm.default { type null }\n"
        )
        self._everything = {**os.environ, **self.environment}
        alone = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        calm = ["--realtime=no", "--high-priority=no", f"--log-target=file:{self._folder}/log"]
        line = ["-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"]
        self._server = subprocess.Popen(["pulseaudio", *alone, *calm, *line], env=self._everything)
        self._await_server()
        self._control(
            *("load-module", "module-null-sink", f"sink_name={NAME}", "format=s16le", f"rate={rate}"),
            *(f"channels={channels}", f"channel_map={MAPS[channels]}", "norewinds=1"),
        )

    def play(self, pcm: Path) -> None:
        """Play s16le of the microphone's own rate and channels into it, bit for bit, and return at its end."""
        form = ["--format=s16le", f"--rate={self._rate}", f"--channels={self._channels}"]
        channel_map = f"--channel-map={MAPS[self._channels]}"
        player = ["pacat", "-p", "--raw", *form, channel_map, "--latency-msec=500", "-d", NAME, str(pcm)]
        subprocess.run(player, env=self._everything, check=True)

    def listeners(self) -> int:
        """How many programs record from any source of this server."""
        listed = self._control("list", "short", "source-outputs")
        return len(listed.stdout.splitlines())

    def close(self) -> None:
        self._server.kill()
        self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["pactl", *words], env=self._everything, check=True, capture_output=True, text=True)

    def _await_server(self) -> None:
        until = time.monotonic() + 20
        while subprocess.run(["pactl", "info"], env=self._everything, capture_output=True, check=False).returncode:
            if time.monotonic() > until:
                raise TimeoutError((self._folder / "log").read_text()[-500:])
            time.sleep(0.05)
