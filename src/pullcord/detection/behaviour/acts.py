"""Calls with an effect that an agent never made, or that the inventory does not give it, event by event.

For calls whose arguments are recorded, values tell more (see ``session``); this is for those where they are not.
"""

from __future__ import annotations

from pullcord.analysis.quoting import quoted
from pullcord.analysis.tools import Effect, tool
from pullcord.detection.behaviour.firsts import Firsts, Novelty
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import key_of
from pullcord.detection.behaviour.report import MAX_NAME, Rule, named, report, who
from pullcord.detection.behaviour.taint import Taint, Taints
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

UNLISTED = Rule(
    "pullcord.behaviour.unlisted-tool",
    "Agent used a tool that the inventory does not give it",
    "tool-abuse",
    ("AML.T0053",),
)
AFTER = Rule(
    "pullcord.behaviour.new-effect-after-untrusted",
    "First use of a tool with an effect after untrusted content",
    "prompt-injection-indirect",
    ("AML.T0051.001", "AML.T0053"),
)
_MARKS = ("__", ".", "/", ":")


class Acts:
    """Tools of each agent: all, and those with an effect after untrusted content."""

    def __init__(self, knowledge: Knowledge, limits: Limits, taints: Taints) -> None:
        self.tools = Firsts("agent-tool", limits.agents, limits)
        self.after = Firsts("tainted-tool", limits.agents, limits)
        self._knowledge = knowledge
        self._taints = taints

    def look(self, event: Event, agent: str, name: str, arguments: str | None) -> Finding | None:
        """What one call of a tool by an agent shows."""
        owner = key_of(event.site, agent)
        name = name[:MAX_NAME]
        new = self.tools.see(owner, name, event.time)
        if new is not None:
            listed = self._knowledge.tools.get(agent)
            if listed and not _names(name).intersection(listed):
                told = self.tools.may_tell(owner, event.time)
                return _unlisted(event, agent, name, len(listed)) if told else None
        if not self._effect(event, agent, name):
            return None
        taint = self._taints.of(event)
        if taint is None:
            return None
        novel = self.after.see(owner, name, event.time)
        if (
            arguments is not None
            or novel is None
            or not novel.odd
            or not self.after.may_tell(owner, event.time)
        ):
            return None
        return _after(event, agent, name, taint, novel)

    def _effect(self, event: Event, agent: str, name: str) -> bool:
        """Whether a tool changes or sends something: as the event says, else the inventory, else its name."""
        said = event.attributes.get("ai.tool.side_effect")
        if isinstance(said, str):
            return said.casefold() != "none"
        stated = self._knowledge.side_effects.get(agent)
        return name.casefold() in stated if stated else tool(name).effect is Effect.WRITE


def _names(name: str) -> set[str]:
    """A tool's name with and without what servers and frameworks put before it (``mcp__tickets__read``)."""
    plain = name.casefold()
    return {plain, *(plain.rpartition(mark)[2] for mark in _MARKS)}


def _unlisted(event: Event, agent: str, name: str, listed: int) -> Finding:
    writes = tool(name).effect is not Effect.READ
    reasons = (
        f"{who(agent)} called {quoted(name)} for the first time.",
        f"The inventory lists {listed} tools for it, and this is none of them.",
    )
    severity = Severity.MEDIUM if writes else Severity.LOW
    return report(UNLISTED, event, severity, reasons, entities=[("agent", named(event)), ("tool", name)])


def _after(event: Event, agent: str, name: str, taint: Taint, novel: Novelty) -> Finding:
    reasons = (
        f"{who(agent)} called {quoted(name)}, after {quoted(taint.tool)} brought content that outsiders can write.",
        novel.reference("tools after such content"),
        "The arguments were not recorded: whether the call took anything from that content cannot be seen.",
    )
    return report(
        AFTER,
        event,
        Severity.LOW,
        reasons,
        entities=[("agent", named(event)), ("tool", name)],
        earlier=taint.earlier,
    )
