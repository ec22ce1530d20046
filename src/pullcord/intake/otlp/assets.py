"""Finds the asset of a span: what it says itself, or else the agent that it works for."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.intake.envelope import Draft
from pullcord.intake.genai import first_text
from pullcord.model.event import LogSource

_OWN = ("pullcord.asset", "gen_ai.agent.name")
_FOR_AN_AGENT = ("tool", "llm", "agent", "mcp")
_MOST_STEPS = 64


class AssetFinder:
    """Knows the agents of one request: its spans by trace and parent."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._parents: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._by_trace: dict[str, set[str]] = {}
        for draft in drafts:
            if draft.trace_id is None:
                continue
            if draft.parent_span_id:
                self._parents[draft.id] = f"{draft.trace_id}:{draft.parent_span_id}"
            name = first_text(draft.attributes, _OWN)
            if name is not None:
                self._named[draft.id] = name
                self._by_trace.setdefault(draft.trace_id, set()).add(name)

    def asset(self, draft: Draft, logsource: LogSource) -> str | None:
        """``pullcord.asset``, else the agent's name, else what it inherits, else ``service.name``.

        Tool, model, agent and MCP calls inherit from the nearest span above them that names its asset, or else
        take the only name in their trace.
        """
        own = first_text(draft.attributes, _OWN)
        if own is None and logsource.category in _FOR_AN_AGENT:
            own = self._inherited(draft)
        return own or first_text(draft.attributes, ("service.name",))

    def _inherited(self, draft: Draft) -> str | None:
        place = draft.id
        for _ in range(_MOST_STEPS):
            place = self._parents.get(place, "")
            if not place:
                break
            if place in self._named:
                return self._named[place]
        names = self._by_trace.get(draft.trace_id or "", set())
        return next(iter(names)) if len(names) == 1 else None
