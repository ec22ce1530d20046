"""Writes to OT: outside the envelope, by an AI where none may write, or a step larger than any before."""

from __future__ import annotations

import math

from pullcord.analysis.quoting import quoted
from pullcord.analysis.tools import Effect, tool
from pullcord.detection.behaviour.firsts import Firsts
from pullcord.detection.behaviour.knowledge import Envelope, Knowledge, node_names
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import Memory, Record, key_of
from pullcord.detection.behaviour.report import MAX_NAME, Rule, named, number, report
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity
from pullcord.model.inventory import OtAccess
from pullcord.model.times import HOUR

OUTSIDE = Rule(
    "pullcord.behaviour.ot-write-outside-envelope",
    "Value written outside its envelope",
    "unsafe-setpoint",
    ("AML.T0048", "T0836"),
)
NODE = Rule(
    "pullcord.behaviour.ot-write-to-unlisted-node",
    "AI wrote to a node that is not its own to write",
    "tool-abuse",
    ("AML.T0053", "T0831"),
)
JUMP = Rule(
    "pullcord.behaviour.ot-write-jump",
    "Written value jumps further than ever before",
    "unsafe-setpoint",
    ("AML.T0048", "T0836"),
)
_LOWS = ("ot.limit.low", "ot.envelope.low")
_HIGHS = ("ot.limit.high", "ot.envelope.high")
_WRITING = frozenset({"write", "call", "set", "force", "override"})
_FADE = 0.999
_WORSE = 1.5
_MOST_WRITES = 1_000_000


class Tag(Record, array_like=True):
    """What was written to one tag.

    Attributes:
        writes: how often.
        last: the value before.
        step: the largest step so far.
        told: when a jump was told.
        outside: when a value outside the envelope was told.
        worst: how far outside that was.
    """

    writes: int = 0
    last: float = 0.0
    step: float = 0.0
    told: int = 0
    outside: int = 0
    worst: float = 0.0


