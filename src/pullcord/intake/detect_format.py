"""Tells by its keys which format a decoded record has; every line is looked at on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from pullcord.intake.errors import UnreadableRecordError

Json = Mapping[str, object]


class Format(StrEnum):
    """The formats that files may hold, in any mixture."""

    NATIVE = "native"
    OTLP = "otlp"
    OCSF = "ocsf"
    FINDING = "finding"
    SURICATA = "suricata"
    ZEEK = "zeek"
    WINDOWS = "windows"
    WAZUH = "wazuh"
    OKTA = "okta"
    ENTRA = "entra"
    KEYCLOAK = "keycloak"
    CLOUDTRAIL = "cloudtrail"
    M365 = "m365"
    ECS = "ecs"
    WRAPPED = "wrapped"


FINDINGS = frozenset({Format.OCSF, Format.FINDING})
BOTH = frozenset({Format.SURICATA, Format.WAZUH})
"""Formats of which one record may be an event and a finding."""
EVENTS = frozenset(Format) - FINDINGS

# In this order: an OCSF finding may well have `attributes` among its own.
_SIGNS = (
    ("resourceSpans", Format.OTLP),
    ("resourceLogs", Format.OTLP),
    ("class_uid", Format.OCSF),
    ("finding_id", Format.FINDING),
    ("logsource", Format.NATIVE),
    ("attributes", Format.NATIVE),
)
_AZURE_EVENT = ("category", "operationName", "properties")
_GRAPH_SIGN_IN = ("userPrincipalName", "appId", "appDisplayName", "servicePrincipalId")
_FORMATS_CURE = "give one of the formats that docs/reference/events.md lists"


def detect_format(data: Json) -> Format:
    """The format of a record.

    Raises:
        UnreadableRecordError: it has none of the keys that tell.
    """
    for key, found in _SIGNS:
        if key in data:
            return found
    foreign = foreign_format(data)
    if foreign is not None:
        return foreign
    if "resourceMetrics" in data:
        raise UnreadableRecordError("OTLP metrics are not read", "export traces and logs only")
    raise UnreadableRecordError("no known format", _FORMATS_CURE)


def foreign_format(data: Json) -> Format | None:
    """The format of another tool that a record has; None: none that is known."""
    return next((found for shape, found in _SHAPES if shape(data)), None)


def _wazuh(data: Json) -> bool:
    rule = data.get("rule")
    return isinstance(rule, dict) and "level" in rule and ("agent" in data or "manager" in data)


def _suricata(data: Json) -> bool:
    return isinstance(data.get("event_type"), str) and "timestamp" in data


def _zeek(data: Json) -> bool:
    return "ts" in data and ("_path" in data or "uid" in data or "fuid" in data or "id.orig_h" in data)


def _windows(data: Json) -> bool:
    event = data.get("Event")
    return (isinstance(event, dict) and "System" in event) or (
        ("EventId" in data or "EventID" in data) and ("Channel" in data or "SourceName" in data)
    )


def _okta(data: Json) -> bool:
    return "eventType" in data and "published" in data and "actor" in data


def _cloudtrail(data: Json) -> bool:
    return "eventSource" in data and "eventName" in data and "eventTime" in data


def _entra(data: Json) -> bool:
    return (
        ("createdDateTime" in data and any(name in data for name in _GRAPH_SIGN_IN))
        or ("activityDateTime" in data and ("activityDisplayName" in data or "riskEventType" in data))
        or ("riskEventType" in data and "detectedDateTime" in data)
        or ("time" in data and all(name in data for name in _AZURE_EVENT))
    )


def _keycloak(data: Json) -> bool:
    realm = "realmId" in data or "realmName" in data
    return "time" in data and (
        (realm and "type" in data) or ("authDetails" in data and "operationType" in data)
    )


def _m365(data: Json) -> bool:
    return "CreationTime" in data and "Operation" in data and "Workload" in data


def _wrapped(data: Json) -> bool:
    return isinstance(data.get("Records"), list) or (
        isinstance(data.get("value"), list) and "@odata.context" in data
    )


def _ecs(data: Json) -> bool:
    return "@timestamp" in data


# In this order: shippers put `@timestamp` on everything.
_SHAPES: tuple[tuple[Callable[[Json], bool], Format], ...] = (
    (_wazuh, Format.WAZUH),
    (_suricata, Format.SURICATA),
    (_zeek, Format.ZEEK),
    (_windows, Format.WINDOWS),
    (_okta, Format.OKTA),
    (_cloudtrail, Format.CLOUDTRAIL),
    (_entra, Format.ENTRA),
    (_keycloak, Format.KEYCLOAK),
    (_m365, Format.M365),
    (_wrapped, Format.WRAPPED),
    (_ecs, Format.ECS),
)
