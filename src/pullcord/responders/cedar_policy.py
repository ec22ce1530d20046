"""Tool policy: which calls of an agent are denied, decided by Cedar (https://www.cedarpolicy.com).

The policy text is fixed; everything an attacker may have written (agent and tool names, destinations) reaches
Cedar as data of the request, never as policy text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import cedarpy

from pullcord.analysis.values import strong, values
from pullcord.model.noun import Noun
from pullcord.model.plan import Action, ActionKind
from pullcord.model.session import ToolCall
from pullcord.responders.denial_file import Denial, listed, parse
from pullcord.responders.files import read

POLICY = """
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
"""The whole policy; docs/reference/responders.md repeats it for those who build a gateway."""

# No address or link that ``analysis.values`` finds is longer.
_LONGEST_PLACE = 2_000


class Denials(Noun, frozen=True, kw_only=True):
    """What is denied: whole agents, single tools of an agent, and destinations for everybody."""

    agents: frozenset[str] = frozenset()
    agent_tools: frozenset[tuple[str, str]] = frozenset()
    destinations: frozenset[str] = frozenset()


def denials(actions: Iterable[Action]) -> Denials:
    """What a set of carried-out actions denies, by their parameters ``agents``, ``tools``, ``destinations``."""
    return combined(
        Denial(
            action_id=action.id,
            kind=action.kind,
            agents=(action.target, *listed(action, "agents")),
            tools=tuple(listed(action, "tools")),
            destinations=tuple(listed(action, "destinations")),
        )
        for action in actions
    )


def combined(entries: Iterable[Denial]) -> Denials:
    """What entries of a file of denials deny together; kinds that deny nothing are passed over."""
    agents: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    destinations: set[str] = set()
    for entry in entries:
        names = {folded(name) for name in entry.agents}
        match entry.kind:
            case ActionKind.DISABLE_AGENT:
                agents |= names
            case ActionKind.RESTRICT_TOOLS | ActionKind.TIGHTEN_TOOL_POLICY:
                pairs |= {(name, folded(tool)) for name in names for tool in entry.tools}
            case ActionKind.BLOCK_DESTINATION:
                for text in entry.destinations:
                    destinations |= _values(text)
            case _:
                continue
    return Denials(
        agents=frozenset(agents), agent_tools=frozenset(pairs), destinations=frozenset(destinations)
    )


def load(path: Path) -> Denials:
    """What a file of denials denies.

    Raises:
        TargetFileError: it cannot be read or is of another form; a gateway keeps what it had, or denies everything.
    """
    return combined(parse(read(path).data))


def decide(policy: Denials, agent: str, tool: str, arguments: Mapping[str, str]) -> bool:
    """Whether a gateway lets a call through; a call that Cedar cannot decide is not let through."""
    (answer,) = cedarpy.is_authorized_batch([_request(agent, tool, arguments, _shared(policy))], POLICY, [])
    return answer.decision == cedarpy.Decision.Allow and not answer.diagnostics.errors


def denied(policy: Denials, calls: Sequence[tuple[str, ToolCall]]) -> list[bool]:
    """For each ``(agent name, call)``: would Cedar deny it now?

    A request Cedar cannot decide counts as not denied: a verification must not pass on an error.
    """
    if not calls:
        return []
    shared = _shared(policy)
    requests = [_request(agent, call.tool, call.arguments or {}, shared) for agent, call in calls]
    answers = cedarpy.is_authorized_batch(requests, POLICY, [])
    return [answer.decision == cedarpy.Decision.Deny and not answer.diagnostics.errors for answer in answers]


def _shared(policy: Denials) -> dict[str, object]:
    return {
        "agents": sorted(policy.agents),
        "agent_tools": [{"agent": agent, "tool": tool} for agent, tool in sorted(policy.agent_tools)],
        "destinations": sorted(policy.destinations),
    }


def _request(
    agent: str, tool: str, arguments: Mapping[str, str], shared: dict[str, object]
) -> dict[str, object]:
    given = {value for text in arguments.values() for value in _values(text)}
    given |= {host for value in given for host in _hosts(value)}
    return {
        "principal": 'Agent::"suspect"',
        "action": 'Action::"call"',
        "resource": 'Tool::"any"',
        "context": {
            "agent": folded(agent),
            "tool": folded(tool),
            "values": sorted(given),
            "denied": shared,
        },
    }


def folded(text: str) -> str:
    """A name as it is compared: width, case and blanks around it do not count."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _values(text: str) -> set[str]:
    """The text itself and every address, link, account and the like in it, in their normal form."""
    return {folded(text), *strong(values(text).items())}


def _hosts(value: str) -> Iterator[str]:
    """The host of an address or link and the domains above it: who blocks a domain means all of these."""
    if len(value) > _LONGEST_PLACE:
        return
    labels = value.rpartition("@")[2].partition("/")[0].partition(":")[0].split(".")
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])
