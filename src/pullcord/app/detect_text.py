"""Use case: texts → what they read like (the text signal alone; never a verdict by itself)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pullcord.app.investigate import read_small
from pullcord.app.text_records import TextInputs, TextRecord
from pullcord.detection.text.calibration import TextCalibration, calibrate, read_calibration
from pullcord.detection.text.signal import TextSignal, TextVerdict


def text_signal(calibration: Path | None) -> TextSignal:
    """The shipped signal, with a site's own threshold if there is one.

    Raises:
        UsageError: the calibration cannot be read or is none.
    """
    signal = TextSignal.load()
    if calibration is None:
        return signal
    return signal.calibrated(read_calibration(read_small(calibration, "calibration"), signal.weights))


def judge(inputs: TextInputs, signal: TextSignal) -> Iterator[tuple[TextRecord, TextVerdict]]:
    """Yield each text with its verdict, in order."""
    for record in inputs.texts():
        yield record, signal.score(record.text)


def calibrated(inputs: TextInputs, signal: TextSignal, false_rate: float) -> TextCalibration:
    """A site's own threshold, from texts that are known to be benign.

    Raises:
        TextCalibrationError: there is no text among them.
    """
    return calibrate([verdict.score for _, verdict in judge(inputs, signal)], false_rate, signal.weights)


def to_line(record: TextRecord, told: TextVerdict) -> dict[str, Any]:
    """The line ``pullcord detect text`` prints."""
    return {
        "id": record.id,
        "score": told.score,
        "verdict": told.verdict.value,
        "reasons": list(told.reasons),
    }
