"""Turns any JSON value into attributes: flat dotted keys with scalars or lists of one kind of scalar."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from pullcord.intake.context import Context
from pullcord.model.event import Value

JSON_KEYS = frozenset(
    {
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "gen_ai.tool.definitions",
    }
)
"""Attributes whose structured form is JSON text (OpenTelemetry GenAI conventions), never dotted keys."""

_CUT = "\u2026"


def put(into: dict[str, Value], key: str, value: object, ctx: Context) -> None:
    """Enter a value that came out of a JSON parser under a key.

    ``null`` is as if absent. An object becomes dotted keys, or JSON text if it has over ``max_leaves`` values,
    too much depth, or one of :data:`JSON_KEYS`. A list with objects in it becomes JSON text, a list of different
    kinds of scalars texts. Integers beyond 64 bits become floating point. Nothing is refused, so content that
    an attacker chose cannot make an event disappear.
    """
    if len(key) > ctx.limits.max_key:
        ctx.counters.dropped += 1
    elif isinstance(value, dict):
        ctx.counters.flattened += 1
        leaves: dict[str, object] = {}
        if key in JSON_KEYS or not value or not _flatten(value, key, leaves, ctx, 1):
            into[key] = as_json(value, ctx)
        else:
            for path, leaf in leaves.items():
                put(into, path, leaf, ctx)
    elif isinstance(value, list):
        into[key] = _list(value, ctx)
    elif isinstance(value, int) and not isinstance(value, bool):
        into[key] = _integer(value, ctx)
    elif isinstance(value, str | bool | float):
        into[key] = value


def as_json(value: object, ctx: Context) -> str:
    """A value as compact JSON text; what is nested too deeply is replaced by an ellipsis."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return orjson.dumps(_clipped(value, ctx, 0)).decode()


def as_text(value: object, ctx: Context) -> str:
    """Texts as they are, everything else as compact JSON."""
    return value if isinstance(value, str) else as_json(value, ctx)


def _flatten(
    value: Mapping[str, object], key: str, leaves: dict[str, object], ctx: Context, depth: int
) -> bool:
    """Collect dotted leaves; False if there are too many or they are too deep."""
    if depth > ctx.limits.max_depth:
        return False
    for name, item in value.items():
        path = f"{key}.{name}"
        if isinstance(item, dict) and item:
            if not _flatten(item, path, leaves, ctx, depth + 1):
                return False
        else:
            leaves[path] = "{}" if isinstance(item, dict) else item
        if len(leaves) > ctx.limits.max_leaves or len(path) > ctx.limits.max_key:
            return False
    return True


def _integer(value: int, ctx: Context) -> int | float:
    if -(2**63) <= value < 2**63:
        return value
    ctx.counters.wide_numbers += 1
    return float(value)


def _list(value: list[object], ctx: Context) -> Value:
    items = [item for item in value if item is not None]
    kinds = {type(item) for item in items}
    if kinds & {dict, list}:
        ctx.counters.flattened += 1
        return as_json(value, ctx)
    if kinds == {int}:
        numbers = [_integer(item, ctx) for item in items if isinstance(item, int)]
        # One integer beyond 64 bits makes all of them floating point.
        whole = [number for number in numbers if isinstance(number, int)]
        return [*whole] if len(whole) == len(numbers) else [float(number) for number in numbers]
    if kinds == {int, float}:
        return [float(item) for item in items if isinstance(item, int | float)]
    if kinds == {bool}:
        return [item for item in items if isinstance(item, bool)]
    if kinds == {float}:
        return [item for item in items if isinstance(item, float)]
    return [as_text(item, ctx) for item in items]


def _clipped(value: object, ctx: Context, depth: int) -> object:
    if not isinstance(value, dict | list):
        return value
    if depth >= ctx.limits.max_depth:
        ctx.counters.truncated += 1
        return _CUT
    if isinstance(value, list):
        return [_clipped(item, ctx, depth + 1) for item in value]
    return {name: _clipped(item, ctx, depth + 1) for name, item in value.items()}
