"""Finds what an agent did on the word of a tool result: values that flow from the result into a call with an effect.

Nothing is learned and no wording is needed: the telling thing is that neither user nor system text explains a value,
that the result was the first to show it, and that it stands in a sentence there, not in a record the agent looked up.
Words of instruction only raise the severity, and leave no excuse. Method: taint tracking by value
(see ``analysis.values``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from pullcord.analysis.passages import Passage, Text
from pullcord.analysis.quoting import quoted
from pullcord.analysis.scope import Call, Scope
from pullcord.analysis.tools import Effect, speaks_of, words_of
from pullcord.analysis.values import STRONG, Kind
from pullcord.detection.behaviour.hidden import examine_hidden
from pullcord.detection.behaviour.text import credential_like, host_of, is_internal, is_tag
from pullcord.model.finding import Finding, FindingKind, Severity, finding_id
from pullcord.model.session import AgentSession

RULE_ID = "pullcord.behaviour.untrusted-value-in-call"
MAX_FINDINGS = 50
"""Findings per session; the first in order of time are kept."""
_SENTENCE = 2
_TELLING = 4
"""Letters of a word that says what a request is about."""
_TOPIC = 3
_LOOK_BACK = 200
_LOUD = 2
_SHOWN = 3
_FETCH = words_of(
    "visit open browse article articles website websites webpage page pages link links site url click follow blog "
    "summarize summarise"
)


class _Flow(NamedTuple):
    """What a call takes from a result: the values, most distinctive first, and the passage they stand in."""

    origin: int
    action: int
    values: tuple[str, ...]
    passage: Passage


def examine(session: AgentSession, internal_domains: Collection[str] = ()) -> list[Finding]:
    """One finding per call with an effect that takes distinctive values from an earlier, untrusted result.

    Args:
        session: one agent session. Without captured arguments or results no value can be followed; what the order
            of the calls still tells is a finding of its own, of low severity (see ``hidden``).
        internal_domains: domains that are the organisation's own; values there are no outside destination.
    """
    if not any(call.arguments for call in session.calls) or not any(call.result for call in session.calls):
        hidden = examine_hidden(session)
        return [] if hidden is None else [hidden]
    scope = Scope(session)
    found: list[Finding] = []
    seen: set[tuple[str, ...]] = set()
    for flow in _flows(scope):
        # The same values in several calls in a row (retries, one call per recipient) are one story.
        key = (session.calls[flow.action].tool, *sorted(flow.values))
        if key not in seen:
            seen.add(key)
            found.append(_finding(scope, flow, internal_domains))
        if len(found) >= MAX_FINDINGS:
            break
    return found


def _flows(scope: Scope) -> Iterator[_Flow]:
    """Yield at most one flow per call: from the first result that shows the most distinctive of its values."""
    best: dict[int, _Flow] = {}
    for origin, action in scope.pairs():
        flow = _flow(scope, origin, action)
        if flow and (action not in best or len(flow.values) > len(best[action].values)):
            best[action] = flow
    for action in sorted(best):
        yield best[action]


def _flow(scope: Scope, origin: int, action: int) -> _Flow | None:
    call, text = scope.calls[action], scope.texts[origin]
    if not _acts(call):
        return None
    calls = scope.session.calls
    first = [
        value
        for value in call.novel
        if value in text
        and call.kinds[value] >= Kind.NUMBER
        and all(i >= origin or calls[i].turn < calls[origin].turn for i in scope.holders[value])
    ]
    spoken = [value for value in first if text.words_around(value) >= _SENTENCE]
    telling = [value for value in spoken if call.kinds[value] >= STRONG or _whole(value, call)]
    passage = text.best({value: call.novel[value] for value in telling})
    if passage is not None and not _loud(text, passage):
        telling = [value for value in telling if not _cited(value, action, scope)]
        passage = text.best({value: call.novel[value] for value in telling})
    if passage is None or not _about(call, text, passage, scope):
        return None
    return _Flow(origin, action, tuple(telling), passage)


def _acts(call: Call) -> bool:
    """Whether the call has an effect: it changes or sends something, or fetches what nobody asked for."""
    outward = any(call.kinds[value] is Kind.LINK for value in call.strong)
    return call.tool.effect is not Effect.READ or outward


def _whole(value: str, call: Call) -> bool:
    """Whether a number is an argument of its own (an account, an id, an amount), not a part of a text."""
    return any(unit.keys() == {value} for unit in call.foreign_units)


def _loud(text: Text, passage: Passage) -> bool:
    """Whether a passage talks in instructions. Where it does, there is no excuse for what follows it."""
    return text.tone_of(passage).orders >= _LOUD


def _cited(value: str, action: int, scope: Scope) -> bool:
    """Whether a call only names, within a longer text, a link that the agent read before for the same request.

    A report says where it has its facts from. A link that is sent without having been read is another matter, and so
    is one that is an argument by itself: that is a destination.
    """
    call = scope.calls[action]
    if call.kinds[value] is not Kind.LINK or call.tool.effect is Effect.READ or _alone(value, call):
        return False
    return any(
        value in earlier.kinds and earlier.tool.effect is Effect.READ and earlier.call.turn == call.call.turn
        for earlier in scope.calls[max(0, action - _LOOK_BACK) : action]
    )


def _alone(value: str, call: Call) -> bool:
    """Whether a link is all of an argument (it counts as the link and its host)."""
    return any(
        value in unit and all(value in other or other in value for other in unit) for unit in call.units
    )


def _about(call: Call, text: Text, passage: Passage, scope: Scope) -> bool:
    """Whether the passage speaks of what the call does, or the user never asked for anything like it."""
    spoken = text.words_in(passage)
    if call.tool.effect is Effect.READ:
        # People mention links all the time: fetching one is odd only if the text orders it, or if the user's task had
        # nothing to do with it, neither with fetching nor with what the text around the link speaks of.
        asked_for = scope.turn_of(call.call).words
        return _loud(text, passage) or not (asked_for & _FETCH or _on_topic(asked_for, text, passage))
    asked = speaks_of(call.tool.verbs, scope.turn_of(call.call).words) > 0
    verb = speaks_of(call.tool.verbs, spoken) > 0
    return verb or not asked


def _on_topic(asked_for: frozenset[str], text: Text, passage: Passage) -> bool:
    """Whether the text close to one of the values shares enough telling words with the user's request."""
    close = (text.best({value: 1.0}) for value in passage.hits)
    wanted = {word for word in asked_for if len(word) >= _TELLING}
    return any(len(wanted & text.words_in(piece)) >= _TOPIC for piece in close if piece)