class OtWrites:
    """What is written to each tag, and by which AI system.

    Attributes:
        hushed: values outside that were not told: one finding per tag and hour is enough, unless it gets worse.
    """

    def __init__(self, knowledge: Knowledge, limits: Limits) -> None:
        self.tags = Memory("tag", Tag, limits.tags)
        self.firsts = Firsts("ot-node", limits.agents, limits)
        self.hushed = 0
        self._knowledge = knowledge
        self._limits = limits

    def look(self, event: Event) -> list[Finding]:
        """What one write to OT shows; nothing for reads."""
        if not _writes(event):
            return []
        tag = event.text("ot.node_id") or event.text("ot.node.address") or event.text("ot.tag")
        if not tag:
            return []
        system = self._writer(event)
        by_ai = system is not None or event.text("ot.principal.kind") == "ai"
        value = number(event, "ot.value")
        found = [
            None if value is None else self._outside(event, tag, value, by_ai=by_ai),
            self._node(event, tag, system) if by_ai else None,
            None if value is None or not math.isfinite(value) else self._jump(event, tag, value),
        ]
        return [told for told in found if told is not None]

    def _writer(self, event: Event) -> str | None:
        """The registered AI system that writes, or the agent that says it does."""
        names = (event.text("ot.principal.id"), event.text("ot.principal.name"), event.actor, event.asset)
        agent = event.text("gen_ai.agent.name")
        known = next((name for one in (*names, agent) if (name := self._knowledge.system(one))), None)
        return known or agent

    def _outside(self, event: Event, tag: str, value: float, *, by_ai: bool) -> Finding | None:
        low, high = self._limits_of(event, tag)
        # Written so that what is not a number is outside.
        if (low is None or value >= low) and (high is None or value <= high) and not math.isnan(value):
            return None
        if not self._worth_telling(event, tag, value, low, high):
            return None
        bounds = f"{'-∞' if low is None else f'{low:g}'} to {'∞' if high is None else f'{high:g}'}"
        reasons = [f"{value:g} was written to {quoted(tag)}; its envelope is {bounds}."]
        reasons.append(
            "An AI wrote it." if by_ai else "Who wrote it, a person, a recipe or an AI, is not said."
        )
        severity = Severity.HIGH if by_ai else Severity.MEDIUM
        return report(OUTSIDE, event, severity, reasons, entities=_entities(event, tag), part="outside")

    def _worth_telling(
        self, event: Event, tag: str, value: float, low: float | None, high: float | None
    ) -> bool:
        key = key_of(event.site, event.asset, tag)
        past = self.tags.get(key, event.time) or Tag(seen=event.time)
        beyond = [value - high] if high is not None else []
        beyond += [low - value] if low is not None else []
        excess = max(beyond) if math.isfinite(value) else math.inf
        if past.outside and abs(event.time - past.outside) < HOUR and not excess > past.worst * _WORSE:
            self.hushed += 1
            return False
        past.outside, past.worst = event.time, excess
        self.tags.put(key, past)
        return True

    def _limits_of(self, event: Event, tag: str) -> Envelope:
        """The narrower of what the event states and what the site knows: a writer cannot widen its own envelope."""
        stated = [
            next((v for name in names if (v := number(event, name)) is not None and math.isfinite(v)), None)
            for names in (_LOWS, _HIGHS)
        ]
        names = (tag, event.text("ot.tag") or "")
        site = next(
            (e for one in names if (e := self._knowledge.envelopes.get(one.casefold()))), Envelope(None, None)
        )
        lows = [v for v in (stated[0], site.low) if v is not None]
        highs = [v for v in (stated[1], site.high) if v is not None]
        return Envelope(max(lows, default=None), min(highs, default=None))

    def _node(self, event: Event, tag: str, system: str | None) -> Finding | None:
        nodes = self._knowledge.nodes
        if not nodes:
            return None
        names = (tag, event.text("ot.node.address"), event.text("ot.tag"))
        listed = next(
            (nodes[one] for name in names if name for one in node_names(name) if one in nodes), None
        )
        owner, access = listed or (None, None)
        if access is OtAccess.MODE_SWITCH and owner == system:
            return None
        closed_loop = system in self._knowledge.closed_loop
        if closed_loop and owner == system:
            return None  # writing its own setpoints is its work
        whom = key_of(event.site, "writer", system)
        new = self.firsts.see(whom, tag[:MAX_NAME], event.time) is not None
        if not new or not self.firsts.may_tell(whom, event.time):
            return None
        name = "An AI" if system is None else f"The AI system {quoted(system)}"
        if access is None or owner is None:
            why = "No AI system of the inventory lists this node."
        elif owner != system:
            why = f"The inventory gives it to {quoted(owner)} ({access.value})."
        else:
            why = f"The inventory lists it as {access.value}, not as mode_switch."
        if access is not None and not closed_loop:
            severity = Severity.HIGH
        else:
            # Nobody lists it, perhaps under this name only; and writing is what a closed loop is for.
            severity = Severity.LOW if closed_loop else Severity.MEDIUM
        reasons = (f"{name} wrote to {quoted(tag)}.", why)
        return report(NODE, event, severity, reasons, entities=_entities(event, tag), part="node")

    def _jump(self, event: Event, tag: str, value: float) -> Finding | None:
        key = key_of(event.site, event.asset, tag)
        past = self.tags.get(key, event.time)
        if past is None or past.writes == 0:
            past = past or Tag(seen=event.time)
            past.writes, past.last = 1, value
            self.tags.put(key, past)
            return None
        step, largest, limits = abs(value - past.last), past.step, self._limits
        told = None
        most = largest * limits.tag_factor
        if past.writes >= limits.tag_writes and 0 < most < step and abs(event.time - past.told) >= HOUR:
            past.told = event.time
            reasons = (
                f"{value:g} was written to {quoted(tag)} after {past.last:g}: a step of {step:g}.",
                f"In {past.writes} writes the largest was {largest:g} (threshold: {limits.tag_factor:g} times).",
            )
            told = report(JUMP, event, Severity.LOW, reasons, entities=_entities(event, tag), part="jump")
        past.step = max(largest * _FADE, step)
        past.last, past.writes = value, min(past.writes + 1, _MOST_WRITES)
        self.tags.put(key, past)
        return told


def _writes(event: Event) -> bool:
    operation = event.text("ot.operation")
    if operation is not None:
        return operation.casefold() in _WRITING
    name = event.text("gen_ai.tool.name")
    return name is not None and "ot.value" in event.attributes and tool(name).effect is not Effect.READ


def _entities(event: Event, tag: str) -> list[tuple[str, str | None]]:
    by_ai = event.text("gen_ai.agent.name") or event.text("ot.principal.kind") == "ai"
    return [("agent", named(event) if by_ai else None), ("tag", tag[:MAX_NAME])]
