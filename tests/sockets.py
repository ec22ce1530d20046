"""Keeps the tests off the network: only loopback and unix sockets work, and a try is an error twice.

The call raises, and the test fails at its end even if the code under test swallowed that. Guards this process
only: a child process is the business of whoever starts it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

TRIED: list[str] = []
CURE = "tests use loopback or unix sockets; put a fake server on 127.0.0.1"
REAL = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "bind", "sendto")}
REAL_LOOKUP = socket.getaddrinfo


class NetworkTriedError(AssertionError):
    """A test tried to leave the machine."""


def local(host: object) -> bool:
    """Whether a host is this machine, without asking a resolver."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse(what: str) -> None:
    """Record a try and raise."""
    TRIED.append(what)
    raise NetworkTriedError(f"{what}: {CURE}")


def guarded(name: str) -> Callable[..., Any]:
    """Return a socket method that checks its address (always the last argument) first."""

    def method(self: socket.socket, *arguments: Any) -> Any:  # noqa: ANN401  # as the standard library has it
        address = arguments[-1]
        if self.family in (socket.AF_INET, socket.AF_INET6) and not local(address[0]):
            refuse(f"{name} to {address[0]}")
        return REAL[name](self, *arguments)

    return method


def lookup(host: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # as the standard library has it
    """Resolve local names only."""
    if not local(host) and not options.get("flags", 0) & socket.AI_NUMERICHOST:
        refuse(f"name lookup of {host}")
    return REAL_LOOKUP(host, *arguments, **options)


def close() -> None:
    """Put the guard up for the rest of the process."""
    for name in REAL:
        setattr(socket.socket, name, guarded(name))
    socket.getaddrinfo = lookup
