"""Room for a bounded number of entities.

Strangers are kept apart from the entities that are known: whoever invents names by the thousand pushes out other
strangers, not the systems of the plant, which hold at least four fifths of the places if they need them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from pullcord.detection.anomaly.track import Track

Key = tuple[int, tuple[str, ...]]
"""Number of the declaration, and the entity."""
AnyTrack = Track[Any, Any]


class Places:
    """Entities, the longest unused first.

    Args:
        most: how many there may be.
    """

    __slots__ = ("_known", "_strangers", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self._known: OrderedDict[Key, AnyTrack] = OrderedDict()
        self._strangers: OrderedDict[Key, AnyTrack] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known) + len(self._strangers)

    def __iter__(self) -> Iterator[tuple[Key, AnyTrack]]:
        yield from self._known.items()
        yield from self._strangers.items()

    def use(self, key: Key) -> AnyTrack | None:
        """The entity, which is now the last used."""
        track = self._known.get(key)
        if track is not None:
            self._known.move_to_end(key)
            return track
        track = self._strangers.get(key)
        if track is not None:
            self._strangers.move_to_end(key)
        return track

    def look(self, key: Key) -> AnyTrack | None:
        """The entity, without using it."""
        return self._known.get(key) or self._strangers.get(key)

    def put(self, key: Key, track: AnyTrack) -> Key | None:
        """Take in an entity; returns the one that made room, if one had to."""
        gone = None
        if len(self) >= self.most:
            crowd = len(self._strangers) >= max(1, self.most // 5) or not self._known
            gone, _ = (self._strangers if crowd else self._known).popitem(last=False)
        track.known = track.settled()
        (self._known if track.known else self._strangers)[key] = track
        return gone

    def settle(self, key: Key, track: AnyTrack) -> None:
        """See whether a stranger (not ``known``) has become known."""
        if track.settled():
            self._known[key] = self._strangers.pop(key)
            track.known = True
