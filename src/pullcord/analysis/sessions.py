"""Puts the spans of one agent trace back into an agent session: user turns, model steps, tool calls.

Attribute names are those of the OpenTelemetry GenAI semantic conventions; older names are aliased at intake.
"""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.analysis.messages import MAX_TEXT, Json, Message, flatten, messages, plain
from pullcord.model.event import Event, Value
from pullcord.model.session import AgentSession, ToolCall

MAX_CALLS = 5_000
MAX_SESSION_TEXT = 32_000_000
"""Characters of tool results kept per session; what comes later counts as not captured."""
_OPERATIONS = {"tool": "execute_tool", "llm": "chat", "agent": "invoke_agent"}
_CHAT = ("chat", "text_completion", "generate_content")


def build_session(events: Sequence[Event]) -> AgentSession:
    """The session that the events of ONE trace tell, in whatever order they come.

    A user turn starts with a user message whose text was not seen before, so a repeated prompt and a full history in
    every span are no new turns. Without any chat span every call counts as its own model step. Arguments and
    results that a tool span lacks are looked up by call id in the messages around it. Never raises on what the
    attributes hold: what could not be read or seen is named in ``missing``.
    """
    ordered = _unique(events)
    if not ordered:
        return AgentSession(trace_id="", calls=(), missing=("There were no events.",))
    builder = _Builder()
    for event in ordered:
        builder.see(event)
    first = ordered[0]
    return AgentSession(
        trace_id=first.trace_id or "",
        calls=builder.finish(),
        users=tuple(builder.users),
        system="\n".join(builder.system),
        outputs=tuple(builder.outputs),
        asset=next((event.asset for event in ordered if event.asset), None),
        actor=next((event.actor for event in ordered if event.actor), None),
        site=next((event.site for event in ordered if event.site), None),
        first_time=first.time,
        last_time=ordered[-1].time,
        missing=tuple(builder.missing()),
    )


def _unique(events: Sequence[Event]) -> list[Event]:
    """In order of start time (the id breaks ties, so that the order of the input does not count), each id once."""
    by_id: dict[str, Event] = {}
    for event in events:
        by_id.setdefault(event.id, event)
    return sorted(by_id.values(), key=lambda event: (event.time, event.id))


def _operation(event: Event) -> str:
    named = event.text("gen_ai.operation.name")
    if named in (*_CHAT, "execute_tool", "invoke_agent"):
        return "chat" if named in _CHAT else named
    if event.text("gen_ai.tool.name"):
        return "execute_tool"
    return _OPERATIONS.get(event.logsource.category or "", "")


def _text(value: Value | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value
    return "\n".join(str(item) for item in value) if isinstance(value, list) else str(value)


class _Draft:
    """A call as its own span tells it; what it lacks may still turn up in a message."""

    def __init__(self, event: Event, position: int, step: int, turn: int) -> None:
        self.event, self.position, self.step, self.turn = event, position, step, turn
        self.identity = event.text("gen_ai.tool.call.id") or ""
        self.arguments = _text(event.attributes.get("gen_ai.tool.call.arguments"))
        self.result = _text(event.attributes.get("gen_ai.tool.call.result"))


class _Builder:
    """Collects one session from events in order of time."""

    def __init__(self) -> None:
        self.users: list[str] = []
        self.system: list[str] = []
        self.outputs: list[str] = []
        self._drafts: list[_Draft] = []
        self._seen: set[str] = set()
        self._requests: dict[str, Json] = {}
        self._responses: dict[str, str] = {}
        self._dropped = 0
        self._cut = 0
        self._calls: tuple[ToolCall, ...] = ()

    def see(self, event: Event) -> None:
        """Take in the next event."""
        operation = _operation(event)
        if operation == "execute_tool":
            self._tool(event)
            return
        if operation not in ("chat", "invoke_agent"):
            return
        self._instructions(_text(event.attributes.get("gen_ai.system_instructions")))
        for message in messages(_text(event.attributes.get("gen_ai.input.messages")) or "", "user"):
            self._input(message)
        if operation == "chat":
            self._output(_text(event.attributes.get("gen_ai.output.messages")))

    def finish(self) -> tuple[ToolCall, ...]:
        """The calls, with what their spans lacked filled in from messages."""
        budget = MAX_SESSION_TEXT
        calls: list[ToolCall] = []
        for draft in self._drafts:
            call = self._call(draft, budget)
            budget -= len(call.result or "")
            calls.append(call)
        self._calls = tuple(calls)
        return self._calls

    def missing(self) -> list[str]:
        """What could not be seen, for people; call after ``finish``."""
        total = len(self._calls)
        without = {
            "arguments": sum(call.arguments is None for call in self._calls),
            "results": sum(call.result is None for call in self._calls),
        }
        found = [
            f"The {what} of {count} of {total} tool calls were not captured."
            for what, count in without.items()
            if count
        ]
        if not self.users:
            found.append("No message of the user was captured.")
        if total and not self.outputs:
            found.append("No model step was recorded; every tool call counts as its own step.")
        if not total:
            found.append("No tool call was recorded.")
        if self._dropped:
            found.append(f"{self._dropped} tool calls beyond the first {MAX_CALLS} were left out.")
        if self._cut:
            found.append(f"{self._cut} tool results were longer than what is kept of them.")
        return found

    def _tool(self, event: Event) -> None:
        if len(self._drafts) >= MAX_CALLS:
            self._dropped += 1
            return
        step = max(0, len(self.outputs) - 1)
        self._drafts.append(_Draft(event, len(self._drafts), step, max(0, len(self.users) - 1)))

    def _instructions(self, text: str | None) -> None:
        for message in messages(text or "", "system"):
            self._add_system(message.text)

    def _add_system(self, text: str) -> None:
        if text and text not in self.system and len(self.system) < MAX_CALLS:
            self.system.append(text)

    def _input(self, message: Message) -> None:
        self._responses.update(message.responses)
        if message.role in ("system", "developer"):
            self._add_system(message.text)
        elif message.role == "user":
            key = " ".join(message.text.split())
            if key and key not in self._seen and len(self.users) < MAX_CALLS:
                self._seen.add(key)
                self.users.append(message.text)

    def _output(self, text: str | None) -> None:
        written: list[str] = []
        for message in messages(text or "", "assistant"):
            self._requests.update(message.requests)
            written.append(message.text)
        self.outputs.append("\n".join(written)[:MAX_TEXT])

    def _call(self, draft: _Draft, budget: int) -> ToolCall:
        event = draft.event
        arguments, result = draft.arguments, draft.result
        if arguments is None and draft.identity in self._requests:
            arguments = plain(self._requests[draft.identity])
        if result is None:
            result = self._responses.get(draft.identity)
        if result is not None and len(result) > min(MAX_TEXT, budget):
            self._cut += 1
            result = result[: min(MAX_TEXT, budget)] if budget > 0 else None
        return ToolCall(
            span_id=event.span_id or event.id,
            event_id=event.id,
            position=draft.position,
            step=draft.step if self.outputs else draft.position,
            turn=draft.turn,
            tool=event.text("gen_ai.tool.name") or "",
            time=event.time,
            arguments=None if arguments is None else flatten(arguments),
            result=result,
            failed=event.text("error.type") is not None,
        )
