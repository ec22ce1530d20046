"""Small hand-made weights for tests: what they score can be worked out on paper."""

from __future__ import annotations

from typing import Any

import msgspec

from pullcord.investigation.ranking import WIDTHS

SESSION, ATTEMPT, CERTAINTY = WIDTHS


def linear(width: int, bias: float = 0.0, **first: float) -> dict[str, Any]:
    """A linear model whose weights are all zero but the first, if given."""
    weights = [first.get("weight", 0.0), *[0.0] * (width - 1)]
    return {"centre": [0.0] * width, "scale": [1.0] * width, "weights": weights, "bias": bias}


def weights(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  (any part of the weights)
    """Pair score = strong_first - 0.5 + (2 if the call acts); score of a session = logistic of the best."""
    made: dict[str, Any] = {
        "schema": "pullcord.pairs/1",
        "features": ["strong_first", "call_acts"],
        "linear": linear(2, -1.0, weight=2.0),
        "linear_share": 0.5,
        "trees": [
            {
                "feature": [1, -1, -1],
                "threshold": [0.5, 0.0, 0.0],
                "left": [1, -1, -1],
                "right": [2, -1, -1],
                "value": [0.0, 0.0, 4.0],
            }
        ],
        "tree_bias": 0.0,
        "session": linear(SESSION, -1.5, weight=1.0),
        "attempt": linear(ATTEMPT, -1.5, weight=1.0),
        "origin": linear(CERTAINTY, 2.0),
        "action": linear(CERTAINTY, 1.0),
        "joint": linear(CERTAINTY, 3.0),
        "thresholds": {"succeeded": 0.6, "attempted": 0.5},
        "made_with": {},
    }
    return {**made, **changes}


def encoded(**changes: Any) -> bytes:  # noqa: ANN401
    """The file form."""
    return msgspec.json.encode(weights(**changes))
