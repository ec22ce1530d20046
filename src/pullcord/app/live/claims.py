"""Event ids by trust: whoever an attacker can write as cannot take the id of an event that is still to come.

An id of an authenticated source is entered in the inbox twice: with a mark that no other source can enter, which tells
whether it is new, and as it is, which keeps later events of that id out. Where the id as it is was taken already, the
authenticated event is kept under an id that nobody can guess.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec

from pullcord.model.event import Event, SourceTrust

_MARK = "a:"
_ESCAPE = "u:"


class Sorted(NamedTuple):
    """The new events by the id they are kept under, how many each call brought, and how many ids had been taken."""

    fresh: dict[str, Event]
    brought: list[int]
    clashes: int


def keys(events: Iterable[Event]) -> list[str]:
    """What to enter in the inbox for events."""
    found: list[str] = []
    for event in events:
        found.append(_plain(event.id))
        if _sure(event):
            found.append(_marked(event.id))
    return found


def sort_out(calls: Sequence[Sequence[Event]], new: Collection[str]) -> Sorted:
    """The events that are new; of several with one id the authenticated one, else the first.

    Args:
        calls: the events of each sender.
        new: those of :func:`keys` that had not been entered before.
    """
    # An authenticated event has its id even if another one of the same commit came first.
    sure = {event.id for events in calls for event in events if _sure(event) and _marked(event.id) in new}
    fresh: dict[str, Event] = {}
    brought: list[int] = []
    done: set[str] = set()
    clashes = 0
    for events in calls:
        before = len(fresh)
        for event in events:
            free = _plain(event.id) in new
            if event.id in done or not (event.id in sure if _sure(event) else free and event.id not in sure):
                continue
            done.add(event.id)
            clashes += not free
            kept = event if free else _apart(event)
            fresh[kept.id] = kept
        brought.append(len(fresh) - before)
    return Sorted(fresh, brought, clashes)


def _sure(event: Event) -> bool:
    return event.trust is SourceTrust.AUTHENTICATED


def _marked(event_id: str) -> str:
    return f"{_MARK}{event_id}"


def _plain(event_id: str) -> str:
    return f"{_ESCAPE}{event_id}" if event_id.startswith((_MARK, _ESCAPE)) else event_id


def _apart(event: Event) -> Event:
    # Not a digest of what is known: whoever took the one id would take the other too.
    return msgspec.structs.replace(event, id=f"{event.id}~{secrets.token_hex(8)}")
