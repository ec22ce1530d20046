"""A site's own threshold for the text signal: split conformal prediction over scores of its benign texts.

Source: Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World" (2005); one-sided, as in Bates et al.,
"Testing for outliers with conformal p-values" (2023). Thresholds do not transfer between environments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from pullcord.model.errors import UsageError
from pullcord.model.noun import Noun

SCHEMA = "pullcord.text-calibration/1"
MAX_BYTES = 100_000


class TextCalibrationError(UsageError):
    """Nothing to calibrate on, or a calibration file that cannot be used."""

    code = "PC-1102"


class TextCalibration(Noun, frozen=True, kw_only=True):
    """A threshold: a text counts as suspicious if its score is above it.

    Attributes:
        threshold: 0 to 1.
        false_rate: the rate of false alarms that was asked for.
        texts: how many benign texts it rests on.
        exact: whether they were enough for the rate; if not, the threshold is the highest benign score.
        weights: SHA-256 of the table of weights it was made with; another table has other scores.
        note: for people.
    """

    schema: str
    threshold: float
    false_rate: float
    texts: int
    exact: bool
    weights: str
    note: str

    def alarms(self, score: float) -> bool:
        """Whether a score counts as suspicious."""
        return score > self.threshold

    def to_json(self) -> bytes:
        """The file form; ``read_calibration`` reads it."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)


def calibrate(scores_of_benign: Sequence[float], false_rate: float, weights: str) -> TextCalibration:
    """The threshold that at most ``false_rate`` of further texts like these exceed, in expectation.

    Args:
        scores_of_benign: scores of texts known to be benign, each 0 to 1.
        false_rate: above 0, below 1.
        weights: which table made the scores.

    Raises:
        TextCalibrationError: no scores, a score or a rate out of range.
    """
    count = len(scores_of_benign)
    if not count:
        raise TextCalibrationError("no benign text to calibrate on", "give files with lines {id, text}")
    if not 0.0 < false_rate < 1.0:
        raise TextCalibrationError(
            f"a false rate of {false_rate}", "give a rate above 0 and below 1, such as 0.005"
        )
    if not all(0.0 <= score <= 1.0 for score in scores_of_benign):
        raise TextCalibrationError("a score outside 0 to 1", "give scores as the text signal prints them")
    ordered = sorted(scores_of_benign)
    place = math.ceil((count + 1) * (1.0 - false_rate) - 1e-9)
    exact = place <= count
    if exact:
        note = f"At most {false_rate:g} of texts like these {count} are expected above the threshold."
    else:
        needed = math.ceil(1.0 / false_rate) - 1
        note = (
            f"{count} benign texts are too few for a false rate of {false_rate:g} (at least {needed} are needed): "
            f"the threshold is the highest benign score, and the true rate may be up to {1 / (count + 1):.3g}."
        )
    return TextCalibration(
        schema=SCHEMA,
        threshold=ordered[min(place, count) - 1],
        false_rate=false_rate,
        texts=count,
        exact=exact,
        weights=weights,
        note=note,
    )


def read_calibration(data: bytes, weights: str) -> TextCalibration:
    """Read the file form, strictly.

    Raises:
        TextCalibrationError: not a calibration of this schema, a threshold outside 0 to 1, or of other weights.
    """
    cure = "make a new one with: pullcord detect calibrate"
    if len(data) > MAX_BYTES:
        raise TextCalibrationError(f"a calibration of {len(data)} bytes, more than {MAX_BYTES}", cure)
    try:
        read = msgspec.json.decode(data, type=TextCalibration)
    except (msgspec.DecodeError, RecursionError) as error:
        raise TextCalibrationError(f"a calibration that cannot be read: {error}", cure) from error
    if read.schema != SCHEMA or not 0.0 <= read.threshold <= 1.0:
        raise TextCalibrationError(f"a calibration that is not {SCHEMA} with a threshold in 0 to 1", cure)
    if read.weights != weights:
        raise TextCalibrationError("a calibration made with other weights than this version has", cure)
    return read
