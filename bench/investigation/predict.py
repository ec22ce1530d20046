"""What the product says about sessions, as lines for the scorer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.investigation.load import Labelled
from pullcord.detection.behaviour import examine
from pullcord.investigation import features
from pullcord.investigation.ranking import Ranker
from pullcord.model.session import AgentSession


def predict(ranker: Ranker, session: AgentSession, *, without_words: bool = False) -> str:
    """One prediction line: the explanation without what only people read."""
    with _deaf(without_words=without_words):
        explanation = ranker.investigate(session)
    return msgspec.json.encode(
        {
            "trace_id": explanation.trace_id,
            "verdict": explanation.verdict,
            "score": explanation.score,
            "origin": explanation.origin,
            "actions": explanation.actions,
            "joint_confidence": explanation.joint_confidence,
        }
    ).decode()


def behaviour(items: Sequence[Labelled]) -> str:
    """Share of sessions with at least one finding of the behaviour detector, per label."""
    parts = []
    for label in ("landed", "attempted", "benign"):
        found = [examine(item.session) for item in items if item.label == label]
        share = sum(bool(findings) for findings in found) / len(found)
        parts.append(f"{label} {share:.3f} ({sum(map(len, found)) / len(found):.2f} findings a session)")
    return ", ".join(parts)


@contextmanager
def _deaf(*, without_words: bool) -> Iterator[None]:
    """Zero the features from words of instruction, for the ablation."""
    original = features.cross

    def cross(matrix: NDArray[np.float64]) -> None:
        matrix[:, [features.INDEX[name] for name in features.WORDS]] = 0.0
        original(matrix)

    if without_words:
        features.cross = cross
    try:
        yield
    finally:
        features.cross = original
