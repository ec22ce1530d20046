"""Which sessions have read something that outsiders can write, event by event."""

from __future__ import annotations

from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import Memory, Record, key_of
from pullcord.detection.behaviour.report import Earlier
from pullcord.detection.behaviour.sources import UNTRUSTED, brings_untrusted
from pullcord.model.event import Event

_MAX_ID = 512


class Taint(Record, array_like=True):
    """The first untrusted content of a session: its event, span and tool."""

    event_id: str = ""
    span_id: str = ""
    tool: str = ""

    @property
    def earlier(self) -> Earlier:
        """As what a finding rests on."""
        return Earlier(self.event_id, self.span_id)


class Taints:
    """The first untrusted content of each session, by trace, and by conversation where events name one."""

    def __init__(self, limits: Limits) -> None:
        self.memory = Memory("taint", Taint, limits.sessions)

    def of(self, event: Event) -> Taint | None:
        """What the session of an event read, if anything."""
        for key in _sessions(event):
            found = self.memory.get(key, event.time)
            if found is not None:
                return found
        return None

    def mark(self, event: Event, name: str) -> None:
        """Note a call (``name``: its tool, empty if none) that may bring untrusted content."""
        get = event.attributes.get
        stated = get("ai.content.trust")
        if isinstance(stated, str):
            brings = stated.casefold() in UNTRUSTED
        else:
            brings = brings_untrusted(name, get("gen_ai.operation.name"))
        if not brings or "error.type" in event.attributes:
            return
        for key in _sessions(event):
            if self.memory.get(key, event.time) is not None:
                continue
            taint = Taint(
                seen=event.time,
                event_id=event.id[:_MAX_ID],
                span_id=(event.span_id or event.id)[:_MAX_ID],
                tool=(name or "retrieval")[:100],
            )
            self.memory.put(key, taint)


def _sessions(event: Event) -> tuple[str, ...]:
    conversation = event.text("gen_ai.conversation.id")
    found = (key_of(event.site, "trace", event.trace_id),) if event.trace_id else ()
    return (*found, key_of(event.site, "conversation", conversation)) if conversation else found
