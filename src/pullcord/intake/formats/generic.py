"""What has no format of its own: any JSON object, or a line of text, with what its envelope says about it."""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.aliases import rename
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.formats.common import Json, Origin, add, first, flatten, record_id, told_or_received
from pullcord.intake.genai import actor, logsource
from pullcord.model.event import Event, LogSource, Value

MESSAGE = "message"
"""Where the text of a line is kept, as in the Elastic Common Schema."""

_LONGEST = 1 << 16
_NAMES: Mapping[str, tuple[str, ...]] = {
    "host.name": ("host", "hostname"),
    "source.address": ("source.ip", "src_ip", "srcip", "src", "source_ip"),
    "destination.address": ("destination.ip", "dest_ip", "dst_ip", "dstip", "dst", "dest", "destination_ip"),
    "client.address": ("client.ip", "client_ip", "clientip", "remote_addr", "ip"),
    "user.name": ("username", "user_name", "user"),
}


def from_object(data: Json, origin: Origin) -> Event:
    """The event of any object: its fields flat; what is about AI or OT is recognised by its names.

    Raises:
        UnreadableRecordError: nobody says when it happened.
    """
    attributes = flatten(data, origin.ctx)
    rename(attributes, origin.ctx.counters)
    return _event(attributes, origin)


def from_text(text: str, origin: Origin) -> Event:
    """The event of a line of text.

    Raises:
        UnreadableRecordError: nobody says when it happened.
    """
    if len(text) > _LONGEST:
        origin.ctx.counters.truncated += 1
    return _event({MESSAGE: text[:_LONGEST]}, origin)


def _event(attributes: dict[str, Value], origin: Origin) -> Event:
    time, origin = told_or_received(origin)
    if origin.host:
        attributes.setdefault("host.name", origin.host)
    add(attributes, _NAMES)
    found = logsource(attributes)
    draft = Draft(
        id=record_id("plain", (), origin),
        time=time,
        attributes=attributes,
        asset=first(*(attributes.get(name) for name in ("pullcord.asset", "gen_ai.agent.name", "host.name"))),
        actor=actor(attributes),
    )
    service = found.service or origin.service
    source = LogSource(product=found.product, category=found.category, service=service)
    return seal(draft, source, origin.digest, origin.ctx)
