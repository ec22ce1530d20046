"""Documents in the Elastic Common Schema, nested or with dotted names → events.

Source: https://www.elastic.co/docs/reference/ecs. Beats, Elastic Agent, Logstash and Vector write it.
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.aliases import rename
from pullcord.intake.envelope import Draft
from pullcord.intake.formats import windows
from pullcord.intake.formats.common import (
    Json,
    Origin,
    add,
    close,
    first,
    flatten,
    record_id,
    told_or_received,
)
from pullcord.intake.formats.when import instant
from pullcord.intake.formats.windows_shapes import read
from pullcord.intake.genai import logsource
from pullcord.model.event import Event, LogSource, Value

_NAMES: Mapping[str, tuple[str, ...]] = {
    "source.address": ("source.ip",),
    "destination.address": ("destination.ip",),
    "client.address": ("client.ip",),
    "server.address": ("server.ip",),
    "host.name": ("host.hostname", "agent.hostname", "agent.name", "host"),
    "user.name": ("user.email", "user.full_name", "user"),
}
# As Sigma's generic categories call them.
_ENDPOINT: Mapping[str, tuple[str, ...]] = {
    "Image": ("process.executable", "process.name"),
    "CommandLine": ("process.command_line",),
    "CurrentDirectory": ("process.working_directory",),
    "ParentImage": ("process.parent.executable", "process.parent.name"),
    "ParentCommandLine": ("process.parent.command_line",),
    "User": ("user.name",),
    "TargetFilename": ("file.path",),
    "DestinationIp": ("destination.ip",),
    "DestinationPort": ("destination.port",),
    "DestinationHostname": ("destination.domain",),
    "SourceIp": ("source.ip",),
    "QueryName": ("dns.question.name",),
    "TargetObject": ("registry.path",),
    "ImageLoaded": ("dll.path",),
}
# In this order: a process that connects is category network as well as process.
_CATEGORIES = (
    ("registry", "registry_event"),
    ("network", "network_connection"),
    ("file", "file_event"),
    ("library", "image_load"),
    ("driver", "driver_load"),
    ("process", "process_creation"),
)
_DIGITS = 12
_SYSTEMS = frozenset({"windows", "linux", "macos"})
# Modules of Filebeat whose name is not Sigma's product.
_PRODUCTS = {"azuread": "azure", "o365": "m365", "system": "linux"}


def decode(data: Json, origin: Origin) -> list[Event]:
    """The event of a document; one of Winlogbeat has the names of Windows too.

    Raises:
        UnreadableRecordError: there is no time, neither in it nor around it.
    """
    attributes = flatten(data, origin.ctx)
    rename(attributes, origin.ctx.counters)
    add(attributes, _NAMES)
    if origin.host:
        attributes.setdefault("host.name", origin.host)
    if "winlog.event_id" in attributes:
        return [windows.event(read(data), origin, attributes)]
    source = _logsource(attributes)
    if source.product in _SYSTEMS:
        add(attributes, _ENDPOINT)
    time, origin = _time(data, origin)
    draft = Draft(
        # `event.id` is unique by definition, and not in every module: other content is another event.
        id=record_id("ecs", (attributes.get("event.id"), (origin.key or origin.digest)[:_DIGITS]), origin),
        time=time,
        attributes=attributes,
        trace_id=first(attributes.get("trace.id")),
        asset=first(attributes.get("host.name")),
        actor=first(attributes.get("user.name"), attributes.get("user.id")),
    )
    return [close(draft, origin, source.product, source.category, source.service)]


def _time(data: Json, origin: Origin) -> tuple[int, Origin]:
    given = data.get("@timestamp")
    if given is not None:
        return instant(given, "@timestamp", origin.ctx, utc=True), origin
    return told_or_received(origin)


def _logsource(attributes: Mapping[str, Value]) -> LogSource:
    """What is about AI or OT says so itself; else by ``event.module`` and ``event.dataset``, else by the system."""
    found = logsource(attributes)
    if found.product is not None:
        return found
    module, dataset = first(attributes.get("event.module")), first(attributes.get("event.dataset"))
    head, _, tail = (dataset or "").partition(".")
    system = first(attributes.get("host.os.type"), attributes.get("host.os.platform"))
    named = module or head or None
    if named is None or named in ("endpoint", "sysmon", "auditd", "system"):
        product = system if system in _SYSTEMS else None
        return LogSource(product=product, category=_category(attributes), service=tail or named)
    return LogSource(product=_PRODUCTS.get(named, named), service=tail or found.service)


def _category(attributes: Mapping[str, Value]) -> str | None:
    given = attributes.get("event.category")
    words = given if isinstance(given, list) else [given]
    kinds = attributes.get("event.type")
    begun = "start" in (kinds if isinstance(kinds, list) else [kinds])
    for word, category in _CATEGORIES:
        if word in words and (word != "process" or begun):
            return category
    return None
