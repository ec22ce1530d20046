"""Reads the JSON that agents put into span attributes: message lists and tool arguments.

Shapes are those of the OpenTelemetry GenAI semantic conventions 1.37 (``parts`` with ``content``), with the older
``content`` string or list beside them. Everything here is hostile: sizes, depth and counts are bounded, and what
is no JSON is taken as plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

MAX_JSON = 8_000_000
"""Characters of JSON that are parsed; longer ones are plain text."""
MAX_TEXT = 1_000_000
"""Characters kept of one text."""
MAX_DEPTH = 24
MAX_LEAVES = 1_000
MAX_PARTS = 10_000
_ROOT = "$"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Message(NamedTuple):
    """One message: who speaks, its text, the calls it asks for and the results it brings (both by call id)."""

    role: str
    text: str
    requests: Mapping[str, Json]
    responses: Mapping[str, str]


def parse(text: str) -> Json:
    """The JSON value of a text, or the text itself if it is none (or too long, too deep)."""
    if len(text) > MAX_JSON or text.lstrip()[:1] not in ("{", "[", '"'):
        return text
    try:
        value: Json = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return text
    return value


def messages(text: str, default_role: str) -> Iterator[Message]:
    """Yield the messages of one attribute; plain text is one message of the default role."""
    value = parse(text)
    items = value if isinstance(value, list) else [value]
    for item in items[:MAX_PARTS]:
        if isinstance(item, dict):
            yield _message(item, default_role)
        elif isinstance(item, str):
            yield Message(default_role, item[:MAX_TEXT], {}, {})


def flatten(text: str) -> dict[str, str]:
    """Arguments of a call as dotted path → text; plain text gets the path ``$``. At most 1,000 values."""
    leaves: dict[str, str] = {}
    _flatten(parse(text), "", leaves, 0)
    return leaves


def plain(value: Json) -> str:
    """Any JSON value as text: strings as they are, the rest as compact JSON."""
    if isinstance(value, str):
        return value[:MAX_TEXT]
    try:
        return msgspec.json.encode(value).decode()[:MAX_TEXT]
    except RecursionError:
        return ""


def _message(item: dict[str, Json], default_role: str) -> Message:
    role = item.get("role")
    texts: list[str] = []
    requests: dict[str, Json] = {}
    responses: dict[str, str] = {}
    for part in _parts(item):
        _part(part, texts, requests, responses)
    name = role.casefold() if isinstance(role, str) else default_role
    return Message(name, "\n".join(texts)[:MAX_TEXT], requests, responses)


def _parts(item: dict[str, Json]) -> list[Json]:
    """The parts of a message: ``parts``, else ``content`` as a list or a text; a bare part is its own list."""
    parts = item.get("parts")
    if isinstance(parts, list):
        return parts[:MAX_PARTS]
    content = item.get("content")
    if "role" not in item and "type" in item:
        return [item]
    return content[:MAX_PARTS] if isinstance(content, list) else [content]


def _part(part: Json, texts: list[str], requests: dict[str, Json], responses: dict[str, str]) -> None:
    if isinstance(part, str):
        texts.append(part)
        return
    if not isinstance(part, dict):
        return
    kind, identity = part.get("type"), part.get("id")
    if kind in ("tool_call", "tool_use", "function_call"):
        if isinstance(identity, str):
            requests[identity] = part.get("arguments", part.get("input"))
    elif kind in ("tool_call_response", "tool_result", "function_call_output"):
        identity = identity if isinstance(identity, str) else part.get("tool_use_id", part.get("call_id"))
        if isinstance(identity, str):
            responses[identity] = plain(
                part.get("response", part.get("result", part.get("content", part.get("output"))))
            )
    elif kind in (None, "text", "input_text", "output_text"):
        text = part.get("content", part.get("text"))
        if isinstance(text, str):
            texts.append(text)


def _flatten(value: Json, path: str, leaves: dict[str, str], depth: int) -> None:
    if len(leaves) >= MAX_LEAVES:
        return
    if depth < MAX_DEPTH and isinstance(value, dict) and (value or depth == 0):
        for key, item in value.items():
            _flatten(item, f"{path}.{key[:200]}" if path else key[:200], leaves, depth + 1)
    elif depth < MAX_DEPTH and isinstance(value, list) and value:
        for index, item in enumerate(value):
            _flatten(item, f"{path}.{index}" if path else str(index), leaves, depth + 1)
            if len(leaves) >= MAX_LEAVES:
                return
    elif value is not None:
        leaves[path or _ROOT] = plain(value)
