"""What is measured about a pair (untrusted tool result, later call), as numbers.

Everything is scoped to the user turn of the call. No feature looks at names, ids, times, lengths of a text or one
wording; how a tool's name reads and words of instruction are among them, and are neutral where unknown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pullcord.analysis.passages import Passage, Tone
from pullcord.analysis.scope import Call, Scope
from pullcord.analysis.tools import Effect, speaks_of
from pullcord.analysis.values import STRONG, Kind

CALL = (
    "call_writes",
    "call_reads",
    "call_unknown",
    "call_has_link",
    "call_has_address",
    "call_failed",
    "call_novel_share",
    "call_units_from_user",
    "call_novel_strong",
    "call_novel_units",
    "user_asks_verb",
    "user_names_object",
    "call_acts",
    "acts_unasked",
)
RESULT = ("result_failed", "result_of_read", "result_of_write", "result_args_from_user", "result_feeds_calls")
FLOW = (
    "strong_in",
    "strong_first",
    "strong_only",
    "number_in",
    "number_first",
    "word_share",
    "word_first_share",
    "units_in",
    "units_first",
    "units_share",
    "copied_text",
)
PASSAGE = (
    "passage_cover",
    "passage_strong",
    "passage_verb",
    "passage_verb_new",
    "passage_object",
    "passage_prose",
    "value_in_sentence",
    "passage_shown_before",
)
TURN = (
    "flow",
    "flow_of_turn",
    "flow_of_call",
    "flow_of_result",
    "acting_flow_of_turn",
    "acting_flow_of_result",
    "rival_acts",
)
WORDS = ("passage_orders", "passage_reader", "result_orders", "result_reader", "orders_of_turn")
"""Features that come from words of instruction: the model must work with all of them zero."""
CROSS = (
    "acts_strong_first",
    "acts_units_first",
    "unasked_units_first",
    "link_strong_verb",
    "prose_units_first",
    "prose_strong_verb",
    "verb_new_units_first",
    "strong_first_of_call",
    "orders_units_first",
)
NAMES: tuple[str, ...] = (*CALL, *RESULT, *FLOW, *PASSAGE, *TURN, *WORDS, *CROSS)
WORD_BASED = (*WORDS, "orders_units_first")

_LONG_UNIT = 12
_COPIED = 0.8
_RUN = 10


class Pairs(NamedTuple):
    """The pairs of a session.

    Attributes:
        origins, actions: positions of the result and of the call, shape (n,).
        matrix: features in the order of ``NAMES``, float64, shape (n, len(NAMES)).
        shared: per pair the values without the user's word that the result shows, most distinctive first.
    """

    origins: NDArray[np.int64]
    actions: NDArray[np.int64]
    matrix: NDArray[np.float64]
    shared: list[tuple[str, ...]]


def measure(scope: Scope) -> Pairs:
    """All pairs of a session with their features; deterministic."""
    places = list(scope.pairs())
    rows = _Rows(scope)
    matrix = np.zeros((len(places), len(NAMES)))
    shared: list[tuple[str, ...]] = []
    for row, (origin, action) in enumerate(places):
        numbers, common = rows.pair(origin, action)
        matrix[row, : len(numbers)] = numbers
        shared.append(common)
    origins = np.array([origin for origin, _ in places], dtype=np.int64)
    actions = np.array([action for _, action in places], dtype=np.int64)
    if places:
        turns = np.array([scope.session.calls[action].turn for action in actions.tolist()], dtype=np.int64)
        _relate(matrix, origins, actions, turns)
        cross(matrix)
    return Pairs(origins, actions, matrix, shared)


INDEX = {name: index for index, name in enumerate(NAMES)}


def cross(matrix: NDArray[np.float64]) -> None:
    """Fill in the products of other features, in place: they let a linear model say "and"."""
    column = {name: matrix[:, index] for name, index in INDEX.items()}
    units = np.minimum(column["units_first"], 2.0)
    strong = np.minimum(column["strong_first"], 1.0)
    products = {
        "acts_strong_first": column["call_acts"] * strong,
        "acts_units_first": column["call_acts"] * units,
        "unasked_units_first": column["acts_unasked"] * units,
        "link_strong_verb": column["call_has_link"] * strong * column["passage_verb"],
        "prose_units_first": column["passage_prose"] * units,
        "prose_strong_verb": column["value_in_sentence"] * strong * column["passage_verb"],
        "verb_new_units_first": column["passage_verb_new"] * units,
        "strong_first_of_call": strong * column["flow_of_call"],
        "orders_units_first": np.minimum(column["passage_orders"], 2.0) * units,
    }
    for name, values in products.items():
        matrix[:, INDEX[name]] = values


def _relate(
    matrix: NDArray[np.float64],
    origins: NDArray[np.int64],
    actions: NDArray[np.int64],
    turns: NDArray[np.int64],
) -> None:
    """Features that compare a pair with others: of its turn, of its call, of its result."""
    flow = matrix[:, INDEX["flow"]]
    for name, keys in (("flow_of_turn", turns), ("flow_of_call", actions), ("flow_of_result", origins)):
        matrix[:, INDEX[name]] = flow / np.maximum(_greatest(flow, keys), 1e-9)
    acting = flow * matrix[:, INDEX["call_acts"]]
    of_result = _greatest(acting, origins)
    matrix[:, INDEX["acting_flow_of_turn"]] = acting / np.maximum(_greatest(acting, turns), 1e-9)
    matrix[:, INDEX["acting_flow_of_result"]] = acting / np.maximum(of_result, 1e-9)
    # A call that only reads prepares, if the same result also feeds one that acts.
    idle = 1.0 - matrix[:, INDEX["call_acts"]]
    matrix[:, INDEX["rival_acts"]] = idle * np.minimum(of_result, 3.0) / 3.0
    orders = matrix[:, INDEX["result_orders"]]
    matrix[:, INDEX["orders_of_turn"]] = orders / np.maximum(_greatest(orders, turns), 1.0)
    fed = (matrix[:, INDEX["units_first"]] > 0).astype(np.float64)
    count = np.bincount(origins, weights=fed)
    matrix[:, INDEX["result_feeds_calls"]] = np.minimum(count[origins], 4.0)


def _greatest(values: NDArray[np.float64], keys: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each row the greatest value of the rows with the same key."""
    top = np.zeros(int(keys.max()) + 1)
    np.maximum.at(top, keys, values)
    return top[keys]


