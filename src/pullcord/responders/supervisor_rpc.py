"""A small client of supervisor's XML-RPC interface (http://supervisord.org/api.html), over TCP or a UNIX socket.

One connection per call, bounded in time and size. Not ``xmlrpc.client.ServerProxy``: it knows no UNIX
sockets, no time limit and no size limit.
"""

from __future__ import annotations

import base64
import http.client
import socket
import xmlrpc.client
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pullcord.model.errors import UsageError
from pullcord.responders.errors import NoAnswerError
from pullcord.responders.probe import exchange

_SECONDS = 3.0
_BAD_NAME, _ALREADY_STARTED, _NOT_RUNNING = 10, 60, 70
UP = frozenset({"STARTING", "RUNNING", "BACKOFF", "STOPPING"})
"""States in which a process is there or will come back; supervisor's states are at
http://supervisord.org/subprocess.html."""


class Program(NamedTuple):
    """What supervisor says of a program; ``pid`` is 0 if there is none."""

    state: str
    pid: int

    @property
    def is_up(self) -> bool:
        """Whether it runs, or supervisor would start it again by itself."""
        return self.state in UP


class Supervisor:
    """One supervisor daemon.

    Args:
        url: ``http://host:port`` or ``unix:///path/of.sock``.
        user, password: for basic authentication; none of it is ever shown.

    Raises:
        UsageError: the address is neither.
    """

    def __init__(self, url: str, user: str | None = None, password: str | None = None) -> None:
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port or 9001
            self._socket = Path(parts.path) if parts.scheme == "unix" else None
            good = (
                not parts.netloc and parts.path.startswith("/")
                if self._socket
                else parts.scheme == "http" and self._host and "@" not in parts.netloc
            )
        except ValueError:
            good = False
        if not good:
            raise UsageError(
                "`url` is no address of a supervisor",
                "write http://host:port or unix:///path, without a user",
            )
        self._headers = {"Content-Type": "text/xml", "Connection": "close"}
        if user is not None:
            token = base64.b64encode(f"{user}:{password or ''}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"

    @property
    def is_local(self) -> bool:
        """Whether its process numbers are those of this machine."""
        return self._socket is not None or self._host in {"127.0.0.1", "::1", "localhost"}

    def info(self, name: str) -> Program | None:
        """State of a program (``group:name`` if it is in a group), or None if supervisor does not know it.

        Raises:
            NoAnswerError: no usable answer in time.
        """
        try:
            told = self._call("supervisor.getProcessInfo", name)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == _BAD_NAME:
                return None
            raise _refused(fault) from fault
        state, pid = (told.get("statename"), told.get("pid")) if isinstance(told, dict) else (None, None)
        if not isinstance(state, str) or not isinstance(pid, int):
            raise NoAnswerError("supervisor answers in another shape", "check `url`")
        return Program(state[:40], pid)

    def stop(self, name: str) -> None:
        """Ask for a stop, without waiting for it; one that does not run is fine.

        Raises:
            NoAnswerError: no usable answer in time; the stop may be on its way.
        """
        self._ask("supervisor.stopProcess", name, _NOT_RUNNING)

    def start(self, name: str) -> None:
        """Ask for a start, without waiting for it; one that runs is fine.

        Raises:
            NoAnswerError: as in :meth:`stop`.
        """
        self._ask("supervisor.startProcess", name, _ALREADY_STARTED)

    def _ask(self, method: str, name: str, fine: int) -> None:
        try:
            self._call(method, name, wait=False)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != fine:
                raise _refused(fault) from fault

    def _call(self, method: str, name: str, *, wait: bool | None = None) -> object:
        arguments = (name,) if wait is None else (name, wait)
        body = xmlrpc.client.dumps(arguments, method).encode()
        try:
            status, data = exchange(self._connection(), "/RPC2", body, self._headers)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(
                "supervisor does not answer", "look whether it runs, and check `url`"
            ) from error
        if status != http.client.OK:
            raise NoAnswerError(f"supervisor answers with status {status}", "check user and password")
        # Declarations could define entities that grow without bound; XML-RPC has no use for them.
        if b"<!" in data:
            raise NoAnswerError("supervisor answers in another shape", "check `url`")
        return _decoded(data)

    def _connection(self) -> http.client.HTTPConnection:
        if self._socket is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=_SECONDS)
        return _UnixConnection(self._socket)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_SECONDS)
        self.sock.connect(str(self._path))


def _decoded(data: bytes) -> object:
    try:
        (value,), _ = xmlrpc.client.loads(data)
    except xmlrpc.client.Fault:
        raise
    except Exception as error:
        # Parser and unmarshaller raise whatever a broken document makes them.
        raise NoAnswerError("supervisor answers in another shape", "check `url`") from error
    found: object = value
    return found


def _refused(fault: xmlrpc.client.Fault) -> NoAnswerError:
    return NoAnswerError(f"supervisor refuses with fault {fault.faultCode}", "look at its log")
