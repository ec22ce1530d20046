"""``report.html``: one incident for people, as a single file that needs no network and runs no script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache

import jinja2

from pullcord.app.document import CarriedAction, IncidentDocument
from pullcord.content import read
from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.times import to_rfc3339

_MOST_ROWS = 200
_DONE = frozenset({ReceiptStatus.DONE, ReceiptStatus.ALREADY})

_VERDICTS = {
    Verdict.ATTACK_SUCCEEDED: "An attack probably succeeded",
    Verdict.ATTACK_ATTEMPTED: "An attack was attempted; no sign that it succeeded",
    Verdict.NO_ATTACK: "No attack is seen in what was recorded",
    Verdict.CANNOT_TELL: "It cannot be told from what was recorded",
}
_VERDICT_ORDER = tuple(_VERDICTS)


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: when (UTC, to the second), what kind, what happened, and the id it rests on."""

    time: str
    kind: str
    what: str
    evidence: str


@dataclass(frozen=True)
class Standing:
    """How the incident stands, in counts: what the summary says."""

    verdict: str
    done: int
    total: int
    confirmed: int
    refuted: int
    unknown: int
    waiting: tuple[str, ...]


def render(document: IncidentDocument) -> str:
    """The report as HTML.

    Every text of the incident is attacker-written until proven otherwise: the template escapes all of it, and the
    page's own policy forbids scripts, requests and any style but the report's own (by hash).
    """
    style = read("templates", "report.css").decode()
    return _template().render(
        document=document,
        standing=standing(document),
        timeline=timeline(document),
        told=[(one, _VERDICTS[one.verdict]) for one in _by_weight(document.explanations)],
        most=_MOST_ROWS,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def standing(document: IncidentDocument) -> Standing:
    """Count what was done, what is confirmed and what still waits for people."""
    seen = [one.verification.result for one in document.actions if one.verification is not None]
    told = _by_weight(document.explanations)
    return Standing(
        verdict=_VERDICTS[told[0].verdict] if told else _VERDICTS[Verdict.CANNOT_TELL],
        done=sum(_is_done(one) for one in document.actions),
        total=len(document.actions),
        confirmed=seen.count(VerificationResult.CONFIRMED),
        refuted=seen.count(VerificationResult.REFUTED),
        unknown=seen.count(VerificationResult.UNKNOWN),
        waiting=tuple(
            f"{one.kind.value.replace('_', ' ')}: {one.target}"
            for one in document.actions
            if not _is_done(one)
        ),
    )


def timeline(document: IncidentDocument) -> list[Moment]:
    """What happened, by time: findings, phases, decisions and receipts; at most 200 lines, the first ones."""
    moments = [(one.time, "finding", one.title, one.id) for one in document.findings]
    moments += [
        (phase.end, "phase", f"{phase.name.value}: {phase.outcome.value.replace('_', ' ')}", phase.reason)
        for phase in document.phases
        if phase.end is not None and phase.outcome is not None
    ]
    moments += [
        (one.time, "decision", f"{one.approver} ({one.role.value}): {one.decision.value}", one.plan_hash[:20])
        for one in document.approvals
    ]
    moments += [
        (one.receipt.time, "action", f"{one.kind.value.replace('_', ' ')}: {one.target}", one.id)
        for one in document.actions
        if one.receipt is not None and _is_done(one)
    ]
    ordered = sorted(moments, key=lambda moment: (moment[0], moment[1]))[:_MOST_ROWS]
    return [Moment(_stamp(when), kind, what, evidence) for when, kind, what, evidence in ordered]


def _stamp(nanoseconds: int) -> str:
    """For people: ``2026-03-17 05:22:03``, UTC; incident.json has every digit."""
    return to_rfc3339(nanoseconds)[:19].replace("T", " ")


def _is_done(action: CarriedAction) -> bool:
    return action.receipt is not None and action.receipt.status in _DONE


def _by_weight(explanations: tuple[Explanation, ...]) -> list[Explanation]:
    """Explanations, the gravest verdict first, then by score."""
    return sorted(explanations, key=lambda one: (_VERDICT_ORDER.index(one.verdict), -one.score))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["stamp"] = _stamp
    environment.filters["percent"] = lambda share: f"{share * 100:.0f} %"
    environment.filters["words"] = lambda text: str(text).replace("_", " ")
    return environment.from_string(read("templates", "report.html.j2").decode())
