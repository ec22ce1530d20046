from __future__ import annotations

import math

import pytest

from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.report import Earlier, Rule, agent_of, date, number, report, who
from pullcord.model.event import SourceTrust, Value
from pullcord.model.finding import FindingKind, Severity
from tests.detection.behaviour.events import event

RULE = Rule("pullcord.behaviour.test", "A test", "malfunction", ("AML.T0053",))


def test_a_finding_says_what_it_rests_on() -> None:
    told = report(
        RULE,
        event(2, gen_ai__conversation__id="c1"),
        Severity.LOW,
        ["Why."],
        entities=[("agent", "copilot"), ("agent", "copilot"), ("tool", None), ("tag", "x" * 300)],
        earlier=Earlier("e1", "s1"),
    )
    assert (told.kind, told.rule_id, told.incident_type) == (FindingKind.BEHAVIOUR, RULE.id, "malfunction")
    assert (told.event_ids, told.span_ids, told.site) == (("e1", "e2"), ("s1", "s2"), "north")
    assert told.entities == ("agent:copilot", "session:c1")
    assert told.trust is SourceTrust.AUTHENTICATED


def test_the_event_itself_is_no_earlier_one_and_parts_are_apart() -> None:
    told = report(RULE, event(2, trace=None), Severity.LOW, ["Why."], earlier=Earlier("e2", "s2"))
    assert (told.event_ids, told.span_ids) == (("e2",), ())
    assert told.id != report(RULE, event(2), Severity.LOW, ["Why."], part="other").id


def test_an_agent_goes_by_its_name_in_the_inventory() -> None:
    known = Knowledge(systems={"fitter-copilot": "maintenance-copilot"})
    assert agent_of(event(1, asset="Fitter-Copilot"), known) == "maintenance-copilot"
    assert agent_of(event(1, asset=None, gen_ai__agent__name="odd"), known) == "odd"
    assert agent_of(event(1, asset=None, actor="ada"), known) == "ada"
    assert agent_of(event(1, asset=None), known) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3.0), ("4.5", 4.5), (True, None), ([1], None), ("x", None), (10**400, None), ("inf", math.inf)],
)
def test_numbers(value: Value, expected: float | None) -> None:
    assert number(event(1, ot__value=value), "ot.value") == expected
    assert number(event(1), "ot.value") is None


def test_dates_beyond_the_years_do_not_fail() -> None:
    assert date(2**70) == "2262-04-11"
    assert date(-(2**70)) == "1677-09-21"
    assert who(None) == "An agent without a name"
