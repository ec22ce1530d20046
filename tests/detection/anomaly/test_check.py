from __future__ import annotations

from typing import Any

import pytest

from pullcord.detection.anomaly.check import check
from pullcord.detection.anomaly.errors import AnomalyError
from tests.detection.anomaly.build import declare

MINUTE_BINS = {"time": "1m"}

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"schema": "pullcord.anomaly/2"}, "schema is"),
    ({"id": "Not an id"}, "id is"),
    ({"id": "a" * 65}, "id is"),
    ({"title": " "}, "title is empty"),
    ({"meaning": "a" * 2_001}, "meaning is empty or longer"),
    ({"techniques": ["T1"]}, "is no technique"),
    ({"entity": []}, "entity has 0"),
    ({"entity": ["a", "b", "c", "d", "e"]}, "entity has 5"),
    ({"entity": ["a?"]}, "may be absent"),
    ({"entity": ["a||b"]}, "has no name"),
    ({"value": ""}, "has no name"),
    ({"falsepositives": []}, "falsepositives has 0"),
    ({"where": {"a": ["b"] * 40}}, "over 32 values"),
    ({"false_rate": 0.5}, "false_rate is 0.5"),
    ({"false_rate": float("nan")}, "false_rate is nan"),
    ({"warm_up": 0}, "warm_up is 0"),
    ({"version": 0}, "version is 0"),
    ({"persist": 0}, "persist is 0"),
    ({"unit": {"per": 0.0}}, "unit.per is 0"),
    ({"again": "soon"}, "again is 'soon'"),
    ({"window": {}}, "none or several"),
    ({"window": {"time": "1m", "events": 5}}, "none or several"),
    ({"window": {"time": "1"}}, "window.time is '1'"),
    ({"window": {"events": 1}}, "window.events is 1"),
    ({"window": {"session": "s"}}, "write side: upper"),
    ({"detector": "first_seen", "window": MINUTE_BINS}, "does not take a window"),
    ({"detector": "adwin", "window": MINUTE_BINS}, "does not take a window"),
    ({"detector": "sequence"}, "needs a session"),
    ({"value": "count"}, "count is for"),
    ({"value": "count", "detector": "rarity"}, "count is for"),
    ({"hour_of_week": True}, "needs time bins"),
    ({"hour_of_week": True, "window": MINUTE_BINS}, "and a scale"),
    (
        {"hour_of_week": True, "window": MINUTE_BINS, "scale": "log", "detector": "cusum"},
        "hour_of_week is for ewma",
    ),
    ({"of": "change", "window": MINUTE_BINS}, "single numbers only"),
    ({"persist": 2, "window": MINUTE_BINS}, "persist is of single numbers"),
    ({"detector": "residual"}, "tag goes with residual"),
    ({"tag": "t"}, "tag goes with residual"),
    ({"detector": "rarity", "matches": ["a"]}, "does not take matches"),
    ({"detector": "rarity", "scale": "log"}, "does not take a scale"),
    ({"detector": "adwin", "scale": "log"}, "known range"),
    ({"detector": "adwin", "parameters": {"low": 1.0}}, "not below high"),
    ({"parameters": {"memory": 1.0}}, "parameters.memory is 1"),
    ({"parameters": {"memory": "much"}}, "parameters.memory is much"),
    ({"parameters": {"slack": 1.0}}, "ewma has no parameter 'slack'"),
    ({"detector": "first_seen", "parameters": {"learn": 5.0}}, "parameters.learn is no duration"),
]


@pytest.mark.parametrize(("changes", "cause"), WRONG, ids=[cause for _, cause in WRONG])
def test_what_does_not_fit_is_named_with_a_cure(changes: dict[str, Any], cause: str) -> None:
    with pytest.raises(AnomalyError) as caught:
        check("a.yaml", declare(**changes))
    assert caught.value.cause.startswith("a.yaml: ")
    assert cause in str(caught.value)
    assert caught.value.cure


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"window": MINUTE_BINS, "value": "count", "scale": "sqrt", "hour_of_week": True},
        {"window": {"session": "s"}, "side": "upper", "parameters": {"idle": "5m"}},
        {"window": {"events": 50}, "matches": ["*"]},
        {"detector": "sequence", "window": {"session": "s"}, "parameters": {"window": 4.0}},
        {"detector": "adwin", "parameters": {"low": -5.0, "high": 5.0}},
        {"detector": "residual", "tag": "t", "persist": 5},
        {"detector": "drift", "scale": "log"},
        {"of": "change", "persist": 3},
    ],
)
def test_what_fits_passes(changes: dict[str, Any]) -> None:
    declaration = declare(**changes)
    check("a.yaml", declaration)
    assert declaration.schema == "pullcord.anomaly/1"
