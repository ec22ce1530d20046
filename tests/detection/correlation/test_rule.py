from __future__ import annotations

from pullcord.detection.correlation.rule import CorrelationType


def test_types_know_what_they_measure() -> None:
    assert [kind for kind in CorrelationType if kind.temporal] == ["temporal", "temporal_ordered"]
    assert {kind for kind in CorrelationType if kind.numeric} == {
        "value_sum",
        "value_avg",
        "value_percentile",
        "value_median",
    }
