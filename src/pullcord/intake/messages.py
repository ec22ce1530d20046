"""Puts the messages of older conventions into ``gen_ai.input.messages`` and ``gen_ai.output.messages``.

Three shapes: message events on spans or as logs (OpenTelemetry GenAI 1.28 to 1.36), indexed attributes of
OpenLLMetry (``gen_ai.prompt.0.content``) and of OpenInference (``llm.input_messages.0.message.content``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import orjson

from pullcord.intake.context import Context
from pullcord.intake.values import as_json
from pullcord.model.event import Value

_INPUT, _OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_WHOLE = {"gen_ai.content.prompt": "gen_ai.prompt", "gen_ai.content.completion": "gen_ai.completion"}
_LONGEST_JSON = 1 << 20
PREFIXES = ("gen_ai.prompt.", "gen_ai.completion.", "llm.input_messages.", "llm.output_messages.")
"""How the names of indexed messages begin."""
_INDEXED = re.compile(
    r"(gen_ai\.prompt|gen_ai\.completion|llm\.input_messages|llm\.output_messages)\.(\d{1,4})\."
    r"(?:message\.)?(?:(role|content|finish_reason|tool_call_id)|contents\.\d{1,4}\.message_content\.(text)"
    r"|tool_calls\.(\d{1,3})\.(?:tool_call\.)?(?:function\.)?(id|name|arguments))",
    re.ASCII,
)


def from_message_events(
    events: Sequence[tuple[str, dict[str, object]]], found: dict[str, Value], ctx: Context
) -> None:
    """Enter messages from events (name, fields) in their order; what the span has in this form wins."""
    sides: dict[str, list[object]] = {_INPUT: [], _OUTPUT: []}
    for name, fields in events:
        if name in _ROLES:
            sides[_INPUT].append(_message(fields, _ROLES[name]))
        elif name == "gen_ai.choice":
            inner = _parsed(fields.get("message"))
            sides[_OUTPUT].append(
                _message(fields | inner if isinstance(inner, dict) else fields, "assistant")
            )
        elif name in _WHOLE:
            whole = _parsed(fields.get(_WHOLE[name]))
            side = _INPUT if name == "gen_ai.content.prompt" else _OUTPUT
            sides[side] += whole if isinstance(whole, list) else [whole] if whole else []
    _enter(sides, found, ctx)


def from_indexed(found: dict[str, Value], ctx: Context) -> None:
    """Replace indexed message attributes, in place, by message lists."""
    keys = [key for key in found if key.startswith(PREFIXES)]
    if not keys:
        return
    drafts: dict[tuple[str, int], dict[str, object]] = {}
    for key in keys:
        match = _INDEXED.fullmatch(key)
        if match is None:
            continue
        prefix, index, field, part, call, call_field = match.groups()
        side = _INPUT if prefix in ("gen_ai.prompt", "llm.input_messages") else _OUTPUT
        place = (side, int(index))
        if place not in drafts and len(drafts) >= ctx.limits.max_messages:
            continue
        _place(drafts.setdefault(place, {}), (field, part, call, call_field), found.pop(key))
    sides: dict[str, list[object]] = {_INPUT: [], _OUTPUT: []}
    for (side, _), fields in sorted(drafts.items(), key=lambda item: item[0][1]):
        calls = fields.get("calls")
        listed = [calls[number] for number in sorted(calls)] if isinstance(calls, dict) else None
        role = "user" if side == _INPUT else "assistant"
        sides[side].append(_message(fields | {"tool_calls": listed}, role))
    ctx.counters.renamed += len(keys)
    _enter(sides, found, ctx)


def _place(fields: dict[str, object], where: Sequence[str | None], value: Value) -> None:
    field, part, call, call_field = where
    if field is not None:
        fields[field] = value
    elif part is not None:
        held = fields.setdefault("content", [])
        if isinstance(held, list):
            held.append({"type": "text", "content": value})
    elif call is not None and call_field is not None:
        calls = fields.setdefault("calls", {})
        if isinstance(calls, dict):
            calls.setdefault(int(call), {})[call_field] = value


def _enter(sides: dict[str, list[object]], found: dict[str, Value], ctx: Context) -> None:
    for side, held in sides.items():
        if held and side not in found:
            found[side] = as_json(held[: ctx.limits.max_messages], ctx)


def _message(fields: Mapping[str, object], default_role: str) -> dict[str, object]:
    role = fields.get("role")
    role = role if isinstance(role, str) and role else default_role
    content, identity = fields.get("content"), fields.get("tool_call_id") or fields.get("id")
    parts: list[object] = []
    if role == "tool" and content is not None:
        parts.append({"type": "tool_call_response", "id": identity, "response": content})
    elif isinstance(content, list):
        parts += content
    elif isinstance(content, str) and content:
        parts.append({"type": "text", "content": content})
    calls = _parsed(fields.get("tool_calls"))
    parts += [_call(call) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    message: dict[str, object] = {"role": role, "parts": parts}
    if isinstance(reason := fields.get("finish_reason"), str):
        message["finish_reason"] = reason
    return message


def _call(call: dict[str, object]) -> dict[str, object]:
    inner = call.get("function")
    fields = call | inner if isinstance(inner, dict) else call
    return {
        "type": "tool_call",
        "id": call.get("id"),
        "name": fields.get("name"),
        "arguments": _parsed(fields.get("arguments")),
    }


def _parsed(value: object) -> object:
    """JSON inside text, decoded; anything else, and what is no JSON, as it is."""
    if isinstance(value, str) and value[:1] in ("{", "[") and len(value) <= _LONGEST_JSON:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value
