"""The streaming anomaly detector: all declarations over all entities, within bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from pullcord.detection.anomaly.declaration import Declaration
from pullcord.detection.anomaly.judge import LEAST_ENTITIES, Pool
from pullcord.detection.anomaly.places import Key, Places
from pullcord.detection.anomaly.read import Entity
from pullcord.detection.anomaly.saved import entry_name, pack, unpack
from pullcord.detection.anomaly.tell import finding
from pullcord.detection.anomaly.track import Track
from pullcord.detection.anomaly.watch import Watch
from pullcord.detection.dispatch import serves
from pullcord.detection.stream import MOST_VALUE
from pullcord.model.event import Event, LogSource
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun

_POOL = "pool"
_SOURCES = 1_024
"""Log sources remembered; they come from events, so their number is up to whoever sends events."""


class Limits(Noun, frozen=True, kw_only=True):
    """Bounds.

    Attributes:
        entities: over all declarations.
        pool: entities of a declaration that must have given scores before others are judged by them.
    """

    entities: int = 20_000
    pool: int = LEAST_ENTITIES


class AnomalyDetector:
    """A ``StreamDetector``.

    Args:
        declarations: checked ones, as ``load_anomalies`` gives them.
        limits: bounds.
    """

    name = "anomaly"

    def __init__(self, declarations: Sequence[Declaration], limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        shared = {declaration.entity: Entity(declaration.entity) for declaration in declarations}
        self._watches = tuple(
            Watch(declaration, number, self._limits.pool, shared[declaration.entity])
            for number, declaration in enumerate(declarations)
        )
        self._sources: dict[tuple[str | None, str | None, str | None], tuple[Watch, ...]] = {}
        self._counts = {"evicted": 0, "damaged": 0, "stale": 0, "oversize": 0, "anomalies": 0}
        self._clear()

    def _clear(self) -> None:
        self._places = Places(self._limits.entities)
        self._used = 0
        self._touched: dict[Key, None] = {}
        self._saved: set[Key] = set()
        self._gone: set[Key] = set()
        for watch in self._watches:
            watch.court.pool, watch.court.touched = Pool(fingerprint=watch.fingerprint), False

    def feed(self, events: Sequence[Event]) -> list[Finding]:
        """The anomalies that the events show, in their order."""
        found: list[Finding] = []
        for event in events:
            source = event.logsource
            key = (source.product, source.category, source.service)
            watches = self._sources.get(key)
            if watches is None:
                watches = self._watches_for(source)
            for watch in watches:
                told = self._take(watch, event)
                if told is not None:
                    found.append(told)
        return found

    def _take(self, watch: Watch, event: Event) -> Finding | None:
        seen = watch.reader.read(event)
        if seen is None:
            return None
        key = (watch.number, seen.entity)
        track = self._places.use(key)
        if track is None:
            track = watch.fresh(seen.entity)
            self._evict(self._places.put(key, track))
        self._used = track.used = self._used + 1
        self._touched[key] = None
        told = watch.take(track, seen, event.time)
        if not track.known:
            self._places.settle(key, track)
        if told is None:
            return None
        self._counts["anomalies"] += 1
        return finding(watch, track, told, event)

    def _watches_for(self, source: LogSource) -> tuple[Watch, ...]:
        found = tuple(watch for watch in self._watches if serves(watch.declaration.logsource, source))
        if len(self._sources) < _SOURCES:
            self._sources[source.product, source.category, source.service] = found
        return found

    def _evict(self, key: Key | None) -> None:
        if key is None:
            return
        self._counts["evicted"] += 1
        self._touched.pop(key, None)
        if key in self._saved:
            self._saved.discard(key)
            self._gone.add(key)

    def health(self) -> dict[str, int]:
        """Counters: entities held, those with thresholds of their own, evicted, unusable values, lost state."""
        unusable = sum(watch.reader.unusable for watch in self._watches)
        own = sum(track.judge.tail.limit < inf for _, track in self._places)
        return {"entities": len(self._places), "calibrated": own, "unusable": unusable, **self._counts}

    def changed(self) -> dict[str, bytes | None]:
        """State entries that changed since the last call; None: it is gone."""
        entries: dict[str, bytes | None] = {self._entry(key): None for key in self._gone}
        self._gone.clear()
        for key in self._touched:
            track = self._places.look(key)
            if track is None:
                continue
            data = pack(track)
            if len(data) > MOST_VALUE:
                self._counts["oversize"] += 1
                continue
            entries[self._entry(key)] = data
            self._saved.add(key)
        self._touched.clear()
        for watch in self._watches:
            if watch.court.touched:
                entries[f"{watch.declaration.id}/{_POOL}"] = pack(watch.court.pool)
                watch.court.touched = False
        return entries

    def _entry(self, key: Key) -> str:
        return f"{self._watches[key[0]].declaration.id}/{entry_name(key[1])}"

    def restore(self, entries: Mapping[str, bytes]) -> None:
        """Replace all state; damaged entries and those of changed declarations are left out and counted."""
        self._clear()
        by_id = {watch.declaration.id: watch for watch in self._watches}
        tracks: list[tuple[int, Key, Track[Any, Any]]] = []
        for name, data in entries.items():
            watch = by_id.get(name.partition("/")[0])
            if watch is None:
                self._counts["stale"] += 1
                continue
            pool = name.endswith(f"/{_POOL}")
            try:
                read = unpack(data, watch.pools if pool else watch.tracks)
            except ValueError:
                self._counts["damaged"] += 1
                continue
            if read.fingerprint != watch.fingerprint:
                self._counts["stale"] += 1
            elif isinstance(read, Pool):
                watch.court.pool = read
            else:
                tracks.append((read.used, (watch.number, read.entity), read))
        for used, key, track in sorted(tracks, key=lambda one: one[0]):
            self._used = max(self._used, used)
            self._saved.add(key)
            self._evict(self._places.put(key, track))
