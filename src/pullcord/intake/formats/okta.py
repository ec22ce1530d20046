"""Okta System Log → events: product okta, service okta.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ (``LogEvent``).
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.formats.common import Json, Origin, add, close, first, flatten, record_id
from pullcord.intake.formats.when import instant
from pullcord.intake.ocsf_entities import mappings
from pullcord.model.event import Event

PRODUCT = "okta"
_NAMES: Mapping[str, tuple[str, ...]] = {
    "client.address": ("client.ipAddress",),
    "user.name": ("actor.alternateId", "actor.displayName", "actor.id"),
    "user_agent.original": ("client.userAgent.rawUserAgent",),
    "event.action": ("eventType",),
    "event.outcome": ("outcome.result",),
}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a record. Sigma's rules write Okta's names in small letters, so both are there.

    Raises:
        UnreadableRecordError: ``published`` is missing or no time.
    """
    attributes = flatten(data, origin.ctx)
    # `target` is a list of objects and becomes text; rules ask for its users.
    people = [
        first(one.get("alternateId")) for one in mappings(data.get("target")) if one.get("type") == "User"
    ]
    if any(people):
        attributes["user.target.name"] = next(name for name in people if name)
    attributes |= {key.lower(): value for key, value in attributes.items() if not key.islower()}
    add(attributes, _NAMES)
    draft = Draft(
        id=record_id(PRODUCT, (data.get("uuid"),), origin),
        time=instant(data.get("published"), "published", origin.ctx),
        attributes=attributes,
        actor=first(attributes.get("user.name")),
    )
    return [close(draft, origin, PRODUCT, None, PRODUCT)]