def _finding(scope: Scope, flow: _Flow, internal_domains: Collection[str]) -> Finding:
    session = scope.session
    source, target = session.calls[flow.origin], session.calls[flow.action]
    call, text = scope.calls[flow.action], scope.texts[flow.origin]
    outside = [
        value
        for value in flow.values
        if call.kinds[value] in (Kind.LINK, Kind.ADDRESS)
        and not (is_internal(value, internal_domains) or is_tag(value))
    ]
    secret = credential_like(target.arguments or {})
    loud = _loud(text, flow.passage)
    event_ids = (source.event_id, target.event_id)
    techniques = ["AML.T0051.001", "AML.T0053"]
    if outside:
        techniques.append("AML.T0086")
    agent = session.asset or session.actor
    return Finding(
        id=finding_id(RULE_ID, event_ids),
        rule_id=RULE_ID,
        title="Tool call on the word of untrusted content",
        severity=_severity(call, scope, loud=loud, outside=bool(outside), secret=secret),
        time=target.time,
        event_ids=event_ids,
        kind=FindingKind.BEHAVIOUR,
        site=session.site,
        asset=session.asset,
        actor=session.actor,
        trace_id=session.trace_id or None,
        span_ids=(source.span_id, target.span_id),
        techniques=tuple(techniques),
        incident_type="prompt-injection-indirect",
        entities=(
            *((f"agent:{agent}",) if agent else ()),
            *(f"destination:{host_of(value)}" for value in outside[:_SHOWN]),
        ),
        reasons=_reasons(scope, flow, outside, loud=loud, secret=secret),
    )


def _severity(call: Call, scope: Scope, *, loud: bool, outside: bool, secret: bool) -> Severity:
    """How bad: a page that is only read, when the user spoke of links or pages, is low."""
    if call.tool.effect is Effect.READ and not secret and scope.turn_of(call.call).words & _FETCH:
        return Severity.LOW
    return Severity.HIGH if loud and (outside or secret) else Severity.MEDIUM


def _reasons(scope: Scope, flow: _Flow, outside: list[str], *, loud: bool, secret: bool) -> tuple[str, ...]:
    source, target = scope.session.calls[flow.origin], scope.session.calls[flow.action]
    named = ", ".join(quoted(value) for value in flow.values[:_SHOWN])
    reasons = [
        f"The call of {quoted(target.tool)} uses {named}, first seen in the result of {quoted(source.tool)}.",
        "Neither the user nor the system instructions named it.",
    ]
    if outside:
        reasons.append(
            f"It points outside: {', '.join(quoted(host_of(value)) for value in outside[:_SHOWN])}."
        )
    if secret:
        reasons.append("The arguments hold what looks like a credential.")
    if loud:
        reasons.append("The passage it comes from talks in instructions.")
    return tuple(reasons)
