"""What the investigation established about the root cause of an incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.incident import Incident
from pullcord.model.session import ToolCall

SURE_ENOUGH = 0.5
"""An origin less likely than this, given that the attack succeeded, is not called the root cause."""


@dataclass(frozen=True)
class Origin:
    """A piece of content that an attack came from: session, span, what brought it, and the probability."""

    trace_id: str
    span_id: str
    source: str
    confidence: float


@dataclass(frozen=True)
class Cause:
    """What is known.

    Attributes:
        origins: content an attack came from, sure enough.
        doubtful: the best candidates that are not sure enough.
        tools: tools of the actions that carried an attack out, or are most likely to have, sorted.
        unexplained: sessions for which the investigation cannot tell.
        harmless: every session was looked at and none shows an attack.
        attempted_only: attacks were seen and none succeeded.
    """

    origins: tuple[Origin, ...] = ()
    doubtful: tuple[Origin, ...] = ()
    tools: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    harmless: bool = False
    attempted_only: bool = False


def find_cause(
    incident: Incident, explanations: Sequence[Explanation], calls: Mapping[str, ToolCall]
) -> Cause:
    """Read the root cause off the explanations of an incident's sessions."""
    told = sorted(explanations, key=lambda one: one.trace_id)
    origins: list[Origin] = []
    doubtful: list[Origin] = []
    tools: set[str] = set()
    for one in told:
        if one.verdict is Verdict.NO_ATTACK:
            continue
        # The three candidates of a session that cannot be told are kept out of reach as well, until it can.
        tools |= {calls[c.span_id].tool for c in one.actions if c.span_id in calls}
        if one.origin:
            best = one.origin[0]
            origin = Origin(one.trace_id, best.span_id, _source(calls.get(best.span_id)), best.confidence)
            sure = best.confidence >= SURE_ENOUGH and one.verdict is not Verdict.CANNOT_TELL
            (origins if sure else doubtful).append(origin)
    verdicts = {one.verdict for one in told}
    explained = {one.trace_id for one in told if one.verdict is not Verdict.CANNOT_TELL}
    return Cause(
        origins=tuple(origins),
        doubtful=tuple(doubtful),
        tools=tuple(sorted(tools)),
        unexplained=tuple(sorted(set(incident.trace_ids) - explained)),
        harmless=verdicts == {Verdict.NO_ATTACK} and set(incident.trace_ids) <= explained,
        attempted_only=Verdict.ATTACK_ATTEMPTED in verdicts
        and not verdicts & {Verdict.ATTACK_SUCCEEDED, Verdict.CANNOT_TELL},
    )


def _source(call: ToolCall | None) -> str:
    if call is None:
        return ""
    arguments = ", ".join(f"{key}={value}" for key, value in sorted((call.arguments or {}).items()))
    return f"{call.tool}({arguments})"[:200]
