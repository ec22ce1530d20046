"""A site's own threshold: split conformal prediction over scores of its benign sessions.

Source: Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World" (2005); one-sided, as in Bates et al.,
"Testing for outliers with conformal p-values" (2023). Thresholds do not transfer between environments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from pullcord.model.errors import UsageError
from pullcord.model.noun import Noun

SCHEMA = "pullcord.calibration/1"
MAX_BYTES = 100_000


class CalibrationError(UsageError):
    """Nothing to calibrate on, or a calibration file that cannot be used."""

    code = "PC-4002"


class Calibration(Noun, frozen=True, kw_only=True):
    """A threshold: a session counts as a successful attack if its score is above it.

    Attributes:
        threshold: 0 to 1.
        false_rate: the rate of false alarms that was asked for.
        sessions: how many benign sessions it rests on.
        exact: whether they were enough for the rate; if not, the threshold is the highest benign score.
        note: for people.
    """

    schema: str
    threshold: float
    false_rate: float
    sessions: int
    exact: bool
    note: str

    def alarms(self, score: float) -> bool:
        """Whether a score counts as a successful attack."""
        return score > self.threshold

    def to_json(self) -> bytes:
        """The file form; ``read_calibration`` reads it."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)


def calibrate(scores_of_benign: Sequence[float], false_rate: float) -> Calibration:
    """The threshold that at most ``false_rate`` of further sessions like these exceed, in expectation.

    Args:
        scores_of_benign: scores of sessions known to be benign, each 0 to 1.
        false_rate: above 0, below 1.

    Raises:
        CalibrationError: no scores, a score or a rate out of range.
    """
    count = len(scores_of_benign)
    if not count:
        raise CalibrationError("no benign session to calibrate on", "give files with benign sessions")
    if not 0.0 < false_rate < 1.0:
        raise CalibrationError(
            f"a false rate of {false_rate}", "give a rate above 0 and below 1, such as 0.005"
        )
    if not all(0.0 <= score <= 1.0 for score in scores_of_benign):
        raise CalibrationError("a score outside 0 to 1", "give scores as the investigation prints them")
    ordered = sorted(scores_of_benign)
    place = math.ceil((count + 1) * (1.0 - false_rate) - 1e-9)
    exact = place <= count
    threshold = ordered[min(place, count) - 1]
    if exact:
        note = f"At most {false_rate:g} of sessions like these {count} are expected above the threshold."
    else:
        needed = math.ceil(1.0 / false_rate) - 1
        note = (
            f"{count} benign sessions are too few for a false rate of {false_rate:g} (at least {needed} are "
            f"needed): the threshold is the highest benign score, and the true rate may be up to {1 / (count + 1):.3g}."
        )
    return Calibration(
        schema=SCHEMA, threshold=threshold, false_rate=false_rate, sessions=count, exact=exact, note=note
    )


def read_calibration(data: bytes) -> Calibration:
    """Read the file form, strictly.

    Raises:
        CalibrationError: not a calibration of this schema, or a threshold outside 0 to 1.
    """
    cure = "make a new one with: pullcord investigate calibrate"
    if len(data) > MAX_BYTES:
        raise CalibrationError(f"a calibration of {len(data)} bytes, more than {MAX_BYTES}", cure)
    try:
        calibration = msgspec.json.decode(data, type=Calibration)
    except (msgspec.DecodeError, RecursionError) as error:
        raise CalibrationError(f"a calibration that cannot be read: {error}", cure) from error
    if calibration.schema != SCHEMA or not 0.0 <= calibration.threshold <= 1.0:
        raise CalibrationError(f"a calibration that is not {SCHEMA} with a threshold in 0 to 1", cure)
    return calibration
