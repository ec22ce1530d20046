from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.investigation.calibration import Calibration, CalibrationError, calibrate, read_calibration


def test_the_rate_is_kept_on_new_sessions() -> None:
    rng = random.Random(1)
    found = calibrate([rng.random() for _ in range(999)], 0.05)
    alarms = sum(found.alarms(rng.random()) for _ in range(20_000)) / 20_000
    assert found.exact
    assert 0.03 < alarms < 0.07


@pytest.mark.parametrize(("count", "exact"), [(198, False), (199, True)])
def test_too_few_sessions_means_above_the_highest_and_says_so(count: int, exact: bool) -> None:  # noqa: FBT001
    found = calibrate([index / 1000 for index in range(count)], 0.005)
    assert found.exact is exact
    assert found.threshold == (count - 1) / 1000
    assert not found.alarms(found.threshold)
    assert found.alarms(found.threshold + 1e-9)
    assert ("too few" in found.note) is not exact


@given(scores=st.lists(st.floats(0, 1), min_size=1, max_size=80), rate=st.floats(0.001, 0.999))
def test_never_more_alarms_on_its_own_sessions_than_asked(scores: list[float], rate: float) -> None:
    found = calibrate(scores, rate)
    assert sum(map(found.alarms, scores)) <= rate * (len(scores) + 1) + 1e-6


def test_the_file_form_comes_back() -> None:
    found = calibrate([0.1, 0.2], 0.5)
    assert read_calibration(found.to_json()) == found


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"\xff", b"[" * 200_000, calibrate([0.1], 0.5).to_json().replace(b"/1", b"/9")],
)
def test_foreign_files_are_refused(data: bytes) -> None:
    with pytest.raises(CalibrationError, match="PC-4002"):
        read_calibration(data)


@pytest.mark.parametrize(("scores", "rate"), [([], 0.1), ([1.5], 0.1), ([float("nan")], 0.1), ([0.1], 0.0)])
def test_nonsense_is_refused(scores: list[float], rate: float) -> None:
    with pytest.raises(CalibrationError):
        calibrate(scores, rate)


def test_a_threshold_out_of_range_is_refused() -> None:
    bad = Calibration(
        schema="pullcord.calibration/1", threshold=1.5, false_rate=0.1, sessions=1, exact=True, note=""
    )
    with pytest.raises(CalibrationError):
        read_calibration(bad.to_json())
