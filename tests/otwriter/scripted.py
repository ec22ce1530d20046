"""A UNIX socket that answers as a test says, for what a well-behaved OT writer never does."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def scripted(place: Path, answer: bytes | None) -> Iterator[list[bytes]]:
    """Answer every connection's first line with ``answer`` and hang up; None = hang up without a word.

    Yields the lines that came.
    """
    lines: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        server.settimeout(0.05)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    client, _ = server.accept()
                    client.settimeout(5)
                    with client, client.makefile("rb") as stream:
                        lines.append(stream.readline())
                        if answer is not None:
                            with contextlib.suppress(OSError):
                                client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield lines
        finally:
            stop.set()
            thread.join()
