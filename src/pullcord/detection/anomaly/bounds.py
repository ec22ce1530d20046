"""What parameters each detector takes, and in which range."""

from __future__ import annotations

from collections.abc import Mapping

from pullcord.detection.anomaly.declaration import DetectorKind

Range = tuple[float, float]

NUMERIC = frozenset({DetectorKind.EWMA, DetectorKind.CUSUM, DetectorKind.PAGE_HINKLEY, DetectorKind.ADWIN})
"""Detectors of single numbers."""

_MEMORY: Mapping[str, Range] = {"memory": (10.0, 100_000.0), "resolution": (0.0, 1e12)}
_SHIFT: Mapping[str, Range] = {**_MEMORY, "slack": (0.0, 5.0)}
_SMALL: Mapping[str, Range] = {"reference": (50.0, 300.0), "window": (20.0, 200.0)}
_LARGE: Mapping[str, Range] = {"reference": (50.0, 100_000.0), "window": (20.0, 10_000.0)}

RANGES: Mapping[DetectorKind, Mapping[str, Range]] = {
    DetectorKind.EWMA: _MEMORY,
    DetectorKind.CUSUM: _SHIFT,
    DetectorKind.PAGE_HINKLEY: _SHIFT,
    DetectorKind.ADWIN: {"low": (-1e12, 1e12), "high": (-1e12, 1e12)},
    DetectorKind.FIRST_SEEN: {},
    DetectorKind.RARITY: {},
    DetectorKind.SEQUENCE: {"window": (2.0, 16.0)},
    DetectorKind.DRIFT: _SMALL,
    DetectorKind.CLASS_DRIFT: _LARGE,
    DetectorKind.EMBEDDING_DRIFT: _LARGE,
    DetectorKind.RESIDUAL: {"memory": (10.0, 100_000.0), "tags": (2.0, 4.0)},
}
"""Numbers."""

_LEARN, _IDLE, _STALE = frozenset({"learn"}), frozenset({"idle"}), frozenset({"stale"})
DURATIONS: Mapping[DetectorKind, frozenset[str]] = {
    DetectorKind.EWMA: _IDLE,
    DetectorKind.CUSUM: _IDLE,
    DetectorKind.PAGE_HINKLEY: _IDLE,
    DetectorKind.FIRST_SEEN: _LEARN,
    DetectorKind.RARITY: _LEARN,
    DetectorKind.SEQUENCE: _IDLE,
    DetectorKind.RESIDUAL: _STALE,
}
"""Durations."""
