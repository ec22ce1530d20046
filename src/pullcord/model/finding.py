"""Finding: a detector's statement that some events deserve attention."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.event import SourceTrust
from pullcord.model.noun import Noun, digest


class Severity(StrEnum):
    """How bad, in rising order."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (informational) to 4 (critical), to compare by."""
        return list(Severity).index(self)


class FindingKind(StrEnum):
    """What kind of detector spoke. Text scores and reports never trigger an action by themselves."""

    RULE = "rule"
    BEHAVIOUR = "behaviour"
    ANOMALY = "anomaly"
    TEXT = "text"
    REPORT = "report"
    EXTERNAL = "external"


class Finding(Noun, frozen=True, kw_only=True):
    """One detector's statement about one or more events.

    Attributes:
        id: ``finding_id(rule_id, event_ids)``, or the foreign uid of an imported finding.
        rule_id: the Sigma id, else the rule's path, else the detector's name.
        event_ids: the events it rests on, the telling one last.
        time: time of the telling event, nanoseconds UTC.
        trace_id: the agent session, if any.
        span_ids: the spans within ``trace_id``, in the order of ``event_ids``.
        incident_type: the type (content/incident_types) this points to, if the detector knows.
        entities: shared observables as ``kind:value`` (``host:…``, ``address:…``, ``agent:…``), to join by.
        reasons: for people, one sentence each.
        product: the tool that found it (``pullcord``, or the foreign product's name).
        trust: the least trusted source among the events.
        suppressed: the suppression that holds it back, by its id: it is kept, and nobody is told.
    """

    id: str
    rule_id: str
    title: str
    severity: Severity
    time: int
    event_ids: tuple[str, ...]
    kind: FindingKind = FindingKind.RULE
    site: str | None = None
    asset: str | None = None
    actor: str | None = None
    trace_id: str | None = None
    span_ids: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    incident_type: str | None = None
    entities: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    product: str = "pullcord"
    trust: SourceTrust = SourceTrust.ATTACKER_WRITABLE
    suppressed: str | None = None


def finding_id(rule_id: str, event_ids: tuple[str, ...]) -> str:
    """The stable id of a finding: the same rule on the same events is the same finding.

    The order of the events does not count.
    """
    return f"fnd-{digest([rule_id, sorted(event_ids)])[:24]}"
