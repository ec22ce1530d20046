"""OCSF Detection Finding (class 2004) → finding. Source: https://schema.ocsf.io, versions 1.1 to 1.8.

What Pullcord itself wrote carries its exact fields under ``unmapped.pullcord`` and comes back as it was. That
is a claim of the record like any other: it can lower the trust in it, never raise it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from pullcord.intake.context import Context, printable
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import as_object, identifier, milliseconds
from pullcord.intake.ocsf_entities import Json, entities, mapping, mappings, text, user
from pullcord.intake.record import read_object
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.times import MILLISECOND, from_rfc3339

CLASS = 2004
_MOST = 1_000
_LONGEST_REASON = 2_000

SEVERITIES = {
    1: Severity.INFORMATIONAL,
    2: Severity.LOW,
    3: Severity.MEDIUM,
    4: Severity.HIGH,
    5: Severity.CRITICAL,
    6: Severity.CRITICAL,
}
_WORDS = {str(severity): severity for severity in Severity} | {"fatal": Severity.CRITICAL}


class _Own(msgspec.Struct, kw_only=True):
    """What Pullcord writes under ``unmapped.pullcord``; what does not fit is taken as a foreign record."""

    time: str
    kind: FindingKind = FindingKind.RULE
    site: str | None = None
    actor: str | None = None
    trace_id: str | None = None
    span_ids: tuple[str, ...] = ()
    incident_type: str | None = None
    entities: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    trust: SourceTrust = SourceTrust.ATTACKER_WRITABLE


def decode(raw: bytes, ctx: Context) -> Finding:
    """One OCSF record.

    Raises:
        UnreadableRecordError: no JSON object, another class, or uid or time is missing or of the wrong type.
    """
    return finding(read_object(raw, ctx), ctx)


def finding(data: Json, ctx: Context) -> Finding:
    """The finding of a decoded record.

    Raises:
        UnreadableRecordError: another class, or uid or time is missing or of the wrong type.
    """
    if data.get("class_uid") != CLASS:
        other = printable(str(data.get("class_uid")), 20)
        raise UnreadableRecordError(
            f"OCSF class {other} is not read", f"give Detection Findings, class {CLASS}"
        )
    info = as_object(data.get("finding_info"), "finding_info")
    found = _foreign(data, info, ctx)
    claimed = mapping(mapping(data.get("unmapped")).get("pullcord"))
    return _own(found, claimed, ctx) if claimed else found


def _foreign(data: Json, info: Json, ctx: Context) -> Finding:
    longest = ctx.limits.max_id
    product = mapping(mapping(data.get("metadata")).get("product"))
    device, analytic = mapping(data.get("device")), mapping(info.get("analytic"))
    uid = identifier(info.get("uid"), "finding_info.uid", ctx)
    title = text(info, "title", "desc") or text(analytic, "name") or uid
    evidence = mappings(data.get("evidences"))
    return Finding(
        id=uid,
        rule_id=(text(analytic, "uid", "name") or title)[:longest],
        title=title[:_LONGEST_REASON],
        severity=_severity(data),
        time=milliseconds(data.get("time"), "time", ctx),
        event_ids=_event_ids(info, evidence, longest),
        kind=FindingKind.EXTERNAL,
        asset=text(device, "hostname", "name", "ip", "uid") or _resource(data),
        actor=user(data, evidence),
        techniques=_techniques(data, info),
        entities=entities(data, device, evidence),
        reasons=_reasons(info),
        product=(text(product, "name", "vendor_name") or "unknown")[:longest],
        trust=ctx.trust,
    )


def _own(found: Finding, claimed: Json, ctx: Context) -> Finding:
    try:
        own = msgspec.convert(claimed, _Own)
        exact = from_rfc3339(own.time)
    except (msgspec.ValidationError, ValueError):
        return found
    weakest = SourceTrust.ATTACKER_WRITABLE
    return msgspec.structs.replace(
        found,
        # Milliseconds are what OCSF has room for; the exact time counts only where it agrees with them.
        time=exact if exact // MILLISECOND == found.time // MILLISECOND else found.time,
        kind=own.kind,
        site=own.site,
        actor=own.actor,
        trace_id=own.trace_id,
        span_ids=own.span_ids[:_MOST],
        incident_type=own.incident_type,
        entities=own.entities[:_MOST],
        reasons=own.reasons[:_MOST],
        trust=weakest if weakest in (own.trust, ctx.trust) else SourceTrust.AUTHENTICATED,
    )


def _severity(data: Json) -> Severity:
    """By ``severity_id``; Other (99) by its text; Unknown (0) is *low*.

    Not informational, which is folded away: that a product does not say how bad something is does not make it
    harmless. Not more either: a product that never says would page all night.
    """
    known = data.get("severity_id")
    if isinstance(known, int) and known in SEVERITIES:
        return SEVERITIES[known]
    return _WORDS.get((text(data, "severity") or "").lower(), Severity.LOW)


def _event_ids(info: Json, evidence: Sequence[Json], longest: int) -> tuple[str, ...]:
    listed = evidence or mappings(info.get("related_events"))
    ids = (text(item, "uid") for item in listed)
    return tuple(dict.fromkeys(uid[:longest] for uid in ids if uid))[:_MOST]


def _resource(data: Json) -> str | None:
    return next(
        (name for item in mappings(data.get("resources")) if (name := text(item, "name", "uid"))), None
    )


def _techniques(data: Json, info: Json) -> tuple[str, ...]:
    found: list[str] = []
    for attack in mappings(info.get("attacks")) or mappings(data.get("attacks")):
        for name in ("sub_technique", "technique"):
            uid = text(mapping(attack.get(name)), "uid")
            if uid:
                # The narrower one says it all.
                found.append(uid)
                break
    return tuple(dict.fromkeys(found))[:_MOST]


def _reasons(info: Mapping[str, object]) -> tuple[str, ...]:
    types = info.get("types")
    listed = [item for item in types if isinstance(item, str)] if isinstance(types, list) else []
    said = [text(info, "desc") or "", f"Type: {', '.join(listed)}." if listed else ""]
    return tuple(line[:_LONGEST_REASON] for line in said if line)
