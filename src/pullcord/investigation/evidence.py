"""What the scored pairs of a session say as a whole: the numbers behind score, attempt and confidence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pullcord.analysis.scope import Scope
from pullcord.investigation.features import Pairs

SESSION = ("best",)
"""Columns of the session model: the score of the best pair. More columns fitted one environment, not the next."""
ATTEMPT = ("loudest_orders", "loudest_reader", "loudest_prose", "orders_to_reader", "best")
CERTAINTY = ("best", "lead_over_origins", "lead_over_actions", "rival_origins", "rival_actions")
"""Columns of the confidence models: score of the best pair, its lead over others, how many there are."""

_MOST = 8.0
_CLOSE = 3.0


class Ranked(NamedTuple):
    """Pairs in order.

    Attributes:
        best: index of the best pair.
        origins, actions: (position, score of its best pair), best first; the best pair's own come first.
    """

    best: int
    origins: tuple[tuple[int, float], ...]
    actions: tuple[tuple[int, float], ...]


def rank(pairs: Pairs, scores: NDArray[np.float64]) -> Ranked:
    """Order origins and actions by their best pairs; of equals the earliest. At least one pair is needed."""
    best = int(np.argmax(scores))
    return Ranked(best, _order(pairs.origins, scores, best), _order(pairs.actions, scores, best))


def session_row(best: float) -> tuple[float, ...]:
    """The numbers of ``SESSION``, from the score of the best pair."""
    return (_clip(best),)


def attempt_row(scope: Scope, best: float) -> tuple[float, ...]:
    """The numbers of ``ATTEMPT``; they look at what results say, whether or not anything followed."""
    tones = [text.loudest for text in scope.texts]
    loudest = max(tones, key=lambda tone: (tone.orders + min(tone.reader, 3), tone.orders), default=None)
    if loudest is None:
        return (0.0, 0.0, 0.0, 0.0, _clip(best))
    orders, reader = min(loudest.orders, 6), min(loudest.reader, 4)
    return (
        float(orders),
        float(reader),
        min(loudest.prose, 10) / 10,
        float(min(orders, reader)),
        _clip(best),
    )


def certainty_row(ranked: Ranked) -> tuple[float, ...]:
    """The numbers of ``CERTAINTY``."""
    top = ranked.origins[0][1]
    leads = [
        min(top - listed[1][1], _MOST) if len(listed) > 1 else _MOST
        for listed in (ranked.origins, ranked.actions)
    ]
    rivals = [
        float(min(sum(top - score < _CLOSE for _, score in listed[1:]), 3))
        for listed in (ranked.origins, ranked.actions)
    ]
    return (_clip(top), *leads, *rivals)


def _clip(score: float) -> float:
    return max(-_MOST, min(_MOST, score))


def _order(keys: NDArray[np.int64], scores: NDArray[np.float64], best: int) -> tuple[tuple[int, float], ...]:
    top: dict[int, float] = {}
    for key, score in zip(keys.tolist(), scores.tolist(), strict=True):
        top[key] = max(score, top.get(key, score))
    first = int(keys[best])
    return tuple(sorted(top.items(), key=lambda item: (item[0] != first, -item[1], item[0])))
