from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.errors import PullcordError
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange
from pullcord.model.plan import ApproverRole
from pullcord.model.times import HOUR, MINUTE
from pullcord.response.modes import agree, effective, expired, lower, lowers, open_needs, request, told
from pullcord.response.people_errors import (
    AlreadyDecidedError,
    DecisionExpiredError,
    ModeNotAvailableError,
    ModeUnchangedError,
    NotAllowedError,
    OwnRequestError,
    RoleNotHeldError,
)
from tests.response.people import ADMINISTRATOR, COLLECTOR, LONGEST, ML, NOW, OT, SECURITY, person

SEC, MIA, OLE = person("sec", SECURITY), person("mia", ML), person("ole", OT)


def asked() -> ModeChange:
    return request("Copilot", Mode.OBSERVE, Mode.RECOMMEND, SEC, NOW)


def test_without_a_change_in_force_a_system_is_observed_whatever_is_asked_for() -> None:
    assert effective(None) is Mode.OBSERVE
    assert effective(asked()) is Mode.OBSERVE
    assert effective(msgspec.structs.replace(asked(), time=NOW)) is Mode.RECOMMEND


def test_ml_owner_and_ot_agree_to_what_a_third_person_asked_for() -> None:
    first = agree(asked(), MIA, NOW + 1, LONGEST)
    assert first.time is None
    assert told(open_needs(first, NOW + 1, LONGEST)) == "1 × approver-ot"
    second = agree(first, OLE, NOW + 2, LONGEST)
    assert second.time == NOW + 2
    assert effective(second) is Mode.RECOMMEND
    assert [one.approver for one in second.approvals] == ["mia", "ole"]


def test_nobody_agrees_to_their_own_request() -> None:
    mine = request("Copilot", Mode.OBSERVE, Mode.RECOMMEND, person("mia", ML, OT), NOW)
    with pytest.raises(OwnRequestError):
        agree(mine, person("mia", ML, OT), NOW, LONGEST)


def test_one_person_with_both_roles_is_one_person() -> None:
    both = person("kim", ML, OT)
    first = agree(asked(), both, NOW, LONGEST)
    with pytest.raises(AlreadyDecidedError):
        agree(first, both, NOW, LONGEST)
    assert first.time is None
    # Whoever comes next may have the same role that kim was counted for: kim has the other one, too, but said so once.
    with pytest.raises(RoleNotHeldError):
        agree(first, MIA, NOW, LONGEST)


def test_other_roles_and_the_administrator_cannot_agree() -> None:
    with pytest.raises(RoleNotHeldError):
        agree(asked(), person("eve", SECURITY), NOW, LONGEST)
    for who in (ADMINISTRATOR, COLLECTOR):
        with pytest.raises(NotAllowedError):
            agree(asked(), who, NOW, LONGEST)


def test_the_administrator_may_ask_and_a_source_may_not() -> None:
    assert request("Copilot", Mode.OBSERVE, Mode.RECOMMEND, ADMINISTRATOR, NOW).time is None
    with pytest.raises(NotAllowedError):
        request("Copilot", Mode.OBSERVE, Mode.RECOMMEND, COLLECTOR, NOW)


@pytest.mark.parametrize("mode", [Mode.ACT_R0, Mode.ACT_R1])
def test_automatic_modes_are_refused_and_it_is_said_why(mode: Mode) -> None:
    with pytest.raises(ModeNotAvailableError, match="drill"):
        request("Copilot", Mode.RECOMMEND, mode, SEC, NOW)


def test_the_mode_that_is_there_is_not_asked_for() -> None:
    with pytest.raises(ModeUnchangedError):
        request("Copilot", Mode.RECOMMEND, Mode.RECOMMEND, SEC, NOW)


def test_lowering_is_immediate_by_one_person_with_any_role() -> None:
    for who in (SEC, MIA, OLE):
        change = lower("Copilot", Mode.OBSERVE, who, NOW)
        assert change.time == NOW
        assert change.approvals == ()
    for other in (ADMINISTRATOR, COLLECTOR, person("guest")):
        with pytest.raises(NotAllowedError):
            lower("Copilot", Mode.OBSERVE, other, NOW)


def test_a_request_and_an_agreement_grow_old() -> None:
    late = NOW + LONGEST + 1
    with pytest.raises(DecisionExpiredError):
        agree(asked(), MIA, late, LONGEST)
    assert expired(asked(), NOW - 2 * MINUTE, LONGEST)
    assert not expired(asked(), NOW + LONGEST, LONGEST)
    early = msgspec.structs.replace(asked(), requested=NOW + 3 * HOUR)
    old = agree(msgspec.structs.replace(early, requested=NOW), MIA, NOW, LONGEST)
    assert open_needs(old, late, LONGEST) == open_needs(asked(), late, LONGEST)


def test_an_agreement_is_bound_to_the_request() -> None:
    first = agree(asked(), MIA, NOW, LONGEST)
    other = msgspec.structs.replace(first, requested_by="eve")
    assert len(open_needs(other, NOW, LONGEST)) == 2


@given(st.sampled_from(Mode), st.sampled_from(Mode))
def test_lowering_is_going_down_the_list(current: Mode, wanted: Mode) -> None:
    order = [Mode.OBSERVE, Mode.RECOMMEND, Mode.ACT_R0, Mode.ACT_R1]
    assert lowers(current, wanted) is (order.index(wanted) <= order.index(current))


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.frozensets(st.sampled_from(ApproverRole))), max_size=6),
)
def test_it_never_comes_into_force_with_fewer_than_three_people(
    people: list[tuple[str, frozenset[ApproverRole]]],
) -> None:
    change = request("Copilot", Mode.OBSERVE, Mode.RECOMMEND, person("a", SECURITY), NOW)
    for name, roles in people:
        if change.time is not None:
            break
        try:
            change = agree(change, person(name, *roles), NOW, LONGEST)
        except PullcordError:
            continue
    if change.time is not None:
        names = [one.approver for one in change.approvals]
        assert len({*names, "a"}) == 3
        assert {one.role for one in change.approvals} >= {ML, OT}
