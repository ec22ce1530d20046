from __future__ import annotations

from typing import Any

import pytest

from pullcord.detection.correlation.section import listed, read_section, read_timespan
from pullcord.detection.errors import RuleError
from pullcord.model.times import DAY, HOUR, MINUTE, SECOND

GOOD: dict[str, Any] = {"type": "event_count", "timespan": "5m", "rules": ["a"], "condition": {"gte": 3}}


def test_a_section_is_read() -> None:
    section = read_section(
        {**GOOD, "group-by": "user", "aliases": {"user": {"a": "user.name"}}, "generate": True}
    )
    assert section.generate
    assert listed(section.group_by) == ("user",)
    assert listed(["a", "b", "a"]) == ("a", "b")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"timespan": None}, "timespan"),
        ({"type": "event_sum"}, "type"),
        ({"rules": [1]}, "rules"),
        ({"rules": {"a": 1}}, "rules"),
        ({"rules": [" "]}, "empty"),
        ({"rules": ["x" * 600]}, "longer than"),
        ({"rules": [str(number) for number in range(65)]}, "more than 64 rules"),
        ({"group-by": 5}, "group-by"),
        ({"group-by": [str(number) for number in range(9)]}, "more than 8 group-by"),
        ({"groupby": "user"}, "unknown field `groupby`"),
        ({"window": "tumbling"}, "unknown field `window`"),
        ({"aliases": ["a"]}, "aliases"),
        ({"aliases": {"a": {"b": 1}}}, "aliases"),
        ({"condition": [1]}, "condition"),
        ({"condition": {"gte": True}}, "condition"),
        ({"generate": "yes"}, "generate"),
    ],
)
def test_what_is_not_understood_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(RuleError, match=why):
        read_section({**GOOD, **change})


def test_a_missing_time_span_is_named() -> None:
    with pytest.raises(RuleError, match="missing required field `timespan`"):
        read_section({"type": "event_count"})
    with pytest.raises(RuleError, match="Expected `object`"):
        read_section(["type"])


@pytest.mark.parametrize(
    ("text", "length", "words"),
    [
        ("15s", 15 * SECOND, "15 s"),
        ("5m", 5 * MINUTE, "5 min"),
        ("1h", HOUR, "1 h"),
        ("7d", 7 * DAY, "7 d"),
        ("1w", 7 * DAY, "1 week"),
        ("2w", 14 * DAY, "2 weeks"),
        ("1M", 2_629_746 * SECOND, "1 month"),
        ("1y", 31_556_952 * SECOND, "1 year"),
    ],
)
def test_every_unit_of_time(text: str, length: int, words: str) -> None:
    assert read_timespan(text) == (length, words)


@pytest.mark.parametrize("text", ["", "5", "5 m", "0s", "-1m", "5H", "1h30m", "99y", "9" * 5_000 + "s"])
def test_other_time_spans_are_refused(text: str) -> None:
    with pytest.raises(RuleError, match=r"[Tt]imespan"):
        read_timespan(text)
