"""What another tool found by itself → a finding of kind EXTERNAL, next to the event that tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pullcord.model.event import Event
from pullcord.model.finding import Finding, FindingKind, Severity, finding_id

_TECHNIQUE = re.compile(r"(?:AML\.)?T[0-9]{4}(?:\.[0-9]{3})?")
_LONGEST_TITLE, _MOST_TECHNIQUES, _MOST_LOOKED_AT = 500, 32, 200
# Kinds as `ocsf_entities` has them: both ends of a connection are addresses.
_ENTITIES = (
    ("host", ("host.name",)),
    ("address", ("host.ip", "client.address", "source.address", "destination.address")),
    ("user", ("user.name", "user.target.name")),
)


class Verdict(NamedTuple):
    """What the other tool says.

    Attributes:
        rule_id: of its rule, with the tool's name in front.
        reasons: sentences for people.
        techniques: whatever it gives as such; what is no ATT&CK or ATLAS id is left out.
    """

    product: str
    rule_id: str
    title: str
    severity: Severity
    reasons: tuple[str, ...]
    techniques: Iterable[object] = ()


def external(event: Event, verdict: Verdict) -> Finding:
    """The finding; it trusts its event as much as its event is trusted."""
    return Finding(
        id=finding_id(verdict.rule_id, (event.id,)),
        rule_id=verdict.rule_id,
        title=verdict.title[:_LONGEST_TITLE],
        severity=verdict.severity,
        time=event.time,
        event_ids=(event.id,),
        kind=FindingKind.EXTERNAL,
        asset=event.asset,
        actor=event.actor,
        techniques=tuple(dict.fromkeys(_techniques(verdict.techniques)))[:_MOST_TECHNIQUES],
        entities=tuple(dict.fromkeys(_entities(event))),
        reasons=verdict.reasons,
        product=verdict.product,
        trust=event.trust,
    )


def _techniques(given: Iterable[object]) -> Iterator[str]:
    for _, item in zip(range(_MOST_LOOKED_AT), given, strict=False):
        if isinstance(item, str):
            # Suricata's metadata writes a sub-technique with an underscore.
            text = item[:_LONGEST_TITLE].strip().upper().replace("_", ".")
            if _TECHNIQUE.fullmatch(text):
                yield text


def _entities(event: Event) -> Iterator[str]:
    for kind, names in _ENTITIES:
        for name in names:
            value = event.attributes.get(name)
            if isinstance(value, str) and value.strip() and len(value) < _LONGEST_TITLE:
                yield f"{kind}:{value.strip().lower()}"
