from __future__ import annotations

import pytest

from pullcord.detection.dispatch import _CACHE_LIMIT, Dispatch, serves
from pullcord.model.event import LogSource
from tests.detection.build import load, selection

EVENT = LogSource(product="windows", category="registry_set", service="sysmon")


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (LogSource(product="windows"), True),
        (LogSource(product="Windows", category="registry_set"), True),
        (LogSource(category="registry_event"), True),
        (LogSource(service="sysmon"), True),
        (LogSource(product="linux", category="registry_set"), False),
        (LogSource(product="windows", category="process_creation"), False),
        (LogSource(product="windows", service="security"), False),
    ],
)
def test_a_rule_serves_where_all_it_names_fits(rule: LogSource, fits: bool) -> None:  # noqa: FBT001
    assert serves(rule, EVENT) is fits


def test_what_the_event_does_not_say_does_not_fit() -> None:
    assert not serves(LogSource(category="tool"), LogSource(product="ai"))
    assert not serves(LogSource(category="registry_set"), LogSource(category="registry_event"))


def test_rules_for_a_source_and_bounded_memory() -> None:
    dispatch = Dispatch(load(selection({"a": "b"})).rules)
    assert len(dispatch.rules_for(LogSource(product="ai", category="tool"))) == 1
    for number in range(_CACHE_LIMIT + 10):
        assert dispatch.rules_for(LogSource(product=f"p{number}")) == ()
    assert len(dispatch._known) == _CACHE_LIMIT
    assert len(dispatch.rules_for(LogSource(product="ai", category="tool"))) == 1
