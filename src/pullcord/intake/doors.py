"""Who may connect to a listener, and how many at a time."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LEAST_SHARE = 4


class Doors:
    """Counts connections, in all and by address; one address gets half of them, or four.

    Args:
        most: connections at a time.
        allow: networks that may connect; empty: all.

    Raises:
        ValueError: one of ``allow`` is no network.
    """

    def __init__(self, most: int, allow: Iterable[str] = ()) -> None:
        self._most = most
        self._share = max(_LEAST_SHARE, most // 2)
        self._allow: tuple[_Network, ...] = tuple(ipaddress.ip_network(one, strict=False) for one in allow)
        self._open: Counter[str] = Counter()

    def allows(self, host: str) -> bool:
        """Whether this address may send at all."""
        if not self._allow:
            return True
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self._allow)

    def enter(self, host: str) -> bool:
        """Let a connection in; whoever was let in leaves."""
        if not self.allows(host) or self._open.total() >= self._most or self._open[host] >= self._share:
            return False
        self._open[host] += 1
        return True

    def leave(self, host: str) -> None:
        """A connection has ended."""
        self._open[host] -= 1
        if self._open[host] <= 0:
            del self._open[host]

    def __len__(self) -> int:
        return self._open.total()
