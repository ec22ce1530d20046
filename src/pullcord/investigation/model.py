"""Scores pairs with learned weights: an average of a linear model and of regression trees, in log-odds.

The two fail differently, and the trees cannot run away on a value never seen in training; so the average is the more
cautious guess in an environment that nobody has measured.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pullcord.investigation.features import INDEX
from pullcord.investigation.weights import Linear, Tree, Weights

Numbers = NDArray[np.float64]
_ROWS = 4_000
_MOST = 30.0


class PairModel:
    """Pair scores in log-odds, higher is more likely an attack that went from this result to this call."""

    def __init__(self, weights: Weights) -> None:
        self._columns = [INDEX[name] for name in weights.features]
        self._linear, self._share = weights.linear, weights.linear_share
        self._bias = weights.tree_bias
        size = max((len(tree.feature) for tree in weights.trees), default=1)
        self._feature = _stack([tree.feature for tree in weights.trees], size).astype(np.int64)
        self._threshold = _stack([tree.threshold for tree in weights.trees], size)
        self._left = _stack([tree.left for tree in weights.trees], size).astype(np.int64)
        self._right = _stack([tree.right for tree in weights.trees], size).astype(np.int64)
        self._value = _stack([tree.value for tree in weights.trees], size)
        self._depth = max((_depth(tree) for tree in weights.trees), default=0)

    def __call__(self, matrix: Numbers) -> Numbers:
        """Scores of pairs.

        Args:
            matrix: features in the order of ``features.NAMES``, shape (n, len(NAMES)).

        Returns:
            Log-odds, shape (n,).
        """
        chosen = matrix[:, self._columns]
        parts = [self._trees(chosen[at : at + _ROWS]) for at in range(0, len(chosen), _ROWS)]
        trees = np.concatenate(parts) if parts else np.zeros(0)
        return self._share * linear(self._linear, chosen) + (1.0 - self._share) * trees

    def _trees(self, chosen: Numbers) -> Numbers:
        rows = np.arange(len(chosen))[:, None]
        trees = np.arange(len(self._feature))[None, :]
        node = np.zeros((len(chosen), len(self._feature)), dtype=np.int64)
        for _ in range(self._depth):
            feature = self._feature[trees, node]
            goes_left = chosen[rows, feature] <= self._threshold[trees, node]
            child = np.where(goes_left, self._left[trees, node], self._right[trees, node])
            node = np.where(feature < 0, node, child)
        return np.asarray(self._bias + self._value[trees, node].sum(axis=1), dtype=np.float64)


def linear(model: Linear, rows: Numbers) -> Numbers:
    """Log-odds of a linear model for rows of shape (n, columns)."""
    scaled = (rows - np.asarray(model.centre)) / np.asarray(model.scale)
    return np.asarray(scaled @ np.asarray(model.weights) + model.bias, dtype=np.float64)


def chance(model: Linear, row: tuple[float, ...]) -> float:
    """Probability of a logistic model for one row."""
    odds = float(linear(model, np.asarray([row], dtype=np.float64))[0])
    return 1.0 / (1.0 + math.exp(-max(-_MOST, min(_MOST, odds))))


def _stack(lists: list[list[int]] | list[list[float]], size: int) -> Numbers:
    """Lists of different lengths as rows of one array, filled up with -1."""
    stacked = np.full((len(lists), size), -1.0)
    for row in range(len(lists)):
        numbers = lists[row]
        stacked[row, : len(numbers)] = numbers
    return stacked


def _depth(tree: Tree) -> int:
    depth = [0] * len(tree.feature)
    for node, feature in enumerate(tree.feature):
        if feature >= 0:
            for child in (tree.left[node], tree.right[node]):
                depth[child] = depth[node] + 1
    return max(depth)
