"""One session of the copilot as OpenTelemetry spans with the GenAI attribute names."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from pullcord.demo.story import AGENT, SITE, SYSTEM

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

MODEL = "demo-model"


def make_tracer(exporter: SpanExporter) -> Tracer:
    """A tracer whose finished spans go to ``exporter`` at once."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    resource = Resource({"service.name": AGENT, "pullcord.site": SITE})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("pullcord.demo")


@dataclass
class SessionSpans:
    """Writes the spans of one session while it runs; use it as a context manager.

    Attributes:
        think: how long the model takes for one turn, seconds.
    """

    tracer: Tracer
    user: str
    think: float = 0.05
    _root: Span | None = None
    _fresh: list[dict[str, Any]] = field(default_factory=list)
    _turns: int = 0

    def __enter__(self) -> Self:
        """The session begins with what the user asks."""
        self._fresh = [_message("user", {"type": "text", "content": self.user})]
        self._root = self.tracer.start_span(
            f"invoke_agent {AGENT}", attributes=_attributes({"gen_ai.operation.name": "invoke_agent"})
        )
        return self

    def __exit__(self, *error: object) -> None:
        """The root span ends last."""
        self._span_of_session().end()

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""
        return f"{self._span_of_session().get_span_context().trace_id:032x}"

    def call(self, tool: str, arguments: dict[str, str], carry_out: Callable[[str], str]) -> str:
        """The model asks for a call, and ``carry_out`` (given the W3C ``traceparent``) does it; returns the result."""
        number = f"{self.trace_id[:8]}{self._turns:02d}"
        call_id = f"call_{number}"
        self._chat({"type": "tool_call", "id": call_id, "name": tool, "arguments": arguments})
        span = self._start(
            f"execute_tool {tool}",
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": tool,
                "gen_ai.tool.call.id": call_id,
                "gen_ai.tool.call.arguments": json.dumps(arguments),
            },
        )
        result = carry_out(f"00-{self.trace_id}-{span.get_span_context().span_id:016x}-01")
        span.set_attribute("gen_ai.tool.call.result", result)
        span.end()
        self._fresh = [_message("tool", {"type": "tool_call_response", "id": call_id, "response": result})]
        return result

    def answer(self, text: str) -> None:
        """The model ends its turn with text."""
        self._chat({"type": "text", "content": text})

    def _chat(self, part: dict[str, Any]) -> None:
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": MODEL,
            "gen_ai.input.messages": json.dumps(self._fresh),
            "gen_ai.output.messages": json.dumps([_message("assistant", part)]),
        }
        if not self._turns:
            attributes["gen_ai.system_instructions"] = json.dumps([{"type": "text", "content": SYSTEM}])
        self._turns += 1
        span = self._start(f"chat {MODEL}", attributes)
        time.sleep(self.think)
        span.end()

    def _start(self, name: str, attributes: dict[str, str]) -> Span:
        from opentelemetry.trace import set_span_in_context

        context = set_span_in_context(self._span_of_session())
        return self.tracer.start_span(name, context=context, attributes=_attributes(attributes))

    def _span_of_session(self) -> Span:
        if self._root is None:
            raise RuntimeError("the session has not begun")
        return self._root


def _message(role: str, part: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "parts": [part]}


def _attributes(values: dict[str, str]) -> dict[str, str]:
    return {**values, "gen_ai.agent.name": AGENT}
