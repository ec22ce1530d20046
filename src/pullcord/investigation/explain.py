"""Says in edges and words what the ranking found, with the evidence behind each step."""

from __future__ import annotations

from pullcord.analysis.quoting import quoted
from pullcord.analysis.scope import Scope
from pullcord.analysis.values import STRONG, Kind
from pullcord.investigation.evidence import Ranked
from pullcord.investigation.features import INDEX, Pairs
from pullcord.model.explanation import Edge, EdgeKind, Verdict

_SHOWN = 3


def edges(scope: Scope, pairs: Pairs, ranked: Ranked, weights: tuple[float, ...]) -> tuple[Edge, ...]:
    """One edge into each of the first three actions, from the result its best pair names; ``weights`` are theirs."""
    order = {
        (int(i), int(j)): row for row, (i, j) in enumerate(zip(pairs.origins, pairs.actions, strict=True))
    }
    first = ranked.origins[0][0]
    found: list[Edge] = []
    for (action, _), weight in zip(ranked.actions[:_SHOWN], weights, strict=False):
        row = order.get((first, action))
        if row is not None:
            found.append(_edge(scope, pairs, row, weight))
    return tuple(found)


def statement(scope: Scope, pairs: Pairs, ranked: Ranked, verdict: Verdict, score: float) -> str:
    """Two sentences for people; tool names and values are quoted and cut, since an attacker may have chosen them."""
    origin = scope.session.calls[int(pairs.origins[ranked.best])]
    action = scope.session.calls[int(pairs.actions[ranked.best])]
    kind, why = _flow(scope, pairs, ranked.best)
    opening = {
        Verdict.ATTACK_SUCCEEDED: f"An attack through a tool result probably succeeded (probability {score:.2f}).",
        Verdict.ATTACK_ATTEMPTED: (
            f"A tool result gives orders, but probably nothing came of it (probability of success {score:.2f})."
        ),
        Verdict.NO_ATTACK: f"No sign that an attack succeeded (probability {score:.2f}).",
        Verdict.CANNOT_TELL: "Whether an attack succeeded cannot be told from what was captured.",
    }[verdict]
    link = {
        EdgeKind.PROVEN: "which takes from it what no one had shown before",
        EdgeKind.INFERRED: "which resembles it",
        EdgeKind.TEMPORAL: "which came after it",
    }[kind]
    return (
        f"{opening} If one did, the best explanation is: the result of {quoted(origin.tool)} (span {origin.span_id}) "
        f"led to the call of {quoted(action.tool)} (span {action.span_id}), {link} ({why})."
    )


def _edge(scope: Scope, pairs: Pairs, row: int, weight: float) -> Edge:
    kind, why = _flow(scope, pairs, row)
    calls = scope.session.calls
    source, target = calls[int(pairs.origins[row])], calls[int(pairs.actions[row])]
    return Edge(source=source.span_id, target=target.span_id, kind=kind, why=why, weight=weight)


def _flow(scope: Scope, pairs: Pairs, row: int) -> tuple[EdgeKind, str]:
    """How sure the flow of a pair is, and the values that show it."""
    origin = int(pairs.origins[row])
    call = scope.calls[int(pairs.actions[row])]
    shared = pairs.shared[row]
    first = [value for value in shared if scope.holders.get(value, [origin])[0] == origin]
    proof = [value for value in first if call.kinds[value] >= STRONG]
    if proof:
        return EdgeKind.PROVEN, f"first seen there: {_listed(proof)}"
    whole = pairs.matrix[row, INDEX["units_in"]] > 0
    telling = [value for value in shared if whole or call.kinds[value] > Kind.WORD]
    if telling:
        return EdgeKind.INFERRED, f"shared and not from the user: {_listed(telling)}"
    return EdgeKind.TEMPORAL, "no distinctive value is shared"


def _listed(values: list[str]) -> str:
    more = len(values) - _SHOWN
    return ", ".join(quoted(value) for value in values[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
