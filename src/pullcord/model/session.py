"""Agent session: one trace of an agent, put back into the order in which it happened."""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.model.noun import Noun


class ToolCall(Noun, frozen=True, kw_only=True):
    """One executed tool call.

    Attributes:
        span_id: of its ``execute_tool`` span.
        event_id: of its event.
        position: 0, 1, 2 … in order of time within the session.
        step: which model turn asked for it: number of chat spans that had begun before, from 0.
        turn: which user turn it serves, from 0.
        arguments: flat dotted path → text value (lists by index); None if not captured.
        result: the text that the model saw; None if not captured.
        failed: the call reported an error.
        time: start, nanoseconds UTC.
    """

    span_id: str
    event_id: str
    position: int
    step: int
    turn: int
    tool: str
    time: int
    arguments: Mapping[str, str] | None = None
    result: str | None = None
    failed: bool = False


class AgentSession(Noun, frozen=True, kw_only=True):
    """One agent session.

    Attributes:
        users: text of the user, per user turn; empty if not captured.
        system: system instructions, joined.
        outputs: text the model wrote, per step (one per chat span; empty string if none).
        calls: executed tool calls in order of time.
        missing: what could not be seen, one sentence each.
    """

    trace_id: str
    calls: tuple[ToolCall, ...]
    users: tuple[str, ...] = ()
    system: str = ""
    outputs: tuple[str, ...] = ()
    asset: str | None = None
    actor: str | None = None
    site: str | None = None
    first_time: int = 0
    last_time: int = 0
    missing: tuple[str, ...] = ()
