"""The OT writer beside ``pullcord up``: a process of its own, started only if none answers yet."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from pullcord.app.settings import Settings
from pullcord.model.errors import PullcordError
from pullcord.store.durable import write_file

_READY_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_END_SECONDS = 5.0
_CREDENTIALS = struct.Struct("3i")


class OtWriterDownError(PullcordError):
    """The OT writer did not come up."""

    code = "PC-0103"


class OtProcess:
    """Starts the OT writer of the settings and ends it again; one that somebody else started is left alone.

    It goes on when this process is killed: what it has begun it brings to an end by itself. The next ``pullcord up``
    finds it, by a note beside its socket, and ends it at its own end.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._writer: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            OtWriterDownError: it ended, or did not answer in time; its own log says why.
        """
        ot = self._settings.ot
        if ot is None or ot.config is None:
            return
        path = self._settings.place(ot.socket)
        note = path.with_name(f"{path.name}.pid")
        found = _answers(path)
        if found:
            self._writer = _noted(note, found)
            return
        command = [sys.executable, "-m", "pullcord", "ot-writer", "run"]
        command += ["--config", str(self._settings.place(ot.config))]
        self._process = process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        self._writer = os.pidfd_open(process.pid)
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if _answers(path) == process.pid:
                write_file(note, _name(process.pid).encode())
                return
            if process.poll() is not None:
                break
            time.sleep(_LOOK_SECONDS)
        self.close()
        raise OtWriterDownError(
            f"the OT writer does not answer at {path}", "see its messages above, or start it by hand first"
        )

    def close(self) -> None:
        """End it if a ``pullcord up`` started it."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(writer, number)
            # A process that has ended makes its handle readable.
            if select.select([writer], [], [], _END_SECONDS)[0]:
                break
        os.close(writer)
        if self._process is not None:
            self._process.wait()


def _answers(path: Path) -> int:
    """The process that listens at a socket; 0 if none does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.settimeout(1.0)
        try:
            one.connect(str(path))
        except OSError:
            return 0
        pid, _, _ = _CREDENTIALS.unpack(
            one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )
    return int(pid)


def _noted(note: Path, pid: int) -> int | None:
    """A handle of the process that listens, if the note says that a ``pullcord up`` started it."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return None
    try:
        # Looked up after the handle is held: from here on the number cannot pass to another process.
        if note.read_text(encoding="utf-8") == _name(pid):
            return handle
    except (OSError, UnicodeDecodeError):
        pass
    os.close(handle)
    return None


def _name(pid: int) -> str:
    """A process by number and moment of its start, in ticks since the machine started: never given twice."""
    fields = (Path("/proc") / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    return f"{pid} {fields.rpartition(')')[2].split()[19]}"
