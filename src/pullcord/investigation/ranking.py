"""Ranks (untrusted tool result, later call) pairs and explains an agent session."""

from __future__ import annotations

import math
from typing import Self

from pullcord import content
from pullcord.analysis.scope import Scope
from pullcord.investigation.calibration import Calibration
from pullcord.investigation.evidence import (
    ATTEMPT,
    CERTAINTY,
    SESSION,
    attempt_row,
    certainty_row,
    rank,
    session_row,
)
from pullcord.investigation.explain import edges, statement
from pullcord.investigation.features import measure
from pullcord.investigation.model import PairModel, chance
from pullcord.investigation.weights import Weights, read_weights
from pullcord.model.explanation import Candidate, Explanation, Verdict
from pullcord.model.session import AgentSession

NEUTRAL = 0.5
"""Score where content was not captured: nothing was learned either way."""
_CANDIDATES = 3
_UNSEEN = 0.5
_NO_PAIR = -8.0
WIDTHS = (len(SESSION), len(ATTEMPT), len(CERTAINTY))


class Ranker:
    """Explains agent sessions with learned weights; deterministic, and safe to share between threads."""

    def __init__(self, weights: Weights, calibration: Calibration | None = None) -> None:
        self._weights = weights
        self._model = PairModel(weights)
        self._calibration = calibration

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """A ranker with these weights (JSON).

        Raises:
            WeightsError: with the place that is wrong.
        """
        return cls(read_weights(data, WIDTHS))

    @classmethod
    def shipped(cls) -> Self:
        """A ranker with the weights that come with Pullcord."""
        return cls.from_bytes(content.read("weights", "pairs.json"))

    def calibrated(self, calibration: Calibration) -> Ranker:
        """The same ranker with a site's own threshold for "succeeded"."""
        return Ranker(self._weights, calibration)

    def investigate(self, session: AgentSession) -> Explanation:
        """What became of an attack in this session, if there was one; where it began and what it did.

        Candidates are named whatever the verdict, and their confidences hold only if an attack did succeed.
        """
        scope = Scope(session)
        pairs = measure(scope)
        dark = _dark(session)
        if not len(pairs.origins):
            return self._without_pairs(scope, dark=dark)
        scores = self._model(pairs.matrix)
        ranked = rank(pairs, scores)
        best = float(scores[ranked.best])
        score = NEUTRAL if dark else chance(self._weights.session, session_row(best))
        verdict = self._verdict(scope, score, best, dark=dark)
        certainty = certainty_row(ranked)
        origins = self._candidates(session, ranked.origins, chance(self._weights.origin, certainty))
        actions = self._candidates(session, ranked.actions, chance(self._weights.action, certainty))
        joint = chance(self._weights.joint, certainty)
        return Explanation(
            trace_id=session.trace_id,
            verdict=verdict,
            score=score,
            origin=origins,
            actions=actions,
            # Both cannot be likelier right than either.
            joint_confidence=min(joint, origins[0].confidence, actions[0].confidence),
            edges=edges(scope, pairs, ranked, tuple(c.confidence * origins[0].confidence for c in actions)),
            statement=statement(scope, pairs, ranked, verdict, score),
            missing=session.missing,
        )

    def _verdict(self, scope: Scope, score: float, best: float, *, dark: bool) -> Verdict:
        if dark:
            return Verdict.CANNOT_TELL
        limit = self._weights.thresholds.succeeded
        alarm = self._calibration.alarms(score) if self._calibration else score >= limit
        if alarm:
            return Verdict.ATTACK_SUCCEEDED
        attempt = chance(self._weights.attempt, attempt_row(scope, best))
        if attempt >= self._weights.thresholds.attempted:
            return Verdict.ATTACK_ATTEMPTED
        unseen = any(call.arguments is None or call.result is None for call in scope.session.calls)
        # What was not seen may hold the attack: then "no attack" would be a guess.
        return Verdict.CANNOT_TELL if unseen else Verdict.NO_ATTACK

    def _without_pairs(self, scope: Scope, *, dark: bool) -> Explanation:
        session = scope.session
        blind = dark or not (session.calls or session.outputs)
        score = NEUTRAL if blind else chance(self._weights.session, session_row(_NO_PAIR))
        # Without a call after a result nothing can have followed from one, whatever the threshold.
        verdict = (
            Verdict.CANNOT_TELL if blind else self._verdict(scope, min(score, 0.0), _NO_PAIR, dark=False)
        )
        return Explanation(
            trace_id=session.trace_id,
            verdict=verdict,
            score=score,
            statement=(
                "Whether an attack succeeded cannot be told from what was captured."
                if verdict is Verdict.CANNOT_TELL
                else "No tool call follows a tool result, so no attack through a result can have acted."
            ),
            missing=session.missing,
        )

    def _candidates(
        self, session: AgentSession, listed: tuple[tuple[int, float], ...], first: float
    ) -> tuple[Candidate, ...]:
        """The first three; what the first lacks of certainty is shared out among the others by their scores."""
        top = listed[1][1] if len(listed) > 1 else 0.0
        share = [math.exp(score - top) for _, score in listed[1:]]
        rest = [(1.0 - first) * part / sum(share) for part in share]
        return tuple(
            Candidate(span_id=session.calls[position].span_id, confidence=min(confidence, first))
            for (position, _), confidence in zip(listed[:_CANDIDATES], [first, *rest], strict=False)
        )


def _dark(session: AgentSession) -> bool:
    """Whether content capture was off: of most calls no arguments, or no results."""
    calls = session.calls
    if not calls:
        return False
    arguments = sum(call.arguments is not None for call in calls) / len(calls)
    results = sum(call.result is not None for call in calls) / len(calls)
    return min(arguments, results) < _UNSEEN
