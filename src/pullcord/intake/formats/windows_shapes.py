"""The shapes in which Windows events come as JSON → one :class:`Record`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.common import Json, first
from pullcord.intake.ocsf_entities import mapping

_MOST_NAMED = 1_000
_LONGEST_PAYLOAD = 1 << 20
# What flat records hold besides the data of the event: name there → name here.
_FLAT_SYSTEM = {
    "EventRecordID": "EventRecordID",
    "RecordNumber": "EventRecordID",
    "EventRecordId": "EventRecordID",
    "Keywords": "Keywords",
    "Level": "Level",
    "Severity": "Level",
    "Task": "Task",
    "Opcode": "Opcode",
    "ExecutionProcessID": "Execution_ProcessID",
    "Message": "Message",
}


class Record(NamedTuple):
    """A Windows event.

    Attributes:
        time: as it stands there; None if there is none.
        data: of ``EventData`` or ``UserData``, under their own names.
        system: what else ``System`` says, under the names that rules have.
    """

    event_id: object
    channel: str | None
    provider: str | None
    computer: str | None
    record_id: object
    time: object
    data: Mapping[str, object]
    system: Mapping[str, object] = {}


def read(data: Json) -> Record:
    """The record in one of the shapes.

    Raises:
        UnreadableRecordError: it has none of them.
    """
    for shape in (_evtx, _winlog, _ecmd, _wazuh, _flat):
        found = shape(data)
        if found is not None:
            return found
    raise UnreadableRecordError("no Windows event", "export it with System and EventData")


def _evtx(data: Json) -> Record | None:
    """``{"Event": {"System": …, "EventData": …}}``; attributes of XML under ``#attributes`` or with an ``@``."""
    event = data.get("Event")
    if not isinstance(event, dict) or not isinstance(event.get("System"), dict):
        return None
    system = mapping(event["System"])
    known = {
        "EventRecordID": _plain(system.get("EventRecordID")),
        "Keywords": _plain(system.get("Keywords")),
        "Level": _plain(system.get("Level")),
        "Task": _plain(system.get("Task")),
        "Opcode": _plain(system.get("Opcode")),
        "Security_UserID": _of(system, "Security", "UserID"),
        "Execution_ProcessID": _of(system, "Execution", "ProcessID"),
    }
    return Record(
        event_id=_plain(system.get("EventID")),
        channel=first(_plain(system.get("Channel"))),
        provider=first(_of(system, "Provider", "Name")),
        computer=first(_plain(system.get("Computer"))),
        record_id=known["EventRecordID"],
        time=_of(system, "TimeCreated", "SystemTime"),
        data=_data(event),
        system={name: value for name, value in known.items() if isinstance(value, str | int)},
    )


def _winlog(data: Json) -> Record | None:
    """Elastic Common Schema; nested or with dotted names."""
    log = mapping(data.get("winlog"))
    if not log:
        mark = "winlog."
        log = {key.removeprefix(mark): value for key, value in data.items() if key.startswith(mark)}
    if log.get("event_id") is None:
        return None
    held = log.get("event_data") or log.get("user_data")
    if not isinstance(held, dict):
        held = {key.partition(".")[2]: value for key, value in log.items() if key.startswith("event_data.")}
    return Record(
        event_id=log.get("event_id"),
        channel=first(log.get("channel")),
        provider=first(log.get("provider_name")),
        computer=first(log.get("computer_name")),
        record_id=log.get("record_id"),
        time=data.get("@timestamp"),
        data=held,
        system={"EventRecordID": log.get("record_id")},
    )


def _ecmd(data: Json) -> Record | None:
    """Eric Zimmerman's EvtxECmd: the data is JSON text."""
    if "EventId" not in data or "Channel" not in data:
        return None
    payload = data.get("Payload")
    held: object = None
    if isinstance(payload, str) and len(payload) <= _LONGEST_PAYLOAD:
        try:
            held = orjson.loads(payload)
        except orjson.JSONDecodeError:
            # The text itself is kept: rules that look anywhere still see it.
            held = None
    data_of = _data(mapping(held)) if isinstance(held, dict) else {"Payload": payload}
    return Record(
        event_id=data["EventId"],
        channel=first(data["Channel"]),
        provider=first(data.get("Provider")),
        computer=first(data.get("Computer")),
        record_id=data.get("EventRecordId"),
        time=data.get("TimeCreated"),
        data=data_of,
        system={new: data[old] for old, new in _FLAT_SYSTEM.items() if isinstance(data.get(old), str | int)},
    )


