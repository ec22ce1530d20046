"""Writes to the memory of an agent or to a vector store, after untrusted content or by somebody new.

What stands in a memory steers later sessions, so one poisoned write outlives the session that made it.
"""

from __future__ import annotations

from pullcord.analysis.quoting import quoted
from pullcord.detection.behaviour.firsts import Firsts
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import key_of
from pullcord.detection.behaviour.report import Rule, named, report, who
from pullcord.detection.behaviour.sources import UNTRUSTED, stores
from pullcord.detection.behaviour.taint import Taint, Taints
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

TAINTED = Rule(
    "pullcord.behaviour.memory-write-after-untrusted",
    "Memory written after untrusted content",
    "memory-poisoning",
    ("AML.T0080.000", "AML.T0051.001"),
)
FIRST = Rule(
    "pullcord.behaviour.memory-write-by-new-writer",
    "Memory written by somebody who never wrote there",
    "memory-poisoning",
    ("AML.T0080.000", "AML.T0071"),
)


class MemoryWrites:
    """Who writes to which store, and who does after untrusted content."""

    def __init__(self, limits: Limits, taints: Taints) -> None:
        self._taints = taints
        self.writers = Firsts("writer", limits.stores, limits)
        self.habits = Firsts("tainted-writer", limits.agents, limits)

    def look(self, event: Event, agent: str | None) -> Finding | None:
        """What one tool call or memory event of an agent does to a memory."""
        store = stores(event)
        if store is None:
            return None
        earlier = self._taints.of(event)
        source = event.text("ai.memory.source.trust") or ""
        untrusted = source.casefold() in UNTRUSTED
        writer = agent or event.actor or ""
        place = key_of(event.site, store)
        new = self.writers.see(place, writer, event.time)
        if untrusted or earlier is not None:
            owner = key_of(event.site, writer, store)
            again = self.habits.see(owner, "tainted", event.time) is None
            if (untrusted or not again) and self.habits.may_tell(owner, event.time):
                return _tainted(event, agent, store, earlier, untrusted=untrusted)
        if new is not None and new.odd and self.writers.may_tell(place, event.time):
            reasons = (
                f"{who(agent)} wrote to {quoted(store)} for the first time.",
                new.reference("writers"),
                _content(event),
            )
            return report(
                FIRST, event, Severity.LOW, reasons, entities=[("agent", named(event)), ("memory", store)]
            )
        return None


def _tainted(
    event: Event, agent: str | None, store: str, earlier: Taint | None, *, untrusted: bool
) -> Finding:
    reasons = [f"{who(agent)} wrote to {quoted(store)}."]
    if untrusted:
        reasons.append("The source of what it wrote is marked as untrusted.")
    if earlier is not None:
        reasons.append(
            f"Before, the session read content that outsiders can write, with {quoted(earlier.tool)}."
        )
    reasons.append(_content(event))
    return report(
        TAINTED,
        event,
        Severity.MEDIUM if untrusted else Severity.LOW,
        reasons,
        entities=[("agent", named(event)), ("memory", store)],
        earlier=None if earlier is None else earlier.earlier,
    )


def _content(event: Event) -> str:
    seen = any(name in event.attributes for name in ("gen_ai.tool.call.arguments", "gen_ai.memory.records"))
    if seen:
        return "Whether what it wrote comes from there is for the examination of the session to say."
    return "What it wrote was not recorded: whether it comes from untrusted content cannot be seen."
