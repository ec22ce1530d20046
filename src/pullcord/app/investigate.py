"""Use case: recorded agent sessions → explanations (stateless)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pullcord.analysis.sessions import build_session
from pullcord.app.inputs import Inputs
from pullcord.app.spool import SessionSpool
from pullcord.investigation.calibration import Calibration, calibrate, read_calibration
from pullcord.investigation.ranking import Ranker
from pullcord.model.errors import UsageError
from pullcord.model.explanation import Candidate, Explanation

_MOST_WEIGHTS = 16 << 20


def read_small(path: Path, what: str) -> bytes:
    """The bytes of a small file that a person names.

    Raises:
        UsageError: it cannot be read or is larger than 16 MiB.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_WEIGHTS + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", f"name a {what} file") from error
    if len(data) > _MOST_WEIGHTS:
        raise UsageError(f"{path}: larger than {_MOST_WEIGHTS} bytes", f"name a {what} file")
    return data


def ranker(weights: Path | None, calibration: Path | None) -> Ranker:
    """The ranker with the shipped weights or those of a file, and a site's own calibration if there is one."""
    made = Ranker.shipped() if weights is None else Ranker.from_bytes(read_small(weights, "weights"))
    if calibration is None:
        return made
    return made.calibrated(read_calibration(read_small(calibration, "calibration")))


def explain(inputs: Inputs, ranking: Ranker) -> Iterator[Explanation]:
    """Yield exactly one explanation for each trace, whatever order and file its spans come in."""
    with SessionSpool() as spool:
        for batch in inputs.events():
            spool.add(batch.items)
        for _, events in spool.traces():
            yield ranking.investigate(build_session(events))


def calibrated(inputs: Inputs, ranking: Ranker, false_rate: float) -> Calibration:
    """A site's own threshold, from sessions that are known to be benign.

    Raises:
        CalibrationError: there is no session among them.
    """
    return calibrate([told.score for told in explain(inputs, ranking)], false_rate)


def to_line(told: Explanation) -> dict[str, Any]:
    """The line ``pullcord investigate`` prints."""
    line: dict[str, Any] = {
        "trace_id": told.trace_id,
        "verdict": told.verdict.value,
        "score": told.score,
        "origin": _candidates(told.origin),
        "actions": _candidates(told.actions),
    }
    if told.joint_confidence is not None:
        line["joint_confidence"] = told.joint_confidence
    line["statement"] = told.statement
    line["missing"] = list(told.missing)
    return line


def _candidates(candidates: tuple[Candidate, ...]) -> list[dict[str, Any]]:
    return [{"span_id": one.span_id, "confidence": one.confidence} for one in candidates]
