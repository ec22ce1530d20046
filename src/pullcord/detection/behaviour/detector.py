"""All streaming behaviour detectors as one: looks at each event once and hands it to those it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pullcord.detection.behaviour import credentials, shadow, tools_changed
from pullcord.detection.behaviour.acts import Acts
from pullcord.detection.behaviour.canary import Canaries
from pullcord.detection.behaviour.egress import Egress
from pullcord.detection.behaviour.envelope import OtWrites
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import Memory, split
from pullcord.detection.behaviour.memory_writes import MemoryWrites
from pullcord.detection.behaviour.report import agent_of
from pullcord.detection.behaviour.shape import NOTHING, Shape, Shapes
from pullcord.detection.behaviour.sources import may_store
from pullcord.detection.behaviour.spend import Spend
from pullcord.detection.behaviour.taint import Taints
from pullcord.model.event import Event
from pullcord.model.finding import Finding

_CLIENTS = ("host.name", "client.address", "source.address", "source.ip", "service.name")


class BehaviourDetector:
    """The streaming behaviour detectors (see docs/reference/behaviour.md).

    Args:
        knowledge: what the site knows about itself.
        limits: room and thresholds.
    """

    name = "behaviour"

    def __init__(self, knowledge: Knowledge, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._knowledge = knowledge
        self._tools = tools_changed.ToolsChanged(limits)
        self._taints = Taints(limits)
        self._egress = Egress(knowledge, limits, self._taints)
        self._acts = Acts(knowledge, limits, self._taints)
        self._memories = MemoryWrites(limits, self._taints)
        self._spend = Spend(limits)
        self._canaries = Canaries(knowledge.canaries, limits)
        self._credentials = credentials.Credentials(knowledge, limits)
        self._shadow = shadow.Shadow(knowledge, limits)
        self._ot = OtWrites(knowledge, limits)
        self._shapes = Shapes()
        self._damaged = 0
        firsts = (
            self._egress.firsts,
            self._canaries.firsts,
            self._acts.tools,
            self._acts.after,
            self._memories.writers,
            self._memories.habits,
            self._credentials.firsts,
            self._credentials.users,
            self._shadow.firsts,
            self._ot.firsts,
        )
        self._firsts = firsts
        kept: list[Memory[Any]] = [
            *(one.memory for one in firsts),
            self._tools.memory,
            self._taints.memory,
            self._spend.talks,
            self._spend.pasts,
            self._ot.tags,
        ]
        self._kept = {memory.prefix: memory for memory in kept}

    def feed(self, events: Sequence[Event]) -> list[Finding]:
        """What the events show, in their order."""
        found: list[Finding | None] = []
        shape_of = self._shapes.of
        for event in events:
            shape = shape_of(event.attributes)
            if shape is not NOTHING:
                self._look(event, shape, found)
        return [one for one in found if one is not None]

    def _look(self, event: Event, shape: Shape, found: list[Finding | None]) -> None:
        agent = agent_of(event, self._knowledge)
        if shape.outward or shape.at_work:
            found.append(self._canaries.look(event, agent, shape.outward))
        if shape.at_work:
            self._agent(event, agent, shape, found)
        elif shape.stores:
            found.append(self._memories.look(event, agent))
        elif shape.goes and (system := self._registered(event)) is not None:
            found.append(self._egress.look(event, system, None, shape.goes, named_only=True))
        if shape.defines:
            found += self._tools.look(event, agent, aspects=shape.aspects)
        if shape.writes:
            found += self._ot.look(event)
        if shape.logs_in:
            found += self._credentials.look(event)
        if shape.hosts or shape.urls:
            found.append(self._shadow.look(event, shape.hosts, shape.urls))

    def _agent(self, event: Event, agent: str | None, shape: Shape, found: list[Finding | None]) -> None:
        get = event.attributes.get
        name, arguments = get("gen_ai.tool.name"), get("gen_ai.tool.call.arguments")
        name = name if isinstance(name, str) and name else None
        arguments = arguments if isinstance(arguments, str) else None
        if agent is not None and (name or shape.goes):
            found.append(self._egress.look(event, agent, arguments, shape.goes))
        operation = get("gen_ai.operation.name")
        told = None
        if shape.stores or may_store(name, operation if isinstance(operation, str) else None):
            told = self._memories.look(event, agent)
        if name and agent is not None:
            act = self._acts.look(event, agent, name, arguments)
            # The same call is told once, by the one who knows more about it.
            told = told or act
        found.append(told)
        if name or operation == "retrieval":
            self._taints.mark(event, name or "")
        found.append(self._spend.look(event, agent, name, arguments))

    def _registered(self, event: Event) -> str | None:
        """The registered AI system that a record of the network is about."""
        known = self._knowledge
        if not known.systems:
            return None
        for name in (event.asset, *(event.text(key) for key in _CLIENTS)):
            if name and (system := known.system(name)) is not None:
                return system
        return None

    def health(self) -> dict[str, int]:
        """What is held and was evicted per kind of memory, what was hushed, and what could not be seen."""
        told = {f"{prefix}.held": len(memory) for prefix, memory in self._kept.items()}
        told |= {f"{prefix}.evicted": memory.evicted for prefix, memory in self._kept.items()}
        return {
            **told,
            "hushed": sum(one.hushed for one in self._firsts) + self._ot.hushed + self._tools.hushed,
            "calls_without_arguments": self._egress.blind,
            "answers_and_calls_without_content": self._canaries.blind,
            "texts_cut": self._canaries.cut,
            "definitions_too_long": self._tools.too_long,
            "canaries_too_short": self._canaries.too_short,
            "canaries_left_out": self._canaries.left_out,
            "damaged": self._damaged,
        }

    def changed(self) -> dict[str, bytes | None]:
        """State entries that changed since the last call; None: it is gone."""
        entries: dict[str, bytes | None] = {}
        for memory in self._kept.values():
            entries |= memory.changed()
        return entries

    def restore(self, entries: Mapping[str, bytes]) -> None:
        """Replace all state; damaged entries and those of unknown kinds are left out and counted."""
        parts = split(entries)
        self._damaged = sum(len(part) for prefix, part in parts.items() if prefix not in self._kept)
        for prefix, memory in self._kept.items():
            self._damaged += memory.restore(parts.get(prefix, {}))
