from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.plant import Plant
from pullcord.containment.suspects import (
    MOST_SUSPECTS,
    UNNAMED,
    Suspect,
    credentials,
    destinations,
    suspects,
)
from pullcord.model.event import SourceTrust
from pullcord.model.explanation import Verdict
from pullcord.model.finding import Finding, FindingKind, Severity
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


def ordered(found: list[Finding], *others: str) -> list[str]:
    """The names of the suspects of what was found, and of others that are in the incident."""
    whole = plant("discrete")
    assets = {one.asset for one in found if one.asset} | set(others)
    one = msgspec.structs.replace(incident(injected(), whole), assets=tuple(sorted(assets)))
    return [suspect.name for suspect in suspects(one, found, (), Plant(whole), calls())]


def sure(name: str, asset: str, **more: Any) -> Finding:  # noqa: ANN401  (fields)
    return finding(name, asset=asset, trust=SourceTrust.AUTHENTICATED, **more)


def test_what_is_registered_comes_first_however_loud_the_made_up_names_are() -> None:
    made_up = [f"{n:03}" for n in range(2 * MOST_SUSPECTS)]
    loud = [
        sure(f"{name}-{n}", name, severity=Severity.CRITICAL, trace_id="t1") for name in made_up for n in "ab"
    ]
    found = ordered([*injected(), *loud], "agent-host-1", "door-line-1")
    assert found[:3] == ["desk-helper", "agent-host-1", "door-line-1"]
    assert found[3:] == made_up


@pytest.mark.parametrize(
    ("more", "fewer"),
    [
        pytest.param(
            [sure("s", "weld-inspector", severity=Severity.LOW)],
            [finding(f"f{n}", asset="desk-helper", severity=Severity.CRITICAL) for n in range(3)],
            id="an authenticated source counts before severity and number",
        ),
        pytest.param(
            [sure(f"s{n}", "weld-inspector") for n in range(2)],
            [sure("t", "desk-helper", severity=Severity.CRITICAL)],
            id="more of them count before severity",
        ),
        pytest.param(
            [finding("a", asset="weld-inspector", severity=Severity.HIGH)],
            [finding(f"f{n}", asset="desk-helper") for n in range(3)],
            id="severity counts before number",
        ),
        pytest.param(
            [finding(f"f{n}", asset="weld-inspector") for n in range(2)],
            [finding("a", asset="desk-helper")],
            id="number counts before name",
        ),
        pytest.param(
            [finding("a", asset="weld-inspector", severity=Severity.INFORMATIONAL)],
            [sure("t", "desk-helper", severity=Severity.CRITICAL, kind=FindingKind.TEXT)],
            id="hearsay does not outrank evidence",
        ),
        pytest.param(
            [sure("w", "oven", actor="weld-inspector")],
            [finding("a", asset="desk-helper", severity=Severity.CRITICAL)],
            id="a deed counts for whoever did it",
        ),
    ],
)
def test_more_evidence_comes_first(more: list[Finding], fewer: list[Finding]) -> None:
    both = [name for name in ordered([*fewer, *more], "weld-inspector") if name != "oven"]
    assert both == ["weld-inspector", "desk-helper"]


def test_equal_evidence_goes_by_name() -> None:
    assert ordered([], "weld-inspector", "desk-helper", "b", "a") == [
        "desk-helper",
        "weld-inspector",
        "a",
        "b",
    ]


def test_a_session_without_a_name_is_weighed_by_what_it_did() -> None:
    nameless = [msgspec.structs.replace(one, asset=None, entities=()) for one in injected(trust=True)]
    forged = [finding(f"f{n}", asset=f"{n:03}", severity=Severity.CRITICAL) for n in range(MOST_SUSPECTS)]
    assert ordered([*nameless, *forged])[0] == UNNAMED


@given(st.permutations([*injected(), done_to("weld-inspector", "desk-helper"), *injected("ghost", "t2")]))
def test_the_order_of_findings_does_not_count(found: list[Finding]) -> None:
    assert ordered(found) == ["desk-helper", "weld-inspector", "ghost"]


def test_spellings_somebody_varies_do_not_push_out_the_names_of_the_inventory() -> None:
    varied = [finding(f"f{n}", asset=f"{' ' * n}desk-helper") for n in range(1, 100)]
    (one,) = suspects(incident(injected(), plant("discrete")), varied, (), Plant(plant("discrete")), {})
    assert {"desk-helper", "planner-desk-helper"} <= set(one.names)
    assert len(one.names) == 64
