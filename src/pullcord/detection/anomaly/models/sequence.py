"""The likelihood of an agent's tool calls under its own past: a Markov bigram with backoff.

The probability of a call after the one before is backed off to its overall probability (Katz 1987 in the additive
form of MacKay and Peto 1995). A session's score is the largest mean surprise of ``window`` calls in a row, in bits per
call; it only grows, so a session is judged while it runs and calibrates when it ends.
"""

from __future__ import annotations

from math import log2

import msgspec

from pullcord.detection.anomaly.models.seen import mark
from pullcord.detection.anomaly.parameters import Parameters

START, OTHER = 0, 1
TOOLS = 32
PAIRS = 250
SESSIONS = 12
_BACKOFF = 2.0
_LEAST_CALLS = 3
_HALVE = 8_192


class Run(msgspec.Struct, array_like=True):
    """An open session: the last tool, the time of the last call, the last surprises, the largest mean."""

    tool: int = START
    last: int = 0
    bits: list[float] = msgspec.field(default_factory=list)
    worst: float = 0.0
    learn: bool = True


class Sequence(msgspec.Struct, array_like=True):
    """Counts of tools and of pairs of tools, and the open sessions.

    Attributes:
        tools: digest of a tool's name → its number; number 1 stands for tools beyond the table.
        single: per number how often.
        pairs: ``number × 64 + next number`` → how often.
        after: per number how often something came after it.
        calls: counted up to a million.
        open: digest of a session → its run, the longest idle first.
    """

    tools: dict[int, int] = msgspec.field(default_factory=dict)
    single: list[int] = msgspec.field(default_factory=lambda: [0, 0])
    pairs: dict[int, int] = msgspec.field(default_factory=dict)
    after: list[int] = msgspec.field(default_factory=lambda: [0, 0])
    calls: int = 0
    open: dict[int, Run] = msgspec.field(default_factory=dict)

    def observe(self, tool: str, session: str, time: int, p: Parameters) -> tuple[list[float], float]:
        """Take in a call.

        Returns:
            the final scores of sessions that ended by this, and the running score of this one (negative: none).
        """
        ended = self._end(time, p)
        run = self.open.pop(mark(session), None)
        if run is None:
            run = Run()
            if len(self.open) >= SESSIONS:
                ended.append(self.open.pop(next(iter(self.open))))
        self.open[mark(session)] = run
        number = self._number(tool)
        run.bits.append(self._surprise(run.tool, number))
        del run.bits[: -p.window]
        if len(run.bits) >= _LEAST_CALLS:
            run.worst = max(run.worst, sum(run.bits) / len(run.bits))
        if run.learn:
            self._learn(run.tool, number)
        run.tool, run.last = number, time
        warm = self.calls >= p.warm_up
        # A session without enough calls for a mean scores nothing, and says nothing about others.
        final = [r.worst for r in ended if r.worst > 0.0] if warm else []
        return final, run.worst if warm else -1.0

    def flag(self, session: str) -> None:
        """An anomaly was seen: what follows in the session is not learned."""
        run = self.open.get(mark(session))
        if run is not None:
            run.learn = False

    def _end(self, time: int, p: Parameters) -> list[Run]:
        ended = []
        while self.open:
            oldest = next(iter(self.open))
            if abs(time - self.open[oldest].last) <= p.idle:
                break
            ended.append(self.open.pop(oldest))
        return ended

    def _number(self, tool: str) -> int:
        key = mark(tool)
        number = self.tools.get(key)
        if number is None:
            if len(self.tools) >= TOOLS:
                return OTHER
            number = self.tools[key] = len(self.single)
            self.single.append(0)
            self.after.append(0)
        return number

    def _surprise(self, before: int, number: int) -> float:
        kinds = len(self.single)
        plain = (self.single[number] + 0.5) / (self.calls_known() + 0.5 * kinds)
        pair = self.pairs.get(before * 64 + number, 0)
        return -log2((pair + _BACKOFF * plain) / (self.after[before] + _BACKOFF))

    def calls_known(self) -> int:
        """Calls that the counts are made of."""
        return sum(self.single)

    def _learn(self, before: int, number: int) -> None:
        key = before * 64 + number
        if key in self.pairs or len(self.pairs) < PAIRS:
            self.pairs[key] = self.pairs.get(key, 0) + 1
        self.single[number] += 1
        self.after[before] += 1
        self.calls = min(self.calls + 1, 1_000_000)
        if self.calls_known() >= _HALVE:
            self.single = [count // 2 for count in self.single]
            self.after = [count // 2 for count in self.after]
            self.pairs = {key: count // 2 for key, count in self.pairs.items() if count > 1}
