from __future__ import annotations

from typing import Any

import pytest

from pullcord.detection.behaviour.envelope import JUMP, NODE, OUTSIDE, OtWrites
from pullcord.detection.behaviour.knowledge import Envelope, Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.model.finding import Finding, Severity
from pullcord.model.inventory import OtAccess
from tests.detection.behaviour.events import event

NODES = {
    "ns=2;s=mode": ("copilot", OtAccess.MODE_SWITCH),
    "ns=2;s=sp": ("copilot", OtAccess.READ),
    "ns=2;s=speed": ("dispatcher", OtAccess.NEVER),
}
KNOWN = Knowledge(
    systems={"copilot": "copilot", "dispatcher": "dispatcher"},
    closed_loop=frozenset({"dispatcher"}),
    nodes=NODES,
    envelopes={"tic-4": Envelope(10.0, 90.0)},
)


def written(writes: OtWrites, number: int = 1, hours: float = 0, **attributes: Any) -> list[Finding]:  # noqa: ANN401
    one: dict[str, Any] = {"ot__operation": "write", "ot__tag": "TIC-4", **attributes}
    return writes.look(event(number, hours, category="ot", asset="plc-4", trace=None, **one))


@pytest.mark.parametrize("value", [95, "95", 9.99, float("inf"), float("nan"), -1e30])
def test_a_value_outside_what_the_site_knows(value: Any) -> None:  # noqa: ANN401
    (found,) = written(OtWrites(KNOWN, Limits()), ot__value=value)
    assert (found.rule_id, found.severity, found.incident_type) == (
        OUTSIDE.id,
        Severity.MEDIUM,
        "unsafe-setpoint",
    )
    assert found.reasons[0].endswith("was written to “TIC-4”; its envelope is 10 to 90.")
    assert found.entities == ("tag:TIC-4",)


@pytest.mark.parametrize("operation", ["write", "Call", "force", "override"])
def test_whatever_sets_a_value_is_a_write(operation: str) -> None:
    assert len(written(OtWrites(KNOWN, Limits()), ot__operation=operation, ot__value=95)) == 1


def test_an_ai_is_worse_and_one_sided_limits_work() -> None:
    limits: dict[str, Any] = {"ot__limit__high": 80, "ot__principal__kind": "ai"}
    (found,) = written(OtWrites(Knowledge(), Limits()), ot__value=81, **limits)
    assert found.severity is Severity.HIGH
    assert "-∞ to 80" in found.reasons[0]
    assert written(OtWrites(Knowledge(), Limits()), ot__value=80, **limits) == []


def test_a_writer_cannot_widen_its_own_envelope() -> None:
    wide: dict[str, Any] = {"ot__limit__low": -1e9, "ot__limit__high": 1e9}
    assert len(written(OtWrites(KNOWN, Limits()), ot__value=500, **wide)) == 1
    assert len(written(OtWrites(KNOWN, Limits()), ot__value=50, ot__limit__high=40)) == 1


def test_one_finding_an_hour_unless_it_gets_worse() -> None:
    writes = OtWrites(KNOWN, Limits())
    told = [
        bool(written(writes, n, n / 60, ot__value=value)) for n, value in enumerate([91, 91, 91, 100, 100])
    ]
    assert told == [True, False, False, True, False]
    assert writes.hushed == 3
    assert written(writes, 9, 2, ot__value=91) != []


@pytest.mark.parametrize(
    "attributes",
    [
        {"ot__value": 50},
        {"ot__operation": "read", "ot__value": 500},
        {"ot__operation": "subscribe", "ot__value": 500},
        {"ot__tag": "", "ot__value": 500},
        {"ot__value": "open"},
        {"ot__value": True},
        {},
    ],
)
def test_what_is_inside_read_or_no_number_is_silent(attributes: dict[str, Any]) -> None:
    assert written(OtWrites(KNOWN, Limits()), **attributes) == []


@pytest.mark.parametrize(
    ("system", "node", "severity", "why"),
    [
        ("copilot", "ns=2;s=SP", Severity.HIGH, "lists it as read"),
        ("copilot", "ns=2;s=speed", Severity.HIGH, "gives it to “dispatcher” (never)"),
        ("copilot", "ns=9;s=other", Severity.MEDIUM, "No AI system of the inventory lists this node"),
        ("dispatcher", "ns=9;s=other", Severity.LOW, "No AI system of the inventory lists this node"),
        ("copilot", "ns=2;s=mode", None, ""),
        ("dispatcher", "ns=2;s=speed", None, ""),
        ("operator", "ns=2;s=speed", None, ""),
    ],
)
def test_an_ai_writes_only_where_it_may(system: str, node: str, severity: Severity | None, why: str) -> None:
    writes = OtWrites(KNOWN, Limits())
    found = written(writes, ot__node_id=node, ot__principal__id=system, ot__value=50)
    assert [told.severity for told in found] == ([severity] if severity else [])
    if severity:
        assert found[0].rule_id == NODE.id
        assert why in found[0].reasons[1]
        assert written(writes, 2, 1, ot__node_id=node, ot__principal__id=system, ot__value=50) == []


def test_a_tool_call_that_carries_a_value_is_a_write() -> None:
    one = event(1, gen_ai__tool__name="set_speed", ot__tag="TIC-4", ot__value=500)
    assert [told.rule_id for told in OtWrites(KNOWN, Limits()).look(one)] == [OUTSIDE.id, NODE.id]
    read = event(1, gen_ai__tool__name="get_speed", ot__tag="TIC-4", ot__value=500)
    assert OtWrites(KNOWN, Limits()).look(read) == []


def test_a_step_beyond_all_earlier_ones() -> None:
    writes = OtWrites(Knowledge(), Limits())
    for n in range(60):
        assert written(writes, n, n, ot__value=50 + n % 3) == []
    assert written(writes, 70, 70, ot__value=56) == []
    (found,) = written(writes, 71, 71, ot__value=90)
    assert (found.rule_id, found.severity) == (JUMP.id, Severity.LOW)
    assert found.reasons[0] == "90 was written to “TIC-4” after 56: a step of 34."
    assert written(writes, 72, 71.1, ot__value=50) == []


def test_a_tag_that_never_moved_has_no_usual_step() -> None:
    writes = OtWrites(Knowledge(), Limits())
    for n in range(60):
        written(writes, n, n, ot__value=50)
    assert written(writes, 70, 70, ot__value=51) == []
