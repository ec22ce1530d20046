"""Approvals: who decided on a plan, and whether that is enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pullcord.model.approval import Approval, Decision
from pullcord.model.plan import ApprovalNeed, ApproverRole, Plan
from pullcord.model.times import MINUTE

CLOCK_TOLERANCE = MINUTE
"""Nanoseconds by which a decision may lie in the future before it stops counting."""


def granted(
    plan: Plan, approvals: Sequence[Approval], now: int | None = None, longest: int | None = None
) -> bool:
    """Whether these decisions let the plan run.

    They must be bound to the plan's hash; one refusal is enough to stop it, however old; one person counts once,
    whatever roles they hold. Which approvals count: see :func:`counting`.

    Args:
        plan: as it would be carried out.
        approvals: all decisions of its incident.
        now: nanoseconds UTC; None for recorded runs, where time does not matter.
        longest: nanoseconds after which an approval no longer counts; None = never.
    """
    return not refused(plan, approvals) and not missing(plan, approvals, now, longest)


def refused(plan: Plan, approvals: Iterable[Approval]) -> bool:
    """Whether somebody refused exactly this plan."""
    return any(one.plan_hash == plan.hash and one.decision is Decision.REFUSE for one in approvals)


def counting(
    bound_to: str, approvals: Iterable[Approval], now: int | None, longest: int | None
) -> list[Approval]:
    """The approvals, bound to a hash, that count at a time.

    Void ones do not. With a time given (somebody real may be affected) simulated ones do not either, nor those older
    than ``longest`` or from more than a minute ahead: then a clock was wrong, and it is not known which.
    """
    return [
        one
        for one in approvals
        if one.plan_hash == bound_to
        and one.decision is Decision.APPROVE
        and not one.void
        and (now is None or _in_time(one, now, longest))
    ]


def missing(
    plan: Plan, approvals: Sequence[Approval], now: int | None = None, longest: int | None = None
) -> tuple[ApprovalNeed, ...]:
    """Who still has to agree, in the order of the plan's needs; empty if nobody."""
    return lacking(plan.approvals, counting(plan.hash, approvals, now, longest))


def lacking(needs: Sequence[ApprovalNeed], approvals: Sequence[Approval]) -> tuple[ApprovalNeed, ...]:
    """The needs that these approvals cannot meet with different people.

    A largest matching of places to people (augmenting paths): somebody with two roles fills the place that nobody
    else can.
    """
    places = [need.role for need in needs for _ in range(need.count)]
    people: dict[ApproverRole, list[str]] = {}
    for one in approvals:
        people.setdefault(one.role, []).append(one.approver)
    filled: dict[str, int] = {}
    unfilled = [place for place in range(len(places)) if not _fill(place, places, people, filled, set())]
    return tuple(
        ApprovalNeed(role=role, count=count)
        for role in dict.fromkeys(places)
        if (count := sum(places[place] is role for place in unfilled))
    )


def _fill(
    place: int,
    places: Sequence[ApproverRole],
    people: dict[ApproverRole, list[str]],
    filled: dict[str, int],
    tried: set[str],
) -> bool:
    """Give a place a person, moving others to other places as needed; ``filled``: person → place."""
    for person in people.get(places[place], ()):
        if person in tried:
            continue
        tried.add(person)
        if person not in filled or _fill(filled[person], places, people, filled, tried):
            filled[person] = place
            return True
    return False


def _in_time(one: Approval, now: int, longest: int | None) -> bool:
    age = now - one.time
    return not one.simulated and age >= -CLOCK_TOLERANCE and (longest is None or age <= longest)
