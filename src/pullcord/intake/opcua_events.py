"""What an OPC UA server tells → events: data changes, alarms and conditions, audits of who wrote what. Pure.

Sources: OPC UA part 4 (status codes), part 5 (event types), part 9 (conditions).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.fields import checked_time
from pullcord.intake.formats.device_event import event_id, word
from pullcord.intake.values import put
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.noun import digest_bytes
from pullcord.model.times import MILLISECOND, to_rfc3339

_LOGSOURCE = LogSource(product="ai", category="ot", service="opcua")
_LONGEST_TEXT = 4_096
_MOST_ITEMS = 256
_DEEPEST = 16
_QUALITIES = ("good", "uncertain", "bad", "bad")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Ids of the event types in namespace 0 that say that somebody acted.
_OPERATIONS = {
    "i=2099": "write",  # AuditUpdateEventType and its kind
    "i=2100": "write",
    "i=2104": "write",
    "i=2127": "call",
    "i=2060": "session",
    "i=2069": "session",
    "i=2071": "session",
    "i=2075": "session",
    "i=2090": "configure",
    "i=2091": "configure",
    "i=2093": "configure",
    "i=2095": "configure",
    "i=2097": "configure",
}
_NAMES = (
    ("SourceName", "ot.source"),
    ("Message", "message"),
    ("Severity", "ot.event.severity"),
    ("ClientUserId", "user.name"),
    ("ClientAuditEntryId", "ot.audit.entry"),
    ("ServerId", "ot.audit.server"),
    ("Status", "ot.audit.accepted"),
    ("AttributeId", "ot.attribute"),
    ("IndexRange", "ot.index_range"),
    ("OldValue", "ot.value.old"),
    ("NewValue", "ot.value"),
    ("MethodId", "ot.method"),
    ("InputArguments", "ot.arguments"),
    ("ConditionName", "ot.condition"),
    ("Retain", "ot.condition.retain"),
    ("ActiveState/Id", "ot.condition.active"),
    ("AckedState/Id", "ot.condition.acknowledged"),
)


class Change(NamedTuple):
    """A value that changed.

    Attributes:
        node: its id, as text (``ns=2;s=Press.Force``).
        tag: its name.
        status: OPC UA status code.
        key: what makes two equal ones two.
    """

    node: str
    tag: str
    value: object
    status: int
    source_time: datetime | None
    server_time: datetime | None
    received: int
    key: str


class Told(NamedTuple):
    """An event of the server: its fields by their paths."""

    fields: Mapping[str, object]
    received: int
    key: str


def change_event(change: Change, server: str, ctx: Context) -> Event:
    """The event of a data change."""
    attributes: dict[str, Value] = {
        "ot.operation": "read",
        "ot.node_id": change.node,
        "ot.tag": change.tag,
        "ot.server": server,
        "ot.quality": _QUALITIES[change.status >> 30 & 3],
    }
    if change.status:
        attributes["ot.status"] = f"0x{change.status:08X}"
    _enter(attributes, "ot.value", change.value, ctx)
    time = _nanoseconds(change.source_time) or _nanoseconds(change.server_time) or change.received
    raw = digest_bytes(f"{change.node}\n{attributes.get('ot.value')}".encode("utf-8", "replace"))
    # With each connection the server tells the present values again: they are the ones that were told before.
    key = change.key if change.source_time is None else f"{server}:{change.source_time}:{change.status}"
    draft = Draft(
        id=event_id("opcua", key, ctx.source, raw),
        time=checked_time(time, "source timestamp", ctx),
        observed_time=_nanoseconds(change.server_time),
        attributes=attributes,
    )
    return seal(draft, _LOGSOURCE, raw, ctx)


def told_event(told: Told, server: str, names: Mapping[str, str], ctx: Context) -> Event:
    """The event of an event of the server.

    Args:
        names: node ids → names of the nodes that are watched.
    """
    kind = str(plain(told.fields.get("EventType")) or "")
    attributes: dict[str, Value] = {"ot.server": server, "ot.event.type": kind}
    for field, name in _NAMES:
        _enter(attributes, name, told.fields.get(field), ctx)
    node = plain(told.fields.get("SourceNode"))
    if isinstance(node, str):
        attributes["ot.node_id"] = node
        attributes["ot.tag"] = names.get(node, node)
    attributes["ot.operation"] = _operation(kind, attributes)
    given = told.fields.get("EventId")
    # The server's own id: the same event told twice, as after a refresh of conditions, is one.
    key = given.hex() if isinstance(given, bytes) and given else told.key
    happened = told.fields.get("Time")
    time = _nanoseconds(happened if isinstance(happened, datetime) else None) or told.received
    raw = digest_bytes(repr(sorted(attributes.items())).encode("utf-8", "replace"))
    user = attributes.get("user.name")
    draft = Draft(
        id=event_id("opcua", f"{server}:{key}", ctx.source, ""),
        time=checked_time(time, "Time", ctx),
        attributes=attributes,
        actor=word(user) if isinstance(user, str) and user.strip() else None,
    )
    return seal(draft, _LOGSOURCE, raw, ctx)


def plain(value: object, depth: int = 0) -> object:
    """A value as JSON would have it; what OPC UA has more becomes text, what is nested over 16 levels is left out."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, float) and value - value != 0:
        return str(value)  # not finite
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value[:_MOST_ITEMS]]
    return _foreign(value, depth)


def _foreign(value: object, depth: int) -> object:
    """Of bytes, times, and types of the library: variants, node ids, localized texts; of structures only the name."""
    if isinstance(value, bytes):
        return (
            value.hex() if len(value) <= _MOST_ITEMS else f"{len(value)} bytes, sha256 {digest_bytes(value)}"
        )
    if isinstance(value, datetime):
        time = _nanoseconds(value)
        return None if time is None else to_rfc3339(time)
    inside = getattr(value, "Value", None)
    if hasattr(value, "VariantType"):
        return plain(inside, depth + 1)
    if hasattr(value, "Text"):
        return plain(value.Text, depth + 1)
    to_string = getattr(value, "to_string", None)
    return str(to_string())[:_LONGEST_TEXT] if callable(to_string) else f"({type(value).__name__})"


def _operation(kind: str, attributes: Mapping[str, Value]) -> str:
    if kind in _OPERATIONS:
        return _OPERATIONS[kind]
    # Vendors' own types: what they hold tells.
    if "ot.method" in attributes:
        return "call"
    return "write" if "ot.value" in attributes and "user.name" in attributes else "event"


def _enter(attributes: dict[str, Value], name: str, value: object, ctx: Context) -> None:
    found = plain(value)
    if found is not None and found != "":
        put(attributes, name, found, ctx)


def _nanoseconds(time: datetime | None) -> int | None:
    """Nanoseconds UTC; servers that do not know a time say 1601."""
    if time is None or time.year < 1971 or time.year > 2260:  # noqa: PLR2004  (what a time may be)
        return None
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    whole = aware - _EPOCH
    return (whole.days * 86_400_000 + whole.seconds * 1_000) * MILLISECOND + whole.microseconds * 1_000
