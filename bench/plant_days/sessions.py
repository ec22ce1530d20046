"""Sessions of agents and chats, as an instrumented agent platform records them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.plant_days.days import SECOND
from bench.plant_days.emit import Stream, messages
from bench.plant_days.staff import Person

GATEWAY = "llm-gw.torvik-pumps.example"


@dataclass
class Session:
    """One conversation; every call moves its clock on.

    Attributes:
        agent: name of the agent.
        model: that it calls.
        content: whether prompts, arguments and results are recorded.
        time: of the next event, nanoseconds UTC.
    """

    stream: Stream
    agent: str
    model: str
    time: int
    person: Person | None = None
    content: bool = False
    key: str = ""
    history: list[tuple[str, str]] = field(default_factory=list)
    read: int = 900

    def __post_init__(self) -> None:
        """Begin it."""
        self.key = self.key or f"{self.stream.chance.getrandbits(128):032x}"

    def asked(self, text: str) -> None:
        """What the person says next."""
        self.history.append(("user", text))
        self.read += 12 + len(text) // 3

    def chat(self, answer: str, more: Mapping[str, object] | None = None, written: int | None = None) -> None:
        """One call of the model."""
        chance = self.stream.chance
        wrote = written or max(8, int(chance.lognormvariate(4.6, 0.7)))
        attributes: dict[str, object] = {
            **self._about("chat"),
            "gen_ai.request.model": self.model,
            "gen_ai.response.model": self.model,
            "gen_ai.provider.name": "azure.ai.openai",
            "server.address": GATEWAY,
            "gen_ai.usage.input_tokens": int(self.read * chance.uniform(0.9, 1.2)),
            "gen_ai.usage.output_tokens": wrote,
            "gen_ai.response.finish_reasons": ["stop"],
            "ai.usage.cost": round(self.read * 2e-6 + wrote * 8e-6, 6),
            "otel.duration_ns": int(SECOND * (0.4 + wrote * 0.012 * chance.lognormvariate(0, 0.25))),
            **(more or {}),
        }
        if self.content:
            attributes["gen_ai.input.messages"] = messages(*self.history[-6:])
            attributes["gen_ai.output.messages"] = messages(("assistant", answer))
        self._put("llm", attributes, 1 + wrote * 0.012)
        self.history.append(("assistant", answer))
        self.read += wrote

    def tool(self, name: str, arguments: Mapping[str, object], result: str, **more: object) -> None:
        """One call of a tool; the model was asked what to do before, as it always is."""
        if self.history and self.history[-1][0] == "user":
            self.chat(f"I call {name}.", written=14)
        chance = self.stream.chance
        attributes: dict[str, object] = {
            **self._about("execute_tool"),
            "gen_ai.tool.name": name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": self.stream.key(),
            "otel.duration_ns": int(SECOND * chance.lognormvariate(-1.2, 0.5)),
            **more,
        }
        if self.content:
            attributes["gen_ai.tool.call.arguments"] = json.dumps(arguments, ensure_ascii=False)
            attributes["gen_ai.tool.call.result"] = result
        self._put("tool", attributes, chance.uniform(0.3, 4))
        self.history.append(("tool", result))
        self.read += 20 + len(result) // 3

    def end(self, turns: int, calls: int, reason: str = "done") -> None:
        """The run is over."""
        self._put(
            "agent",
            {
                **self._about("invoke_agent"),
                "ai.agent.stop_reason": reason,
                "ai.agent.turns": turns,
                "ai.agent.tool_calls": calls,
            },
            0.1,
        )

    def wait(self, seconds: float) -> None:
        """Somebody thinks."""
        self.time += int(seconds * SECOND)

    def _about(self, operation: str) -> dict[str, object]:
        about: dict[str, object] = {
            "gen_ai.operation.name": operation,
            "gen_ai.agent.name": self.agent,
            "gen_ai.conversation.id": self.key[:16],
            "service.name": self.agent,
        }
        if self.person is not None:
            about["user.id"] = self.person.name
        return about

    def _put(self, category: str, attributes: Mapping[str, object], seconds: float) -> None:
        self.stream.ai(
            self.time,
            category,
            attributes,
            asset=self.agent,
            actor=self.person.name if self.person else None,
            trace_id=self.key,
            span_id=f"{self.stream.chance.getrandbits(64):016x}",
        )
        self.wait(seconds)
