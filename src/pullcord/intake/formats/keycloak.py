"""Keycloak user and admin events as JSON → product keycloak, service user-events or admin-events.

Source: https://www.keycloak.org/docs-api/latest/rest-api/ (``EventRepresentation``, ``AdminEventRepresentation``).
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.formats.common import Json, Origin, add, close, first, flatten, record_id
from pullcord.intake.formats.when import instant
from pullcord.model.event import Event

PRODUCT = "keycloak"
_NAMES: Mapping[str, tuple[str, ...]] = {
    "client.address": ("ipAddress", "authDetails.ipAddress"),
    "user.name": ("details.username", "authDetails.username", "userId", "authDetails.userId"),
    "user.id": ("userId", "authDetails.userId"),
    "session.id": ("sessionId",),
    "event.action": ("type", "operationType"),
    "error.type": ("error",),
}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a record.

    Raises:
        UnreadableRecordError: ``time`` is missing or no time.
    """
    attributes = flatten(data, origin.ctx)
    add(attributes, _NAMES)
    draft = Draft(
        # Before version 26 events have no id.
        id=record_id(PRODUCT, (data.get("id"),), origin),
        time=instant(data.get("time"), "time", origin.ctx),
        attributes=attributes,
        asset=first(data.get("clientId"), attributes.get("authDetails.clientId")),
        actor=first(attributes.get("user.name")),
    )
    return [close(draft, origin, PRODUCT, None, "admin-events" if "operationType" in data else "user-events")]
