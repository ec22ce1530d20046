"""Suricata EVE JSON → events, and findings where it alerts.

Source: https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
"""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.intake.envelope import Draft
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.common import (
    Json,
    Origin,
    add,
    address,
    close,
    first,
    flatten,
    inside,
    record_id,
)
from pullcord.intake.formats.external import Verdict, external
from pullcord.intake.formats.when import instant
from pullcord.intake.ocsf_entities import mapping, mappings
from pullcord.model.event import Event, Value
from pullcord.model.finding import Finding, Severity

PRODUCT = "suricata"
# Priorities of Suricata's classification.config, 1 is the gravest.
_SEVERITIES = {1: Severity.HIGH, 2: Severity.MEDIUM, 3: Severity.LOW}
# Sigma's generic categories; the others have none whose field names EVE could fill.
_CATEGORIES = {
    "dns": "dns",
    "flow": "firewall",
    "netflow": "firewall",
    "drop": "firewall",
    "http": "webserver",
}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "source.address": ("src_ip",),
    "source.port": ("src_port",),
    "destination.address": ("dest_ip",),
    "destination.port": ("dest_port",),
    "network.transport": ("proto",),
    "network.protocol": ("app_proto", "event_type"),
    "observer.name": ("host",),
    "rule.name": ("alert.signature",),
    "rule.id": ("alert.signature_id",),
    "rule.category": ("alert.category",),
    # As Sigma's generic categories firewall, dns and webserver name them.
    "dst_ip": ("dest_ip",),
    "dst_port": ("dest_port",),
    "query": ("dns.rrname",),
    "record_type": ("dns.rrtype",),
    "cs-method": ("http.http_method",),
    "cs-uri-query": ("http.url",),
    "cs-user-agent": ("http.http_user_agent",),
    "cs-host": ("http.hostname",),
    "cs-referer": ("http.http_refer",),
    "sc-status": ("http.status",),
}


def decode(data: Json, origin: Origin) -> list[Event | Finding]:
    """The event of a record, and the finding if it is an alert.

    Raises:
        UnreadableRecordError: ``event_type`` or ``timestamp`` is missing or of the wrong type.
    """
    kind = first(data.get("event_type"))
    if kind is None:
        raise UnreadableRecordError("event_type is missing", "give records of Suricata's eve.json")
    attributes = flatten(data, origin.ctx)
    alert = mapping(data.get("alert"))
    _queries(data, attributes)
    add(attributes, _NAMES)
    if origin.host:
        attributes.setdefault("observer.name", origin.host)
    severity = _severity(alert)
    if kind == "alert":
        attributes["event.severity"] = str(severity)
    target = address(mapping(alert.get("target")).get("ip"))
    draft = Draft(
        id=record_id(PRODUCT, (), origin),
        time=instant(data.get("timestamp"), "timestamp", origin.ctx),
        attributes=attributes,
        asset=target or inside(data.get("dest_ip"), data.get("src_ip")),
    )
    event = close(draft, origin, PRODUCT, _CATEGORIES.get(kind), kind)
    return [event, _finding(event, alert, severity)] if kind == "alert" else [event]


def _severity(alert: Json) -> Severity:
    given = alert.get("severity")
    return _SEVERITIES.get(given, Severity.INFORMATIONAL) if isinstance(given, int) else Severity.LOW


def _finding(event: Event, alert: Json, severity: Severity) -> Finding:
    signature = first(alert.get("signature")) or "an alert without a signature"
    group, number = first(alert.get("gid")) or "1", first(alert.get("signature_id")) or "0"
    said = [f"Suricata alert {group}:{number}: {signature[:200].rstrip('.')}."]
    category, action = first(alert.get("category")), first(alert.get("action"))
    said += [f"Category: {category}."] if category else []
    said += [f"Suricata says the traffic was {action}."] if action else []
    techniques = mapping(alert.get("metadata")).get("mitre_technique_id")
    return external(
        event,
        Verdict(
            product=PRODUCT,
            rule_id=f"{PRODUCT}:{group}:{number}",
            title=signature,
            severity=severity,
            reasons=tuple(said),
            techniques=techniques if isinstance(techniques, list) else (),
        ),
    )


def _queries(data: Json, attributes: dict[str, Value]) -> None:
    """Since version 8 the questions of DNS are a list."""
    names = [first(query.get("rrname")) for query in mappings(mapping(data.get("dns")).get("queries"))]
    known = [name for name in names if name]
    if known:
        attributes["query"] = known[0] if len(known) == 1 else [*known]
