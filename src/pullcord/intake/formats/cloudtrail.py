"""AWS CloudTrail records → events: product aws, service cloudtrail.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.formats.common import Json, Origin, add, close, first, flatten, record_id
from pullcord.intake.formats.when import instant
from pullcord.model.event import Event

PRODUCT, SERVICE = "aws", "cloudtrail"
_NAMES: Mapping[str, tuple[str, ...]] = {
    # A service of AWS that calls has a name here instead, which is no address.
    "client.address": ("sourceIPAddress",),
    "user.name": (
        "userIdentity.userName",
        "userIdentity.sessionContext.sessionIssuer.userName",
        "userIdentity.arn",
        "userIdentity.principalId",
    ),
    "user.id": ("userIdentity.principalId",),
    "credential.id": ("userIdentity.accessKeyId",),
    "user_agent.original": ("userAgent",),
    "event.action": ("eventName",),
    "error.type": ("errorCode",),
    "cloud.account.id": ("recipientAccountId", "userIdentity.accountId"),
    "cloud.region": ("awsRegion",),
}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a record.

    Raises:
        UnreadableRecordError: ``eventTime`` is missing or no time.
    """
    attributes = flatten(data, origin.ctx)
    add(attributes, _NAMES)
    draft = Draft(
        id=record_id(SERVICE, (data.get("eventID"),), origin),
        time=instant(data.get("eventTime"), "eventTime", origin.ctx, utc=True),
        attributes=attributes,
        actor=first(attributes.get("user.name")),
    )
    return [close(draft, origin, PRODUCT, None, SERVICE)]
