from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.plant import Plant
from pullcord.containment.suspects import UNNAMED, Suspect, credentials, destinations, suspects
from pullcord.model.explanation import Verdict
from pullcord.model.finding import Finding, FindingKind
from tests.scenes import NO_PLANT, calls, finding, incident, injected, plant, told


def test_a_suspect_has_every_name_its_deeds_and_its_content() -> None:
    found = injected("Planner-Desk-Helper")
    (one,) = suspects(incident(found, plant("discrete")), found, (), Plant(plant("discrete")), calls())
    assert one.name == "desk-helper"
    assert one.names == ("Planner-Desk-Helper", "desk-helper", "planner-desk-helper")
    assert one.tools == ("send_mail",)
    assert one.spans == (("t1", "t1-r"),)
    assert not one.untouchable


def test_text_points_at_content_and_withdraws_no_tool() -> None:
    found = [finding("a", asset="x", trace_id="t1", span_ids=("t1-r",), kind=FindingKind.TEXT)]
    (one,) = suspects(incident(found, NO_PLANT), found, (), Plant(NO_PLANT), calls())
    assert (one.tools, one.spans) == ((), (("t1", "t1-r"),))


def test_explanations_add_deeds_unless_there_was_no_attack() -> None:
    found = [finding("a", asset="x", trace_id="t1", kind=FindingKind.BEHAVIOUR)]
    for verdict, tools in ((Verdict.CANNOT_TELL, ("send_mail",)), (Verdict.NO_ATTACK, ())):
        (one,) = suspects(incident(found, NO_PLANT), found, [told(verdict)], Plant(NO_PLANT), calls())
        assert one.tools == tools


def test_a_session_without_a_name_is_a_suspect_of_its_own() -> None:
    found = [msgspec.structs.replace(one, asset=None, entities=()) for one in injected()]
    (one,) = suspects(incident(found, NO_PLANT), found, (), Plant(NO_PLANT), calls())
    assert (one.name, one.tools, "" in one.names) == (UNNAMED, ("send_mail",), True)


def test_safety_and_hosts_are_told_apart() -> None:
    found = [finding(name, asset=name) for name in ("agent-host-1", "light-curtain-10")]
    one = msgspec.structs.replace(
        incident(found[:1], plant("discrete")), assets=("agent-host-1", "light-curtain-10")
    )
    host, safety = suspects(one, found, (), Plant(plant("discrete")), {})
    assert host.foreign_host
    assert not host.untouchable
    assert safety.untouchable


def test_destinations_and_credentials_come_from_findings_that_count() -> None:
    found = [
        finding("a", entities=("destination:B.example", "destination:b.example", "address:192.0.2.1")),
        finding(
            "b", entities=("url:https://a.example/x", "credential:key-1", "destination: ", "credential:")
        ),
        finding("c", entities=("destination:text.example",), kind=FindingKind.TEXT),
    ]
    assert destinations(found, addresses=False) == ["B.example", "https://a.example/x"]
    assert "192.0.2.1" in destinations(found, addresses=True)
    assert credentials(found) == ["key-1"]


def done_to(asset: str, actor: str | None, name: str = "write", **more: Any) -> Finding:  # noqa: ANN401  (fields)
    """A finding about what was done to something, in the session of :func:`injected`."""
    given: dict[str, Any] = {
        "asset": asset,
        "actor": actor,
        "incident_type": "unsafe-setpoint",
        "trace_id": "t1",
    }
    return finding(name, 2, **given | more)


def told_apart(found: list[Finding]) -> dict[str, Suspect]:
    whole = plant("discrete")
    one = msgspec.structs.replace(incident(injected(), whole), assets=("desk-helper", "weld-inspector"))
    return {suspect.name: suspect for suspect in suspects(one, found, (), Plant(whole), calls())}


def test_who_acted_is_told_from_what_it_was_done_to() -> None:
    found = told_apart([*injected(), done_to("weld-inspector", "planner-desk-helper")])
    assert found["desk-helper"].types == {"prompt-injection-indirect", "unsafe-setpoint"}
    assert not found["desk-helper"].affected
    assert found["weld-inspector"].types == {"unsafe-setpoint"}
    assert found["weld-inspector"].affected


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(done_to("weld-inspector", None, "own"), id="a finding about itself"),
        pytest.param(done_to("weld-inspector", "weld-inspector", "self"), id="it did that itself"),
        pytest.param(done_to("weld-inspector", "j.doe", "person"), id="nobody knows an AI of that name"),
    ],
)
def test_what_was_seen_doing_something_itself_is_no_bystander(more: Finding) -> None:
    assert not told_apart([*injected(), more])["weld-inspector"].affected
    both = told_apart([*injected(), done_to("weld-inspector", "desk-helper"), more])
    assert not both["weld-inspector"].affected


def test_hearsay_says_nothing_of_roles() -> None:
    for kind in (FindingKind.TEXT, FindingKind.REPORT):
        found = told_apart([*injected(), done_to("weld-inspector", "desk-helper", kind=kind)])
        assert found["desk-helper"].types == {"prompt-injection-indirect"}
        assert (found["weld-inspector"].types, found["weld-inspector"].affected) == (frozenset(), False)


@given(
    st.permutations([*injected(), done_to("weld-inspector", "desk-helper"), done_to("oven", None, "other")])
)
def test_a_session_is_of_whoever_acts_in_it_in_any_order(found: list[Finding]) -> None:
    told_ = told_apart(found)
    assert told_["desk-helper"].tools == ("send_mail",)
    assert told_["desk-helper"].spans == (("t1", "t1-r"),)
    for other in ("weld-inspector", "oven"):
        assert (told_[other].tools, told_[other].spans) == ((), ())
