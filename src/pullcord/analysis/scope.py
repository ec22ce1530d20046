"""Reads an agent session for comparing: results as texts, calls as argument values, and which pairs to compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from pullcord.analysis.passages import MAX_READ, Text
from pullcord.analysis.tools import Tool, tool
from pullcord.analysis.values import STRONG, Kind, values
from pullcord.model.session import AgentSession, ToolCall

MAX_PAIRS = 20_000
MAX_ORIGINS = 48
"""Results compared with one call."""
MAX_TOKENS = 160
"""Values of one call that are compared, the most distinctive first."""
_TOTAL_TEXT = 6_000_000
_SHORT_TEXT = 2_000
_WEIGHT = {Kind.WORD: 1.0, Kind.NUMBER: 2.0, Kind.CODE: 4.0, Kind.LINK: 4.0, Kind.ADDRESS: 4.0}


class Turn:
    """What the user asked for in one turn, and what is known from the start."""

    def __init__(self, text: str, system: frozenset[str], earlier: frozenset[str]) -> None:
        own = values(text)
        self.known = frozenset(own) | system
        # Addresses and links that the user gave in an earlier turn are the user's too; words of it are not.
        self.strong = earlier | {value for value, kind in own.items() if kind >= STRONG}
        self.words = frozenset(value for value, kind in own.items() if kind is Kind.WORD)

    def explains(self, value: str, kind: Kind) -> bool:
        """Whether the user or the system text has the value."""
        return value in self.known or (kind >= STRONG and value in self.strong)


class Call:
    """A call's arguments as values.

    Attributes:
        units: per argument its values (argument of a list: one each).
        kinds: all values; names of arguments are none.
        novel: values that neither user nor system text explains, with weights (at most 160).
    """

    def __init__(self, call: ToolCall, turn: Turn) -> None:
        self.call = call
        self.tool: Tool = tool(call.tool)
        arguments: Mapping[str, str] = call.arguments or {}
        self.units = [found for text in arguments.values() if (found := values(text[:MAX_READ]))]
        self.kinds = {value: kind for unit in self.units for value, kind in unit.items()}
        novel = [(value, kind) for value, kind in self.kinds.items() if not turn.explains(value, kind)]
        novel.sort(key=lambda item: -item[1])
        self.novel = {value: _WEIGHT[kind] for value, kind in novel[:MAX_TOKENS]}
        self.foreign_units = [unit for unit in self.units if any(value in self.novel for value in unit)]
        self.strong = [value for value in self.novel if self.kinds[value] >= STRONG]
        self.numbers = [value for value in self.novel if self.kinds[value] is Kind.NUMBER]
        self.plain = [value for value in self.novel if self.kinds[value] is Kind.WORD]


class Scope:
    """An agent session, read."""

    def __init__(self, session: AgentSession) -> None:
        self.session = session
        system = frozenset(values(session.system[:MAX_READ]))
        self.turns: list[Turn] = []
        earlier: frozenset[str] = frozenset()
        for request in session.users or ("",):
            turn = Turn(request[:MAX_READ], system, earlier)
            earlier = frozenset(turn.strong)
            self.turns.append(turn)
        self.calls = [Call(call, self.turn_of(call)) for call in session.calls]
        budget = _TOTAL_TEXT
        self.texts: list[Text] = []
        for call in session.calls:
            text = Text(call.result or "", MAX_READ if budget > 0 else _SHORT_TEXT)
            budget -= len(text.normal)
            self.texts.append(text)

    def turn_of(self, call: ToolCall) -> Turn:
        """The user turn that a call serves."""
        return self.turns[min(call.turn, len(self.turns) - 1)]

    @cached_property
    def holders(self) -> dict[str, list[int]]:
        """Value that some call uses without the user's word → positions of the results that show it, in order."""
        wanted = {value for call in self.calls for value in call.novel}
        found: dict[str, list[int]] = {}
        for position, text in enumerate(self.texts):
            for value in wanted & text.kinds.keys():
                found.setdefault(value, []).append(position)
        return found

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield (result, later call) by position: at most 20,000, at most 48 results per call.

        A result precedes a call if an earlier model step asked for it. Results of the same user turn come first;
        a call without any gets those of earlier turns. If no step order tells anything apart, time does.
        """
        found = [(i, j) for j in range(len(self.calls)) for i in self._before(j, by_step=True)]
        if not found:
            found = [(i, j) for j in range(len(self.calls)) for i in self._before(j, by_step=False)]
        yield from found[-MAX_PAIRS:]

    def _before(self, position: int, *, by_step: bool) -> list[int]:
        calls = self.session.calls
        here = calls[position]
        start = max(0, position - 16 * MAX_ORIGINS)
        earlier = [i for i in range(start, position) if calls[i].step < here.step or not by_step]
        same = [i for i in earlier if calls[i].turn == here.turn]
        chosen = same or earlier[-MAX_ORIGINS // 3 :]
        if len(chosen) <= MAX_ORIGINS:
            return chosen
        # The first to show one of the call's values, then the most recent.
        sources = {self.holders[value][0] for value in self.calls[position].novel if value in self.holders}
        kept = [i for i in chosen if i in sources][: MAX_ORIGINS // 2]
        return sorted({*kept, *chosen[len(kept) - MAX_ORIGINS :]})
