from __future__ import annotations

import pytest

from pullcord.detection.dispatch import Dispatch, serves
from pullcord.model.event import LogSource

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


def test_rules_for_a_source_rise_and_made_up_words_fill_no_memory() -> None:
    ai, tool = LogSource(product="ai"), LogSource(product="ai", category="tool")
    dispatch = Dispatch([tool, ai, LogSource(service="x"), tool])
    assert dispatch.rules_for(LogSource(product="AI", category="tool")) == (0, 1, 3)
    assert dispatch.rules_for(LogSource(product="ai", service="X")) == (1, 2)
    for number in range(2_000):
        assert dispatch.rules_for(LogSource(product=f"p{number}", service=f"s{number}")) == ()
    # Words that no rule names are all one: made-up ones neither fill the memory nor cost a search.
    assert len(dispatch._known) == 3
    assert dispatch.rules_for(LogSource(product="ai", category="tool", service="made up")) == (0, 1, 3)


def test_a_narrow_category_finds_rules_for_the_wide_one() -> None:
    dispatch = Dispatch([LogSource(product="windows", category="registry_event")])
    assert dispatch.rules_for(EVENT) == (0,)
