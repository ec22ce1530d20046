"""A tool or its server changed under an agent: another description, schema or binary, or a known name elsewhere.

Models obey the descriptions of tools, so a changed one is a changed program ("rug pull"); a second server that
offers a known name can take its calls ("shadowing").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pullcord.analysis.messages import parse, plain
from pullcord.analysis.quoting import quoted
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import Memory, Record, key_of, print_of
from pullcord.detection.behaviour.report import MAX_NAME, Rule, date, report
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

CHANGED = Rule(
    "pullcord.behaviour.tool-definition-changed",
    "Definition of a tool changed",
    "mcp-compromise",
    ("AML.T0110", "AML.T0109"),
)
SERVER = Rule(
    "pullcord.behaviour.tool-server-changed",
    "Tool server is not the one it was",
    "mcp-compromise",
    ("AML.T0109", "AML.T0010.005"),
)
SHADOWED = Rule(
    "pullcord.behaviour.tool-name-shadowed",
    "Name of a known tool offered by another server",
    "mcp-compromise",
    ("AML.T0110", "AML.T0074"),
)
TRIGGERS = (
    "gen_ai.tool.definitions",
    "gen_ai.tool.description",
    "mcp.tool.definition.digest",
    "mcp.tool.description",
    "mcp.tool.schema",
    "mcp.server.version",
    "mcp.server.digest",
    "mcp.server.name",
)
"""Attributes without which there is nothing to look at."""
MAX_DEFINITIONS = 256
MAX_READ = 1_000_000
"""Characters of a list of definitions."""
MAX_TOLD = 16
"""Findings about one event."""
_MOST_ASPECT = 8
_RESTLESS = 5
"""A text that had so many forms (it holds a date, say) tells nothing by having another."""
_MOST_SERVERS = 16
_CACHED = 64
_CACHED_LENGTH = 65_536
_TOOL = {
    "mcp.tool.definition.digest": "definition",
    "gen_ai.tool.description": "description",
    "mcp.tool.description": "description",
    "mcp.tool.schema": "schema",
    "gen_ai.tool.parameters": "schema",
}
_SERVER = {"mcp.server.version": "version", "mcp.server.digest": "binary"}
ASPECTS = frozenset({*_TOOL, *_SERVER, "gen_ai.tool.definitions"})
"""Attributes that say what a tool or server is."""


class Known(Record, array_like=True):
    """What a tool or server was: when first seen, and per aspect the fingerprints it had, oldest first."""

    first: int = 0
    aspects: dict[str, list[int]] = {}


class ToolsChanged:
    """What every tool and server was when it was first seen, and which server offers which name to an agent.

    Attributes:
        hushed: changes that were not told: of a thing that is never twice the same, or beyond the first of an event.
        too_long: lists of definitions that were not read.
    """

    def __init__(self, limits: Limits) -> None:
        self.memory = Memory("tool", Known, limits.tools)
        self.hushed = self.too_long = 0
        self._learning = limits.learning_time
        # Lists of definitions that were read: agents send the same text again with every call.
        self._read: dict[str, list[tuple[str, dict[str, int]]]] = {}

    def look(self, event: Event, agent: str | None, *, aspects: bool = True) -> list[Finding]:
        """Changes that one event shows; ``aspects``: it has any attribute of ``ASPECTS``."""
        get = event.attributes.get
        server, name = get("mcp.server.name"), get("gen_ai.tool.name")
        server = server if isinstance(server, str) else None
        name = name if isinstance(name, str) else None
        found: list[Finding] = []
        if name and server:
            found += self._shadow(event, agent or "", name, server)
        if not aspects:
            return found
        scope = server or agent or ""
        if name:
            said = _aspects(event.attributes, _TOOL)
            found += self._tool(event, scope, name, said, pinned=_pinned(event))
        if server:
            found += self._server(event, server, _aspects(event.attributes, _SERVER))
        definitions = event.text("gen_ai.tool.definitions")
        if definitions:
            for tool, said in self._definitions(definitions):
                found += self._tool(event, scope, tool, said, pinned=None)
        self.hushed += max(0, len(found) - MAX_TOLD)
        return found[:MAX_TOLD]

    def _definitions(self, text: str) -> list[tuple[str, dict[str, int]]]:
        if len(text) > MAX_READ:
            self.too_long += 1
            return []
        known = self._read.get(text)
        if known is None:
            known = list(_definitions(text))
            if len(text) <= _CACHED_LENGTH:
                self._read[text] = known
                if len(self._read) > _CACHED:
                    del self._read[next(iter(self._read))]
        return known

    def _tool(
        self, event: Event, scope: str, name: str, aspects: Mapping[str, int], *, pinned: bool | None
    ) -> Iterator[Finding]:
        if not aspects:
            return
        changed, first = self._change(event, ("tool", scope, name), aspects)
        if not changed and pinned is not False:
            return
        what = " and ".join(changed) or "definition"
        reasons = [f"The {what} of {quoted(name)} of {quoted(scope)} is not what it was."]
        if changed:
            reasons.append(f"It was first seen on {date(first)} and is compared by digest.")
        if pinned is False:
            reasons.append("It differs from the digest that was pinned when the tool was approved.")
        reasons.append("Models obey descriptions of tools: read the new one before an agent does.")
        yield report(
            CHANGED,
            event,
            Severity.HIGH if pinned is False else Severity.MEDIUM,
            reasons,
            entities=[("mcp_server", event.text("mcp.server.name")), ("tool", name[:MAX_NAME])],
            part=name[:MAX_NAME],
        )

    def _server(self, event: Event, server: str, aspects: Mapping[str, int]) -> Iterator[Finding]:
        changed, first = self._change(event, ("server", server), aspects) if aspects else ([], 0)
        digest, pin = event.text("mcp.server.digest"), event.text("mcp.server.pinned_digest")
        foreign = bool(digest and pin) and (digest or "").casefold() != (pin or "").casefold()
        if not changed and not foreign:
            return
        binary = "binary" in changed
        what = " and ".join(changed) or "binary"
        reasons = [f"The {what} of the tool server {quoted(server)} is not what it was."]
        if changed:
            reasons.append(f"It was first seen on {date(first)}.")
        if foreign:
            reasons.append("It differs from the digest that was pinned when the server was approved.")
        if binary and "version" not in changed and "version" in aspects:
            reasons.append("The binary is another under the same version: no ordinary update does that.")
        if foreign or (binary and "version" not in changed):
            severity = Severity.HIGH
        else:
            severity = Severity.MEDIUM if binary else Severity.LOW
        yield report(SERVER, event, severity, reasons, entities=[("mcp_server", server)])

    def _shadow(self, event: Event, agent: str, name: str, server: str) -> tuple[Finding, ...]:
        known, key = self._known(event, ("name", agent, name))
        servers = known.aspects.setdefault("server", [])
        mark = print_of(server)
        if mark in servers:
            return ()
        # While the agent's tools are being learned, two servers may well offer the same name.
        odd = bool(servers) and event.time - known.first >= self._learning
        if len(servers) < _MOST_SERVERS:
            servers.append(mark)
        self.memory.put(key, known)
        if not odd:
            return ()
        reasons = (
            f"{quoted(server)} now offers {quoted(name)}, known from another server since {date(known.first)}.",
            "Calls that were meant for the known tool may go to the new one.",
        )
        entities = [("mcp_server", server), ("tool", name[:MAX_NAME])]
        return (report(SHADOWED, event, Severity.MEDIUM, reasons, entities=entities, part="shadow"),)

    def _change(
        self, event: Event, parts: tuple[str, ...], aspects: Mapping[str, int]
    ) -> tuple[list[str], int]:
        """Aspects that differ from all that was seen before, and when the thing was first seen."""
        known, key = self._known(event, parts)
        changed: list[str] = []
        news = False
        for aspect, mark in aspects.items():
            seen = known.aspects.setdefault(aspect, [])
            if mark in seen:
                continue
            news = True
            if 0 < len(seen) < _RESTLESS:
                changed.append(aspect)
            self.hushed += len(seen) >= _RESTLESS
            seen.append(mark)
            del seen[:-_MOST_ASPECT]
        if news:
            self.memory.put(key, known)
        return changed, known.first

    def _known(self, event: Event, parts: tuple[str, ...]) -> tuple[Known, str]:
        key = key_of(event.site, *parts)
        known = self.memory.get(key, event.time)
        if known is None:
            return Known(first=event.time, seen=event.time, aspects={}), key
        if event.time < known.first:
            known.first = event.time
            self.memory.put(key, known)
        return known, key


def _aspects(attributes: Mapping[str, object], names: Mapping[str, str]) -> dict[str, int]:
    """Aspect → fingerprint of what the event says of it."""
    found: dict[str, int] = {}
    for name, aspect in names.items():
        value = attributes.get(name)
        if isinstance(value, str) and value:
            found.setdefault(aspect, print_of(value))
    return found


def _pinned(event: Event) -> bool | None:
    """Whether the definition is the pinned one; None if either digest is missing."""
    digest, pin = event.text("mcp.tool.definition.digest"), event.text("mcp.tool.definition.pinned_digest")
    return None if not digest or not pin else digest.casefold() == pin.casefold()


def _definitions(text: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield name and aspects of the tools of ``gen_ai.tool.definitions``; what is not of that shape is left out."""
    value = parse(text)
    for item in (value if isinstance(value, list) else [])[:MAX_DEFINITIONS]:
        if not isinstance(item, dict):
            continue
        inner = item.get("function")
        body = inner if isinstance(inner, dict) else item
        name = body.get("name")
        if not isinstance(name, str) or not name:
            continue
        found = {}
        if isinstance(description := body.get("description"), str):
            found["description"] = print_of(description)
        schema = body.get("parameters", body.get("inputSchema", body.get("input_schema")))
        if schema is not None:
            found["schema"] = print_of(plain(schema))
        yield name[:MAX_NAME], found
