from __future__ import annotations

import msgspec
import pytest

from pullcord.model.approval import Approval, Decision
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange, change_hash
from pullcord.model.plan import ApproverRole

CHANGE = ModeChange(system="copilot", mode=Mode.RECOMMEND, requested_by="Ann", requested=1)


@pytest.mark.parametrize(
    "other",
    [{"system": "camera"}, {"mode": Mode.ACT_R0}, {"requested_by": "Bob"}, {"requested": 2}],
    ids=str,
)
def test_the_hash_is_of_everything_that_is_asked(other: dict[str, object]) -> None:
    assert change_hash(msgspec.structs.replace(CHANGE, **other)) != change_hash(CHANGE)


def test_agreeing_does_not_change_what_was_agreed_on() -> None:
    approval = Approval(
        plan_hash=change_hash(CHANGE), approver="Bob", role=ApproverRole.OT, decision=Decision.APPROVE, time=2
    )
    agreed = msgspec.structs.replace(CHANGE, approvals=(approval,), time=3)
    assert change_hash(agreed) == change_hash(CHANGE)
