from __future__ import annotations

import numpy as np

from pullcord.analysis.scope import Scope
from pullcord.investigation.evidence import (
    ATTEMPT,
    CERTAINTY,
    SESSION,
    attempt_row,
    certainty_row,
    rank,
    session_row,
)
from pullcord.investigation.features import measure
from pullcord.model.session import AgentSession
from tests.analysis.traces import attacked, harmless


def test_the_best_pair_leads_both_lists_and_equals_keep_their_order() -> None:
    pairs = measure(Scope(attacked()))  # (0,1) (0,2) (1,2) (0,3) (1,3) (2,3)
    ranked = rank(pairs, np.array([0.0, 1.0, 5.0, 1.0, 5.0, 4.0]))
    assert ranked.best == 2
    assert ranked.origins == ((1, 5.0), (2, 4.0), (0, 1.0))
    assert ranked.actions == ((2, 5.0), (3, 5.0), (1, 0.0))
    row = certainty_row(ranked)
    assert len(row) == len(CERTAINTY)
    assert row == (5.0, 1.0, 0.0, 1.0, 1.0)


def test_rows_are_clipped_and_have_their_width() -> None:
    assert session_row(99.0) == (8.0,)
    assert len(session_row(0.0)) == len(SESSION)
    loud = attempt_row(Scope(attacked()), -99.0)
    assert len(loud) == len(ATTEMPT)
    assert loud[0] > attempt_row(Scope(harmless()), 0.0)[0]
    assert loud[-1] == -8.0
    assert attempt_row(Scope(AgentSession(trace_id="t", calls=())), 0.0) == (0.0,) * 5
