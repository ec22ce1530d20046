"""Writes agent sessions as OpenTelemetry would export them: OTLP/JSON, GenAI attribute names."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pullcord.model.noun import digest_bytes
from pullcord.model.times import MILLISECOND

Span = dict[str, Any]


@dataclass
class SessionWriter:
    """Builds the spans of one session step by step.

    Attributes:
        name: makes the ids; the same name gives the same ids.
        start: nanoseconds UTC.
    """

    name: str
    agent: str
    start: int
    user: str
    system: str
    _spans: list[Span] = field(default_factory=list)
    _now: int = 0
    _fresh: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The session begins with what the user asks."""
        self._now = self.start + 5 * MILLISECOND
        self._fresh = [_message("user", {"type": "text", "content": self.user})]

    def call(self, tool: str, arguments: dict[str, str], result: str) -> SessionWriter:
        """The model asks for a tool call, and the tool answers."""
        call_id = f"call_{digest_bytes(f'{self.name}/{len(self._spans)}'.encode())[:12]}"
        request = {"type": "tool_call", "id": call_id, "name": tool, "arguments": arguments}
        self._chat(request)
        self._add(
            f"execute_tool {tool}",
            180,
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": tool,
                "gen_ai.tool.call.id": call_id,
                "gen_ai.tool.call.arguments": json.dumps(arguments),
                "gen_ai.tool.call.result": result,
            },
        )
        self._fresh = [_message("tool", {"type": "tool_call_response", "id": call_id, "response": result})]
        return self

    def answer(self, text: str) -> SessionWriter:
        """The model ends its turn with text."""
        self._chat({"type": "text", "content": text})
        return self

    def line(self) -> str:
        """The session as one OTLP/JSON line, the root span last, as exporters send it."""
        root = self._span(
            f"invoke_agent {self.agent}", self.start, self._now, {"gen_ai.operation.name": "invoke_agent"}
        )
        del root["parentSpanId"]
        root["spanId"] = self._id("root")
        resource = {"attributes": _attributes({"service.name": self.agent, "pullcord.site": "Northfield"})}
        scope = {"scope": {"name": "demo"}, "spans": [*self._spans, root]}
        return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]})

    def trace_id(self) -> str:
        """The session's trace id."""
        return digest_bytes(self.name.encode())[:32]

    def _chat(self, part: dict[str, Any]) -> None:
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "demo-model",
            "gen_ai.input.messages": json.dumps(self._fresh),
            "gen_ai.output.messages": json.dumps([_message("assistant", part)]),
        }
        if not self._spans:
            attributes["gen_ai.system_instructions"] = json.dumps([{"type": "text", "content": self.system}])
        self._add("chat demo-model", 900, attributes)

    def _add(self, name: str, milliseconds: int, attributes: dict[str, str]) -> None:
        end = self._now + milliseconds * MILLISECOND
        self._spans.append(self._span(name, self._now, end, attributes))
        self._now = end + 10 * MILLISECOND

    def _span(self, name: str, start: int, end: int, attributes: dict[str, str]) -> Span:
        return {
            "traceId": self.trace_id(),
            "spanId": self._id(f"{len(self._spans)}"),
            "parentSpanId": self._id("root"),
            "name": name,
            "startTimeUnixNano": str(start),
            "endTimeUnixNano": str(end),
            "attributes": _attributes({**attributes, "gen_ai.agent.name": self.agent}),
        }

    def _id(self, key: str) -> str:
        return digest_bytes(f"{self.name}/{key}".encode())[:16]


def _message(role: str, part: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "parts": [part]}


def _attributes(values: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
