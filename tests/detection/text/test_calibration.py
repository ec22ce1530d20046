from __future__ import annotations

import msgspec
import pytest

from pullcord.detection.text.calibration import MAX_BYTES, TextCalibrationError, calibrate, read_calibration


def test_the_threshold_keeps_the_rate_on_texts_like_these() -> None:
    scores = [number / 1000 for number in range(1000)]
    made = calibrate(scores, 0.005, "w")
    assert made.exact
    assert sum(made.alarms(score) for score in scores) / 1000 <= 0.005
    assert made.threshold == 0.995


def test_too_few_texts_give_the_highest_benign_score_and_say_so() -> None:
    made = calibrate([0.1, 0.7, 0.3], 0.005, "w")
    assert (made.threshold, made.exact) == (0.7, False)
    assert "3 benign texts are too few" in made.note
    assert "199" in made.note
    assert not made.alarms(0.7)
    assert made.alarms(0.71)


@pytest.mark.parametrize(("scores", "rate"), [([], 0.005), ([0.5], 0.0), ([0.5], 1.0), ([1.5], 0.1)])
def test_what_cannot_be_calibrated_is_told(scores: list[float], rate: float) -> None:
    with pytest.raises(TextCalibrationError):
        calibrate(scores, rate, "w")


def test_a_file_is_read_back_and_only_for_the_same_weights() -> None:
    made = calibrate([0.1, 0.2], 0.5, "w")
    assert read_calibration(made.to_json(), "w") == made
    with pytest.raises(TextCalibrationError, match="other weights"):
        read_calibration(made.to_json(), "other")


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 2000, b" " * (MAX_BYTES + 1)])
def test_damaged_files_are_refused(data: bytes) -> None:
    with pytest.raises(TextCalibrationError, match="calibration"):
        read_calibration(data, "w")


@pytest.mark.parametrize(
    "changes", [{"threshold": 2.0}, {"threshold": -1.0}, {"schema": "pullcord.calibration/1"}]
)
def test_files_of_another_kind_are_refused(changes: dict[str, object]) -> None:
    made = msgspec.structs.replace(calibrate([0.1], 0.5, "w"), **changes)
    with pytest.raises(TextCalibrationError, match="not pullcord"):
        read_calibration(made.to_json(), "w")
