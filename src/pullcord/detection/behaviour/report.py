"""What the streaming behaviour detectors share: who acted, and how a finding is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pullcord.analysis.quoting import quoted
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.model.event import Event
from pullcord.model.finding import Finding, FindingKind, Severity, finding_id
from pullcord.model.times import EARLIEST, LATEST, to_rfc3339

MAX_NAME = 200
"""Characters of a name that count."""
_MAX_ENTITY = 256


class Rule(NamedTuple):
    """What a detector can say: id and title of its findings, the incident they point to, techniques (ATLAS 5.6)."""

    id: str
    title: str
    incident_type: str
    techniques: tuple[str, ...]


class Earlier(NamedTuple):
    """An earlier event that a finding rests on too."""

    event_id: str
    span_id: str


def agent_of(event: Event, knowledge: Knowledge) -> str | None:
    """The agent that acted, by its name in the inventory if it has one; None if the event names nobody."""
    name = named(event)
    if not name:
        return None
    return knowledge.system(name) or name[:MAX_NAME]


def named(event: Event) -> str | None:
    """The agent as the event names it: under this name findings about the same sessions join."""
    return event.asset or event.text("gen_ai.agent.name") or event.text("gen_ai.agent.id") or event.actor


def number(event: Event, key: str) -> float | None:
    """An attribute as a number (text in plain decimal counts), or None. May be infinite or not a number."""
    value = event.attributes.get(key)
    if value is None or isinstance(value, (bool, list)) or (isinstance(value, str) and len(value) > MAX_NAME):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def report(  # noqa: PLR0913  (each is a field of the finding)
    rule: Rule,
    event: Event,
    severity: Severity,
    reasons: Sequence[str],
    *,
    entities: Sequence[tuple[str, str | None]] = (),
    earlier: Earlier | None = None,
    part: str = "",
) -> Finding:
    """One finding about an event (and an earlier one).

    Args:
        entities: (kind, value); empty and overlong values are left out, as half of one would join what does not
            belong together.
        part: tells findings of one rule about the same events apart.
    """
    before = () if earlier is None or earlier.event_id == event.id else (earlier,)
    event_ids = (*(one.event_id for one in before), event.id)
    rule_id = rule.id
    named = dict.fromkeys(
        f"{kind}:{value}"
        for kind, value in (*entities, ("session", event.text("gen_ai.conversation.id")))
        if value and len(value) <= _MAX_ENTITY
    )
    spans = (*(one.span_id for one in before), event.span_id or event.id)
    return Finding(
        id=finding_id(f"{rule_id}#{part}" if part else rule_id, event_ids),
        rule_id=rule_id,
        title=rule.title,
        severity=severity,
        time=event.time,
        event_ids=event_ids,
        kind=FindingKind.BEHAVIOUR,
        site=event.site,
        asset=event.asset,
        actor=event.actor,
        trace_id=event.trace_id,
        span_ids=spans if event.trace_id else (),
        techniques=rule.techniques,
        incident_type=rule.incident_type,
        entities=tuple(named),
        reasons=tuple(reasons),
        trust=event.trust,
    )


def who(agent: str | None) -> str:
    """The agent in a sentence."""
    return "An agent without a name" if agent is None else f"The agent {quoted(agent)}"


def date(time: int) -> str:
    """The day of a time (nanoseconds UTC) in a sentence; times out of range become the nearest day there is."""
    return to_rfc3339(min(max(time, EARLIEST), LATEST))[:10]
