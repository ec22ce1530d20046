from __future__ import annotations

import pytest

from pullcord.model.intent import IntentState


@pytest.mark.parametrize("state", IntentState)
def test_what_is_owed_is_open(state: IntentState) -> None:
    owed = {IntentState.PLANNED, IntentState.SENT, IntentState.IN_DOUBT}
    assert state.is_open is (state in owed)
