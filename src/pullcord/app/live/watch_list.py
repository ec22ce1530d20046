"""Which sessions still have to be judged: remembered in the commit that brings their events, so a kill loses none.

A page is a setting of the state (``watch:<n>``) that holds the traces which one commit touched and which were not on
the list yet. It is rewritten when some of them were judged, and used again when all were. There are at most as many
pages as traces that wait at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from pullcord.ports import Transaction

_PAGES = "watch-pages"
_PAGE = "watch:"
_decoder = msgspec.json.Decoder(list[str])


@dataclass
class Touched:
    """A trace that waits to be judged.

    Attributes:
        page: where it is remembered.
        number: the last batch that touched it.
        times: how often it was touched; tells whether it was since somebody looked.
        first, last: when it was first and last touched, nanoseconds of the clock that only runs forward.
    """

    page: int
    number: int
    first: int
    last: int
    times: int = 1


@dataclass(frozen=True)
class Note:
    """What one commit added: traces new on the list, and others that were touched again."""

    page: int | None
    added: tuple[str, ...]
    again: tuple[str, ...]
    number: int


class WatchList:
    """Traces that wait, in memory and in the state. Threads may share it.

    Attributes:
        most: traces that may wait; of more, the new ones are left out.
        left_out: how many were.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.left_out = 0
        self._lock = threading.Lock()
        self._waiting: dict[str, Touched] = {}
        self._pages: dict[int, set[str]] = {}
        self._free: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def load(self, tx: Transaction, now: int) -> None:
        """Read what an earlier run left; its traces count as touched now, by a batch that the lake has."""
        self._count = int(tx.meta(_PAGES) or 0)
        for page in range(self._count):
            traces = _decoder.decode(tx.meta(f"{_PAGE}{page}") or "[]")
            if traces:
                self._pages[page] = set(traces)
                self._waiting.update((trace, Touched(page, 0, now, now)) for trace in traces)
            else:
                self._free.append(page)

    def note(self, tx: Transaction, number: int, traces: Iterable[str]) -> Note:
        """Remember traces touched by a batch; give the note to :meth:`confirm` or :meth:`forget`."""
        unique = dict.fromkeys(traces)
        with self._lock:
            again = tuple(trace for trace in unique if trace in self._waiting)
            added = tuple(trace for trace in unique if trace not in self._waiting)
            room = max(self.most - len(self._waiting), 0)
            self.left_out += max(len(added) - room, 0)
            added = added[:room]
            page = self._page(tx) if added else None
            # Now, not when the commit is confirmed: in between these traces must not be struck out.
            for trace in again:
                self._waiting[trace].times += 1
        if page is not None:
            tx.set_meta(f"{_PAGE}{page}", msgspec.json.encode(added).decode())
        return Note(page, added, again, number)

    def confirm(self, note: Note, now: int) -> None:
        """The commit is durable."""
        with self._lock:
            if note.page is not None:
                self._pages[note.page] = set(note.added)
                for trace in note.added:
                    self._waiting[trace] = Touched(note.page, note.number, now, now)
            for trace in note.again:
                touched = self._waiting.get(trace)
                if touched is not None:
                    touched.number, touched.last = note.number, now

    def forget(self, note: Note) -> None:
        """The commit failed."""
        with self._lock:
            if note.page is None:
                return
            if note.page == self._count - 1:
                # Its number may not be durable: it is given out, and written, once more.
                self._count -= 1
            else:
                self._free.append(note.page)

    def due(self, quiet_since: int, waiting_since: int, most: int) -> dict[str, Touched]:
        """Traces last touched before the one time, or first touched before the other; those that waited longest."""
        with self._lock:
            found = [
                (trace, Touched(**vars(touched)))
                for trace, touched in self._waiting.items()
                if touched.last <= quiet_since or touched.first <= waiting_since
            ]
        found.sort(key=lambda item: item[1].first)
        return dict(found[:most])

    def strike_out(self, tx: Transaction, seen: Mapping[str, Touched], now: int) -> dict[str, Touched]:
        """Strike out traces that were not touched since they were seen; give them to ``gone`` or ``put_back``.

        Those that were touched wait on, from now.
        """
        with self._lock:
            gone = {
                key: touched for key, touched in seen.items() if self._waiting[key].times == touched.times
            }
            for key in seen.keys() - gone.keys():
                self._waiting[key].first = now
            for key, touched in gone.items():
                del self._waiting[key]
                self._pages[touched.page].discard(key)
            left = {touched.page: sorted(self._pages[touched.page]) for touched in gone.values()}
        for page, traces in left.items():
            tx.set_meta(f"{_PAGE}{page}", msgspec.json.encode(traces).decode())
        return gone

    def gone(self, struck: Mapping[str, Touched]) -> None:
        """The commit that struck these out is durable: pages without traces may be used again."""
        with self._lock:
            for page in {touched.page for touched in struck.values()}:
                if not self._pages[page]:
                    del self._pages[page]
                    self._free.append(page)

    def put_back(self, struck: Mapping[str, Touched]) -> None:
        """The commit that struck these out failed."""
        with self._lock:
            for key, touched in struck.items():
                self._pages[touched.page].add(key)
                self._waiting.setdefault(key, touched)

    def _page(self, tx: Transaction) -> int:
        if self._free:
            return self._free.pop()
        self._count += 1
        tx.set_meta(_PAGES, str(self._count))
        return self._count - 1
