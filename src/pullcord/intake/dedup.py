"""Remembers which ids were seen, in bounded memory, for commands that keep no state."""

from __future__ import annotations

import secrets
from hashlib import blake2b

from pullcord.intake.context import Counters

_BYTES = 8


class Seen:
    """A memory of ids as 8-byte keyed digests (some 60 bytes each in all).

    The key is secret, so that nobody can make ids that collide. When the bound is reached the older half is
    forgotten, which is counted: a duplicate may then pass, no new id is ever refused for it.

    Args:
        most: ids to remember, at least 2.
    """

    def __init__(self, counters: Counters, most: int = 4_000_000) -> None:
        self._counters = counters
        self._half = max(1, most // 2)
        self._key = secrets.token_bytes(16)
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()

    def new(self, identity: str) -> bool:
        """Whether this id was not seen before; it is now. Duplicates are counted."""
        mark = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=_BYTES, key=self._key).digest()
        if mark in self._young or mark in self._old:
            self._counters.duplicates += 1
            return False
        if len(self._young) >= self._half:
            self._counters.dedup_evicted += len(self._old)
            self._old, self._young = self._young, set()
        self._young.add(mark)
        return True