def _wazuh(data: Json) -> Record | None:
    """``data.win`` of an alert of Wazuh: names begin with a small letter."""
    system = data.get("system")
    if not isinstance(system, dict) or "eventID" not in system:
        return None
    held = mapping(data.get("eventdata"))
    return Record(
        event_id=system["eventID"],
        channel=first(system.get("channel")),
        provider=first(system.get("providerName")),
        computer=first(system.get("computer")),
        record_id=system.get("eventRecordID"),
        time=system.get("systemTime"),
        data={f"{name[:1].upper()}{name[1:]}": value for name, value in held.items()},
        system={"EventRecordID": system.get("eventRecordID"), "Message": system.get("message")},
    )


def _flat(data: Json) -> Record | None:
    """All in one object: NXLog, and what others make of it."""
    if "EventID" not in data or ("Channel" not in data and "SourceName" not in data):
        return None
    own = {"EventID", "Channel", "SourceName", "ProviderName", "Hostname", "Computer", "host", *_FLAT_SYSTEM}
    times = ("EventTime", "TimeCreated", "UtcTime", "@timestamp", "timestamp")
    return Record(
        event_id=data["EventID"],
        channel=first(data.get("Channel")),
        provider=first(data.get("SourceName"), data.get("ProviderName"), data.get("Provider_Name")),
        computer=first(data.get("Computer"), data.get("Hostname"), data.get("host")),
        record_id=data.get("EventRecordID", data.get("RecordNumber")),
        time=next((data[name] for name in times if data.get(name)), None),
        data={name: value for name, value in data.items() if name not in own},
        system={new: data[old] for old, new in _FLAT_SYSTEM.items() if old in data},
    )


def _data(event: Json) -> dict[str, object]:
    """The data of an event: ``{"name": value}``, ``{"Data": [{"@Name": …, "#text": …}]}``, or ``UserData``."""
    held = mapping(event.get("EventData"))
    if not held:
        # One element with the data inside; its name is that of a schema, and nothing else.
        held = next(
            (inner for inner in mapping(event.get("UserData")).values() if isinstance(inner, dict)), {}
        )
    found: dict[str, object] = {}
    unnamed: list[object] = []
    for name, value in held.items():
        if name == "Data":
            for key, item in _named(value):
                if key is None:
                    unnamed.append(item)
                else:
                    found[key] = item
        elif name not in ("#attributes", "xmlns"):
            found[name] = _plain(value)
    if unnamed:
        found["Data"] = unnamed if len(unnamed) > 1 else unnamed[0]
    return found


def _named(value: object) -> Iterator[tuple[str | None, object]]:
    for _, item in zip(range(_MOST_NAMED), value if isinstance(value, list) else [value], strict=False):
        if not isinstance(item, dict):
            yield None, item
            continue
        name = first(item.get("@Name"), item.get("Name"), mapping(item.get("#attributes")).get("Name"))
        texts = item.get("#text", item.get("text", ""))
        if name is None and isinstance(texts, list):
            # evtx_dump: unnamed data is one list.
            yield from ((None, text) for text in texts[:_MOST_NAMED])
        else:
            yield name, texts


def _plain(value: object) -> object:
    """The text of an element that has attributes too."""
    return value.get("#text", "") if isinstance(value, dict) and "#text" in value else value


def _of(system: Json, element: str, name: str) -> object:
    """An attribute of an element of ``System``."""
    held = mapping(system.get(element))
    inner = mapping(held.get("#attributes"))
    found: object = inner.get(name, held.get(f"@{name}", held.get(name)))
    return found
