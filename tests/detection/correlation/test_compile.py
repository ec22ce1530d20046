from __future__ import annotations

from typing import Any

import pytest

from pullcord.detection.correlation.compile import Base, Head, compile_correlation, references_of
from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.detection.correlation.section import read_section
from pullcord.detection.errors import RuleError
from pullcord.detection.extension import Extension
from pullcord.model.finding import Severity

HEAD = Head("c", "corr", "Title", "", Severity.HIGH, ("T1110",), Extension())


def base(name: str, incident_type: str | None = "tool-abuse", *techniques: str) -> Base:
    return Base(
        f"id-{name}",
        f"Title {name}",
        frozenset({f"id-{name}", name}),
        text=False,
        techniques=techniques,
        incident_type=incident_type,
    )


def compiled(*bases: Base, **section: Any) -> CorrelationRule:  # noqa: ANN401
    given = {"type": "event_count", "timespan": "5m", "rules": ["a"], "condition": {"gte": 3}, **section}
    return compile_correlation(HEAD, read_section(given), bases or (base("a"),))


def test_aliases_say_which_field_each_rule_has() -> None:
    rule = compiled(
        base("a"),
        base("b"),
        type="temporal",
        rules=["a", "b"],
        condition=None,
        **{"group-by": ["who", "host"]},
        aliases={"who": {"a": "user.name", "id-b": "actor"}},
    )
    assert [reference.group for reference in rule.references] == [("user.name", "host"), ("actor", "host")]
    assert rule.condition.text == "at least 2"


def test_type_and_techniques_come_from_the_bases_too() -> None:
    rule = compiled(base("a", "tool-abuse", "T1059", "T1110"))
    assert rule.techniques == ("T1110", "T1059")
    assert rule.extension.incident_type == "tool-abuse"
    mixed = compiled(base("a"), base("b", "data-leakage"), rules=["a", "b"])
    assert mixed.extension.incident_type is None


def test_the_key_changes_with_what_the_state_means() -> None:
    value: dict[str, Any] = {"type": "value_count", "condition": {"gte": 3, "field": "v"}}
    changes: list[dict[str, Any]] = [
        {},
        {"timespan": "6m"},
        {"condition": {"gt": 3}},
        {"group-by": "u"},
        value,
        {**value, "condition": {"gte": 3, "field": "w"}},
    ]
    assert compiled().key == compiled().key
    assert len({compiled(**change).key for change in changes}) == len(changes)


def test_an_extended_condition_names_its_rules() -> None:
    section = read_section({"type": "temporal", "timespan": "1m", "condition": "b and not a"})
    assert references_of(section) == ("b", "a")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rules": []}, "no rules"),
        ({"condition": None}, "without condition"),
        ({"condition": "a"}, "takes no extended condition"),
        ({"condition": {"gte": 3, "field": "x"}}, "takes no field"),
        ({"condition": {"gte": 3, "percentile": 5}}, "takes no percentile"),
        ({"condition": {"gte": 3, "more": 5}}, "unknown key 'more'"),
        ({"condition": {"gte": 10_001}}, "never hold"),
        ({"condition": {"lt": 1}}, "absent"),
        ({"condition": {"eq": 2.5}}, "never hold"),
        ({"type": "value_count"}, "needs a field"),
        ({"type": "value_count", "condition": {"gte": 3, "field": []}}, "names no field"),
        ({"type": "value_sum", "condition": {"gte": 3, "field": ["x", "y"]}}, "takes one field"),
        ({"type": "value_sum", "condition": {"gte": 3, "field": 7}}, "names no field"),
        ({"type": "value_percentile", "condition": {"gte": 3, "field": "x"}}, "needs a percentile"),
        (
            {"type": "value_percentile", "condition": {"gte": 3, "field": "x", "percentile": 101}},
            "percentile",
        ),
        (
            {"type": "value_percentile", "condition": {"gte": 3, "field": "x", "percentile": "p"}},
            "not a number",
        ),
        ({"type": "temporal", "condition": {"gte": 2}}, "only 1 to 1"),
        ({"type": "temporal", "condition": "a and b"}, "differ in b"),
        (
            {"type": "temporal", "rules": [], "condition": " or ".join(f"r{n}" for n in range(65))},
            "more than 64",
        ),
        ({"aliases": {"x": {"z": "field"}}}, "does not use"),
    ],
)
def test_what_does_not_fit_the_type_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(RuleError, match=why):
        compiled(**change)


def test_ordered_rules_are_few() -> None:
    names = [f"r{number}" for number in range(17)]
    with pytest.raises(RuleError, match="too many rules"):
        compiled(*map(base, names), type="temporal_ordered", rules=names, condition=None)
    with pytest.raises(RuleError, match="too many rules"):
        compiled(*map(base, names[:9]), type="temporal_ordered", rules=[], condition=" and ".join(names[:9]))
