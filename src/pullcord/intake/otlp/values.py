"""Reads OTLP/JSON attribute lists, ids and times (opentelemetry-proto 1.x, JSON encoding of protobuf 3).

64-bit integers come as text or as numbers, bytes as base64, NaN and Infinity as text.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import as_list, as_object, checked_time, wrong
from pullcord.intake.values import put
from pullcord.model.event import Value

_INTEGER = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_DIGITS = 19
"""Decimal digits of the largest integer."""
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+", re.ASCII)
_ID_BYTES = (8, 16)
_CUT = "\u2026"


def attributes(value: object, path: str, into: dict[str, Value], ctx: Context) -> None:
    """Enter a list of ``KeyValue`` into a flat map; of a key that comes twice the last value counts.

    Raises:
        UnreadableRecordError: it is no list of objects with a key.
    """
    for number, pair in enumerate(as_list(value, path)):
        if not isinstance(pair, dict) or not isinstance(key := pair.get("key"), str):
            raise wrong(f"{path}[{number}]", "a key with a value", pair)
        held = pair.get("value")
        # The usual case without a second look; the name's length is checked by `put` otherwise.
        if (
            isinstance(held, dict)
            and isinstance(text := held.get("stringValue"), str)
            and len(key) <= ctx.limits.max_key
        ):
            into[key] = text
        else:
            put(into, key, plain(held, ctx), ctx)


def plain(value: object, ctx: Context, depth: int = 0) -> object:
    """An ``AnyValue`` as plain JSON; what it does not define is None, what is too deep an ellipsis.

    Of several kinds, which no valid message has, the first in the order of :data:`_READERS` counts.
    """
    if not isinstance(value, dict):
        return None
    if depth > ctx.limits.max_depth:
        ctx.counters.truncated += 1
        return _CUT
    for name, read in _READERS.items():
        if name in value:
            return read(value[name], ctx, depth)
    return None


def _scalar(held: object, _ctx: Context, _depth: int) -> object:
    # base64 is how OTLP/JSON writes bytes, and text is what an attribute can hold.
    return held if isinstance(held, str | bool) else None


def _whole(held: object, ctx: Context, _depth: int) -> object:
    number = integer(held)
    if isinstance(number, int) and not -(2**63) <= number < 2**63:
        # 20 digits can be more than any JSON writer takes.
        ctx.counters.wide_numbers += 1
        return float(number)
    return number


def _array(held: object, ctx: Context, depth: int) -> object:
    return [plain(item, ctx, depth + 1) for item in _items(held)]


def _map(held: object, ctx: Context, depth: int) -> object:
    return {
        pair["key"]: plain(pair.get("value"), ctx, depth + 1)
        for pair in _items(held)
        if isinstance(pair, dict) and isinstance(pair.get("key"), str)
    }


def plain_map(value: object, path: str, ctx: Context) -> dict[str, object]:
    """A list of ``KeyValue`` as a map of plain JSON values, nothing flattened.

    Raises:
        UnreadableRecordError: it is no list.
    """
    return {
        pair["key"]: plain(pair.get("value"), ctx)
        for pair in as_list(value, path)
        if isinstance(pair, dict) and isinstance(pair.get("key"), str)
    }


def integer(value: object) -> object:
    """A 64-bit integer from its text; anything else as it is."""
    # The usual case without a second look.
    if isinstance(value, str) and len(value) < _DIGITS and value.isdigit() and value.isascii():
        return int(value)
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value


def nanoseconds(value: object, path: str, ctx: Context) -> int:
    """A time in nanoseconds since the epoch; absent is 0, as in protobuf.

    Raises:
        UnreadableRecordError: it is no integer, or outside the years 1678 to 2261.
    """
    number = integer(value if value is not None else 0)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise wrong(path, "nanoseconds since 1970", value)
    return checked_time(number, path, ctx)


def hex_id(value: object, path: str, ctx: Context) -> str | None:
    """A trace or span id in lower-case hexadecimal; absent or all zero is None.

    Hexadecimal is what OTLP/JSON asks for, base64 what plain protobuf libraries write. Other text stays.

    Raises:
        UnreadableRecordError: it is no text, or too long.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise wrong(path, "hexadecimal text", value)
    if len(value) > ctx.limits.max_id:
        raise UnreadableRecordError(
            f"{path}: {len(value)} characters", "write ids as 16 or 32 hexadecimal digits"
        )
    text = value.lower() if _HEX.fullmatch(value) else _from_base64(value)
    return text if text.strip("0") else None


def sub_object(value: dict[str, object], name: str, path: str) -> dict[str, object]:
    """An optional object in a message.

    Raises:
        UnreadableRecordError: it is something else.
    """
    held = value.get(name)
    return {} if held is None else as_object(held, f"{path}.{name}")


def _from_base64(value: str) -> str:
    if value.endswith("="):
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return value
        if len(data) in _ID_BYTES:
            return data.hex()
    return value


def _items(value: object) -> list[object]:
    values = value.get("values") if isinstance(value, dict) else None
    return values if isinstance(values, list) else []


def _double(value: object, _ctx: Context, _depth: int) -> object:
    return double(value)


def double(value: object) -> object:
    """A double-precision number; from text too. NaN and Infinity, and anything else, stay as they are."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        # These two have no place in JSON or in arithmetic.
        return number if math.isfinite(number) else value
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


_READERS: dict[str, Callable[[object, Context, int], object]] = {
    "stringValue": _scalar,
    "intValue": _whole,
    "doubleValue": _double,
    "boolValue": _scalar,
    "bytesValue": _scalar,
    "arrayValue": _array,
    "kvlistValue": _map,
}
