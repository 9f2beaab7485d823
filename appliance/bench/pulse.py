"""A microphone without hardware: a PulseAudio null sink, whose monitor PortAudio sees as an ALSA device.

Each of the odd settings was needed: a `default` PCM, or PortAudio 19.6 aborts; ALSA's own channel order, or the
plugin gives silence; no rewinds, or the first sound is late; pacat --raw, or six channels are remixed.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

NAME = "simmic"
MAPS = {
    1: "mono",
    4: "front-left,front-right,rear-left,rear-right",
    6: "front-left,front-right,rear-left,rear-right,front-center,lfe",
}
NEEDS = ("pulseaudio", "pactl", "pacat")
HUM_AGAIN_S = 0.1


def missing() -> list[str]:
    return [tool for tool in NEEDS if shutil.which(tool) is None]


class Microphone:
    """One sound server with one microphone; `environment` is what a program needs to see it.

    Where nothing is played it gives digital silence, as no real microphone does: let it `hum` while it is recorded.
    """

    def __init__(self, channels: int, rate: int) -> None:
        self._channels, self._rate = channels, rate
        self._folder = Path(tempfile.mkdtemp(prefix="mic-", dir="/tmp"))
        self._socket, config = self._folder / "native", self._folder / "asound.conf"
        self.environment = {
            "PULSE_SERVER": f"unix:{self._socket}",
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
            f'pcm.{NAME} {{ type pulse server "unix:{self._socket}" device "{NAME}.monitor" hint {{ show on }} }}\n'
            "pcm.default { type null }\n"
        )
        self._everything = {**os.environ, **self.environment}
        self._player: subprocess.Popen[bytes] | None = None
        self._hums = threading.Event()
        self._humming: threading.Thread | None = None
        self.power_on()

    def power_on(self) -> None:
        """Start the sound server, with the microphone plugged in."""
        self._socket.unlink(missing_ok=True)  # which a killed one leaves behind
        alone = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        calm = ["--realtime=no", "--high-priority=no", f"--log-target=file:{self._folder}/log"]
        line = ["-L", f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"]
        self._server = subprocess.Popen(["pulseaudio", *alone, *calm, *line], env=self._everything)
        self._await_server()
        self.plug()

    def power_off(self) -> None:
        """The whole bus goes: the microphone is not even in the list any more."""
        self._server.kill()
        self._server.wait()

    def plug(self) -> None:
        self._module = self._control(
            *("load-module", "module-null-sink", f"sink_name={NAME}", "format=s16le", f"rate={self._rate}"),
            *(f"channels={self._channels}", f"channel_map={MAPS[self._channels]}", "norewinds=1"),
        ).stdout.strip()

    def unplug(self) -> None:
        """The microphone goes; its name stays in PortAudio's list, but it cannot be opened."""
        self._control("unload-module", self._module)

    def freeze(self) -> None:
        """Reading from it and closing it hang until `thaw`."""
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._server.send_signal(signal.SIGCONT)

    def play(self, pcm: Path) -> None:
        """Play s16le of the microphone's own rate and channels into it, bit for bit, and return at its end."""
        with self._pacat(pcm) as player:
            if player.wait():
                raise OSError(f"pacat could not play {pcm}")

    def hum(self, pcm: Path) -> None:
        """Play in the background until `close`; from its beginning at its end, and when the microphone is back."""
        self._hums.set()
        self._humming = threading.Thread(target=self._keep_humming, args=(pcm,), name="hum", daemon=True)
        self._humming.start()

    def listeners(self) -> int:
        """How many programs record from any source of this server."""
        listed = self._control("list", "short", "source-outputs")
        return len(listed.stdout.splitlines())

    def close(self) -> None:
        self._hums.clear()
        self.power_off()
        if self._player:
            self._player.kill()
        if self._humming:
            self._humming.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _keep_humming(self, pcm: Path) -> None:
        while self._hums.is_set():
            with self._pacat(pcm) as self._player:
                self._player.wait()
            time.sleep(HUM_AGAIN_S)

    def _pacat(self, pcm: Path) -> subprocess.Popen[bytes]:
        form = ["--format=s16le", f"--rate={self._rate}", f"--channels={self._channels}"]
        channel_map = f"--channel-map={MAPS[self._channels]}"
        player = ["pacat", "-p", "--raw", *form, channel_map, "--latency-msec=500", "-d", NAME, str(pcm)]
        return subprocess.Popen(player, env=self._everything, stderr=subprocess.DEVNULL)

    def _control(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["pactl", *words], env=self._everything, check=True, capture_output=True, text=True)

    def _await_server(self) -> None:
        until = time.monotonic() + 20
        while subprocess.run(["pactl", "info"], env=self._everything, capture_output=True, check=False).returncode:
            if time.monotonic() > until:
                raise TimeoutError((self._folder / "log").read_text()[-500:])
            time.sleep(0.05)
