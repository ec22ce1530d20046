"""A real MQTT broker on a free port of the loopback."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def mosquitto(folder: Path, *settings: str, port: int = 0) -> Iterator[int]:
    """Run a broker with settings of its configuration file; its port."""
    port = port or free_port()
    config = folder / f"mosquitto-{port}.conf"
    # No account is changed to: the files of the test belong to whoever runs it.
    lines = ["user root", f"listener {port} 127.0.0.1", *(settings or ("allow_anonymous true",))]
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / f"mosquitto-{port}.log").open("ab") as log:
        broker = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(config)], stdout=log, stderr=log)
        try:
            _wait(port, broker)
            yield port
        finally:
            broker.kill()
            broker.wait()


def _wait(port: int, broker: subprocess.Popen[bytes]) -> None:
    for _ in range(500):
        assert broker.poll() is None, "the broker ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("the broker does not answer")
