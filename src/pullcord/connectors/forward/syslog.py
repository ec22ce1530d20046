"""Findings to a syslog receiver over UDP, TCP or TLS (RFC 5424, 5425, 5426, 6587).

Syslog has no acknowledgements. Over TCP and TLS a batch counts as sent when the receiver's machine has confirmed all
of its bytes and the connection still stands. The receiver itself may not have read them yet, so what was sent within
the last seconds is kept, and sent once more when the connection breaks. A finding may so come twice; one is lost only
if the receiver dies with bytes it had not read for longer than that, or together with this process. UDP loses.
"""

from __future__ import annotations

import socket
import ssl
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fcntl import ioctl
from termios import TIOCOUTQ

from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.rfc5424 import counted
from pullcord.connectors.forward.sender import Transport
from pullcord.model.errors import UsageError
from pullcord.model.finding import Finding

_SECONDS = 10.0
_LOOK = 0.005
_GRACE = 0.2
# A receiver that is well reads within seconds; the buffer of its machine holds 6 MiB by Linux's defaults.
_UNREAD_SECONDS, _UNREAD_BYTES = 10.0, 8 << 20
_READ, _READS = 4_096, 16
_EMSGSIZE = 90


class SyslogSender:
    """One receiver.

    Args:
        place: host and port.
        render: a finding as an unframed message.
        tls: from :func:`tls_context`; with ``Transport.TLS`` only.
        seconds: how long to wait for the receiver, each time.
    """

    def __init__(
        self,
        place: tuple[str, int],
        transport: Transport,
        render: Callable[[Finding], bytes],
        tls: ssl.SSLContext | None = None,
        seconds: float = _SECONDS,
    ) -> None:
        self._place, self._transport, self._render = place, transport, render
        self._tls, self._seconds = tls, seconds
        self._socket: socket.socket | None = None
        # What the receiver may not have read: when it was sent, and the bytes.
        self._recent: deque[tuple[float, bytes]] = deque()

    def send(self, findings: Sequence[Finding]) -> None:
        """Send messages; see :meth:`pullcord.connectors.forward.sender.Sender.send`.

        Raises:
            UnreachableError: the connection failed, or the receiver does not confirm.
            RefusedError: a message is too long for a datagram.
        """
        messages = [self._render(finding) for finding in findings]
        with self._explained():
            if self._transport is Transport.UDP:
                self._send_datagrams(messages)
            elif messages:
                self._send_stream(b"".join(map(counted, messages)))

    def tend(self) -> None:
        """Send again what was lost with a connection; raises as :meth:`send`."""
        if self._recent:
            with self._explained():
                self._renewed()

    def close(self) -> None:
        """Close the connection."""
        self._drop()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._drop()
            if error.errno == _EMSGSIZE:
                raise RefusedError(
                    f"a finding does not fit into a datagram to {self._name}", "use tcp or tls"
                ) from error
            raise self._unreachable(error.strerror or type(error).__name__) from error

    @property
    def _name(self) -> str:
        return f"{self._place[0]}:{self._place[1]}"

    def _send_datagrams(self, messages: Sequence[bytes]) -> None:
        if self._socket is None:
            family, kind, protocol, _, address = socket.getaddrinfo(*self._place, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(family, kind, protocol)
            # Connected, so that a closed port is told of.
            self._socket.connect(address)
        for data in messages:
            self._socket.send(data)

    def _send_stream(self, data: bytes) -> None:
        connection = self._renewed()
        self._hand_over(connection, data)
        self._keep(data)

    def _renewed(self) -> socket.socket:
        """The connection, if it stands; else a new one, over which what may not have been read was sent again."""
        if self._socket is not None and self._stands(self._socket):
            while self._recent and self._recent[0][0] < time.monotonic() - _UNREAD_SECONDS:
                self._recent.popleft()
            return self._socket
        self._drop()
        self._socket = connection = self._connect()
        if self._recent:
            again = b"".join(data for _, data in self._recent)
            self._hand_over(connection, again, _GRACE)
            self._recent.clear()
            self._keep(again)
        return connection

    def _keep(self, data: bytes) -> None:
        self._recent.append((time.monotonic(), data))
        while len(self._recent) > 1 and sum(len(kept) for _, kept in self._recent) > _UNREAD_BYTES:
            self._recent.popleft()

    def _hand_over(self, connection: socket.socket, data: bytes, grace: float = 0.0) -> None:
        """Send, and look whether the connection stands when the receiver has had ``grace`` seconds to close it."""
        connection.sendall(data)
        self._drain(connection)
        time.sleep(grace)
        if not self._stands(connection):
            self._drop()
            raise self._unreachable("it closed the connection")

    def _connect(self) -> socket.socket:
        plain = socket.create_connection(self._place, self._seconds)
        if self._transport is Transport.TCP:
            return plain
        try:
            context = self._tls or tls_context()
            return context.wrap_socket(plain, server_hostname=self._place[0])
        except BaseException:
            plain.close()
            raise

    def _stands(self, connection: socket.socket) -> bool:
        """Whether the receiver has not closed the connection; what it says is not wanted."""
        connection.settimeout(0.0)
        try:
            # Bounded: one that talks without end must not hold us here.
            for _ in range(_READS):
                if not connection.recv(_READ):
                    return False
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        finally:
            connection.settimeout(self._seconds)
        return True

    def _drain(self, connection: socket.socket) -> None:
        """Wait until the other machine has confirmed every byte (Linux: SIOCOUTQ)."""
        until = time.monotonic() + self._seconds
        left = array("i", [0])
        while True:
            ioctl(connection.fileno(), TIOCOUTQ, left)
            if left[0] == 0:
                return
            if time.monotonic() > until:
                raise TimeoutError(f"{left[0]} bytes were not confirmed")
            time.sleep(_LOOK)

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _unreachable(self, why: str) -> UnreachableError:
        return UnreachableError(
            f"the syslog receiver {self._name} did not take findings over {self._transport.value} ({why})",
            "see whether it runs, and whether a firewall stands between",
        )


def tls_context(
    ca: str | None = None, certificate: str | None = None, key: str | None = None
) -> ssl.SSLContext:
    """TLS 1.2 or newer that checks the receiver's certificate and name.

    Args:
        ca: file of the authority to trust; default: those of the system.
        certificate, key: files of our own certificate, if the receiver wants one.

    Raises:
        UsageError: a file cannot be read or is no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
        if certificate:
            context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        shown = ", ".join(name for name in (ca, certificate, key) if name)
        raise UsageError(
            f"{shown}: no certificate can be read", "give PEM files; see docs/guide/forwarding.md"
        ) from error
    return context
