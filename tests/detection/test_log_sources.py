from __future__ import annotations

import re
from pathlib import Path

import pytest

from pullcord.detection.log_sources import log_sources
from pullcord.model.event import LogSource

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"
TOOL = LogSource(product="ai", category="tool")


def test_a_documented_name_is_known_and_a_misspelt_one_is_not() -> None:
    names = [
        "gen_ai.tool.name",
        "host.name",
        "otel.anything.below",
        "gen_ai.tool.nmae",
        "vision.result",
        "otel",
    ]
    assert log_sources().unknown(TOOL, names) == ["gen_ai.tool.nmae", "vision.result", "otel"]


def test_a_rule_for_all_of_a_product_may_name_what_any_category_has() -> None:
    assert log_sources().unknown(LogSource(product="ai"), ["vision.result", "gen_ai.tool.name", "x"]) == ["x"]
    assert log_sources().unknown(LogSource(product="AI", category="Tool"), ["gen_ai.tool.name"]) == []


@pytest.mark.parametrize("source", [LogSource(product="windows", category="x"), LogSource(category="proxy")])
def test_fields_of_others_are_their_own(source: LogSource) -> None:
    assert log_sources().unknown(source, ["AnyField"]) == []


def test_products_are_ours_and_those_of_others() -> None:
    assert {"ai", "mlflow", "zeek", "windows"} <= log_sources().products()
    assert log_sources().serving(LogSource(product="ai", category="nonsense")) == ()


def test_the_reference_explains_every_attribute_and_invents_none() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for source in log_sources().sources:
        if not source.attributes:
            continue
        heading = f"### `{source.category}`: {source.what}\n"
        assert page.count(heading) == 1
        section = re.split(r"^##", page.partition(heading)[2], maxsplit=1, flags=re.MULTILINE)[0]
        rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, re.MULTILINE)
        assert dict(rows) == source.attributes, source.category
    common = page.partition("Any event may carry:")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"`([^`]+)`", common)) == log_sources().common


def test_every_category_is_in_the_overview() -> None:
    overview = (
        PAGE.read_text(encoding="utf-8").partition("## Which events a rule sees")[2].partition("\n## ")[0]
    )
    categories = set(re.findall(r"`category: (\w+)`", overview))
    assert {source.category for source in log_sources().sources if source.attributes} <= categories
