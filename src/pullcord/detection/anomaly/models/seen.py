"""Values never or rarely seen: a bounded table of what an entity has shown, and how often.

The table holds digests, not texts. When it is full, the rarest values make room, so an entity with very many values
looks new again and again; its own conformal threshold then makes it silent.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from math import log2

import msgspec

from pullcord.detection.anomaly.parameters import Parameters

MOST = 160
_ROOM = 16
HALVE = 1_024
"""Counts are halved at this total, so that rarity is about recent times."""


@lru_cache(maxsize=8_192)
def mark(text: str) -> int:
    """63 bits of a digest: a text that somebody chose cannot easily pass for another."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


class Seen(msgspec.Struct, array_like=True):
    """How often each value was seen.

    Attributes:
        counts: digest of a value → how often.
        total: sum of the counts.
        values: values seen so far, counted up to a million.
        first: time of the first event, nanoseconds UTC.
        evicted: values that made room, counted up to a million.
        had: how often the last value had been seen before.
    """

    counts: dict[int, int] = msgspec.field(default_factory=dict)
    total: int = 0
    values: int = 0
    first: int = 0
    evicted: int = 0
    had: int = 0

    def learn(self, text: str, time: int, p: Parameters) -> bool:
        """Count a value; whether the entity is known well enough to judge."""
        self.first = min(self.first, time) if self.values else time
        ready = self.values >= p.warm_up and time - self.first >= p.learn
        counts, key = self.counts, mark(text)
        self.had = counts.get(key, 0)
        if not self.had and len(counts) >= MOST:
            self._make_room()
        counts[key] = self.had + 1
        self.total += 1
        self.values = min(self.values + 1, 1_000_000)
        if self.total >= HALVE:
            for other, count in counts.items():
                counts[other] = max(1, count // 2)
            self.total = sum(counts.values())
        return ready

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: the value is known from now on."""

    def _make_room(self) -> None:
        # Rarest first; among equals the oldest, because dictionaries keep their order.
        for key in sorted(self.counts, key=self.counts.__getitem__)[:_ROOM]:
            self.total -= self.counts.pop(key)
        self.evicted = min(self.evicted + _ROOM, 1_000_000)


class FirstSeen(Seen, array_like=True):
    """Scores 1 for a value that was never seen, else 0."""

    def step(self, value: str, time: int, p: Parameters) -> float:
        """Score a value, then learn it; negative while learning."""
        ready = self.learn(value, time, p)
        return (0.0 if self.had else 1.0) if ready else -1.0


class Rarity(Seen, array_like=True):
    """Scores how rare a value has been, in bits.

    The count is compared with a fixed total: compared with a growing one, each new value would be stranger than all
    new values before it.
    """

    def step(self, value: str, time: int, p: Parameters) -> float:
        """Score a value, then learn it; negative while learning."""
        ready = self.learn(value, time, p)
        return max(0.0, -log2((self.had + 0.5) / (HALVE / 2))) if ready else -1.0
