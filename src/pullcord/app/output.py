"""How findings and events leave: lines of `pullcord detect`, OCSF Detection Findings, native events.

Reading any of them back with ``pullcord.intake`` gives the same noun, except that a file can never claim more
trust than the reader has in files.
"""

from __future__ import annotations

import re

import pullcord
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity
from pullcord.model.times import MILLISECOND, to_rfc3339

OCSF_VERSION = "1.6.0"
_SEVERITY_IDS = {
    Severity.INFORMATIONAL: 1,
    Severity.LOW: 2,
    Severity.MEDIUM: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
}
_HOSTNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", re.ASCII)
# What a line leaves out when it says nothing; the fields scripts rely on are always there.
_OPTIONAL = ("site", "actor", "trace_id", "span_ids", "incident_type", "entities", "reasons")


def to_line(finding: Finding) -> dict[str, object]:
    """A finding as `pullcord detect` prints it; ``event_ids`` only if it rests on several events."""
    line: dict[str, object] = {
        "finding_id": finding.id,
        "rule_id": finding.rule_id,
        "title": finding.title,
        "severity": str(finding.severity),
        "time": to_rfc3339(finding.time),
        "event_id": finding.event_ids[-1] if finding.event_ids else None,
        "asset": finding.asset,
        "techniques": list(finding.techniques),
    }
    if len(finding.event_ids) > 1:
        line["event_ids"] = list(finding.event_ids)
    return line | _details(finding) | {"product": finding.product}


def to_ocsf(finding: Finding) -> dict[str, object]:
    """A finding as OCSF Detection Finding (class 2004, activity Create), valid from 1.6 on.

    Source: https://schema.ocsf.io/1.6.0/classes/detection_finding.
    """
    info: dict[str, object] = {
        "uid": finding.id,
        "title": finding.title,
        "created_time": finding.time // MILLISECOND,
        "analytic": {"type_id": 1, "type": "Rule", "uid": finding.rule_id, "name": finding.title},
    }
    if finding.techniques:
        info["attacks"] = [{"technique": {"uid": uid}} for uid in finding.techniques]
    if finding.incident_type:
        info["types"] = [finding.incident_type]
    record: dict[str, object] = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "type_uid": 200401,
        "time": finding.time // MILLISECOND,
        "severity_id": _SEVERITY_IDS[finding.severity],
        "severity": str(finding.severity).title(),
        "status_id": 1,
        "status": "New",
        "metadata": {"version": OCSF_VERSION, "product": _product(finding)},
        "finding_info": info,
        "unmapped": {"pullcord": {"time": to_rfc3339(finding.time)} | _details(finding)},
    }
    evidences = _evidences(finding)
    if evidences:
        record["evidences"] = evidences
    if finding.asset:
        record["device"] = _device(finding.asset)
    return record


def to_native(event: Event) -> dict[str, object]:
    """An event in the native format. What intake adds (receipt, source, trust, digest) is not written."""
    logsource = {"product": event.logsource.product, "category": event.logsource.category}
    logsource["service"] = event.logsource.service
    record: dict[str, object] = {
        "id": event.id,
        "time": to_rfc3339(event.time),
        "observed_time": None if event.observed_time is None else to_rfc3339(event.observed_time),
        "logsource": {name: word for name, word in logsource.items() if word},
        "site": event.site,
        "asset": event.asset,
        "actor": event.actor,
        "trace_id": event.trace_id,
        "span_id": event.span_id,
        "parent_span_id": event.parent_span_id,
        "attributes": dict(event.attributes),
    }
    return {name: value for name, value in record.items() if value is not None}


def _details(finding: Finding) -> dict[str, object]:
    details: dict[str, object] = {"kind": str(finding.kind), "trust": str(finding.trust)}
    for name in _OPTIONAL:
        value = getattr(finding, name)
        if value:
            details[name] = list(value) if isinstance(value, tuple) else value
    return details


def _product(finding: Finding) -> dict[str, object]:
    if finding.product == "pullcord":
        return {"name": "pullcord", "vendor_name": "Pullcord", "version": pullcord.__version__}
    return {"name": finding.product}


def _device(asset: str) -> dict[str, object]:
    named: dict[str, object] = {"type_id": 0, "type": "Unknown", "name": asset}
    if _HOSTNAME.fullmatch(asset):
        named["hostname"] = asset
    return named


def _evidences(finding: Finding) -> list[dict[str, object]]:
    actor: dict[str, object] = {"actor": {"user": {"name": finding.actor}}} if finding.actor else {}
    if not finding.event_ids:
        return [dict(actor)] if actor else []
    return [{"uid": uid, "data": {"event_id": uid}, **actor} for uid in finding.event_ids]
