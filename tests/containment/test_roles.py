"""Plans for incidents in which one system acted upon another, or that hold findings of several types."""

from __future__ import annotations

import msgspec
import pytest

from pullcord.analysis.classes import CUTS
from pullcord.containment.bind import plan_containment
from pullcord.model.finding import Finding, Severity
from pullcord.model.plan import ActionKind, Plan
from tests.scenes import calls, finding, incident, injected, plant, types


def written_to(actor: str | None, asset: str = "weld-inspector") -> Finding:
    """Somebody wrote a value outside the envelope of another system, in the session of :func:`injected`."""
    given_ = {"asset": asset, "actor": actor, "trace_id": "t1", "incident_type": "unsafe-setpoint"}
    return finding("write", 2, severity=Severity.HIGH, **given_)


def spread(*more: Finding, kind: str = "prompt-injection-indirect") -> Plan:
    """An injection of desk-helper, and what else was seen; as an incident of one type."""
    inventory, found = plant("discrete"), [*injected(), *more]
    assets = tuple(sorted({one.asset for one in found if one.asset}))
    one = msgspec.structs.replace(incident(injected(), inventory), type=kind, assets=assets)
    return plan_containment(one, found, (), inventory, types(), calls=calls())


def on(plan: Plan, target: str) -> set[ActionKind]:
    return {action.kind for action in plan.actions if action.target == target}


@pytest.mark.parametrize("kind", ["prompt-injection-indirect", "unsafe-setpoint"])
def test_what_was_acted_upon_is_handed_over_and_never_cut(kind: str) -> None:
    plan = spread(written_to("desk-helper"), kind=kind)
    handed_over = {
        ActionKind.SWITCH_TO_FALLBACK,
        ActionKind.HOLD_LOTS,
        ActionKind.ASK_PEOPLE,
        ActionKind.NOTIFY_OWNER,
        ActionKind.SNAPSHOT,
    }
    assert on(plan, "weld-inspector") <= handed_over
    assert not on(plan, "desk-helper").isdisjoint(CUTS)


def test_an_actor_is_contained_by_the_types_of_all_its_deeds() -> None:
    alone, acted = on(spread(), "desk-helper"), on(spread(written_to("desk-helper")), "desk-helper")
    assert ActionKind.DISABLE_AGENT not in alone
    assert ActionKind.DISABLE_AGENT in acted
    assert alone < acted


def test_another_type_reaches_only_whom_it_was_seen_at() -> None:
    of_its_own = spread(written_to(None))
    assert ActionKind.DISABLE_AGENT not in on(of_its_own, "desk-helper")
    kinds_of_it = on(of_its_own, "weld-inspector") | {
        kind
        for kind in CUTS
        for refusal in of_its_own.refused
        if refusal.what == f"{kind.value} weld-inspector"
    }
    assert ActionKind.DISABLE_AGENT in kinds_of_it


def test_an_unknown_type_of_a_finding_adds_nothing() -> None:
    odd = msgspec.structs.replace(written_to("desk-helper"), incident_type="no-such-type")
    plain_ = spread(msgspec.structs.replace(odd, incident_type=None))
    assert on(spread(odd), "desk-helper") == on(plain_, "desk-helper")


def test_names_that_somebody_makes_up_do_not_push_a_suspect_out_of_the_plan() -> None:
    alone = spread()
    assert on(alone, "desk-helper")
    plan = spread(*(finding(f"{n:03}", asset=f"{n:03}", severity=Severity.CRITICAL) for n in range(30)))
    assert on(plan, "desk-helper") == on(alone, "desk-helper")
    assert any(refusal.what == "act on 11 more suspects" for refusal in plan.refused)
