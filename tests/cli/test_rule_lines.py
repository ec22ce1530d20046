from __future__ import annotations

import pytest

from pullcord.app.rules.benching import Measured
from pullcord.app.rules.explaining import Told
from pullcord.app.rules.listing import Listed
from pullcord.cli.rule_lines import cost_lines, marked, rule_lines, told_lines
from pullcord.detection.explain import Explained
from pullcord.model.finding import Severity


def leaf(label: str, field: str | None = None, value: str | None = None) -> Explained:
    return Explained(label, holds=False, field=field, value=value)


def told(*missing: Explained, tree: Explained | None = None, served: bool = True) -> list[str]:
    shown = tree or Explained("all of", holds=False)
    one = Told(
        "r",
        "e",
        0,
        matched=False,
        served=served,
        wanted="ai/tool/*",
        given="ai/ot/-",
        tree=shown,
        missing=missing,
    )
    return list(told_lines(one, "A rule"))


@pytest.mark.parametrize(
    ("value", "span", "shown"),
    [
        ("data_export", (5, 11), "data_»export«  (characters 6 to 11 of 11)"),
        ("x" * 200, None, "x" * 120 + "… (200 characters)"),
        ("short", None, "short"),
        (
            "a" * 100 + "HIT" + "b" * 100,
            (100, 103),
            "…" + "a" * 60 + "»HIT«" + "b" * 60 + "…  (characters 101 to 103 of 203)",
        ),
        ("y" * 300, (0, 300), "»" + "y" * 120 + "…«  (characters 1 to 300 of 300)"),
    ],
)
def test_what_matched_is_marked(value: str, span: tuple[int, int] | None, shown: str) -> None:
    assert marked(value, span) == shown


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        (leaf("a is 'x'", "a", "y"), "a is 'x', but it is y"),
        (leaf("a is 'x'", "a"), "a is 'x', but the event has no such field"),
        (leaf("a exists"), "a exists"),
        (Explained("not", holds=False, children=(leaf("b is 'z'"),)), "it must not be that b is 'z'"),
        (
            Explained(
                "any of",
                holds=False,
                children=(leaf("p"), Explained("all of", holds=False, children=(leaf("q"), leaf("r")))),
            ),
            "one of: p; q and r",
        ),
    ],
)
def test_what_is_missing_is_a_sentence(missing: Explained, line: str) -> None:
    assert told(missing)[-1] == f"  Missing: {line}"


def test_an_event_of_another_source_was_not_looked_at() -> None:
    assert (
        "The rule looks at ai/tool/*; this event is ai/ot/-, so it was not looked at."
        in told(served=False)[1]
    )


def test_a_large_tree_is_cut() -> None:
    tree = Explained("any of", holds=False, children=tuple(leaf(str(number)) for number in range(2_000)))
    lines = told(tree=tree)
    assert len(lines) < 510
    assert lines[-1] == "  … (--json shows all)"


def test_rules_and_costs_have_lines() -> None:
    one = Listed(
        rule_id="r1",
        path="a.yml",
        title="T",
        level=Severity.HIGH,
        logsource="ai/tool/*",
        tests=(2, 3),
        noise=1.5,
    )
    first, second = rule_lines(one)
    assert first.split() == ["high", "r1", "T"]
    assert second.split("  ")[-3:] == ["ai/tool/*", "tests 2+3", "1.5 matches per day"]
    cost = Measured(rule_id="r1", title="T", candidates=7, matches=2, us_per_1000=12.34, per_day=None)
    head, line = cost_lines([cost, cost], 1)
    assert line.split() == ["12.3", "7", "2", "?", "r1", "T"]
    assert head.startswith(" µs/1,000")
