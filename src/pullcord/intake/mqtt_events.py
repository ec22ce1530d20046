"""An MQTT message → events: Sparkplug B, Pullcord's own format, any JSON, plain numbers and texts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pullcord.intake import native
from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import checked_time
from pullcord.intake.formats.device_event import event_id, word
from pullcord.intake.formats.device_time import device_time
from pullcord.intake.json_text import load
from pullcord.intake.sparkplug import NAMESPACE
from pullcord.intake.sparkplug_state import Reading, SparkplugState
from pullcord.intake.values import put
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.noun import digest_bytes
from pullcord.model.times import MILLISECOND

LONGEST = 1 << 20
"""Bytes of a message."""

_LONGEST_TEXT = 64 << 10
_LONGEST_NUMBER = 40
_YEAR_2000 = 946_684_800_000 * MILLISECOND
_VALUES, _TIMES, _QUALITIES = (
    ("value", "Value", "val", "v"),
    ("timestamp", "time", "ts", "t"),
    ("quality", "q"),
)
_MQTT = LogSource(product="ai", category="ot", service="mqtt")
_SPARKPLUG = LogSource(product="ai", category="ot", service="sparkplug")


class Published(NamedTuple):
    """A message as it came.

    Attributes:
        key: what makes two equal ones two; empty for a retained message, which comes again with each connection.
    """

    topic: str
    payload: bytes
    time: int
    key: str
    retained: bool = False


def events(message: Published, state: SparkplugState, writes: Sequence[str], ctx: Context) -> list[Event]:
    """The events of a message.

    Args:
        writes: filters of topics on which values are set; elsewhere they are told.

    Raises:
        UnreadableRecordError: it is too long, or no Sparkplug B where its topic says so.
    """
    if len(message.payload) > LONGEST:
        raise UnreadableRecordError(f"{len(message.payload)} bytes in one message", f"send at most {LONGEST}")
    if message.topic.startswith(f"{NAMESPACE}/"):
        found = state.readings(message.topic, message.payload)
        return [_sparkplug(message, reading, at, ctx) for at, reading in enumerate(found)]
    return [_other(message, writes, ctx)]


def matches(topic: str, wanted: str) -> bool:
    """Whether a topic is one of a filter's: ``+`` stands for one level, ``#`` at the end for the rest."""
    levels, names = wanted.split("/"), topic.split("/")
    for at, level in enumerate(levels):
        if level == "#":
            return True
        if at >= len(names) or level not in ("+", names[at]):
            return False
    return len(levels) == len(names)


def _sparkplug(message: Published, reading: Reading, at: int, ctx: Context) -> Event:
    attributes: dict[str, Value] = {
        "ot.operation": reading.operation,
        "ot.tag": reading.tag[: ctx.limits.max_id],
        "ot.server": f"{reading.group}/{reading.node}",
        "ot.quality": reading.quality,
        "mqtt.topic": message.topic,
    }
    if reading.metric:
        attributes["ot.metric"] = reading.metric
    if reading.value is not None:
        put(attributes, "ot.value", reading.value, ctx)
    if reading.historical:
        attributes["ot.historical"] = True
    if reading.gap:
        attributes["ot.sequence_gap"] = True
    time = message.time if reading.time is None else reading.time * MILLISECOND
    raw = digest_bytes(message.payload)
    draft = Draft(
        id=event_id("sparkplug", f"{message.key}:{at}:{message.topic}", ctx.source, raw),
        time=checked_time(time, "timestamp", ctx),
        attributes=attributes,
        asset=word(reading.device or reading.node) or None,
    )
    return seal(draft, _SPARKPLUG, raw, ctx)


def _other(message: Published, writes: Sequence[str], ctx: Context) -> Event:
    raw = digest_bytes(message.payload)
    attributes: dict[str, Value] = {}
    time = None
    try:
        value, replaced = load(message.payload, ctx.limits.max_containers)
        ctx.counters.replaced += replaced
    except UnreadableRecordError:
        _plain(message.payload, attributes)
    else:
        if isinstance(value, dict) and "logsource" in value and "attributes" in value:
            return native.event(value, ctx, raw)
        time = _json(value, attributes, ctx)
    written = any(matches(message.topic, one) for one in writes)
    attributes["ot.operation"] = "write" if written else "read"
    attributes["ot.tag"] = attributes["mqtt.topic"] = message.topic[: ctx.limits.max_id]
    draft = Draft(
        id=event_id("mqtt", f"{message.key}:{message.topic}", ctx.source, raw),
        time=checked_time(message.time if time is None else time, "time", ctx),
        attributes=attributes,
    )
    return seal(draft, _MQTT, raw, ctx)


def _json(value: object, attributes: dict[str, Value], ctx: Context) -> int | None:
    """Enter a JSON value; an object's value, quality and time are known by their usual names."""
    if not isinstance(value, dict):
        put(attributes, "ot.value", value, ctx)
        return None
    for key, item in value.items():
        put(attributes, f"mqtt.payload.{key}", item, ctx)
    for names, name in ((_VALUES, "ot.value"), (_QUALITIES, "ot.quality")):
        found = next((value[key] for key in names if isinstance(value.get(key), str | int | float)), None)
        if found is not None:
            put(attributes, name, found, ctx)
    times = (value[key] for key in _TIMES if isinstance(value.get(key), str | int | float))
    return next((at for one in times if (at := _time(one, ctx)) is not None), None)


def _time(value: object, ctx: Context) -> int | None:
    """A time as text, or as seconds or milliseconds since 1970 (a small number is none: an uptime, a counter)."""
    text = str(int(value)) if isinstance(value, float) and abs(value) < 2**62 else str(value)
    found = device_time(text, ctx.received)
    if isinstance(value, float) and found is not None and len(text.lstrip("-")) <= 10:  # noqa: PLR2004  (seconds)
        found += int((value - int(value)) * 1_000) * MILLISECOND
    return found if found is not None and (isinstance(value, str) or found > _YEAR_2000) else None


def _plain(payload: bytes, attributes: dict[str, Value]) -> None:
    """Enter what is no JSON: a number as some devices write it, a text, or bytes."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        attributes["mqtt.payload.bytes"] = len(payload)
        attributes["mqtt.payload.sha256"] = digest_bytes(payload)
        return
    try:
        number = float(text) if len(text) <= _LONGEST_NUMBER and text.isascii() else None
    except ValueError:
        number = None
    if number is not None and number - number == 0:  # neither NaN nor infinite
        attributes["ot.value"] = number
    elif text:
        attributes["mqtt.payload"] = text[:_LONGEST_TEXT]
