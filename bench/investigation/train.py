"""Learns the weights of the ranking from labelled sessions (scikit-learn; the product only multiplies and compares)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from bench.investigation.load import Labelled
from pullcord.analysis.scope import Scope
from pullcord.investigation import evidence
from pullcord.investigation.features import CROSS, INDEX, NAMES, WORD_BASED, Pairs, measure
from pullcord.investigation.model import PairModel
from pullcord.investigation.weights import SCHEMA, Linear, Thresholds, Tree, Weights

# What a tool is called and whether it takes links or addresses depends on the environment: not learned from.
LEFT_OUT = ("call_writes", "call_reads", "call_unknown", "call_has_link", "call_has_address")
FEATURES = tuple(name for name in NAMES if name not in LEFT_OUT)
LINEAR_SHARE = 0.2
# Part of the trees that never see words of instruction: the price of a few points on known wordings buys many where
# an attacker chose words that nobody listed.
DEAF_SHARE = 0.375
# Which way a feature may only push, from what it means; so the trees learn no accident of the environment.
UP = (
    *(
        "strong_in",
        "strong_first",
        "strong_only",
        "number_first",
        "word_first_share",
        "units_in",
        "units_first",
    ),
    *("units_share", "flow", "flow_of_turn", "flow_of_call", "acting_flow_of_turn", "acting_flow_of_result"),
    *("call_acts", "acts_unasked", "passage_cover", "passage_strong", "passage_verb", "passage_verb_new"),
    *("passage_object", "passage_prose", "value_in_sentence", *WORD_BASED),
)
DOWN = ("user_asks_verb", "call_units_from_user", "rival_acts", "passage_shown_before", "result_of_write")
FALSE_RATE = 0.005

Numbers = NDArray[np.float64]


class Measured(NamedTuple):
    """A labelled session, its pairs, and per pair whether origin and action are both right."""

    item: Labelled
    scope: Scope
    pairs: Pairs
    right: NDArray[np.bool_]


class _Models(NamedTuple):
    linear: Linear
    trees: list[Tree]
    bias: float


def prepare(items: Sequence[Labelled], *, without_words: bool = False) -> list[Measured]:
    """Measure sessions; ``without_words`` sets all features from words of instruction to zero."""
    prepared = []
    for item in items:
        scope = Scope(item.session)
        pairs = measure(scope)
        if without_words:
            pairs.matrix[:, [INDEX[name] for name in WORD_BASED]] = 0.0
        spans = [call.span_id for call in item.session.calls]
        right = np.array(
            [
                item.label == "landed" and spans[i] in item.origins and spans[j] in item.actions
                for i, j in zip(pairs.origins, pairs.actions, strict=True)
            ],
            dtype=np.bool_,
        )
        prepared.append(Measured(item, scope, pairs, right))
    return prepared


def train(sessions: Sequence[Measured], *, without_words: bool = False) -> Weights:
    """Learn all weights; confidence and score from pairs scored by models that did not see their fold."""
    folds = _folds(sessions)
    draft = _weights(_fit_pairs(sessions), {}, without_words=without_words)
    scores: list[Numbers] = [np.zeros(0)] * len(sessions)
    for fold in sorted(set(folds)):
        rest = [session for session, other in zip(sessions, folds, strict=True) if other != fold]
        model = PairModel(_weights(_fit_pairs(rest), {}, without_words=without_words))
        for index, session in enumerate(sessions):
            if folds[index] == fold:
                scores[index] = model(session.pairs.matrix)
    heads, limits = _heads(sessions, scores, without_words=without_words)
    return _weights(
        _Models(draft.linear, draft.trees, draft.tree_bias), heads, limits, without_words=without_words
    )


def _folds(sessions: Sequence[Measured]) -> list[str]:
    """Whole environments if there are several; else the attackers' goals, told by the tools that carried them out.

    A model is always surer of what resembles its training, so confidence is learned on what does not.
    """
    groups = [session.item.group for session in sessions]
    if len(set(groups)) > 1:
        return groups
    goals: dict[str, int] = {}
    for session in sessions:
        goals.setdefault(_goal(session), len(goals) % 3)
    return [str(goals[_goal(session)]) for session in sessions]


def _goal(session: Measured) -> str:
    tools = sorted({call.tool for call in session.item.session.calls if call.span_id in session.item.actions})
    return " ".join(tools) if tools else (session.item.session.users or ("",))[0]


def _fit_pairs(sessions: Sequence[Measured]) -> _Models:
    columns = [INDEX[name] for name in FEATURES]
    used = [session for session in sessions if len(session.right)]
    rows = np.vstack([session.pairs.matrix[:, columns] for session in used])
    right = np.concatenate([session.right for session in used]).astype(int)
    # Between "every pair counts" and "every session counts": a long session tells more, but not as much more.
    weight = np.concatenate([np.full(len(s.right), len(s.right) ** -0.5) for s in used])
    linear = _logistic(rows, right, 0.01, weight)
    for position, name in enumerate(FEATURES):
        if name in CROSS:
            rows[:, position] = 0.0  # trees find their own products
    signs = [1 if name in UP and name not in CROSS else -1 if name in DOWN else 0 for name in FEATURES]
    hearing = _boost(rows, right, weight, signs)
    for position, name in enumerate(FEATURES):
        if name in WORD_BASED:
            rows[:, position] = 0.0
    deaf = _boost(rows, right, weight, signs)
    parts = ((hearing, 1.0 - DEAF_SHARE), (deaf, DEAF_SHARE))
    trees = [_tree(step[0].nodes, share) for booster, share in parts for step in booster._predictors]  # noqa: SLF001  (no public way to the nodes)
    bias = sum(share * float(np.ravel(booster._baseline_prediction)[0]) for booster, share in parts)  # noqa: SLF001
    return _Models(linear, trees, bias)


def _boost(
    rows: Numbers, right: NDArray[Any], weight: Numbers, signs: list[int]
) -> HistGradientBoostingClassifier:
    booster = HistGradientBoostingClassifier(
        max_iter=80,
        max_leaf_nodes=8,
        max_depth=4,
        learning_rate=0.1,
        min_samples_leaf=60,
        l2_regularization=5,
        monotonic_cst=signs,
        early_stopping=False,
        random_state=0,
    )
    return booster.fit(rows, right, sample_weight=weight)


def _tree(nodes: Any, share: float) -> Tree:  # noqa: ANN401  (a structured array of scikit-learn)
    leaf = [bool(value) for value in nodes["is_leaf"]]
    return Tree(
        feature=[-1 if end else int(value) for end, value in zip(leaf, nodes["feature_idx"], strict=True)],
        threshold=[
            0.0 if end else round(float(value), 6)
            for end, value in zip(leaf, nodes["num_threshold"], strict=True)
        ],
        left=[-1 if end else int(value) for end, value in zip(leaf, nodes["left"], strict=True)],
        right=[-1 if end else int(value) for end, value in zip(leaf, nodes["right"], strict=True)],
        value=[
            round(share * float(value), 6) if end else 0.0
            for end, value in zip(leaf, nodes["value"], strict=True)
        ],
    )


def _logistic(rows: Numbers, truth: NDArray[Any], strength: float, weight: Numbers | None = None) -> Linear:
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(scale < 1e-6, 1.0, scale)  # noqa: PLR2004  (a constant column)
    if len(np.unique(truth)) < 2:  # noqa: PLR2004  (one class: its share, smoothed, whatever the row)
        bias = float(np.log((truth.sum() + 1) / (len(truth) - truth.sum() + 1)))
        return Linear(_round(centre), _round(scale), [0.0] * rows.shape[1], bias)
    fitted = LogisticRegression(C=strength, max_iter=500).fit((rows - centre) / scale, truth, weight)
    return Linear(
        _round(centre), _round(scale), _round(fitted.coef_[0]), round(float(fitted.intercept_[0]), 6)
    )


def _round(numbers: Numbers) -> list[float]:
    return [round(float(number), 6) for number in numbers]


def _heads(
    sessions: Sequence[Measured], scores: Sequence[Numbers], *, without_words: bool
) -> tuple[dict[str, Linear], Thresholds]:
    """The models of score, attempt and confidence, and the default thresholds."""
    whole: list[tuple[float, ...]] = []
    attempts: list[tuple[float, ...]] = []
    certain: list[tuple[float, ...]] = []
    hits: list[tuple[bool, bool]] = []
    for session, score in zip(sessions, scores, strict=True):
        if not len(score):
            whole.append(evidence.session_row(-8.0))
            attempts.append(evidence.attempt_row(session.scope, -8.0))
            continue
        ranked = evidence.rank(session.pairs, score)
        whole.append(evidence.session_row(float(score[ranked.best])))
        attempts.append(evidence.attempt_row(session.scope, float(score[ranked.best])))
        if session.item.label == "landed":
            certain.append(evidence.certainty_row(ranked))
            spans = [call.span_id for call in session.item.session.calls]
            hits.append(
                (
                    spans[ranked.origins[0][0]] in session.item.origins,
                    spans[ranked.actions[0][0]] in session.item.actions,
                )
            )
    labels = np.array([session.item.label for session in sessions])
    session_model = _logistic(np.array(whole), labels == "landed", 0.1)
    attempt_rows = np.array(attempts) * ([0.0] * 4 + [1.0] if without_words else [1.0] * 5)
    attempt_model = _logistic(attempt_rows, labels != "benign", 0.1)
    found = np.array(hits)
    both = np.logical_and.reduce(found, axis=1)
    heads = {"session": session_model, "attempt": attempt_model}
    for name, truth in (
        ("origin", found[:, 0]),
        ("action", found[:, 1]),
        ("joint", both),
    ):
        heads[name] = _logistic(np.array(certain), truth, 0.1)
    odds = _chances(session_model, np.array(whole))
    tries = _chances(attempt_model, attempt_rows)
    benign = labels == "benign"
    limit = float(np.quantile(odds[benign], 1 - FALSE_RATE))
    seen = float(np.quantile(tries[benign], 1 - 4 * FALSE_RATE))
    return heads, Thresholds(round(min(0.99, max(0.5, limit)), 4), round(min(0.99, max(0.5, seen)), 4))


def _chances(model: Linear, rows: Numbers) -> Numbers:
    scaled = (rows - np.array(model.centre)) / np.array(model.scale)
    return np.asarray(1 / (1 + np.exp(-(scaled @ np.array(model.weights) + model.bias))), dtype=np.float64)


def _weights(
    models: _Models, heads: dict[str, Linear], limits: Thresholds | None = None, *, without_words: bool
) -> Weights:
    empty: Callable[[int], Linear] = lambda n: Linear([0.0] * n, [1.0] * n, [0.0] * n, 0.0)  # noqa: E731
    return Weights(
        schema=SCHEMA,
        features=list(FEATURES),
        linear=models.linear,
        linear_share=LINEAR_SHARE,
        trees=models.trees,
        tree_bias=round(models.bias, 6),
        session=heads.get("session") or empty(len(evidence.SESSION)),
        attempt=heads.get("attempt") or empty(len(evidence.ATTEMPT)),
        origin=heads.get("origin") or empty(len(evidence.CERTAINTY)),
        action=heads.get("action") or empty(len(evidence.CERTAINTY)),
        joint=heads.get("joint") or empty(len(evidence.CERTAINTY)),
        thresholds=limits or Thresholds(0.5, 0.5),
        made_with={
            "script": "bench/investigation",
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "words": "zeroed" if without_words else "used",
        },
    )
