"""Spend and loop: the same call again and again, runaway turns, more tokens or money than ever before."""

from __future__ import annotations

import math
import zlib

from pullcord.analysis.quoting import quoted
from pullcord.analysis.tools import Effect, tool
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import Memory, Record, key_of, print_of
from pullcord.detection.behaviour.report import Rule, named, number, report, who
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

LOOP = Rule(
    "pullcord.behaviour.tool-loop",
    "Agent repeats the same tool call",
    "denial-of-service",
    ("AML.T0034.002", "AML.T0029"),
)
SPEND = Rule(
    "pullcord.behaviour.session-spend",
    "Agent session beyond anything before",
    "denial-of-service",
    ("AML.T0034.002", "AML.T0034"),
)
_READS = 5
"""Reading again (a state, a queue) is how agents wait: so many times as often is still no loop."""
_CHAT = frozenset({"chat", "text_completion", "generate_content"})
_MAX_AMOUNT = 1e15
_FADE = 0.99
_UNITS = ("turns", "tokens", "cost")
_AT_ONCE = 4


Amounts = tuple[float, float, float]
"""Model turns, tokens, cost."""
_NOTHING: Amounts = (0.0, 0.0, 0.0)


class Talk(Record, array_like=True):
    """One session so far.

    Attributes:
        agent: key of its agent.
        amounts: model turns, tokens, cost.
        tool, call: fingerprints of the last tool and of the last call with its arguments.
        run, same: calls in a row of that tool, and with these arguments.
        told: one bit per thing that was told.
    """

    agent: str = ""
    amounts: Amounts = _NOTHING
    tool: int = 0
    call: int = 0
    run: int = 0
    same: int = 0
    told: int = 0


class Past(Record, array_like=True):
    """What the sessions of an agent came to: how many, and the largest of each amount (fading by 1 % a session)."""

    sessions: int = 0
    largest: Amounts = _NOTHING


class Spend:
    """Sessions that run, and what earlier ones of each agent came to."""

    def __init__(self, limits: Limits) -> None:
        self.talks = Memory("talk", Talk, limits.sessions)
        self.pasts = Memory("past", Past, limits.agents)
        self._limits = limits
        self._ceilings = (float(limits.turns), float(limits.tokens), math.inf)

    def look(
        self, event: Event, agent: str | None, name: str | None, arguments: str | None
    ) -> Finding | None:
        """What one call of a model or tool adds to its session."""
        session = event.trace_id or event.text("gen_ai.conversation.id")
        if session is None:
            return None
        key = key_of(event.site, session)
        talk = self.talks.get(key, event.time)
        if talk is None:
            self._close(event.time)
            talk = Talk(agent=key_of(event.site, agent))
        talk.seen = max(talk.seen, event.time)
        told = self._loop(event, agent, talk, name, arguments) if name else self._add(event, agent, talk)
        self.talks.put(key, talk)
        return told

    def _loop(
        self, event: Event, agent: str | None, talk: Talk, name: str, arguments: str | None
    ) -> Finding | None:
        mark = print_of(name)
        call = (
            0
            if arguments is None
            else (zlib.crc32(arguments.encode("utf-8", "replace")) << 32) + len(arguments)
        )
        talk.run = talk.run + 1 if mark == talk.tool else 1
        talk.same = talk.same + 1 if call and call == talk.call and mark == talk.tool else 1
        talk.tool, talk.call = mark, call
        limits = self._limits
        if talk.same < limits.repeats and talk.run < limits.run:
            return None
        most = limits.repeats * (_READS if tool(name).effect is Effect.READ else 1)
        if talk.same >= most and not talk.told & 1:
            talk.told |= 1
            how = f"{talk.same} times in a row with the same arguments (threshold: {most})"
        elif talk.run >= limits.run and not talk.told & 2:
            talk.told |= 2
            how = f"{talk.run} times in a row (threshold: {limits.run})"
        else:
            return None
        reasons = [f"{who(agent)} called {quoted(name)} {how}, and nothing else in between."]
        if arguments is None:
            reasons.append("The arguments were not recorded: whether the calls differ cannot be seen.")
        return report(LOOP, event, Severity.LOW, reasons, entities=[("agent", named(event))])

    def _add(self, event: Event, agent: str | None, talk: Talk) -> Finding | None:
        operation = event.text("gen_ai.operation.name")
        if operation is not None and operation not in _CHAT:
            return None  # a run of an agent repeats the sums of its turns
        tokens = _amount(event, "gen_ai.usage.input_tokens") + _amount(event, "gen_ai.usage.output_tokens")
        cost = _amount(event, "gen_ai.usage.cost") or _amount(event, "ai.usage.cost")
        turns, before, paid = talk.amounts
        talk.amounts = (turns + 1.0, min(before + tokens, _MAX_AMOUNT), min(paid + cost, _MAX_AMOUNT))
        past = self.pasts.get(talk.agent, event.time)
        most = self._ceilings if past is None else self._most(past)
        for place in (0, 1, 2):
            amount = talk.amounts[place]
            if amount > most[place] and not talk.told & (4 << place):
                talk.told |= 4 << place
                unit = _UNITS[place]
                reasons = (
                    f"{who(agent)} came to {amount:,.10g} {unit} in one session.",
                    self._why(place, most[place], past),
                )
                entities = [("agent", named(event))]
                return report(SPEND, event, Severity.LOW, reasons, entities=entities, part=unit)
        return None

    def _most(self, past: Past) -> Amounts:
        """What a session may come to: by the agent's own past, else at least what any may."""
        factor, ceilings = self._limits.past_factor, self._ceilings
        turns, tokens, cost = past.largest
        own = (turns * factor, tokens * factor, cost * factor)
        if past.sessions >= self._limits.past_sessions:
            return (own[0] or ceilings[0], own[1] or ceilings[1], own[2] or ceilings[2])
        return (max(own[0], ceilings[0]), max(own[1], ceilings[1]), max(own[2], ceilings[2]))

    def _why(self, place: int, most: float, past: Past | None) -> str:
        if past is None or most == self._ceilings[place]:
            return f"That is more than the {self._ceilings[place]:,.0f} that any session may have."
        return (
            f"The largest of its {past.sessions} earlier sessions came to {past.largest[place]:,.10g} "
            f"(threshold: {self._limits.past_factor:g} times that)."
        )

    def _close(self, time: int) -> None:
        """Add sessions that went idle to the past of their agents; a few at a time, so that no event waits."""
        for _ in range(_AT_ONCE):
            entry = self.talks.oldest()
            if entry is None:
                return
            key, talk = entry
            if time - talk.seen < self._limits.idle:
                # It may be a long one that stands before many that are over.
                self.talks.move(key, talk)
                continue
            self.talks.drop(key)
            past = self.pasts.get(talk.agent, talk.seen) or Past(seen=talk.seen)
            past.sessions = min(past.sessions + 1, 1_000_000)
            (turns, tokens, cost), (more_turns, more_tokens, more_cost) = past.largest, talk.amounts
            past.largest = (
                max(turns * _FADE, more_turns),
                max(tokens * _FADE, more_tokens),
                max(cost * _FADE, more_cost),
            )
            self.pasts.put(talk.agent, past)


def _amount(event: Event, name: str) -> float:
    """A number of an event, 0 if it is none, negative, or beyond all reason."""
    value = event.attributes.get(name)
    if type(value) is not int and type(value) is not float:
        if value is None:
            return 0.0
        value = number(event, name)
    return value if value is not None and 0 <= value <= _MAX_AMOUNT else 0.0
