from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.approval import Approval, Decision
from pullcord.model.plan import ActionKind, ApproverRole
from pullcord.response.approvals import NobodyDecides, SimulatedDesk, granted
from tests.response.build import Ticking, action, approval, need, plan

OT, SECURITY, ML = ApproverRole.OT, ApproverRole.SECURITY, ApproverRole.ML_OWNER
CUT = action(ActionKind.DISABLE_AGENT)
BOTH = plan(CUT, needs=[need(OT), need(SECURITY)])


def test_everybody_needed_has_to_agree() -> None:
    ann, bob = approval(BOTH, "ann", OT), approval(BOTH, "bob", SECURITY)
    assert granted(BOTH, [ann, bob])
    assert granted(BOTH, [bob, ann])
    assert not granted(BOTH, [ann])
    assert not granted(BOTH, [])


def test_a_plan_that_needs_nobody_is_granted() -> None:
    assert granted(plan(CUT), [])


def test_an_approval_is_bound_to_the_hash() -> None:
    other = plan(CUT, needs=[need(OT), need(SECURITY)], reasons=("changed",))
    given = [approval(BOTH, "ann", OT), approval(BOTH, "bob", SECURITY)]
    assert granted(BOTH, given)
    assert not granted(other, given)


def test_one_person_counts_once_whatever_roles_they_hold() -> None:
    assert not granted(BOTH, [approval(BOTH, "ann", OT), approval(BOTH, "ann", SECURITY)])
    assert granted(
        BOTH,
        [approval(BOTH, "ann", OT), approval(BOTH, "ann", SECURITY), approval(BOTH, "bob", OT)],
    )


def test_the_count_of_a_role_is_of_different_people() -> None:
    two = plan(CUT, needs=[need(OT, 2)])
    assert not granted(two, [approval(two, "ann", OT), approval(two, "ann", OT)])
    assert not granted(two, [approval(two, "ann", OT), approval(two, "bob", ML)])
    assert granted(two, [approval(two, "ann", OT), approval(two, "bob", OT)])


def test_one_refusal_stops_it() -> None:
    agreed = [approval(BOTH, "ann", OT), approval(BOTH, "bob", SECURITY)]
    no = approval(BOTH, "eve", ML, Decision.REFUSE)
    assert not granted(BOTH, [*agreed, no])
    assert granted(BOTH, [*agreed, msgspec.structs.replace(no, plan_hash="0" * 64)])


PEOPLE = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(ApproverRole), st.sampled_from(Decision)), max_size=7
)
NEEDS = st.lists(st.tuples(st.sampled_from(ApproverRole), st.integers(0, 2)), max_size=3)


@given(PEOPLE, NEEDS)
def test_never_granted_by_fewer_people_than_needed(
    people: list[tuple[str, ApproverRole, Decision]], needs: list[tuple[ApproverRole, int]]
) -> None:
    one = plan(CUT, needs=[need(role, count) for role, count in needs])
    if granted(one, [approval(one, *each) for each in people]):
        assert all(decision is Decision.APPROVE for _, _, decision in people)
        assert len({who for who, _, _ in people}) >= sum(count for _, count in needs)
        for role in ApproverRole:
            wanted = sum(count for needed, count in needs if needed is role)
            assert len({who for who, held, _ in people if held is role}) >= wanted


def test_nobody_decides_on_a_planning_run() -> None:
    assert NobodyDecides().decide(BOTH) == ()
    assert not NobodyDecides().acts


def test_the_simulated_desk_grants_exactly_what_it_is_asked_and_says_so() -> None:
    asked = plan(CUT, needs=[need(OT, 2), need(SECURITY)])
    given: tuple[Approval, ...] = SimulatedDesk(Ticking()).decide(asked)
    assert granted(asked, given)
    assert len(given) == 3
    assert all(one.simulated and one.plan_hash == asked.hash and "simulated" in one.approver for one in given)
    assert not granted(BOTH, given)
