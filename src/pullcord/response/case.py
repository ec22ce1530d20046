"""A case: everything the response knows about one incident while it works on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pullcord.model.explanation import Explanation
from pullcord.model.finding import Finding, FindingKind
from pullcord.model.incident import Incident
from pullcord.model.plan import Action, Plan
from pullcord.model.session import AgentSession, ToolCall

# Text scores and reports never make a call impossible: they are too easily written by the attacker.
_HEARSAY = frozenset({FindingKind.TEXT, FindingKind.REPORT})


@dataclass(frozen=True)
class Case:
    """One incident with its findings and the agent sessions they speak of.

    Attributes:
        sessions: by trace id; sessions that were not recorded are absent.
        evidence: description → bytes, what a snapshot keeps.
    """

    incident: Incident
    findings: Sequence[Finding]
    sessions: Mapping[str, AgentSession] = field(default_factory=dict)
    evidence: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def calls(self) -> dict[str, ToolCall]:
        """Recorded calls by span id."""
        return {call.span_id: call for session in self.sessions.values() for call in session.calls}

    def suspect_calls(self, explanations: Sequence[Explanation]) -> list[tuple[str, ToolCall]]:
        """``(agent name, call)`` of every call that the response should make impossible.

        Those are the telling calls of behaviour findings and, once explained, the most likely actions.
        """
        spans = {
            (finding.trace_id, finding.span_ids[-1])
            for finding in self.findings
            if finding.span_ids and finding.kind not in _HEARSAY
        }
        spans |= {(told.trace_id, told.actions[0].span_id) for told in explanations if told.actions}
        return [
            (session.asset or "", call)
            for trace_id, session in sorted(self.sessions.items())
            for call in session.calls
            if (trace_id, call.span_id) in spans
        ]


@dataclass(frozen=True)
class Judges:
    """The judging rooms, handed in by the wiring, so that this room depends on none of them.

    Attributes:
        contain: case, explanations so far, actions done so far → containment plan.
        investigate: session → explanation.
        recover: case, explanations, containment plan → recovery plan.
    """

    contain: Callable[[Case, Sequence[Explanation], Sequence[Action]], Plan]
    investigate: Callable[[AgentSession], Explanation]
    recover: Callable[[Case, Sequence[Explanation], Plan], Plan]
