"""Windows events as JSON, whoever wrote it → events with the names of EventData, as Sigma's rules have them.

Shapes: ``Event.System``/``Event.EventData`` (evtx_dump, python-evtx, converted XML), EvtxECmd (``Payload``), Winlogbeat
and Elastic Agent (``winlog.*``), Wazuh (``win.system``), and flat records (NXLog: ``EventID``, ``Channel`` beside the
data). Each becomes a :class:`Record` first.
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.common import Json, Origin, add, close, first, record_id
from pullcord.intake.formats.when import instant
from pullcord.intake.formats.windows_shapes import Record, read
from pullcord.intake.formats.windows_sources import category_of, service_of
from pullcord.intake.values import put
from pullcord.model.event import Event, Value

PRODUCT = "windows"
_MOST_DIGITS = 9

_ACTORS = {4624: "TargetUserName", 4625: "TargetUserName", 4648: "SubjectUserName", 4740: "TargetUserName"}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "source.address": ("SourceIp", "IpAddress", "SourceAddress", "ClientAddress"),
    "destination.address": ("DestinationIp", "DestAddress"),
    "source.port": ("SourcePort", "IpPort"),
    "destination.port": ("DestinationPort", "DestPort"),
}
# What rules of a generic category call the fields of the audit log (Sigma's windows-audit mapping).
_AUDIT: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    4688: {
        "Image": ("NewProcessName",),
        "ParentImage": ("ParentProcessName",),
        "User": ("SubjectUserName",),
        "LogonId": ("SubjectLogonId",),
    },
    4689: {"Image": ("ProcessName",), "User": ("SubjectUserName",)},
    4657: {"Image": ("ProcessName",), "Details": ("NewValue",), "User": ("SubjectUserName",)},
}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a record.

    Raises:
        UnreadableRecordError: there is no event id, or no time.
    """
    return [event(read(data), origin, {})]


def event(record: Record, origin: Origin, more: Mapping[str, Value]) -> Event:
    """The event of a record whose shape is known; ``more`` are attributes that stand beside its own.

    Raises:
        UnreadableRecordError: there is no event id, or no time.
    """
    number = _number(record.event_id)
    if number is None:
        raise UnreadableRecordError("the event id is missing or no number", "export the whole event")
    time = origin.time if record.time is None else instant(record.time, "the time", origin.ctx, utc=True)
    if time is None:
        raise UnreadableRecordError("the time is missing", "export the whole event")
    computer = first(record.computer, origin.host)
    attributes = _attributes(record, number, computer, more, origin)
    user = _user(number, attributes)
    if user is not None:
        attributes.setdefault("user.name", user)
    service = service_of(record.channel, record.provider)
    identity = (computer, record.channel, record.record_id, time)
    draft = Draft(
        id=record_id(PRODUCT, identity, origin),
        time=time,
        attributes=attributes,
        asset=computer,
        actor=user,
    )
    return close(
        draft, origin, PRODUCT, category_of(service, number, first(attributes.get("EventType"))), service
    )


def _attributes(
    record: Record, number: int, computer: str | None, more: Mapping[str, Value], origin: Origin
) -> dict[str, Value]:
    attributes: dict[str, Value] = dict(more)
    for name, value in record.data.items():
        put(attributes, name, value, origin.ctx)
    for name, value in record.system.items():
        put(attributes, name, value, origin.ctx)
    attributes["EventID"] = number
    named = {"Channel": record.channel, "Provider_Name": record.provider, "Computer": computer}
    attributes |= {name: value for name, value in named.items() if value is not None}
    add(attributes, _AUDIT.get(number, {}) if record.channel == "Security" else {})
    add(attributes, _NAMES)
    if computer is not None:
        attributes.setdefault("host.name", computer)
    return attributes


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 10**_MOST_DIGITS else None
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _user(number: int, attributes: Mapping[str, Value]) -> str | None:
    names = (_ACTORS.get(number, "SubjectUserName"), "User", "SubjectUserName", "SourceUser", "UserId")
    return first(*(attributes.get(name) for name in names))
