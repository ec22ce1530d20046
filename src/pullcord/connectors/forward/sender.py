"""What every way out looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from pullcord.model.finding import Finding

Shape = Callable[[Finding], Mapping[str, object]]
"""A finding as a JSON object; the one way to OCSF is handed in."""


class Transport(StrEnum):
    """How syslog messages travel."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Sender(Protocol):
    """One destination. Blocking, with time limits; used by one thread."""

    def send(self, findings: Sequence[Finding]) -> None:
        """Hand findings over; returns when the destination has them, as far as its protocol can tell.

        Raises:
            UnreachableError: it may have all, some or none; send all of them again.
            RefusedError: it will never have these.
        """
        ...

    def tend(self) -> None:
        """Called every few seconds while there is nothing to send: look after what was sent; raises as ``send``."""
        ...

    def close(self) -> None:
        """Give connections back; more than once does no harm."""
        ...
