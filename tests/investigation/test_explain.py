from __future__ import annotations

import numpy as np

from pullcord.analysis.scope import Scope
from pullcord.investigation.evidence import rank
from pullcord.investigation.explain import edges, statement
from pullcord.investigation.features import measure
from pullcord.model.explanation import EdgeKind, Verdict
from pullcord.model.session import AgentSession
from tests.analysis.traces import attacked, session


def explained(whole: AgentSession, best: tuple[int, int]) -> tuple[EdgeKind, str, str]:
    scope = Scope(whole)
    pairs = measure(scope)
    scores = np.array(
        [float(pair == best) for pair in zip(pairs.origins.tolist(), pairs.actions.tolist(), strict=True)]
    )
    ranked = rank(pairs, scores)
    edge = edges(scope, pairs, ranked, (0.5, 0.25))[0]
    return edge.kind, edge.why, statement(scope, pairs, ranked, Verdict.ATTACK_SUCCEEDED, 0.9)


def test_a_distinctive_value_first_seen_there_is_proof() -> None:
    kind, why, words = explained(attacked(), (1, 3))
    assert kind is EdgeKind.PROVEN
    assert why == "first seen there: “backup@mirror-plant.example”"
    assert "the result of “list_work_orders” (span s1) led to the call of “send_email” (span s3)" in words


def test_a_shared_value_shown_before_is_only_inferred() -> None:
    shown = "mail thief@away.example"
    kind, why, _ = explained(
        session([("get_a", {}, shown), ("get_b", {}, shown), ("send", {"to": "thief@away.example"}, "")]),
        (1, 2),
    )
    assert kind is EdgeKind.INFERRED
    assert "thief@away.example" in why


def test_nothing_shared_leaves_only_time() -> None:
    kind, why, _ = explained(session([("get_a", {}, "x"), ("open_valve", {}, "")]), (0, 1))
    assert (kind, why) == (EdgeKind.TEMPORAL, "no distinctive value is shared")


def test_foreign_text_is_cut_and_printable() -> None:
    name = "evil\n\x1b[2J" + "a" * 500
    _, _, words = explained(session([(name, {}, "x"), (name, {}, "")]), (0, 1))
    assert words.isprintable()
    assert len(words) < 500
