"""The gateway's policy enforcement point: which calls the denials file forbids, decided by Cedar.

The policy text is fixed (https://www.cedarpolicy.com); what the file and the call say reaches Cedar as data only.
The format of the file is documented in docs/reference/responders.md.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from pullcord.analysis.values import strong, values

SCHEMA = "pullcord.tool-denials/1"
_LARGEST = 4 << 20
_LONGEST_PLACE = 2_000
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


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the file; fields of later versions are read over."""

    action_id: str
    kind: str
    agents: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()


class DenialsFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file."""

    schema: str
    denials: tuple[Denial, ...] = ()


class Enforcement:
    """Decides calls by the file at ``path``, which it reads again when it changes.

    No file: everything is allowed, because without Pullcord nothing changes in the plant. A file that cannot be
    read: what was denied before stays denied; if nothing was read before, every call is denied.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._shared: dict[str, list[Any]] | None = _shared(())
        self._ever_read = False
        self.problem = ""

    def allows(self, agent: str, tool: str, arguments: Mapping[str, str]) -> bool:
        """Whether Cedar permits the call; what it cannot decide is denied."""
        import cedarpy

        shared = self._current()
        if shared is None:
            return False
        answer = cedarpy.is_authorized(_request(agent, tool, arguments, shared), _POLICY, [])
        return answer.decision == cedarpy.Decision.Allow and not answer.diagnostics.errors

    def _current(self) -> dict[str, list[Any]] | None:
        with self._lock:
            try:
                state = self._path.stat()
            except FileNotFoundError:
                self._seen, self._shared, self.problem = None, _shared(()), ""
                return self._shared
            except OSError as error:
                self.problem = f"the denials file cannot be looked at ({error.strerror})"
                return self._shared if self._ever_read else None
            seen = (state.st_ino, state.st_mtime_ns, state.st_size)
            if seen != self._seen:
                self._read(seen)
            return self._shared

    def _read(self, seen: tuple[int, int, int]) -> None:
        self._seen = seen
        try:
            with self._path.open("rb") as file:
                found = msgspec.json.decode(file.read(_LARGEST), type=DenialsFile)
            if found.schema != SCHEMA:
                raise msgspec.ValidationError("another schema")
        except (OSError, msgspec.MsgspecError):
            self.problem = "the denials file cannot be read; the last one that could be still holds"
            self._shared = self._shared if self._ever_read else None
            return
        self._shared, self._ever_read, self.problem = _shared(found.denials), True, ""


def _shared(denials: tuple[Denial, ...]) -> dict[str, list[Any]]:
    agents: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    destinations: set[str] = set()
    for denial in denials:
        names = {_folded(name) for name in denial.agents}
        match denial.kind:
            case "disable_agent":
                agents |= names
            case "restrict_tools" | "tighten_tool_policy":
                pairs |= {(name, _folded(tool)) for name in names for tool in denial.tools}
            case "block_destination":
                destinations |= {value for text in denial.destinations for value in _values(text)}
            case _:
                continue
    return {
        "agents": sorted(agents),
        "agent_tools": [{"agent": agent, "tool": tool} for agent, tool in sorted(pairs)],
        "destinations": sorted(destinations),
    }


def _request(
    agent: str, tool: str, arguments: Mapping[str, str], shared: dict[str, list[Any]]
) -> dict[str, Any]:
    given = {value for text in arguments.values() for value in _values(text)}
    given |= {host for value in given for host in _hosts(value)}
    context = {
        "agent": _folded(agent),
        "tool": _folded(tool),
        "values": sorted(given),
        "denied": shared,
    }
    return {
        "principal": 'Agent::"any"',
        "action": 'Action::"call"',
        "resource": 'Tool::"any"',
        "context": context,
    }


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _values(text: str) -> set[str]:
    """The text itself and every address, link and the like in it, in their normal form."""
    return {_folded(text), *strong(values(text).items())}


def _hosts(value: str) -> set[str]:
    """The host of an address or link and the domains above it: who blocks a domain means all of these."""
    if len(value) > _LONGEST_PLACE:
        return set()
    labels = value.rpartition("@")[2].partition("/")[0].partition(":")[0].split(".")
    return {".".join(labels[start:]) for start in range(len(labels) - 1)}
