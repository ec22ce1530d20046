"""Findings as `pullcord detect` prints them, one per line; the inverse is in ``pullcord.app.output``."""

from __future__ import annotations

import msgspec

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import identifier, rfc3339
from pullcord.intake.record import read_object
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity

_MOST = 1_000


class _Line(msgspec.Struct, kw_only=True):
    """The fields of a line; those without default are the ones scripts rely on."""

    finding_id: str
    rule_id: str
    title: str
    severity: Severity
    time: str
    event_id: str | None = None
    asset: str | None = None
    techniques: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()
    kind: FindingKind = FindingKind.RULE
    site: str | None = None
    actor: str | None = None
    trace_id: str | None = None
    span_ids: tuple[str, ...] = ()
    incident_type: str | None = None
    entities: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    product: str = "pullcord"
    trust: SourceTrust = SourceTrust.ATTACKER_WRITABLE


def decode(raw: bytes, ctx: Context) -> Finding:
    """One line of `pullcord detect`.

    Raises:
        UnreadableRecordError: no JSON object, a field is missing, or a field has the wrong type.
    """
    return finding(read_object(raw, ctx), ctx)


def finding(data: dict[str, object], ctx: Context) -> Finding:
    """The finding of a decoded line. A line can lower the trust in itself, never raise it.

    Raises:
        UnreadableRecordError: a field is missing, or a field has the wrong type.
    """
    try:
        line = msgspec.convert(data, _Line)
    except msgspec.ValidationError as error:
        raise UnreadableRecordError(str(error), "see docs/reference/events.md") from error
    events = line.event_ids or ((line.event_id,) if line.event_id else ())
    weakest = SourceTrust.ATTACKER_WRITABLE
    return Finding(
        id=identifier(line.finding_id, "finding_id", ctx),
        rule_id=identifier(line.rule_id, "rule_id", ctx),
        title=line.title,
        severity=line.severity,
        time=rfc3339(line.time, "time", ctx),
        event_ids=events[:_MOST],
        kind=line.kind,
        site=line.site,
        asset=line.asset,
        actor=line.actor,
        trace_id=line.trace_id,
        span_ids=line.span_ids[:_MOST],
        techniques=line.techniques[:_MOST],
        incident_type=line.incident_type,
        entities=line.entities[:_MOST],
        reasons=line.reasons[:_MOST],
        product=line.product,
        trust=weakest if weakest in (line.trust, ctx.trust) else SourceTrust.AUTHENTICATED,
    )
