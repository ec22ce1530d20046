"""The text signal over an agent session: what came in from outside, and what the user asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pullcord.detection.text.signal import TextSignal, TextVerdict, Verdict
from pullcord.model.finding import Finding, FindingKind, Severity, finding_id
from pullcord.model.session import AgentSession

RULE_ID = "pullcord.text.reads-like-an-attack"
MOST_TEXTS = 64
"""Texts of one session that are scored; the first in order of time."""
MOST_CHARACTERS = 20_000
"""Of one text; of a longer one its two ends."""
_SEVERITY = {Verdict.SUSPICIOUS: Severity.LOW, Verdict.MALICIOUS: Severity.MEDIUM}


class _Text(NamedTuple):
    """A text, the event it stands in, and whether it came in by a tool."""

    text: str
    event_id: str
    span_id: str
    time: int
    tool: str | None


def examine_texts(session: AgentSession, signal: TextSignal) -> list[Finding]:
    """One finding per text that reads like an attack: results of tools, and what the user wrote.

    Kind ``text``: it never makes a plan run by itself, and counts little for severity. Without captured content there
    is nothing to read; ``session.missing`` says so.
    """
    found: list[Finding] = []
    for number, text in enumerate(_texts(session)):
        if number >= MOST_TEXTS:
            break
        verdict = signal.score(_bounded(text.text))
        if verdict.verdict is not Verdict.BENIGN:
            found.append(_finding(session, text, verdict))
    return found


def _texts(session: AgentSession) -> Iterator[_Text]:
    """Results in the order of time; what the user wrote counts as part of the first call that served it."""
    served: set[int] = set()
    for call in session.calls:
        if call.turn not in served and call.turn < len(session.users):
            served.add(call.turn)
            yield _Text(session.users[call.turn], call.event_id, call.span_id, call.time, None)
        if call.result:
            yield _Text(call.result, call.event_id, call.span_id, call.time, call.tool)


def _bounded(text: str) -> str:
    half = MOST_CHARACTERS // 2
    return text if len(text) <= MOST_CHARACTERS else f"{text[:half]}\n{text[-half:]}"


def _finding(session: AgentSession, text: _Text, verdict: TextVerdict) -> Finding:
    rule_id = f"{RULE_ID}.{'result' if text.tool else 'prompt'}"
    agent = session.asset or session.actor
    where = "a tool's result" if text.tool else "what the user wrote"
    return Finding(
        id=finding_id(rule_id, (text.event_id,)),
        rule_id=rule_id,
        title=f"Text that reads like an attack in {where}",
        severity=_SEVERITY[verdict.verdict],
        time=text.time,
        event_ids=(text.event_id,),
        kind=FindingKind.TEXT,
        site=session.site,
        asset=session.asset,
        actor=session.actor,
        trace_id=session.trace_id or None,
        span_ids=(text.span_id,),
        techniques=("AML.T0051.001" if text.tool else "AML.T0051.000",),
        incident_type="prompt-injection-indirect" if text.tool else "prompt-injection-direct",
        entities=(f"agent:{agent}",) if agent else (),
        reasons=verdict.reasons,
    )
