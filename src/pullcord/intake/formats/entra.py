"""Microsoft Entra: sign-ins, audit and risk, as Microsoft Graph or as Azure Monitor writes them → product azure.

Sources: https://learn.microsoft.com/graph/api/resources/signin, …/directoryaudit, …/riskdetection, and
https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs, whose names Sigma's rules use.
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.formats.common import Json, Origin, add, close, first, flatten, record_id
from pullcord.intake.formats.when import instant
from pullcord.intake.ocsf_entities import mapping
from pullcord.model.event import Event, Value

PRODUCT = "azure"
CATEGORIES = {
    "signinlogs": "signinlogs",
    "noninteractiveusersigninlogs": "signinlogs",
    "serviceprincipalsigninlogs": "signinlogs",
    "managedidentitysigninlogs": "signinlogs",
    "adfssigninlogs": "signinlogs",
    "auditlogs": "auditlogs",
    "userriskevents": "riskdetection",
    "riskyusers": "riskdetection",
    "administrative": "activitylogs",
    "policy": "activitylogs",
    "security": "activitylogs",
}
"""Categories of Azure Monitor, in small letters → Sigma's services."""

_TIMES = ("createdDateTime", "activityDateTime", "detectedDateTime", "time")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "client.address": ("ipAddress", "callerIpAddress", "properties.ipAddress", "initiatedBy.user.ipAddress"),
    "user.name": (
        "userPrincipalName",
        "properties.userPrincipalName",
        "initiatedBy.user.userPrincipalName",
        "properties.initiatedBy.user.userPrincipalName",
        "initiatedBy.app.displayName",
        "identity",
    ),
    "user_agent.original": ("userAgent", "properties.userAgent"),
    "event.action": ("activityDisplayName", "operationName", "riskEventType"),
    # Columns of Azure Monitor that no name of Graph becomes by its first letter.
    "ResultType": ("status.errorCode", "properties.status.errorCode", "resultType"),
    "ResultDescription": ("status.failureReason", "properties.status.failureReason", "resultDescription"),
    "IPAddress": ("ipAddress", "callerIpAddress"),
    "properties.message": ("activityDisplayName", "operationName"),
    "OperationName": ("activityDisplayName", "operationName"),
    "riskEventType": ("properties.riskEventType",),
}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a record.

    Raises:
        UnreadableRecordError: there is no time.
    """
    attributes = flatten(data, origin.ctx)
    held = data if "properties" not in data else mapping(data["properties"])
    attributes |= _columns(held, origin, attributes)
    add(attributes, _NAMES)
    name = next((name for name in _TIMES if data.get(name)), "time")
    draft = Draft(
        id=record_id("entra", (first(data.get("id"), held.get("id")),), origin),
        time=instant(data.get(name), name, origin.ctx),
        attributes=attributes,
        actor=first(attributes.get("user.name")),
    )
    return [close(draft, origin, PRODUCT, None, _service(data))]


def _service(data: Json) -> str:
    if "riskEventType" in data:
        return "riskdetection"
    if "activityDateTime" in data:
        return "auditlogs"
    known = CATEGORIES.get((first(data.get("category")) or "").lower())
    return known or ("activitylogs" if "properties" in data else "signinlogs")


def _columns(held: Json, origin: Origin, there: Mapping[str, Value]) -> dict[str, Value]:
    """The fields as columns are named in Azure Monitor: with a capital first letter."""
    found = flatten(
        {f"{key[:1].upper()}{key[1:]}": value for key, value in held.items() if key[:1].islower()}, origin.ctx
    )
    return {key: value for key, value in found.items() if key not in there}
