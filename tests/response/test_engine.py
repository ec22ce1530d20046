from __future__ import annotations

import pytest

from pullcord.response.engine import Direct
from tests.response.build import done


def test_a_step_runs_at_once_and_says_its_text() -> None:
    ran: list[str] = []

    async def work() -> str:
        ran.append("work")
        return "said"

    async def twice() -> list[str]:
        steps = Direct()
        return [await steps.step("same", work), await steps.step("same", work)]

    assert done(twice()) == ["said", "said"]
    assert ran == ["work", "work"], "nothing is kept here"


def test_what_a_step_raises_comes_out() -> None:
    async def work() -> str:
        raise OSError("no route")

    with pytest.raises(OSError, match="no route"):
        done(Direct().step("one", work))


def test_a_recorded_run_has_nobody_to_wait_for() -> None:
    with pytest.raises(RuntimeError, match="nobody to wait"):
        done(Direct().wait(1.0))
