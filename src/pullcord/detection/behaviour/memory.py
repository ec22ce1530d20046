"""What a streaming detector remembers: records by key, bounded, and kept across restarts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Generic, TypeVar

import msgspec

from pullcord.detection.stream import MOST_VALUE
from pullcord.model.times import HOUR

_SEPARATOR = ":"
_CACHED = 256


class Record(msgspec.Struct, array_like=True):
    """The base of what is remembered under one key.

    Attributes:
        turn: place in the order of eviction; the lowest goes first.
        seen: event time of the last use that moved it, nanoseconds UTC.
    """

    turn: int = 0
    seen: int = 0


R = TypeVar("R", bound=Record)


class Memory(Generic[R]):
    """Records by key; beyond ``most`` the one that was used least recently is forgotten, and counted.

    Attributes:
        evicted: records that were forgotten for lack of room.
    """

    def __init__(self, prefix: str, kind: type[R], most: int) -> None:
        self.prefix = prefix
        self.evicted = 0
        self._most = most
        self._records: dict[str, R] = {}
        self._dirty: set[str] = set()
        self._next = 1
        self._decoder = msgspec.msgpack.Decoder(kind)

    def __len__(self) -> int:
        return len(self._records)

    def get(self, key: str, time: int) -> R | None:
        """The record; using it keeps it from eviction (moved at most once an hour of event time)."""
        record = self._records.get(key)
        if record is not None and time - record.seen >= HOUR:
            record.seen = time
            self.move(key, record)
        return record

    def put(self, key: str, record: R) -> None:
        """Keep a new record, or one that was changed."""
        if self._records.get(key) is record:
            self._dirty.add(key)
        else:
            self.move(key, record)

    def move(self, key: str, record: R) -> None:
        """Keep a record as the last to be forgotten."""
        record.turn = self._next
        self._next += 1
        records = self._records
        records.pop(key, None)
        records[key] = record
        self._dirty.add(key)
        if len(records) > self._most:
            oldest = next(iter(records))
            del records[oldest]
            self._dirty.add(oldest)
            self.evicted += 1

    def oldest(self) -> tuple[str, R] | None:
        """The record that is the first to be forgotten."""
        return next(iter(self._records.items()), None)

    def drop(self, key: str) -> None:
        """Forget a record on purpose."""
        if self._records.pop(key, None) is not None:
            self._dirty.add(key)

    def changed(self) -> dict[str, bytes | None]:
        """``prefix:key`` → record as MessagePack, or None where it is gone, since the last call."""
        entries: dict[str, bytes | None] = {}
        for key in sorted(self._dirty):
            record = self._records.get(key)
            entries[f"{self.prefix}{_SEPARATOR}{key}"] = (
                None if record is None else msgspec.msgpack.encode(record)
            )
        self._dirty.clear()
        return entries

    def restore(self, entries: Mapping[str, bytes]) -> int:
        """Replace everything by these entries (keys without prefix); how many were damaged and left out."""
        found: list[tuple[str, R]] = []
        damaged = 0
        for key, value in entries.items():
            if len(value) > MOST_VALUE:
                damaged += 1
                continue
            try:
                found.append((key, self._decoder.decode(value)))
            except (msgspec.DecodeError, RecursionError):
                damaged += 1
        found.sort(key=lambda item: (item[1].turn, item[0]))
        self._records = dict(found[-self._most :])
        self._next = found[-1][1].turn + 1 if found else 1
        # Kept by a run that had more room: they go from the store as well.
        self._dirty = {key for key, _ in found[: -self._most]}
        self.evicted += len(self._dirty)
        return damaged


def split(entries: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Entries of :meth:`Memory.changed` of several memories, by prefix; keys without it."""
    parts: dict[str, dict[str, bytes]] = {}
    for key, value in entries.items():
        prefix, _, rest = key.partition(_SEPARATOR)
        parts.setdefault(prefix, {})[rest] = value
    return parts


def key_of(*parts: str | None) -> str:
    """One key of names: 32 hexadecimal digits, so that a long or odd name is no long or odd key."""
    for part in parts:
        if part is not None and len(part) > _CACHED:
            return _key.__wrapped__(parts)
    return _key(parts)


def print_of(value: str) -> int:
    """A fingerprint of a value: 63 bits of BLAKE2b, the same in every run."""
    return _print(value) if len(value) <= _CACHED else _print.__wrapped__(value)


# Long texts are not cached: what an attacker sends would fill the memory.
@lru_cache(maxsize=32_768)
def _key(parts: tuple[str | None, ...]) -> str:
    # With lengths, so that no name can be taken for two others.
    joined = "".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@lru_cache(maxsize=32_768)
def _print(value: str) -> int:
    made = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(made) >> 1
