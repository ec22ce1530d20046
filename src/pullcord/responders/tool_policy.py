"""Tool policy: which calls of an agent are denied, decided by Cedar (https://www.cedarpolicy.com).

The policy text is fixed; everything an attacker may have written (agent and tool names, destinations) reaches
Cedar as data of the request, never as policy text.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import cedarpy

from pullcord.analysis.values import strong, values
from pullcord.model.noun import Noun
from pullcord.model.plan import Action, ActionKind
from pullcord.model.session import ToolCall

_POLICY = """
permit (principal, action, resource);
@id("agent-disabled")
forbid (principal, action, resource) when { context.denied.agents.contains(context.agent) };
@id("tool-denied")
forbid (principal, action, resource) when {
    context.denied.agent_tools.contains({"agent": context.agent, "tool": context.tool})
};
@id("destination-blocked")
forbid (principal, action, resource) when { context.denied.destinations.containsAny(context.values) };
"""

# No address or link that ``analysis.values`` finds is longer.
_LONGEST_PLACE = 2_000


class Denials(Noun, frozen=True, kw_only=True):
    """What is denied: whole agents, single tools of an agent, and destinations for everybody."""

    agents: frozenset[str] = frozenset()
    agent_tools: frozenset[tuple[str, str]] = frozenset()
    destinations: frozenset[str] = frozenset()


def denials(actions: Iterable[Action]) -> Denials:
    """What a set of carried-out actions denies, by their parameters ``agents``, ``tools``, ``destinations``."""
    agents: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    destinations: set[str] = set()
    for action in actions:
        names = {_folded(name) for name in (action.target, *_listed(action, "agents"))}
        match action.kind:
            case ActionKind.DISABLE_AGENT:
                agents |= names
            case ActionKind.RESTRICT_TOOLS | ActionKind.TIGHTEN_TOOL_POLICY:
                pairs |= {(name, _folded(tool)) for name in names for tool in _listed(action, "tools")}
            case ActionKind.BLOCK_DESTINATION:
                for text in _listed(action, "destinations"):
                    destinations |= _values(text)
            case _:
                continue
    return Denials(
        agents=frozenset(agents), agent_tools=frozenset(pairs), destinations=frozenset(destinations)
    )


def denied(policy: Denials, calls: Sequence[tuple[str, ToolCall]]) -> list[bool]:
    """For each ``(agent name, call)``: would Cedar deny it now?

    A request Cedar cannot decide counts as not denied: a verification must not pass on an error.
    """
    if not calls:
        return []
    shared = {
        "agents": sorted(policy.agents),
        "agent_tools": [{"agent": agent, "tool": tool} for agent, tool in sorted(policy.agent_tools)],
        "destinations": sorted(policy.destinations),
    }
    requests = [_request(agent, call, shared) for agent, call in calls]
    answers = cedarpy.is_authorized_batch(requests, _POLICY, [])
    return [answer.decision == cedarpy.Decision.Deny and not answer.diagnostics.errors for answer in answers]


def _request(agent: str, call: ToolCall, shared: dict[str, object]) -> dict[str, object]:
    given = {value for text in (call.arguments or {}).values() for value in _values(text)}
    given |= {host for value in given for host in _hosts(value)}
    return {
        "principal": 'Agent::"suspect"',
        "action": 'Action::"call"',
        "resource": 'Tool::"any"',
        "context": {
            "agent": _folded(agent),
            "tool": _folded(call.tool),
            "values": sorted(given),
            "denied": shared,
        },
    }


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _values(text: str) -> set[str]:
    """The text itself and every address, link, account and the like in it, in their normal form."""
    return {_folded(text), *strong(values(text).items())}


def _hosts(value: str) -> Iterator[str]:
    """The host of an address or link and the domains above it: who blocks a domain means all of these."""
    if len(value) > _LONGEST_PLACE:
        return
    labels = value.rpartition("@")[2].partition("/")[0].partition(":")[0].split(".")
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])


def _listed(action: Action, key: str) -> list[str]:
    found = json.loads(action.params.get(key, "[]"))
    return [item for item in found if isinstance(item, str)]
