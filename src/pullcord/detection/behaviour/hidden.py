"""A session whose content was not recorded: what remains is which tools were called, in which order.

Reading what outsiders can write and then changing something is what agents are for, so it says nothing by itself.
Told is only a tool with an effect that the user's request has no word for.
"""

from __future__ import annotations

from pullcord.analysis.quoting import quoted
from pullcord.analysis.sessions import MAX_CALLS
from pullcord.analysis.tools import Effect, speaks_of, tool
from pullcord.analysis.values import Kind, values
from pullcord.detection.behaviour.sources import brings_untrusted
from pullcord.model.finding import Finding, FindingKind, Severity, finding_id
from pullcord.model.session import AgentSession, ToolCall

RULE_ID = "pullcord.behaviour.unasked-effect-after-untrusted"
_MAX_READ = 60_000


def examine_hidden(session: AgentSession) -> Finding | None:
    """The first call with an effect that nobody asked for, after untrusted content; None if there is none.

    Args:
        session: one without recorded arguments or results. Without the user's text nothing is said here: whether
            a call is unusual is then for the streaming detector, which knows the agent's past.
    """
    if not session.users:
        return None
    source: ToolCall | None = None
    used: set[str] = set()
    for call in session.calls[:MAX_CALLS]:
        read = tool(call.tool)
        if read.effect is Effect.READ:
            if source is None and not call.failed and brings_untrusted(call.tool):
                source = call
            continue
        if source is not None and call.step > source.step and call.tool not in used:
            asked = _words(session.users[min(call.turn, len(session.users) - 1)])
            if read.verbs and not speaks_of(read.verbs, asked):
                return _finding(session, source, call)
        used.add(call.tool)
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(value for value, kind in values(text[:_MAX_READ]).items() if kind is Kind.WORD)


def _finding(session: AgentSession, source: ToolCall, target: ToolCall) -> Finding:
    event_ids = (source.event_id, target.event_id)
    agent = session.asset or session.actor
    dark = [
        name
        for name, seen in (
            ("arguments", any(call.arguments for call in session.calls)),
            ("results", any(call.result for call in session.calls)),
        )
        if not seen
    ]
    return Finding(
        id=finding_id(RULE_ID, event_ids),
        rule_id=RULE_ID,
        title="Unasked tool call after untrusted content",
        severity=Severity.LOW,
        time=target.time,
        event_ids=event_ids,
        kind=FindingKind.BEHAVIOUR,
        site=session.site,
        asset=session.asset,
        actor=session.actor,
        trace_id=session.trace_id or None,
        span_ids=(source.span_id, target.span_id),
        techniques=("AML.T0051.001", "AML.T0053"),
        incident_type="prompt-injection-indirect",
        entities=(f"agent:{agent}",) if agent else (),
        reasons=(
            f"After {quoted(source.tool)} brought content that outsiders can write, {quoted(target.tool)} was called.",
            "The user's request has no word for what that tool does.",
            (
                f"The {' and '.join(dark)} of the calls were not recorded: whether the call took anything from that "
                "content cannot be seen."
            ),
        ),
    )
