from __future__ import annotations

from itertools import permutations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.approval import Approval, Decision
from pullcord.model.plan import ApprovalNeed, ApproverRole
from pullcord.model.times import HOUR, MINUTE
from pullcord.response.approvals import counting, granted, lacking, missing, refused
from tests.response.people import LONGEST, ML, NOW, OT, SECURITY, approval, plan, refusal, told

BOTH = plan((OT, 1), (SECURITY, 1))


def test_everybody_needed_has_to_agree() -> None:
    ann, bob = approval(BOTH, "ann", OT), approval(BOTH, "bob", SECURITY)
    assert granted(BOTH, [ann, bob])
    assert granted(BOTH, [bob, ann])
    assert not granted(BOTH, [ann])
    assert told(missing(BOTH, [ann])) == [(SECURITY, 1)]
    assert told(missing(BOTH, [])) == [(OT, 1), (SECURITY, 1)]


def test_a_plan_that_needs_nobody_is_granted_unless_refused() -> None:
    free = plan()
    assert granted(free, [])
    assert not granted(free, [refusal(free, "ann", OT)])


def test_an_approval_is_bound_to_the_hash() -> None:
    other = plan((OT, 1), (SECURITY, 1), reasons=("changed",))
    given_both = [approval(BOTH, "ann", OT), approval(BOTH, "bob", SECURITY)]
    assert granted(BOTH, given_both)
    assert not granted(other, given_both)


def test_one_person_counts_once_whatever_roles_they_hold() -> None:
    twice = [approval(BOTH, "ann", OT), approval(BOTH, "ann", SECURITY)]
    assert not granted(BOTH, twice)
    assert granted(BOTH, [*twice, approval(BOTH, "bob", OT)])


def test_one_refusal_stops_it_however_old_and_whoever_approves_later() -> None:
    agreed = [approval(BOTH, "ann", OT), approval(BOTH, "bob", SECURITY)]
    no = refusal(BOTH, "eve", ML, NOW - 100 * HOUR)
    assert not granted(BOTH, [*agreed, no], NOW, LONGEST)
    assert refused(BOTH, [no])
    other = msgspec.structs.replace(no, plan_hash="0" * 64)
    assert granted(BOTH, [*agreed, other], NOW, LONGEST)
    assert not granted(BOTH, [*agreed, msgspec.structs.replace(no, void="restored")], NOW, LONGEST)


def test_an_approval_expires_and_one_from_the_future_does_not_count() -> None:
    one = plan((OT, 1))

    def at(time: int) -> bool:
        return granted(one, [approval(one, "ann", OT, time)], NOW, LONGEST)

    assert at(NOW)
    assert at(NOW - LONGEST)
    assert not at(NOW - LONGEST - 1)
    assert at(NOW + MINUTE)
    assert not at(NOW + MINUTE + 1)
    # A recorded run has no "now": the approvals of last year are those of the run.
    assert granted(one, [approval(one, "ann", OT, 1)])


def test_void_ones_never_count_and_simulated_ones_not_where_it_is_real() -> None:
    one = plan((OT, 1))
    assert not granted(one, [approval(one, "ann", OT, void="restored")])
    simulated = approval(one, "simulated approver-ot 1", OT, simulated=True)
    assert granted(one, [simulated])
    assert not granted(one, [simulated], NOW, LONGEST)


def test_whoever_can_fill_a_place_that_nobody_else_can_fills_it() -> None:
    needs = [ApprovalNeed(role=OT), ApprovalNeed(role=SECURITY)]
    given_three = [approval(BOTH, "ann", OT), approval(BOTH, "ann", SECURITY), approval(BOTH, "bob", OT)]
    for order in permutations(given_three):
        assert lacking(needs, order) == ()


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(ApproverRole),
        st.sampled_from(Decision),
        st.integers(-6, 2),
        st.sampled_from(["", "restored"]),
    ),
    max_size=7,
)
NEEDS = st.lists(st.tuples(st.sampled_from(ApproverRole), st.integers(0, 2)), max_size=3)


def by_trying(places: list[ApproverRole], people: set[tuple[str, ApproverRole]]) -> bool:
    """Whether different people can fill all places: tries every order of every person."""
    names = sorted({name for name, _ in people})
    return any(
        all((name, role) in people for name, role in zip(order, places, strict=True))
        for order in permutations(names, len(places))
    )


@given(DECISIONS, NEEDS)
def test_granted_exactly_if_different_people_in_time_fill_every_place(
    decisions: list[tuple[str, ApproverRole, Decision, int, str]], needs: list[tuple[ApproverRole, int]]
) -> None:
    one = plan(*needs)
    made: list[Approval] = [
        approval(one, who, role, NOW + hours * HOUR, decision=decision, void=void)
        for who, role, decision, hours, void in decisions
    ]
    valid = {
        (who, role)
        for who, role, decision, hours, void in decisions
        if decision is Decision.APPROVE and not void and -4 <= hours <= 0
    }
    places = [role for role, count in needs for _ in range(count)]
    no = any(decision is Decision.REFUSE for _, _, decision, _, _ in decisions)
    assert granted(one, made, NOW, LONGEST) is (not no and by_trying(places, valid))
    lack = missing(one, made, NOW, LONGEST)
    assert (not lack) is by_trying(places, valid)
    assert {need.role for need in lack} <= set(places)


@given(DECISIONS, NEEDS, st.integers(0, 20))
def test_time_alone_never_grants(
    decisions: list[tuple[str, ApproverRole, Decision, int, str]],
    needs: list[tuple[ApproverRole, int]],
    hours: int,
) -> None:
    one = plan(*needs)
    made = [approval(one, who, role, NOW, decision=decision) for who, role, decision, _, _ in decisions]
    if granted(one, made, NOW + hours * HOUR, LONGEST):
        assert granted(one, made, NOW, LONGEST)


def test_what_counts_is_told_one_by_one() -> None:
    old, good = approval(BOTH, "ann", OT, NOW - 5 * HOUR), approval(BOTH, "bob", OT)
    assert counting(BOTH.hash, [old, good, refusal(BOTH, "eve", OT)], NOW, LONGEST) == [good]
