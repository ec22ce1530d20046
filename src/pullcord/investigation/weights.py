"""The learned numbers of the ranking: their JSON form, and the strict check before they are believed."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from pullcord.investigation.features import NAMES
from pullcord.model.errors import PullcordError

SCHEMA = "pullcord.pairs/1"
MAX_BYTES = 4_000_000
MAX_TREES = 500
MAX_NODES = 127
_LEAF = -1


class WeightsError(PullcordError):
    """A file of weights that cannot be used."""

    code = "PC-4001"


class Linear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``bias + sum(weights * (x - centre) / scale)``, one entry per feature."""

    centre: list[float]
    scale: list[float]
    weights: list[float]
    bias: float


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A regression tree: node 0 is the root; a leaf has feature -1; ``x <= threshold`` goes left."""

    feature: list[int]
    threshold: list[float]
    left: list[int]
    right: list[int]
    value: list[float]


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scores from which a session counts as succeeded, or its content as an attempt."""

    succeeded: float
    attempted: float


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All numbers of the ranking.

    Attributes:
        features: names out of ``features.NAMES``, in the order of the trees' and the linear model's columns.
        linear_share: share (0 to 1) of the linear model in a pair's score; the trees have the rest.
        session: P(an attack succeeded); columns as ``evidence.SESSION``.
        attempt: P(some result holds an attack); columns as ``evidence.ATTEMPT``.
        origin, action, joint: P(the first candidate is right), given success; columns as ``evidence.CERTAINTY``.
        made_with: how the numbers were made.
    """

    schema: str
    features: list[str]
    linear: Linear
    linear_share: float
    trees: list[Tree]
    tree_bias: float
    session: Linear
    attempt: Linear
    origin: Linear
    action: Linear
    joint: Linear
    thresholds: Thresholds
    made_with: dict[str, str]


def read_weights(data: bytes, widths: tuple[int, int, int]) -> Weights:
    """Read and check weights.

    Args:
        data: JSON, at most 4 MB.
        widths: number of columns of the session, attempt and certainty models.

    Raises:
        WeightsError: no such JSON, an unknown feature, lengths that do not fit, a tree with a loop, no finite number.
    """
    if len(data) > MAX_BYTES:
        raise _error(f"{len(data)} bytes, more than {MAX_BYTES}")
    try:
        weights = msgspec.json.decode(data, type=Weights)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _error(str(error)) from error
    _check_features(weights)
    session, attempt, certainty = widths
    _check_linear("linear", weights.linear, len(weights.features))
    _check_linear("session", weights.session, session)
    _check_linear("attempt", weights.attempt, attempt)
    for name in ("origin", "action", "joint"):
        _check_linear(name, getattr(weights, name), certainty)
    if len(weights.trees) > MAX_TREES:
        raise _error(f"trees holds {len(weights.trees)} trees, more than {MAX_TREES}")
    for number, tree in enumerate(weights.trees):
        _check_tree(f"trees[{number}]", tree, len(weights.features))
    _check_finite("tree_bias", [weights.tree_bias])
    _check_shares(weights)
    return weights


def _check_features(weights: Weights) -> None:
    if weights.schema != SCHEMA:
        raise _error(f"schema is {weights.schema[:40]!r}, not {SCHEMA!r}")
    if unknown := [name for name in weights.features if name not in NAMES]:
        raise _error(f"features holds {unknown[0][:40]!r}, which this version does not measure")
    if len(set(weights.features)) != len(weights.features) or not weights.features:
        raise _error("features is empty or names one twice")


def _check_shares(weights: Weights) -> None:
    limits = weights.thresholds
    named = {
        "linear_share": weights.linear_share,
        "thresholds.succeeded": limits.succeeded,
        "thresholds.attempted": limits.attempted,
    }
    for name, value in named.items():
        if not 0.0 <= value <= 1.0:
            raise _error(f"{name} is not in 0 to 1")


def _error(cause: str) -> WeightsError:
    return WeightsError(
        f"weights of the ranking: {cause}", "use the weights that came with this version, or train new ones"
    )


def _check_finite(place: str, numbers: Iterable[float]) -> None:
    if not all(math.isfinite(number) for number in numbers):
        raise _error(f"{place} holds a number that is not finite")


def _check_linear(place: str, model: Linear, width: int) -> None:
    for name, numbers in (("centre", model.centre), ("scale", model.scale), ("weights", model.weights)):
        if len(numbers) != width:
            raise _error(f"{place}.{name} has {len(numbers)} numbers, not {width}")
        _check_finite(f"{place}.{name}", numbers)
    _check_finite(f"{place}.bias", [model.bias])
    if not all(number > 0 for number in model.scale):
        raise _error(f"{place}.scale holds a number that is not above zero")


def _check_tree(place: str, tree: Tree, width: int) -> None:
    size = len(tree.feature)
    lengths = {len(part) for part in (tree.threshold, tree.left, tree.right, tree.value)}
    if lengths != {size} or not 0 < size <= MAX_NODES:
        raise _error(f"{place} has lists of different lengths, or not 1 to {MAX_NODES} nodes")
    _check_finite(place, [*tree.threshold, *tree.value])
    for node, feature in enumerate(tree.feature):
        children = (tree.left[node], tree.right[node])
        if feature == _LEAF:
            continue
        # Children after their parent: so every walk ends.
        if not (0 <= feature < width and all(node < child < size for child in children)):
            raise _error(f"{place}, node {node}: a feature or child that does not exist, or a loop")
