"""Microsoft 365 unified audit log (Management Activity API) → product m365, service by its workload.

Source: https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.formats.common import Json, Origin, add, close, first, flatten, record_id
from pullcord.intake.formats.when import instant
from pullcord.model.event import Event

PRODUCT = "m365"
_SERVICES = {
    "Exchange": "exchange",
    "SecurityComplianceCenter": "threat_management",
    "ThreatIntelligence": "threat_detection",
}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "client.address": ("ClientIP", "ClientIPAddress", "ActorIpAddress"),
    "user.name": ("UserId", "UserKey"),
    "user_agent.original": ("UserAgent",),
    "event.action": ("Operation",),
    "event.outcome": ("ResultStatus",),
    # Sigma's rules of this product were written for Defender for Cloud Apps.
    "eventSource": ("Workload",),
    "eventName": ("Operation",),
}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a record. ``CreationTime`` is UTC and does not say so.

    Raises:
        UnreadableRecordError: ``CreationTime`` is missing or no time.
    """
    attributes = flatten(data, origin.ctx)
    add(attributes, _NAMES)
    draft = Draft(
        id=record_id(PRODUCT, (data.get("Id"),), origin),
        time=instant(data.get("CreationTime"), "CreationTime", origin.ctx, utc=True),
        attributes=attributes,
        actor=first(attributes.get("user.name")),
    )
    return [close(draft, origin, PRODUCT, None, _SERVICES.get(first(data.get("Workload")) or "", "audit"))]
