"""In the machine under test, as root: runs what the tests say through a virtual serial port, one JSON line each way.

{"id": 1, "run": "shell"} is answered by {"id": 1, "rc": 0, "out": "..."}. The first line says that it is here.
"""

import json
import subprocess
import threading
from pathlib import Path

PORT = Path("/dev/virtio-ports/rig")


def main() -> None:
    voice = threading.Lock()
    with PORT.open("r+b", buffering=0) as port:

        def say(what: dict[str, object]) -> None:
            with voice:
                port.write(json.dumps(what).encode() + b"\n")

        def run(asked: dict[str, object]) -> None:
            done = subprocess.run(
                ["/bin/sh", "-c", str(asked["run"])], capture_output=True, text=True, errors="replace"
            )
            say({"id": asked["id"], "rc": done.returncode, "out": done.stdout + done.stderr})

        say({"up": float(Path("/proc/uptime").read_text().split()[0])})
        kept = b""
        while True:
            kept += port.read(65536)
            *lines, kept = kept.split(b"\n")
            for line in lines:
                threading.Thread(target=run, args=[json.loads(line)], daemon=True).start()


main()
