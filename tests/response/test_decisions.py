from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.approval import Decision
from pullcord.model.errors import PullcordError
from pullcord.model.person import Principal, Scope
from pullcord.model.plan import ApproverRole
from pullcord.response.decisions import Asked, check_decision, must_go_on, must_respond
from pullcord.response.people_errors import (
    AlreadyDecidedError,
    CarriedOutError,
    NotAllowedError,
    PlanChangedError,
    RefusedPlanError,
    RoleNotHeldError,
    RoleNotNeededError,
    SimulatedError,
    StoppedError,
    SupersededPlanError,
)
from pullcord.response.stops import Stop
from tests.response.people import (
    ADMINISTRATOR,
    COLLECTOR,
    LONGEST,
    ML,
    NOW,
    OT,
    SECURITY,
    approval,
    person,
    plan,
    refusal,
)

BOTH = plan((OT, 1), (SECURITY, 1))
ASKED = Asked(BOTH, (), longest=LONGEST)
ANN, BOB = person("ann", OT), person("bob", SECURITY)
APPROVE, REFUSE = Decision.APPROVE, Decision.REFUSE


def check(
    asked: Asked = ASKED,
    who: Principal = ANN,
    decision: Decision = APPROVE,
    role: ApproverRole | None = None,
    seen: str = BOTH.hash,
) -> ApproverRole:
    return check_decision(asked, who, decision, role, seen, NOW)


def test_a_person_of_a_needed_role_may_decide_and_the_role_is_found() -> None:
    assert check() is OT
    assert check(who=person("both", OT, SECURITY), role=SECURITY) is SECURITY
    assert (
        check(replace(ASKED, approvals=[approval(BOTH, "ann", OT)]), person("both", OT, SECURITY)) is SECURITY
    )


def test_twelve_digits_of_the_hash_are_enough_and_fewer_are_not() -> None:
    assert check(seen=BOTH.hash[:12]) is OT
    for seen in ("", BOTH.hash[:11], "0" * 12, BOTH.hash[:11] + "x", BOTH.hash + "0", BOTH.hash.upper()):
        with pytest.raises(PlanChangedError):
            check(seen=seen)


REFUSALS: list[tuple[type[PullcordError], dict[str, object]]] = [
    (PlanChangedError, {"seen": plan((OT, 1)).hash}),
    (SupersededPlanError, {"asked": replace(ASKED, current=False)}),
    (RoleNotHeldError, {"role": SECURITY}),
    (RoleNotHeldError, {"who": person("eve", ML)}),
    (RoleNotNeededError, {"who": person("eve", ML), "role": ML}),
    (RoleNotNeededError, {"asked": replace(ASKED, approvals=[approval(BOTH, "kim", OT)]), "role": OT}),
    (AlreadyDecidedError, {"asked": replace(ASKED, approvals=[approval(BOTH, "ann", OT)])}),
    (CarriedOutError, {"asked": replace(ASKED, over="it has been carried out")}),
    (StoppedError, {"asked": replace(ASKED, stop=Stop(who="kim", reason="smoke", time=1))}),
    (RefusedPlanError, {"asked": replace(ASKED, approvals=[refusal(BOTH, "kim", ML)])}),
    (NotAllowedError, {"who": ADMINISTRATOR}),
    (NotAllowedError, {"who": COLLECTOR}),
    (NotAllowedError, {"who": person("guest")}),
    (NotAllowedError, {"who": Principal(name="x", scopes=frozenset({Scope.READ}), roles=frozenset({OT}))}),
    (
        SimulatedError,
        {"asked": replace(ASKED, approvals=[approval(BOTH, "simulated", OT, simulated=True)])},
    ),
]


@pytest.mark.parametrize(("kind", "given_this"), REFUSALS)
def test_each_refusal_is_an_error_of_its_own(
    kind: type[PullcordError], given_this: dict[str, object]
) -> None:
    with pytest.raises(PullcordError) as caught:
        check(**given_this)  # type: ignore[arg-type]
    assert type(caught.value) is kind
    assert caught.value.cause
    assert caught.value.cure


def test_an_own_approval_is_not_confirmed_in_another_role_either() -> None:
    both = person("ann", OT, SECURITY)
    with pytest.raises(AlreadyDecidedError):
        check(replace(ASKED, approvals=[approval(BOTH, "ann", OT)]), both, role=SECURITY)


def test_after_an_approval_has_expired_the_same_person_may_give_it_again() -> None:
    old = approval(BOTH, "ann", OT, NOW - LONGEST - 1)
    assert check(replace(ASKED, approvals=[old])) is OT


def test_refusing_needs_no_asked_role_works_while_stopped_and_takes_an_approval_back() -> None:
    stopped = replace(
        ASKED, stop=Stop(who="kim", reason="smoke", time=1), approvals=[approval(BOTH, "ann", OT)]
    )
    assert check(stopped, decision=REFUSE) is OT
    assert check(stopped, person("eve", ML), REFUSE) is ML
    with pytest.raises(RoleNotHeldError):
        check(stopped, decision=REFUSE, role=ML)
    with pytest.raises(AlreadyDecidedError):
        check(replace(ASKED, approvals=[refusal(BOTH, "ann", OT)]), decision=REFUSE)
    with pytest.raises(CarriedOutError):
        check(replace(stopped, over="too late"), decision=REFUSE)


def test_what_is_being_carried_out_can_be_refused_and_not_approved() -> None:
    under_way = replace(ASKED, over="it is being carried out", halts=True)
    assert check(under_way, decision=REFUSE) is OT
    with pytest.raises(CarriedOutError):
        check(under_way)


def test_must_go_on_and_must_respond_let_through_what_is_in_order() -> None:
    must_go_on(None)
    must_respond(ANN)
    with pytest.raises(StoppedError, match="kim: smoke"):
        must_go_on(Stop(who="kim", reason="smoke", time=1))


@given(st.frozensets(st.sampled_from(ApproverRole)), st.sampled_from([None, *ApproverRole]))
def test_whatever_comes_out_is_a_role_held_and_needed(
    held: frozenset[ApproverRole], role: ApproverRole | None
) -> None:
    who = person("ann", *held)
    try:
        spoken = check(who=who, role=role)
    except PullcordError:
        assert not held & {OT, SECURITY} or (role is not None and role not in held & {OT, SECURITY})
    else:
        assert spoken in held & {OT, SECURITY}
        assert role in {None, spoken}
