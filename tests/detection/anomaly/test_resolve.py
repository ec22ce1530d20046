from __future__ import annotations

from math import inf, isinf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.anomaly.parameters import Scale
from pullcord.detection.anomaly.resolve import bound_of, floor_of, parameters_of, scaled, unscaled
from pullcord.model.times import DAY, HOUR, MINUTE
from tests.detection.anomaly.build import declare


@given(st.sampled_from(Scale), st.floats(0, 1e9))
def test_scales_have_their_inverse(scale: Scale, value: float) -> None:
    assert unscaled(scaled(value, scale), scale) == pytest.approx(value, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("scale", [Scale.LOG, Scale.SQRT])
def test_what_is_below_zero_counts_as_zero(scale: Scale) -> None:
    assert scaled(-5.0, scale) == scaled(0.0, scale)
    assert unscaled(-100.0, scale) < 0.01
    assert unscaled(1e9, scale) < inf


def test_parameters_are_given_or_usual() -> None:
    p = parameters_of(declare(parameters={"memory": 50.0, "idle": "2h"}, warm_up=7))
    assert (p.memory, p.weight, p.idle, p.warm_up, p.relative) == (50, 0.02, 2 * HOUR, 7, 0.01)
    assert parameters_of(declare(detector="first_seen")).learn == DAY
    assert parameters_of(declare(detector="rarity")).learn == 0
    assert parameters_of(declare(detector="residual", tag="t")).stale == MINUTE


def test_a_resolution_replaces_the_usual_share_of_the_level() -> None:
    p = parameters_of(declare(parameters={"resolution": 3.0}))
    assert (p.least, p.relative) == (3.0, 0.0)
    counted = parameters_of(declare(value="count", window={"time": "1m"}))
    assert counted.least == 0.5


@pytest.mark.parametrize("detector", ["cusum", "page_hinkley", "first_seen", "rarity", "sequence"])
def test_some_methods_have_no_bound_of_their_own(detector: str) -> None:
    assert isinf(bound_of(declare(detector=detector)))


def test_others_have() -> None:
    assert bound_of(declare(false_rate=0.01)) == pytest.approx(1.5 * sqrt(100))
    assert [bound_of(declare(detector=d)) for d in ("adwin", "drift", "class_drift")] == [1.0] * 3


def test_what_is_never_worth_telling() -> None:
    floors = {
        d: floor_of(declare(detector=d)) for d in ("ewma", "cusum", "residual", "adwin", "drift", "rarity")
    }
    assert floors == {"ewma": 2.0, "cusum": 2.0, "residual": 2.0, "adwin": 0.5, "drift": 0.5, "rarity": 0.0}