class _Rows:
    """Computes single pairs; keeps what several pairs of a call or a result share."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._call: dict[int, tuple[float, ...]] = {}
        self._result: dict[int, tuple[float, ...]] = {}

    def pair(self, origin: int, action: int) -> tuple[list[float], tuple[str, ...]]:
        """The features of ``CALL`` to ``WORDS`` (the relative ones zero) and the values shared."""
        if action not in self._call:
            self._call[action] = self._of_call(self.scope.calls[action])
        if origin not in self._result:
            self._result[origin] = self._of_result(origin)
        call, text = self.scope.calls[action], self.scope.texts[origin]
        wanted = dict(call.novel)
        # A call may name nothing of its own: then the passage that speaks of its kind is looked at.
        for word in (*call.tool.verbs, *call.tool.objects):
            wanted.setdefault(word, 0.25)
        passage = text.best(wanted)
        common = tuple(value for value in call.novel if value in text)
        flow, amount = self._flow(origin, action, common)
        places = self._passage(origin, call, passage)
        words = _words(text.tone_of(passage), text.tone)
        relative = (amount, *(0.0,) * (len(TURN) - 1))
        return [*self._call[action], *self._result[origin], *flow, *places, *relative, *words, 0.0], common

    def _of_call(self, call: Call) -> tuple[float, ...]:
        turn = self.scope.turn_of(call.call)
        effect = call.tool.effect
        kinds = call.kinds.values()
        asks = float(speaks_of(call.tool.verbs, turn.words) > 0)
        names = speaks_of(call.tool.objects, turn.words) / max(1, len(call.tool.objects))
        writes = float(effect is Effect.WRITE)
        # Fetching from an address that nobody asked for is an act: it is how data leaves through a tool that reads.
        outward = any(call.kinds[value] is Kind.LINK for value in call.strong)
        acts = 1.0 if writes or outward else 0.5 if effect is Effect.UNKNOWN else 0.0
        return (
            writes,
            float(effect is Effect.READ),
            float(effect is Effect.UNKNOWN),
            float(Kind.LINK in kinds),
            float(Kind.ADDRESS in kinds),
            float(call.call.failed),
            len(call.novel) / max(1, min(len(call.kinds), len(call.novel) + len(turn.known))),
            1.0 - len(call.foreign_units) / max(1, len(call.units)) if call.units else 0.0,
            min(len(call.strong), 3.0),
            min(len(call.foreign_units), 4.0),
            asks,
            names,
            acts,
            acts * (1.0 - asks),
        )

    def _of_result(self, position: int) -> tuple[float, ...]:
        source = self.scope.calls[position]
        explained = 1.0 - len(source.foreign_units) / len(source.units) if source.units else 0.5
        return (
            float(source.call.failed),
            float(source.tool.effect is Effect.READ),
            float(source.tool.effect is Effect.WRITE),
            explained,
            0.0,
        )

    def _first(self, value: str, origin: int, action: int) -> bool:
        """Whether no earlier result of the call's turn (or of the origin's, if earlier) shows the value."""
        calls = self.scope.session.calls
        turn = min(calls[action].turn, calls[origin].turn)
        for holder in self.scope.holders.get(value, ()):
            if calls[holder].turn >= turn:
                return holder >= origin
        return True

    def _flow(self, origin: int, action: int, common: tuple[str, ...]) -> tuple[tuple[float, ...], float]:
        call, text = self.scope.calls[action], self.scope.texts[origin]
        first = {value for value in common if self._first(value, origin, action)}
        strong = [value for value in common if call.kinds[value] >= STRONG]
        numbers = [value for value in common if call.kinds[value] is Kind.NUMBER]
        plain = [value for value in common if call.kinds[value] is Kind.WORD]
        inside = [unit for unit in call.foreign_units if _share_in(unit, call, text.kinds) >= _COPIED]
        newly = [unit for unit in inside if any(value in first for value in unit)]
        strong_first = sum(value in first for value in strong)
        number_first = sum(value in first for value in numbers)
        only = sum(len(self.scope.holders.get(value, ())) == 1 for value in strong)
        word_first = sum(value in first for value in plain) / max(1, len(call.plain))
        copied = any(len(unit) >= _LONG_UNIT for unit in inside)
        amount = 2.0 * min(strong_first, 3) + min(number_first, 2) + min(len(newly), 3) + word_first
        return (
            min(len(strong), 3.0),
            min(strong_first, 3.0),
            min(only, 2.0),
            min(len(numbers), 3.0),
            min(number_first, 3.0),
            len(plain) / max(1, len(call.plain)),
            word_first,
            min(len(inside), 4.0),
            min(len(newly), 4.0),
            len(inside) / max(1, len(call.foreign_units)),
            float(copied),
        ), amount

    def _passage(self, origin: int, call: Call, passage: Passage | None) -> tuple[float, ...]:
        if passage is None:
            return (0.0,) * len(PASSAGE)
        text = self.scope.texts[origin]
        turn = self.scope.turn_of(call.call)
        spoken = text.words_in(passage)
        verb = float(speaks_of(call.tool.verbs, spoken) > 0)
        asked = float(speaks_of(call.tool.verbs, turn.words) > 0)
        # In the order of the call: that of a set changes from process to process.
        hit = [value for value in call.novel if value in passage.hits]
        strong = [value for value in hit if call.kinds[value] >= STRONG]
        telling = sorted(hit, key=lambda value: -call.novel[value])[:3]
        return (
            sum(call.novel[value] for value in hit) / max(1.0, sum(call.novel.values())),
            min(len(strong), 2.0),
            verb,
            verb * (1.0 - asked),
            speaks_of(call.tool.objects, spoken) / max(1, len(call.tool.objects)),
            min(text.tone_of(passage).prose, _RUN) / _RUN,
            max((min(text.words_around(value), 6) for value in telling), default=0) / 6.0,
            self._shown_before(origin, passage, spoken),
        )

    def _shown_before(self, origin: int, passage: Passage, spoken: frozenset[str]) -> float:
        """Greatest share of the passage that one earlier result of the same turn shows as well."""
        calls = self.scope.session.calls
        wanted = spoken | passage.hits
        earlier = range(max(0, origin - 32), origin)
        shares = [
            sum(word in self.scope.texts[i] for word in wanted) / len(wanted)
            for i in earlier
            if calls[i].turn == calls[origin].turn and calls[i].step < calls[origin].step and wanted
        ]
        return max(shares, default=0.0)


def _share_in(unit: dict[str, Kind], call: Call, having: dict[str, Kind]) -> float:
    """Share of an argument's unexplained values that a text has."""
    novel = [value for value in unit if value in call.novel]
    return sum(value in having for value in novel) / max(1, len(novel))


def _words(passage: Tone, whole: Tone) -> tuple[float, ...]:
    return (
        min(passage.orders, 4.0),
        min(passage.reader, 3.0),
        min(whole.orders, 6.0),
        min(whole.reader, 4.0),
    )
